"""DATEX II energy infrastructure (CEN/TS 16157-10): the format of the national access points.

JSON and XML hold one model, and national profiles differ in prefixes and in where they put a
place. Both are read as a tree of plain objects and matched by the local name of their elements.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from app.sources.geojson import depth
from app.sources.ocpi import on_earth
from app.sources.problems import refuse, rows_text
from app.sources.raw import WGS84, Raw
from app.sources.task import Task

TABLE, STATUS = "energyInfrastructureTablePublication", "energyInfrastructureStatusPublication"
PREFIX = re.compile(r"\A_?(?:aegi|egi|afac|fac|locx|loc|com|d2|prk)(?=[A-Z])")
W_KW = 1000
WHERE = ("locationReference", "siteLocation", "entrance", "location")
GONE = frozenset({"planned", "removed", "underConstruction", "decommissioned"})
HEADERS = (
    *("charger_id", "name", "points", "power_kw", "current_type", "operator", "state", "v2g"),
    *("address", "last_updated", "points_told", "points_gone", "evse_ids"),
)
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Station:
    """A station and the site it stands on."""

    own: Node
    site: Node


def read_datex(document: Any, task: Task) -> Raw:  # noqa: ANN401
    """Read a table publication that came as JSON."""
    if depth(document, task.limits.depth) > task.limits.depth:
        raise refuse("JSON-DEEP")
    payloads = list(_payloads(document))
    tables = [found for each in payloads for found in kids(each, TABLE)]
    if not tables and any(kids(each, STATUS) for each in payloads):
        raise refuse("DATEX-STATUS")
    sites = [
        site
        for table in tables
        for part in kids(table, "energyInfrastructureTable")
        for site in kids(part, "energyInfrastructureSite")
    ]
    return stations_raw((each for site in sites for each in stations(site)), task)


def is_datex(document: object) -> bool:
    """Tell whether a JSON document is a publication of this model."""
    return any(
        local(key).lower() in {TABLE.lower(), STATUS.lower()}
        for each in _payloads(document)
        for key in each
    )


def _payloads(document: object) -> Iterator[Node]:
    """Yield the payloads of a document, with a message around them or without."""
    if not isinstance(document, Mapping):
        return
    yield document
    inner = [document, *_maps(document.get("messageContainer"))]
    for each in inner:
        yield from _maps(each.get("payload"))


def stations(site: Node) -> Iterator[Station]:
    """Yield the stations of a site; a site that lists none is one itself."""
    found = kids(site, "energyInfrastructureStation")
    yield from (Station(each, site) for each in found or [site])


def stations_raw(found: Iterable[Station], task: Task) -> Raw:
    """Write stations as rows."""
    if task.kind.key != "chargers":
        raise refuse("FILE-KIND", found="A DATEX II register", kind="chargers")
    limit = task.limits.map_rows
    rows: list[dict[str, Any]] = []
    places: list[tuple[float, float]] = []
    for each in found:
        if len(rows) >= limit:
            raise refuse("FILE-ROWS", n=f"over {limit:,}", what="rows", limit=f"{limit:,}")
        rows.append(_row(each))
        places.append(_place(each))
    if not rows:
        raise refuse("GEO-NONE")
    at = np.array(places, np.float64).reshape(-1, 2)
    known = np.isfinite(at).all(axis=1)
    shapes = np.full(len(rows), None, dtype=object)
    shapes[known] = shapely.points(at[known])
    told = [n for n, row in enumerate(rows) if row["points_told"] not in {None, row["points"]}]
    if told:
        lines = rows_text([n + 1 for n in told])
        task.findings.add("REG-COUNT", n=len(told), total=len(rows), rows=lines)
    cells = {header: [row[header] for row in rows] for header in HEADERS if header != "points_told"}
    newest = max((str(row["last_updated"])[:10] for row in rows if row["last_updated"]), default="")
    return Raw(cells, len(rows), shapes, [""] * len(rows), WGS84, format="DATEX II", as_of=newest)


def _row(station: Station) -> dict[str, Any]:
    own, site = station.own, station.site
    points = [_point(each) for each in kids(own, "refillPoint")]
    there = [each for each in points if _state(each) not in GONE]
    told = number(own, "numberOfRefillPoints")
    count = len(there) if points else int(told or 0)
    power = [kw for kw in map(_power_kw, there) if kw is not None]
    if not power and (most := number(own, "totalMaximumPower")) and count == 1:
        power = [most / W_KW]  # of several points it says only what they draw together
    kinds = {kind for each in there if (kind := (word(each, "currentType") or "").upper())}
    states = Counter(state for each in points if (state := _state(each)))
    updated = word(own, "lastUpdated") or word(site, "lastUpdated")
    return {
        "charger_id": _id(own, site),
        "name": word(own, "name") or word(site, "name"),
        "points": count,
        "power_kw": max(power, default=None),
        "current_type": "/".join(sorted(kinds)) or None,
        "operator": _operator(own) or _operator(site),
        "state": ", ".join(f"{n} {state}" for state, n in sorted(states.items())) or None,
        "v2g": True if any(map(_gives_back, there)) else None,
        "address": _address(own) or _address(site),
        "last_updated": updated,
        "points_told": int(told) if told is not None and points else None,
        "points_gone": len(points) - len(there),
        "evse_ids": ", ".join(filter(None, (_id(each, {}) for each in there))) or None,
    }


def _point(found: Node) -> Node:
    """Open the wrapper that JSON puts around a charging point."""
    return next(iter(kids(found, "electricChargingPoint")), found)


def _state(point: Node) -> str | None:
    return next(filter(None, (word(point, n) for n in ("status", "operationStatus"))), None)


def _power_kw(point: Node) -> float | None:
    """Return the highest power of a point [kW]; the model is in W."""
    watts = numbers(point, "availableChargingPower")
    watts += [w for plug in kids(point, "connector") for w in numbers(plug, "maxPowerAtSocket")]
    return max((each / W_KW for each in watts if each > 0), default=None)


def _gives_back(point: Node) -> bool:
    words = [text(each) for each in values(point, "smartRechargingServices")]
    return any("bidirectional" in str(each).lower() for each in words)


def _id(own: Node, site: Node) -> str:
    """Name a station: the id others know it by, else its own in the file."""
    for each in values(own, "externalIdentifier"):
        if found := word(each, "identifier") or (text(each) if isinstance(each, str) else None):
            return found
    for each in (own, site):
        found = word(each, "idG") or word(each, "id")
        if found:
            return found
    return ""


def _operator(node: Node) -> str | None:
    for key in ("operator", "energyProvider", "brand"):
        for each in kids(node, key):
            inner = [each, *kids(each, "anOrganisation"), *kids(each, "organisationSpecification")]
            found = next(filter(None, (word(part, "name") for part in inner)), None)
            if found or key == "brand":
                return found or text(each)
    return None


def _address(node: Node) -> str | None:
    for place in _places(node):
        for address in descend(place, "address"):
            lines = [word(each, "text") for each in kids(address, "addressLine")]
            parts = [*lines, word(address, "postcode"), word(address, "city")]
            if found := ", ".join(part for part in parts if part):
                return found
    return None


def _place(station: Station) -> tuple[float, float]:
    """Find longitude and latitude: the station's, else its points', else those of the site."""
    points = [_point(each) for each in kids(station.own, "refillPoint")]
    for node in (station.own, *points, station.site):
        for place in _places(node):
            for name in ("pointCoordinates", "coordinatesForDisplay"):
                for at in descend(place, name):
                    lat, lon = number(at, "latitude"), number(at, "longitude")
                    if lat is not None and lon is not None and on_earth(lon, lat):
                        return lon, lat
            for line in descend(place, "posList"):
                found = _middle(line)
                if found is not None:
                    return found
    return np.nan, np.nan


def _places(node: Node) -> Iterator[Node]:
    for name in WHERE:
        yield from kids(node, name)


def _middle(line: object) -> tuple[float, float] | None:
    """Return the middle of a list of positions, which come latitude first."""
    said = line if isinstance(line, str) else text(line)
    try:
        found = [float(each) for each in str(said).split()]
    except ValueError:
        return None
    if len(found) < 2 or len(found) % 2:  # noqa: PLR2004  # pairs
        return None
    lon, lat = float(np.mean(found[1::2])), float(np.mean(found[::2]))
    return (lon, lat) if on_earth(lon, lat) else None


def local(name: str) -> str:
    """Take the namespace, and the prefix some JSON profiles write, off a name."""
    plain = name.rpartition("}")[2].rpartition(":")[2]
    bare = PREFIX.sub("", plain)
    return bare[:1].lower() + bare[1:] if bare != plain else plain


def values(node: object, name: str) -> list[Any]:
    """List what a node holds under a name, whatever its prefix."""
    if not isinstance(node, Mapping):
        return []
    found = node.get(name)
    if found is None:
        wanted = name.lower()
        found = next((v for k, v in node.items() if local(k).lower() == wanted), None)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def kids(node: object, name: str) -> list[Node]:
    """List the objects a node holds under a name."""
    return [each for each in values(node, name) if isinstance(each, Mapping)]


def descend(node: object, name: str, levels: int = 8) -> Iterator[Any]:
    """Yield what stands under a name anywhere below a node, a few levels down."""
    if not isinstance(node, Mapping) or levels == 0:
        return
    yield from values(node, name)
    for inner in node.values():
        for each in inner if isinstance(inner, list) else [inner]:
            yield from descend(each, name, levels - 1)


def word(node: object, name: str) -> str | None:
    """Read the text under a name."""
    return next(filter(None, map(text, values(node, name))), None)


def text(found: object) -> str | None:
    """Read a text: plain, as a value, or in several languages, of which the first is taken."""
    if isinstance(found, str):
        return found.strip()[:300] or None
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, Mapping):
        return None
    for key in ("values", "value"):
        for each in values(found, key):
            if said := text(each):
                return said
    return None


def numbers(node: object, name: str) -> list[float]:
    """Read the finite numbers under a name."""
    found = []
    for each in values(node, name):
        try:
            found.append(float(text(each) or "nan"))
        except (ValueError, OverflowError):
            continue
    return [each for each in found if np.isfinite(each)]


def number(node: object, name: str) -> float | None:
    """Read one number."""
    return next(iter(numbers(node, name)), None)


def _maps(found: object) -> list[Node]:
    inner = found if isinstance(found, list) else [found]
    return [each for each in inner if isinstance(each, Mapping)]
