"""Opendatasoft Explore 2.1: the whole of a data set at once, and what it says of itself."""

from collections.abc import Mapping
from typing import Any

from app.sources.connectors.base import Connector, Fetched, Request, below, host
from app.sources.connectors.rows import Rows, flat
from app.sources.web_parts import SourceError

API = "/api/explore/v2.1/catalog/datasets/"
PLACES = ("geo_shape", "geo_point_2d")


def fetch(request: Request) -> Fetched:
    """Export what lies in the box; exports know no limit, so nothing is paged."""
    base = f"{API}{request.wanted('dataset')}"
    secret = {"authorization": request.secret("Apikey {}")} if request.secret() else {}
    about = request.get(below(request, base), secret=secret).json()
    if not isinstance(about, dict) or not isinstance(about.get("fields"), list):
        raise SourceError(f"{host(request)} describes its data set in an unknown way")
    place = _place(about["fields"])
    asked = {"epsg": "4326"} if place else {}
    wheres = [request.filled(str(request.wanted("where")))] if request.wanted("where") else []
    if place and request.box is not None:
        west, south, east, north = (f"{each:.6f}" for each in request.box)
        wheres.append(f"in_bbox({place}, {south}, {west}, {north}, {east})")
    if wheres:
        asked["where"] = " and ".join(f"({each})" for each in wheres)
    form = "geojson" if place else "json"
    page = request.get(below(request, f"{base}/exports/{form}", asked), secret=secret).json()
    found = page.get("features") if place and isinstance(page, dict) else page
    rows = Rows(request)
    rows.take(found)
    said = _about(about)
    if place:
        return rows.on_map(**said)
    rows.rows = dict(zip(rows.rows, flat(rows.rows.values()), strict=True))
    return rows.as_table(**said)


def _place(fields: list[Any]) -> str:
    """Name the field that says where a row lies; empty for a table."""
    kinds = {
        each.get("type"): str(each.get("name"))
        for each in reversed(fields)
        if isinstance(each, dict)
    }
    return next((kinds[kind] for kind in PLACES if kind in kinds), "")


def _about(about: Mapping[str, Any]) -> dict[str, str | None]:
    """Read licence, publisher and date of what it says of itself."""
    metas = about.get("metas")
    usual = metas.get("default") if isinstance(metas, Mapping) else None
    usual = usual if isinstance(usual, Mapping) else {}
    date = str(usual.get("data_processed") or usual.get("modified") or "")[:10]
    texts = {"licence": usual.get("license"), "publisher": usual.get("publisher")}
    found = {
        key: " ".join(text.split())[:200] for key, text in texts.items() if isinstance(text, str)
    }
    return {**found, "as_of": date or None}


CONNECTOR = Connector("opendatasoft", "Opendatasoft", fetch, 42)
