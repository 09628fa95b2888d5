"""OCPI locations (2.1.1, 2.2.1, 2.3.0): posts, their points, and how dirty the register is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from app.sources.problems import Findings, refuse
from app.sources.raw import WGS84, Raw
from app.sources.task import Task

FINE = range(1000, 2000)
NOT_THERE = frozenset({"REMOVED", "PLANNED"})
PHASES = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
W_KW = 1000
STALE = timedelta(days=90)
HEADERS = (
    "charger_id",
    "name",
    "points",
    "power_kw",
    "current_type",
    "operator",
    "state",
    "v2g",
    "address",
    "last_updated",
)


def read_ocpi(document: Any, task: Task) -> Raw:  # noqa: ANN401
    """Read every location as one row: its points, their highest power, their present state."""
    found = list(locations(document))
    if not found:
        raise refuse("GEO-NONE")
    limit = task.limits.map_rows
    if len(found) > limit:
        raise refuse("FILE-ROWS", n=f"{len(found):,}", what="rows", limit=f"{limit:,}")
    rows = [_row(each) for each in found]
    places = np.array([_place(each) for each in found], np.float64).reshape(-1, 2)
    known = np.isfinite(places).all(axis=1)
    shapes = np.full(len(found), None, dtype=object)
    shapes[known] = shapely.points(places[known])
    cells = {header: [row[header] for row in rows] for header in HEADERS}
    _quality(cells, places, task.findings)
    return Raw(cells, len(rows), shapes, [""] * len(rows), WGS84, format="OCPI")


def locations(document: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401
    """Yield the locations of an envelope, an array, or an object that names them by id."""
    if isinstance(document, Mapping) and "status_code" in document:
        code = document["status_code"]
        if code not in FINE:
            said = str(document.get("status_message", ""))[:200]
            raise refuse("OCPI-STATUS", status=code, said=said)
        document = document.get("data") or []
    if isinstance(document, Mapping):
        document = [{"id": key, **each} for key, each in document.items() if _is_one(each)]
    seen = set()
    for nth, each in enumerate(document):
        if not _is_one(each):
            continue
        name = (each.get("country_code"), each.get("party_id"), each.get("id", nth))
        if name not in seen:
            seen.add(name)
            yield each


def _is_one(each: object) -> bool:
    return isinstance(each, Mapping)


def _row(each: Mapping[str, Any]) -> dict[str, Any]:
    points = [p for p in _list(each.get("evses")) if p.get("status") not in NOT_THERE]
    plugs = [plug for point in points for plug in _list(point.get("connectors"))]
    power = [kw for kw in map(power_kw, plugs) if kw is not None]
    kinds = {"DC" if str(p.get("power_type", "")).startswith("DC") else "AC" for p in plugs}
    operator = each.get("operator")
    name = operator.get("name") if isinstance(operator, Mapping) else each.get("operatorName")
    states = Counter(str(point.get("status", "UNKNOWN")) for point in points)
    words = [each.get("address"), each.get("postal_code", each.get("postalCode")), each.get("city")]
    return {
        "charger_id": str(each.get("id", "")),
        "name": each.get("name") or each.get("address"),
        "points": len(points),
        "power_kw": max(power, default=None),
        "current_type": "/".join(sorted(kinds)) or None,
        "operator": name,
        "state": ", ".join(f"{n} {state}" for state, n in sorted(states.items())) or None,
        "v2g": True if any(map(_gives_back, points)) else None,
        "address": ", ".join(str(word) for word in words if word) or None,
        "last_updated": each.get("last_updated", each.get("lastUpdated")),
    }


def power_kw(plug: Mapping[str, Any]) -> float | None:
    """Return what a connector can draw [kW]: as told, else volts x amperes x phases.

    OCPI gives the voltage of one phase against neutral, so three phases count three times.
    """
    told = plug.get("max_electric_power")
    if isinstance(told, int | float) and not isinstance(told, bool) and told > 0:
        return float(told) / W_KW
    volts = plug.get("max_voltage", plug.get("voltage"))
    amps = plug.get("max_amperage", plug.get("amperage"))
    phases = PHASES.get(str(plug.get("power_type")))
    if not isinstance(volts, int | float) or not isinstance(amps, int | float) or phases is None:
        return None
    return float(volts) * float(amps) * phases / W_KW


def _gives_back(point: Mapping[str, Any]) -> bool:
    """Whether a point says that it can feed back; silence is not a no."""
    words = [str(each).upper() for each in point.get("capabilities") or []]
    plugs = _list(point.get("connectors"))
    said = [each.get("vehicle_to_grid", each.get("v2g")) for each in (point, *plugs)]
    return any("V2G" in word or "BIDIRECTIONAL" in word for word in words) or True in said


def _place(each: Mapping[str, Any]) -> tuple[float, float]:
    at = each.get("coordinates")
    at = at if isinstance(at, Mapping) else each
    try:
        return float(at["longitude"]), float(at["latitude"])
    except (KeyError, TypeError, ValueError):
        return np.nan, np.nan


def _list(found: object) -> list[Mapping[str, Any]]:
    return [each for each in found if _is_one(each)] if isinstance(found, list) else []


def _quality(cells: Mapping[str, Sequence[Any]], places: Any, findings: Findings) -> None:  # noqa: ANN401
    """Say how dirty the register is: public ones are, and a planner must see how much."""
    rows = len(places)
    empty = [n for n in range(rows) if not cells["points"][n]]
    powerless = [n for n in range(rows) if cells["points"][n] and not cells["power_kw"][n]]
    again = Counter(tuple(place) for place in places.round(5).tolist() if np.isfinite(place).all())
    twice = sum(1 for times in again.values() if times > 1)
    newest = max(filter(None, map(_moment, cells["last_updated"])), default=None)
    old = [
        n
        for n, said in enumerate(cells["last_updated"])
        if newest and (when := _moment(said)) and newest - when > STALE
    ]
    for code, found in (("REG-POINTS", len(empty)), ("REG-POWER", len(powerless))):
        if found:
            findings.add(code, n=found, total=rows)
    if twice:
        findings.add("REG-TWICE", n=twice)
    if old:
        findings.add("REG-STALE", n=len(old), total=rows, days=STALE.days)
    if newest:
        findings.add("REG-MOMENT", when=newest.date().isoformat())


def _moment(said: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
