"""OGC API Features: pages of GeoJSON, one link to the next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from pyproj import CRS
from pyproj.exceptions import CRSError

from app.sources.connectors.base import (
    Connector,
    Fetched,
    Request,
    counted,
    selected,
    write_features,
)
from app.sources.web import Ask, Reply, SourceError

PAGE = 1000
ACCEPT = "application/geo+json, application/json"
NAMED_CRS = re.compile(r"/def/crs/(EPSG|OGC)/[^/]+/(\w+)>?$")


@dataclass(slots=True)
class _Pages:
    """What has come so far."""

    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    repeated: int = 0
    told: int | None = None
    crs: str | None = None
    stale: str | None = None


def fetch(request: Request) -> Fetched:
    """Follow the links from page to page, and never compute an offset."""
    pages, seen = _Pages(), set()
    url: str | None = _first(request)
    while url is not None:
        if url in seen:
            raise SourceError(f"{httpx2.URL(url).host} links back to a page it gave before")
        seen.add(url)
        reply = request.client.get(Ask(url, ACCEPT, max_age_s=request.preset.max_age_h * 3600))
        page = reply.json()
        if not isinstance(page, dict) or not isinstance(page.get("features"), list):
            raise SourceError(f"{httpx2.URL(url).host} answered with something else than features")
        _take(request, pages, reply, page)
        url = _next(request, url, page) if page["features"] else None
        request.report(len(pages.rows), pages.told)
    return _gathered(request, pages)


def _first(request: Request) -> str:
    url = httpx2.URL(
        f"{request.endpoint.rstrip('/')}/collections/{request.wanted('collection')}/items"
    )
    asked = {"f": "json", "limit": str(request.wanted("page_size", PAGE))}
    if request.box is not None:
        asked["bbox"] = ",".join(f"{each:.6f}" for each in request.box)
    if request.wanted("crs"):
        number = str(request.wanted("crs")).rpartition(":")[2]
        asked["crs"] = f"http://www.opengis.net/def/crs/EPSG/0/{number}"
    return str(url.copy_merge_params(asked))


def _take(request: Request, pages: _Pages, reply: Reply, page: Mapping[str, Any]) -> None:
    told = page.get("numberMatched")
    pages.told = told if isinstance(told, int) else pages.told
    crs, swap = _system(reply)
    if pages.crs not in {None, crs}:
        raise SourceError("the service changed its coordinate system from one page to the next")
    pages.crs = crs
    if reply.stale_since is not None:
        pages.stale = reply.stale_since.date().isoformat()
    for each in page["features"]:
        if not isinstance(each, dict):
            raise SourceError("the service sent a feature that is none")
        made = {**each, "properties": dict(each.get("properties") or {})}
        if "id" in each:
            made["properties"].setdefault("feature_id", each["id"])
        if swap and isinstance(each.get("geometry"), dict):
            made["geometry"] = _exchanged(each["geometry"])
        name = str(each.get("id", f"#{len(pages.rows) + pages.repeated}"))
        pages.repeated += name in pages.rows
        pages.rows.setdefault(name, made)
    if len(pages.rows) > request.client.bounds.features:
        raise SourceError(f"more than {request.client.bounds.features:,} features; ask for less")


def _system(reply: Reply) -> tuple[str, bool]:
    """Read the system from the header, which is the truth; say whether north comes first."""
    named = NAMED_CRS.search(reply.headers.get("content-crs", "").strip())
    if named is None or named[1] == "OGC":
        return "EPSG:4326", False
    try:
        crs = CRS.from_authority("EPSG", int(named[2]))
    except (CRSError, ValueError) as error:
        raise SourceError(f"the service names an unknown system, EPSG:{named[2]}") from error
    return f"EPSG:{named[2]}", crs.axis_info[0].direction == "north"


def _exchanged(geometry: Mapping[str, Any]) -> dict[str, Any]:
    def turn(part: Any) -> Any:  # noqa: ANN401
        if isinstance(part, list) and part and not isinstance(part[0], list):
            return [part[1], part[0], *part[2:]]
        return [turn(each) for each in part] if isinstance(part, list) else part

    return {**geometry, "coordinates": turn(geometry.get("coordinates"))}


def _next(request: Request, url: str, page: Mapping[str, Any]) -> str | None:
    """Find the link to the next page; it must stay on the same server."""
    links = page.get("links")
    known = [each for each in links if isinstance(each, dict)] if isinstance(links, list) else []
    following = next((each.get("href") for each in known if each.get("rel") == "next"), None)
    if not isinstance(following, str):
        return None
    here = httpx2.URL(url)
    there = here.join(following)
    if request.preset.rewrite_next:
        there = here.copy_with(raw_path=there.raw_path)
    if (there.scheme, there.host, there.port) != (here.scheme, here.host, here.port):
        raise SourceError(
            f"{here.host} sends to {there.scheme}://{there.netloc.decode()} for its next page, "
            f"not to {here.scheme}://{here.netloc.decode()}: refused"
        )
    return str(there)


def _gathered(request: Request, pages: _Pages) -> Fetched:
    got = len(pages.rows)
    warnings = list(counted(pages.told, got))
    if pages.repeated:
        warnings.append(f"{pages.repeated:,} rows came twice and were taken once.")
    kept = selected(request, pages.rows.values(), inside="properties")
    body = request.folder / "features.geojson"
    write_features(kept, body)
    return Fetched(
        body,
        f"{request.preset.id}.geojson",
        rows=len(kept),
        told=pages.told,
        crs=pages.crs,
        stale_since=pages.stale,
        warnings=tuple(warnings),
    )


CONNECTOR = Connector("ogc_features", "OGC API Features", fetch, 10)
