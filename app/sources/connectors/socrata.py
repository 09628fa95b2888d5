"""Socrata: tables and maps of open-data portals; unordered unless one asks."""

from typing import Any

import httpx2

from app.sources.connectors.base import Connector, Fetched, Request, selected, write_features
from app.sources.connectors.tables import write_rows
from app.sources.web import Ask, SourceError

PAGE = 50_000


def fetch(request: Request) -> Fetched:
    """Page by offset in a fixed order until fewer come than were asked for."""
    rows: list[dict[str, Any]] = []
    on_map = bool(request.wanted("map", default=False))
    page_size = int(request.wanted("page_size", PAGE))
    form = "geojson" if on_map else "json"
    first = httpx2.URL(f"{request.endpoint.rstrip('/')}/{request.wanted('table')}.{form}")
    asked = {"$limit": str(page_size), "$order": str(request.wanted("order", ":id"))}
    for ask, said in (("$where", "where"), ("$select", "columns"), ("$group", "group")):
        if request.wanted(said):
            asked[ask] = request.filled(str(request.wanted(said)))
    secret = {"x-app-token": request.key} if request.key else {}
    while True:
        url = str(first.copy_merge_params({**asked, "$offset": str(len(rows))}))
        age_s = request.preset.max_age_h * 3600
        page = request.client.get(Ask(url, secret=secret, max_age_s=age_s)).json()
        found = page.get("features") if on_map and isinstance(page, dict) else page
        if not isinstance(found, list):
            raise SourceError(f"{first.host} answered with something else than rows")
        rows += found
        request.report(len(rows), None)
        if len(rows) > request.client.bounds.features:
            raise SourceError(f"more than {request.client.bounds.features:,} rows; ask for less")
        if len(found) < page_size:
            break
    kept = selected(request, rows, inside="properties" if on_map else None)
    body = request.folder / f"rows.{'geojson' if on_map else 'csv'}"
    if on_map:
        write_features(kept, body)
    else:
        write_rows([_flat(row) for row in kept], body)
    return Fetched(body, f"{request.preset.id}{body.suffix}", rows=len(kept))


def _flat(row: Any) -> dict[str, Any]:  # noqa: ANN401
    """Take places apart: {latitude, longitude} or a point become two columns."""
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
