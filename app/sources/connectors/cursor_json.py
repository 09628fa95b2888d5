"""Services that page by a cursor: where rows and cursor stand is in the preset."""

from collections.abc import Mapping
from typing import Any

from app.sources.addresses import address
from app.sources.connectors.base import Connector, Fetched, Request, host
from app.sources.connectors.rows import Rows, flat, inside, named
from app.sources.web_parts import SourceError


def fetch(request: Request) -> Fetched:
    """Ask with the cursor of the page before, until there is none."""
    rows, on_map = Rows(request), bool(request.wanted("map", default=True))
    parameter = str(request.wanted("parameter", "cursor"))
    asked = {str(key): str(value) for key, value in request.wanted("asked", {}).items()}
    cursor: object = None
    while True:
        more = asked if cursor is None else {**asked, parameter: str(cursor)}
        url = str(address(request.endpoint).copy_merge_params(more))
        rows.visit(url)
        page = request.get(url).json()
        found = at(page, str(request.wanted("data", "/features")))
        if not isinstance(found, list):
            raise SourceError(f"{host(request)} answered with something else than rows")
        rows.take(_rows(request, found, on_map=on_map), named if on_map else None)
        cursor = at(page, str(request.wanted("cursor", "/pagination/nextCursor")))
        if cursor is None or cursor == "" or not found:
            return rows.on_map() if on_map else rows.as_table()


def at(document: object, pointer: str) -> Any:  # noqa: ANN401
    """Follow a JSON pointer; ``*`` stands for every row of a list. None where it leads nowhere."""
    for place, part in enumerate(parts := pointer.split("/")[1:], start=1):
        key = part.replace("~1", "/").replace("~0", "~")
        if key == "*" and isinstance(document, list):
            rest = "".join(f"/{each}" for each in parts[place:])
            found = [at(each, rest) for each in document]
            return [cell for each in found for cell in (each if isinstance(each, list) else [each])]
        if isinstance(document, Mapping):
            document = document.get(key)
        elif isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        else:
            return None
    return document


def _rows(request: Request, found: list[Any], *, on_map: bool) -> list[Any]:
    """Pick the cells the preset names; keep what lies in the box."""
    picked: Mapping[str, str] = request.wanted("pick", {})
    if not on_map:
        known = [each for each in found if isinstance(each, Mapping)]
        return [
            {**row, **_picked(each, picked)} for row, each in zip(flat(known), known, strict=True)
        ]
    kept = []
    for each in found:
        if isinstance(each, Mapping) and _near(request, each):
            cells = each.get("properties")
            kept.append({**each, "properties": {**(cells or {}), **_picked(each, picked)}})
    return kept


def _picked(each: object, picked: Mapping[str, str]) -> dict[str, Any]:
    """Read cells that stand deeper: of numbers the largest, of other rows how many there are."""
    return {name: _one(at(each, pointer)) for name, pointer in picked.items()}


def _one(cell: object) -> object:
    if not isinstance(cell, list):
        return cell if not isinstance(cell, Mapping) else None
    known = [each for each in cell if each is not None]
    if known and all(isinstance(each, int | float) for each in known):
        return max(known)
    return len(known) if known or not cell else None


def _near(request: Request, each: Mapping[str, Any]) -> bool:
    """Whether a point lies in the box; other shapes are left to the intake."""
    place = at(each, "/geometry/coordinates")
    pair = isinstance(place, list) and len(place) > 1
    if not pair or not all(isinstance(part, int | float) for part in place[:2]):
        return True
    return inside(request.box, float(place[0]), float(place[1]))


CONNECTOR = Connector("cursor_json", "JSON with a cursor", fetch, 70)
