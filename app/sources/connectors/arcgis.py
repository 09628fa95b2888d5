"""ArcGIS feature and map servers: pages by offset, or by number where a server is old."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from app.sources.connectors.base import Connector, Fetched, Request, below, host
from app.sources.connectors.rows import Rows, named
from app.sources.connectors.wfs import system
from app.sources.web_parts import SourceError

PAGE, MS = 1000, 1000
DATE = "esriFieldTypeDate"


def fetch(request: Request) -> Fetched:
    """Ask the layer what it can do, then for its features in degrees."""
    about = _json(request, "", {"f": "json"})
    forms = str(about.get("supportedQueryFormats") or "geoJSON")
    if "geojson" not in forms.lower():
        raise SourceError(f"{host(request)} offers no GeoJSON; its formats: {forms[:300]}")
    rows, crs = Rows(request), "EPSG:4326"
    oid = _oid(about)
    dates = [each["name"] for each in _fields(about) if each.get("type") == DATE]
    for page in _pages(request, about, oid, rows):
        crs = system(page) or crs
        found = page.get("features")
        made = [_dated(each, dates) for each in found] if isinstance(found, list) else found
        rows.take(made, lambda each: named(each, oid))
    return rows.on_map(crs)


def _pages(
    request: Request, about: Mapping[str, Any], oid: str, rows: Rows
) -> Iterator[Mapping[str, Any]]:
    size = about.get("maxRecordCount")
    size = size if isinstance(size, int) and size > 0 else PAGE
    can = about.get("advancedQueryCapabilities")
    if isinstance(can, Mapping) and can.get("supportsPagination") is False:
        yield from _by_number(request, oid, size)
        return
    more, start = True, 0
    while more:
        asked = {"resultOffset": str(start), "resultRecordCount": str(size), "orderByFields": oid}
        page = _json(request, "/query", {**_usual(request), **asked})
        before = len(rows.rows)
        yield page
        came = len(page.get("features") or [])
        start += came
        inner = page.get("properties")
        more = bool(page.get("exceededTransferLimit")) or (
            isinstance(inner, Mapping) and bool(inner.get("exceededTransferLimit"))
        )
        if not came:
            return
        if more and len(rows.rows) == before:
            raise SourceError(f"{host(request)} gives the same page again: it cannot be paged")


def _by_number(request: Request, oid: str, size: int) -> Iterator[Mapping[str, Any]]:
    """Ask for the numbers first, then for ranges of them."""
    asked = {key: value for key, value in _usual(request).items() if key not in {"f", "outFields"}}
    said = _json(request, "/query", {**asked, "f": "json", "returnIdsOnly": "true"})
    numbers = said.get("objectIds") or (said.get("properties") or {}).get("objectIds") or []
    if not all(isinstance(each, int) for each in numbers):
        raise SourceError(f"{host(request)} numbers its rows in an unknown way")
    numbers = sorted(numbers)
    for at in range(0, len(numbers), size):
        part = numbers[at : at + size]
        where = f"{oid} >= {part[0]} AND {oid} <= {part[-1]}"
        yield _json(request, "/query", {**_usual(request), "where": where})


def _usual(request: Request) -> dict[str, str]:
    where = request.filled(str(request.wanted("where", "1=1")))
    asked = {"where": where, "outFields": "*", "returnGeometry": "true", "outSR": "4326"}
    if request.box is not None:
        asked |= {
            "geometry": ",".join(f"{each:.6f}" for each in request.box),
            "geometryType": "esriGeometryEnvelope",
            "inSR": "4326",
            "spatialRel": "esriSpatialRelIntersects",
        }
    return {**asked, "f": "geojson"}


def _json(request: Request, path: str, asked: dict[str, str]) -> Mapping[str, Any]:
    hidden = {"token": request.secret()} if request.secret() else {}
    page = request.get(below(request, path, asked), secret_params=hidden).json()
    if not isinstance(page, dict):
        raise SourceError(f"{host(request)} answered with something else than features")
    return page


def _fields(about: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = about.get("fields")
    known = found if isinstance(found, list) else []
    return [
        each for each in known if isinstance(each, Mapping) and isinstance(each.get("name"), str)
    ]


def _oid(about: Mapping[str, Any]) -> str:
    said = about.get("objectIdField")
    kinds = {each.get("type"): str(each["name"]) for each in _fields(about)}
    found = said if isinstance(said, str) else kinds.get("esriFieldTypeOID", "OBJECTID")
    return found if found.isidentifier() else "OBJECTID"


def _dated(each: Any, dates: list[str]) -> Any:  # noqa: ANN401
    """Write moments, which come as milliseconds since 1970, as dates people read."""
    cells = each.get("properties") if isinstance(each, Mapping) else None
    if not isinstance(cells, Mapping) or not dates:
        return each
    made = dict(cells)
    for name in dates:
        if isinstance(made.get(name), int | float):
            made[name] = _moment(made[name])
    return {**each, "properties": made}


def _moment(milliseconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(milliseconds / MS, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


CONNECTOR = Connector("arcgis", "ArcGIS", fetch, 25)
