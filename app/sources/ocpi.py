"""OCPI locations (2.1.1, 2.2.1, 2.3.0): posts, the points that stand there, and their power."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

import numpy as np
import shapely

from app.sources.problems import refuse
from app.sources.raw import WGS84, Raw
from app.sources.task import Task

FINE = range(1000, 2000)
NOT_THERE = frozenset({"REMOVED", "PLANNED"})
PHASES = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
W_KW = 1000
EAST, NORTH = 180, 90
HEADERS = (
    *("charger_id", "name", "points", "power_kw", "current_type", "operator", "state", "v2g"),
    *("address", "last_updated", "points_gone", "evse_ids"),
)
Node = Mapping[str, Any]


def read_ocpi(document: Any, task: Task) -> Raw:  # noqa: ANN401
    """Read every location as one row: its points, their highest power, their present state."""
    if task.kind.key != "chargers":
        raise refuse("FILE-KIND", found="An OCPI register", kind="chargers")
    every = list(listed(document))
    found = list(once(every))
    if not found:
        raise refuse("GEO-NONE")
    limit = task.limits.map_rows
    if len(found) > limit:
        raise refuse("FILE-ROWS", n=f"{len(found):,}", what="rows", limit=f"{limit:,}")
    if len(found) < len(every):
        task.findings.add("REG-REPEATED", n=len(every) - len(found))
    rows = [_row(each) for each in found]
    places = np.array([_place(each) for each in found], np.float64).reshape(-1, 2)
    known = np.isfinite(places).all(axis=1)
    shapes = np.full(len(found), None, dtype=object)
    shapes[known] = shapely.points(places[known])
    cells = {header: [row[header] for row in rows] for header in HEADERS}
    newest = max((row["last_updated"][:10] for row in rows if row["last_updated"]), default="")
    return Raw(cells, len(rows), shapes, [""] * len(rows), WGS84, format="OCPI", as_of=newest)


def locations(document: Any) -> Iterator[Node]:  # noqa: ANN401
    """Yield each location of an envelope, an array, or an object that names them by id, once."""
    return once(listed(document))


def listed(document: Any) -> Iterator[Node]:  # noqa: ANN401
    """Yield what a document lists, repeats included."""
    if isinstance(document, Mapping) and "status_code" in document:
        code = document["status_code"]
        if not str(code).isdigit() or int(str(code)[:9]) not in FINE:
            said = str(document.get("status_message", ""))[:200]
            raise refuse("OCPI-STATUS", status=str(code)[:20], said=said)
        document = document.get("data") or []
    if isinstance(document, Mapping):
        if "evses" in document or "coordinates" in document:  # one location, asked for by its id
            document = [document]
        else:
            document = [{"id": key, **each} for key, each in document.items() if _is_one(each)]
    if isinstance(document, list):
        yield from (each for each in document if _is_one(each))


def once(found: Iterator[Node] | list[Node]) -> Iterator[Node]:
    """Yield the first of the locations that share country, party and id."""
    seen = set()
    for nth, each in enumerate(found):
        name = tuple(str(each.get(key)) for key in ("country_code", "party_id"))
        name += (str(each.get("id", nth)),)
        if name not in seen:
            seen.add(name)
            yield each


def _is_one(each: object) -> bool:
    return isinstance(each, Mapping)


def _row(each: Node) -> dict[str, Any]:
    every = _list(each.get("evses"))
    points = [point for point in every if _status(point) not in NOT_THERE]
    plugs = [plug for point in points for plug in _list(point.get("connectors"))]
    power = [kw for kw in map(power_kw, plugs) if kw is not None]
    kinds = {"DC" if str(p.get("power_type", "")).startswith("DC") else "AC" for p in plugs}
    operator = each.get("operator")
    name = operator.get("name") if isinstance(operator, Mapping) else each.get("operatorName")
    states = Counter(_status(point) for point in points)
    words = [each.get("address"), each.get("postal_code", each.get("postalCode")), each.get("city")]
    updated = each.get("last_updated", each.get("lastUpdated"))
    names = [point.get("evse_id") or point.get("uid") for point in points]
    return {
        "charger_id": str(each.get("id", "")),
        "name": _text(each.get("name")) or _text(each.get("address")),
        "points": len(points),
        "power_kw": max(power, default=None),
        "current_type": "/".join(sorted(kinds)) or None,
        "operator": _text(name),
        "state": ", ".join(f"{n} {state}" for state, n in sorted(states.items())) or None,
        "v2g": True if any(map(_gives_back, points)) else None,
        "address": ", ".join(str(word) for word in words if word) or None,
        "last_updated": _text(updated),
        "points_gone": len(every) - len(points),
        "evse_ids": ", ".join(each for each in names if isinstance(each, str)) or None,
    }


def power_kw(plug: Node) -> float | None:
    """Return what a connector can draw [kW]: as told, else volts x amperes x phases.

    OCPI gives the voltage of one phase against neutral, so three phases count three times.
    """
    told = _number(plug.get("max_electric_power"))
    if told is not None and told > 0:
        return told / W_KW
    volts = _number(plug.get("max_voltage", plug.get("voltage")))
    amps = _number(plug.get("max_amperage", plug.get("amperage")))
    phases = PHASES.get(str(plug.get("power_type")))
    if volts is None or amps is None or phases is None:
        return None
    return volts * amps * phases / W_KW


def _number(found: object) -> float | None:
    """Read a number, also one that was written as text."""
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        number = float(found)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def _status(point: Node) -> str:
    return str(point.get("status") or "UNKNOWN").upper()[:40]


def _gives_back(point: Node) -> bool:
    """Whether a point says that it can feed back; silence is not a no."""
    able = point.get("capabilities")
    words = [str(each).upper() for each in able] if isinstance(able, list) else []
    plugs = _list(point.get("connectors"))
    said = [each.get("vehicle_to_grid", each.get("v2g")) for each in (point, *plugs)]
    return any("V2G" in word or "BIDIRECTIONAL" in word for word in words) or any(
        each is True for each in said
    )


def _place(each: Node) -> tuple[float, float]:
    at = each.get("coordinates")
    at = at if isinstance(at, Mapping) else each
    lon, lat = _number(at.get("longitude")), _number(at.get("latitude"))
    if lon is None or lat is None or not on_earth(lon, lat):
        return np.nan, np.nan
    return lon, lat


def on_earth(lon: float, lat: float) -> bool:
    """Tell whether there is such a place: what lies off the globe is no place at all."""
    return abs(lon) <= EAST and abs(lat) <= NORTH


def _text(found: object) -> str | None:
    return found.strip() or None if isinstance(found, str) else None


def _list(found: object) -> list[Node]:
    return [each for each in found if _is_one(each)] if isinstance(found, list) else []
