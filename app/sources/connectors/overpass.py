"""Overpass: what OpenStreetMap knows of a box, one question at a time."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.sources.connectors.base import Box, Connector, Fetched, Request, host
from app.sources.connectors.rows import Rows, named, point
from app.sources.web_parts import SourceError

LARGEST = 0.25  # square degrees of one question
GAP_S = 1.0
TAG = re.compile(r"\A[a-z][a-z_:]{0,40}\Z")
VALUE = re.compile(r"\A[a-z_]{0,40}\Z")
NUMBER = re.compile(r"\A\D{0,12}(\d{1,5})\D{0,12}\Z")
HINDERED = re.compile(r"runtime error|timed out|out of memory", re.IGNORECASE)


def fetch(request: Request) -> Fetched:
    """Ask for the tags of the preset, and for nothing a person typed."""
    if request.box is None:
        raise SourceError(f"{request.preset.title} needs a place: load its districts first")
    rows, texts, base = Rows(request), Counter[str](), ""
    for box in _parts(request.box):
        page = request.get(
            request.endpoint, form={"data": question(request, box)}, gap_s=GAP_S
        ).json()
        found = page.get("elements") if isinstance(page, dict) else None
        if not isinstance(found, list):
            raise SourceError(f"{host(request)} answered with something else than elements")
        remark = str(page.get("remark", ""))
        if HINDERED.search(remark):
            raise SourceError(f"{host(request)} did not finish; ask for a smaller place")
        base = max(base, _base(page.get("osm3s")))
        made = [each for element in found for each in _features(request, element, texts)]
        rows.take(made, named)
    if texts["read"]:
        rows.warnings.append(f"{texts['read']:,} capacities are texts; the number in them counts.")
    if texts["none"]:
        rows.warnings.append(f"{texts['none']:,} capacities say no number, and stay unknown.")
    return rows.on_map(as_of=base or None)


def _base(said: object) -> str:
    """Return the day of the map; empty where it is not said."""
    return str(said.get("timestamp_osm_base", ""))[:10] if isinstance(said, Mapping) else ""


def question(request: Request, box: Box) -> str:
    """Write the question for one box: south, west, north, east."""
    west, south, east, north = box
    at = f"({south:.5f},{west:.5f},{north:.5f},{east:.5f})"
    parts = []
    for tag, value in request.wanted("tags", []):
        if not TAG.match(tag) or not VALUE.match(value):
            raise SourceError(f"{request.preset.id}: {tag}={value} is no tag")
        parts.append(f'nwr["{tag}"="{value}"]{at};' if value else f'nwr["{tag}"]{at};')
    return f"[out:json][timeout:60][maxsize:268435456];({''.join(parts)});out center tags;"


def _parts(box: Box) -> Iterator[Box]:
    """Cut a box until each part is small enough."""
    west, south, east, north = box
    if (east - west) * (north - south) <= LARGEST:
        yield box
    elif east - west > north - south:
        middle = (west + east) / 2
        yield from _parts((west, south, middle, north))
        yield from _parts((middle, south, east, north))
    else:
        middle = (south + north) / 2
        yield from _parts((west, south, east, middle))
        yield from _parts((west, middle, east, north))


def _features(request: Request, element: Any, texts: Counter[str]) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Make a point of an element: its own place, or the middle of a way."""
    if not isinstance(element, Mapping):
        return
    at = element.get("center", element)
    if not isinstance(at, Mapping) or not isinstance(at.get("lon"), int | float):
        return
    name = f"{element.get('type')}/{element.get('id')}"
    tags = element.get("tags")
    cells = {key: text for key, text in (tags or {}).items() if isinstance(text, str)}
    cells |= {"osm_id": name, **dict(request.wanted("cells", {}))}
    if cells.get("capacity"):
        cells["capacity"] = _capacity(cells["capacity"], texts)
    cells.setdefault("name", name)
    yield {**point(float(at["lon"]), float(at["lat"]), cells), "id": name}


def _capacity(text: str, texts: Counter[str]) -> str:
    """Read a capacity that may be a text, such as "ca. 40" or "yes"."""
    if text.isdecimal():
        return text
    found = NUMBER.match(text)
    texts["read" if found else "none"] += 1
    return found[1] if found else ""


CONNECTOR = Connector("overpass", "OpenStreetMap", fetch, 62)
