"""What the capacity map says of one area or one postcode, in our columns: MW become kW."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from app.sources.ground import JOINED, NOWHERE

MW_KW = 1000
AREA, POSTCODE = "energy_area", "postcode_area"
LONGEST = 2000
KEPT = (
    *("demand_available_capacity", "demand_quoted_capacity", "demand_forecast_capacity"),
    *("demand_capacity_in_queue", "demand_requests_in_queue", "generation_available_capacity"),
    *("generation_quoted_capacity", "generation_forecast_capacity", "generation_capacity_in_queue"),
    *("generation_requests_in_queue", "generation_alleviation_year", "generation_constraint"),
)
OURS = (
    *("asset_id", "level", "name", "headroom_kw", "constraint", "parent_id", "queue_kw"),
    *("available_year", "export_headroom_kw", "source_date", "status"),
)
OWN = (
    *("area_type", "district_id", "substation_short_code", "postcodes", "works", "works_year"),
    JOINED,
)
Row = dict[str, Any]


def area_row(area: Mapping[str, Any], code: str, date: str) -> Row:
    """Read an area; its room is an estimate of ours."""
    works, year = _works(area.get("works"))
    parent = text(area.get("demand_energy_area_short_code"))
    figures = {name: _cell(area.get(name), name) for name in KEPT}
    head, export = (_room(area, side) for side in ("demand", "generation"))
    return {
        "asset_id": code,
        "level": "area",
        "name": text(area.get("description")) or _named(area.get("names")) or code,
        "headroom_kw": head,
        "constraint": text(area.get("demand_constraint")),
        "parent_id": parent,
        "queue_kw": _kw(area.get("demand_capacity_in_queue")),
        "available_year": figure(area.get("demand_alleviation_year")),
        "export_headroom_kw": export,
        "source_date": date or None,
        "status": "estimated" if head is not None else "unknown",
        "area_type": text(area.get("type")) or AREA,
        "works": works,
        "works_year": year,
        JOINED: NOWHERE,
        **figures,
    }


def postcode_row(found: Mapping[str, Any], area: str, date: str) -> Row:
    """Read a postcode: colours, and who feeds it; no figures."""
    code = text(found.get("postcode"))
    return {
        "asset_id": code,
        "level": "area",
        "name": code,
        "constraint": text(found.get("demand_constraint")),
        "generation_constraint": text(found.get("generation_constraint")),
        "parent_id": area,
        "substation_short_code": text(found.get("substation_short_code")),
        "source_date": date or None,
        "status": "unknown",  # a colour is no figure
        "area_type": POSTCODE,
        JOINED: NOWHERE,
    }


def _room(area: Mapping[str, Any], side: str) -> float | None:
    """Return available less quoted [kW]; below zero more was promised than the area can carry.

    What the model calls available is all that the area can carry, not what is left of it.
    """
    available = figure(area.get(f"{side}_available_capacity"))
    quoted = figure(area.get(f"{side}_quoted_capacity"))
    if available is None:
        return None
    return round((available - (quoted or 0.0)) * MW_KW, 6)


def _works(found: object) -> tuple[str | None, float | None]:
    """List the works with when they end, and the last year of those that are not called off."""
    said, years = [], []
    for work in items(found):
        if not isinstance(work, Mapping) or work.get("status_kind") == "cancelled":
            continue
        ends = [_end(each) for each in items(work.get("time_schedules"))]
        known = [(year, text) for year, text in ends if year]
        name = text(work.get("description")) or text(work.get("project_name")) or "works"
        said.append(f"{name} ({max(known)[1]})" if known else name)
        years += [year for year, _ in known]
    return "; ".join(said)[:LONGEST] or None, float(max(years)) if years else None


def _end(schedule: object) -> tuple[int, str]:
    """Say when a schedule ends: a date, or a quarter of a year."""
    interval = schedule.get("schedule_interval") if isinstance(schedule, Mapping) else None
    if not isinstance(interval, Mapping):
        return 0, ""
    end, year, quarter = (interval.get(key) for key in ("end", "year", "quarter"))
    if isinstance(end, str) and end[:4].isdigit():
        return int(end[:4]), end[:10]
    if isinstance(year, int) and not isinstance(year, bool):
        return year, f"{year} Q{quarter}" if isinstance(quarter, int) else f"{year}"
    return 0, ""


def _cell(value: object, name: str) -> object:
    return text(value) if name.endswith("_constraint") else figure(value)


def _kw(value: object) -> float | None:
    megawatts = figure(value)
    return None if megawatts is None else round(megawatts * MW_KW, 6)


def figure(value: object) -> float | None:
    """Read a number, also one that was written as text; anything else is not known."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def _named(names: object) -> str | None:
    found = (text(each.get("name")) for each in items(names) if isinstance(each, Mapping))
    return next(filter(None, found), None)


def text(value: object) -> str | None:
    """Read text; anything else is not known."""
    return (value.strip()[:200] or None) if isinstance(value, str) else None


def items(found: object) -> list[Any]:
    """Read a list; anything else is an empty one."""
    return found if isinstance(found, list) else []
