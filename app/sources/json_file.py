"""JSON files: what they hold is told by their keys, and each kind has its own reader."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from app.sources.geojson import parse, read_features
from app.sources.raw import Raw
from app.sources.task import Task
from app.sources.text import decode

Look = Callable[[Any], bool]


def read_json(content: bytes, task: Task) -> Raw:
    """Read a JSON file with the reader of what it holds; GeoJSON where nothing else fits."""
    text, _ = decode(content)
    repeated: dict[str, None] = {}
    document = parse(text.lstrip("\ufeff"), repeated)
    for looks_so, module, function in OTHERS:
        if looks_so(document):
            raw: Raw = getattr(import_module(f"app.sources.{module}"), function)(document, task)
            return raw
    return read_features(document, repeated, task)


def _has(key: str) -> Look:
    return lambda document: isinstance(document, Mapping) and key in document


def _datex(document: object) -> bool:
    """Tell a DATEX II publication by the key its payload carries."""
    from app.sources.datex import is_datex  # noqa: PLC0415  # loads shapely

    return is_datex(document)


def _ocpi(document: object) -> bool:
    """Tell an envelope of locations, an array of them, or an object of them by id."""
    if isinstance(document, Mapping) and "type" not in document:
        if "data" in document and "status_code" in document:
            return True
        document = list(document.values())
    if not isinstance(document, list) or not document:
        return False
    return all(isinstance(each, Mapping) and "evses" in each for each in document[:5])


OTHERS: tuple[tuple[Look, str, str], ...] = (
    (_has("energy_areas"), "capacity_map", "read_capacity_map"),
    (_datex, "datex", "read_datex"),
    (_ocpi, "ocpi", "read_ocpi"),
)
