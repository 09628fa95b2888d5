"""WFS 2.0 and 1.1: features of mapping agencies, as JSON and nothing else."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.sources.connectors.base import Connector, Fetched, Request, below, host
from app.sources.connectors.rows import Rows, named
from app.sources.web_parts import DownError, Reply, SourceError

Element: TypeAlias = Any  # of defusedxml, which has no types
PAGE = 1000
CRS84 = "urn:ogc:def:crs:OGC:1.3:CRS84"
ACCEPT = "application/geo+json, application/json"
NAMED = re.compile(r"(?:EPSG|crs:EPSG)(?::|/)(?:[\d.]*[:/])?(\d{4,6})\b", re.IGNORECASE)
SAME = {"900913": "3857", "102100": "3857"}
DEGREES = frozenset({"4326", "4258"})


def fetch(request: Request) -> Fetched:
    """Page by index in a fixed order, whatever addresses the service names for itself."""
    rows, crs = Rows(request), "EPSG:4326"
    rows.told = _told(request)
    while True:
        page = _page(request, len(rows.rows) + rows.repeated)
        found = page["features"]
        crs = system(page) or crs
        new = rows.take(found, lambda each: named(each, str(request.wanted("sort", ""))))
        if not found or (rows.told is not None and len(rows.rows) >= rows.told):
            return rows.on_map(crs)
        if not new:
            raise SourceError(f"{host(request)} gives the same page again: it cannot be paged")


def _asked(request: Request, **more: str) -> str:
    version = str(request.wanted("version", "2.0.0"))
    layer = "typeNames" if version.startswith("2") else "typeName"
    asked = {"service": "WFS", "version": version, "request": "GetFeature"}
    asked[layer] = str(request.wanted("layer"))
    if request.box is not None:
        asked["bbox"] = ",".join([*(f"{each:.6f}" for each in request.box), CRS84])
    return below(request, "", asked | more)


def _told(request: Request) -> int | None:
    """Ask how many there are; servers may not know."""
    reply = request.get(_asked(request, resultType="hits"), "application/xml, text/xml, */*")
    if reply.body.read_bytes()[:1] == b"{":
        said = reply.json().get("numberMatched")
        return said if isinstance(said, int) else None
    root = _xml(request, reply)
    said = root.get("numberMatched") or root.get("numberOfFeatures") or ""
    return int(said) if said.isdecimal() else None


def _page(request: Request, start: int) -> Mapping[str, Any]:
    version = str(request.wanted("version", "2.0.0"))
    asked = {
        "outputFormat": str(request.wanted("format", "application/json")),
        "srsName": str(request.wanted("srs", CRS84)),
        "startIndex": str(start),
    }
    asked["count" if version.startswith("2") else "maxFeatures"] = _size(request)
    if request.wanted("sort"):
        asked["sortBy"] = str(request.wanted("sort"))
    try:
        reply = request.get(_asked(request, **asked), ACCEPT)
        page = reply.json()
    except DownError:
        raise
    except SourceError as error:
        formats = _formats(request)
        if any("json" in each.lower() for each in formats):
            raise
        said = ", ".join(formats) or "none by name"
        raise SourceError(f"{host(request)} offers no JSON; its formats: {said[:300]}") from error
    if not isinstance(page, dict) or not isinstance(page.get("features"), list):
        raise SourceError(f"{host(request)} answered with something else than features")
    return page


def _size(request: Request) -> str:
    return str(request.wanted("page_size", PAGE))


def _formats(request: Request) -> list[str]:
    """List the formats its capabilities offer; the addresses in there are not for us."""
    asked = {"service": "WFS", "request": "GetCapabilities"}
    root = _xml(request, request.get(below(request, "", asked), "*/*"))
    found = []
    for part in root.iter():
        if _local(part) == "Parameter" and part.get("name") == "outputFormat":
            found += [each.text or "" for each in part.iter() if _local(each) == "Value"]
    return list(dict.fromkeys(" ".join(each.split()) for each in found if each.strip()))


def _xml(request: Request, reply: Reply) -> Element:
    try:
        root: Element = fromstring(reply.body.read_bytes(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise SourceError(f"{host(request)} answered with XML that cannot be read") from error
    return root


def _local(part: Element) -> str:
    return part.tag.rpartition("}")[2] if isinstance(part.tag, str) else ""


def system(page: Mapping[str, Any]) -> str | None:
    """Read the system an answer names; None where it names none, or degrees.

    Degrees stay east first as GeoJSON wants them, whatever the name says of the order.
    """
    crs = page.get("crs")
    cells = crs.get("properties") if isinstance(crs, Mapping) else None
    found = NAMED.search(str(cells.get("name", ""))) if isinstance(cells, Mapping) else None
    if found is None or found[1] in DEGREES:
        return None
    return f"EPSG:{SAME.get(found[1], found[1])}"


CONNECTOR = Connector("wfs", "WFS", fetch, 20)
