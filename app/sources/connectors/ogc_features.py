"""OGC API Features: pages of GeoJSON, one link to the next."""

import re
from collections.abc import Mapping
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from app.sources.connectors.base import Connector, Fetched, Request, below, following, host
from app.sources.connectors.rows import Rows, named
from app.sources.web_parts import DownError, Reply, SourceError
from app.sources.web_words import plain

PAGE = 1000
MANY = 12  # names of collections in one sentence
ACCEPT = "application/geo+json, application/json"
NAMED_CRS = re.compile(r"/def/crs/(EPSG|OGC)/[^/]+/(\w+)>?$")


def fetch(request: Request) -> Fetched:
    """Follow the links from page to page, and never compute an offset."""
    rows, crs = Rows(request), None
    url: str | None = _first(request)
    while url is not None:
        rows.visit(url)
        reply = request.get(url, ACCEPT) if rows.rows else _begin(request, url)
        page = reply.json()
        if not isinstance(page, dict) or not isinstance(page.get("features"), list):
            raise SourceError(f"{host(request)} answered with something else than features")
        told = page.get("numberMatched")
        rows.told = told if isinstance(told, int) else rows.told
        here, swap = _system(reply)
        if crs not in {None, here}:
            raise SourceError("the service changed its coordinate system from page to page")
        crs = here
        rows.take([_feature(each, swap=swap) for each in page["features"]], named)
        url = following(request, url, _link(page)) if page["features"] else None
    if rows.told is None:
        rows.warnings.append("The service does not say how many rows there should be.")
    return rows.on_map(crs)


def _begin(request: Request, url: str) -> Reply:
    """Ask for the first page; where it is refused, say which collections there are."""
    try:
        return request.get(url, ACCEPT)
    except DownError:
        raise
    except SourceError as error:
        known = collections(request)
        wanted = str(request.wanted("collection"))
        if not known or wanted in known:
            raise
        said = ", ".join(known[:MANY])
        raise SourceError(f"{error}; {host(request)} has {said}") from error


def collections(request: Request) -> list[str]:
    """List what a service has, by id; empty where it does not say."""
    try:
        page = request.get(below(request, "/collections", {"f": "json"})).json()
    except SourceError:
        return []
    found = page.get("collections") if isinstance(page, dict) else None
    rows = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [plain(str(each["id"])) for each in rows if each.get("id")]


def _first(request: Request) -> str:
    asked = {"f": "json", "limit": str(request.wanted("page_size", PAGE))}
    if request.box is not None:
        asked["bbox"] = ",".join(f"{each:.6f}" for each in request.box)
    if request.wanted("crs"):
        number = str(request.wanted("crs")).rpartition(":")[2]
        asked["crs"] = f"http://www.opengis.net/def/crs/EPSG/0/{number}"
    return below(request, f"/collections/{request.wanted('collection')}/items", asked)


def _feature(each: Any, *, swap: bool) -> dict[str, Any]:  # noqa: ANN401
    """Copy the id among the cells, and put east first."""
    if not isinstance(each, dict):
        raise SourceError("the service sent a feature that is none")
    made = {**each, "properties": dict(each.get("properties") or {})}
    if "id" in each:
        made["properties"].setdefault("feature_id", each["id"])
    if swap and isinstance(each.get("geometry"), dict):
        made["geometry"] = _exchanged(each["geometry"])
    return made


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


def _link(page: Mapping[str, Any]) -> object:
    links = page.get("links")
    known = [each for each in links if isinstance(each, dict)] if isinstance(links, list) else []
    return next((each.get("href") for each in known if each.get("rel") == "next"), None)


CONNECTOR = Connector("ogc_features", "OGC API Features", fetch, 10)
