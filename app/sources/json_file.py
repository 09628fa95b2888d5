"""JSON files: what they hold is told by their keys, and each kind has its own reader."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from app.sources.geojson import parse, read_features
from app.sources.raw import Raw
from app.sources.task import Task
from app.sources.text import decode

Look = Callable[[Any], bool]
SOME = 50  # records looked at to tell what a file holds


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
    some = document[:SOME]
    if not all(isinstance(each, Mapping) for each in some):
        return False
    # A location without charge points need not carry the key: one that does is enough.
    return any("evses" in each for each in some)


OTHERS: tuple[tuple[Look, str, str], ...] = (
    (_has("energy_areas"), "capacity_map", "read_capacity_map"),
    (_datex, "datex", "read_datex"),
    (_ocpi, "ocpi", "read_ocpi"),
)
