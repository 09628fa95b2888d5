"""Socrata: tables and maps of open-data portals; unordered unless one asks."""

from typing import Any

from app.sources.connectors.base import Connector, Fetched, Request, below, host
from app.sources.connectors.rows import Rows
from app.sources.web_parts import SourceError

PAGE = 50_000


def fetch(request: Request) -> Fetched:
    """Page by offset in a fixed order until fewer come than were asked for."""
    rows = Rows(request)
    on_map = bool(request.wanted("map", default=False))
    size = int(request.wanted("page_size", PAGE))
    path = f"/{request.wanted('table')}.{'geojson' if on_map else 'json'}"
    asked = {"$limit": str(size), "$order": str(request.wanted("order", ":id"))}
    for ask, said in (("$where", "where"), ("$select", "columns"), ("$group", "group")):
        if request.wanted(said):
            asked[ask] = request.filled(str(request.wanted(said)))
    secret = {"x-app-token": request.secret()} if request.secret() else {}
    came = size
    while came >= size:
        url = below(request, path, {**asked, "$offset": str(len(rows.rows))})
        page = request.get(url, secret=secret).json()
        found = page.get("features") if on_map and isinstance(page, dict) else page
        if not isinstance(found, list):
            raise SourceError(f"{host(request)} answered with something else than rows")
        came = len(found)
        rows.take(found if on_map else [_flat(row) for row in found])
    return rows.on_map() if on_map else rows.as_table()


def _flat(row: Any) -> dict[str, Any]:  # noqa: ANN401
    """Take places apart: {latitude, longitude} or a point become two columns."""
    if not isinstance(row, dict):
        raise SourceError("the service sent a row that is none")
    found: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict) and {"latitude", "longitude"} <= set(value):
            found |= {"latitude": value["latitude"], "longitude": value["longitude"]}
        elif isinstance(value, dict) and value.get("type") == "Point":
            found |= dict(zip(("longitude", "latitude"), value["coordinates"], strict=False))
        elif not isinstance(value, dict | list):
            found[key] = value
    return found


CONNECTOR = Connector("socrata", "Socrata", fetch, 40)
