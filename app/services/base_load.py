"""Use-case: what transformers carry before any public charging, under a scenario's levers."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from app.core.assets import numbers as column
from app.core.assets import texts
from app.core.demand.nearby import DEPOT, HOURS, hours_of, point_loads
from app.core.engine.arrays import Floats, Keys, Longs
from app.core.engine.baseload import (
    OnTop,
    base_load,
    base_parts,
    depot_shape,
    noon_share,
    peak_of_homes,
)
from app.core.engine.clock import Clock
from app.core.engine.measured import Measured, measured_days
from app.core.engine.weeks import Week, design_weeks, year_clock
from app.core.places import EngineRows, attach, rates
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.parameters import load_parameters

LEVERS = ("base_growth", "heat_pump_share", "pv_kwp_home")
MEASURED = "load"
SECOND_US = 1_000_000
SLOTS_H = 4  # quarter-hours


def peaks_of_homes(project: Project, rows: EngineRows) -> Floats:
    """Estimate the base peak of rows that tell none, from homes; NaN where nobody counted them."""
    frame = project.layers["districts"].frame
    numbers = load_parameters()
    kwh = np.nan_to_num(column(frame, "electricity_kwh"), nan=numbers["home_kwh"].value)
    return rates(rows, peak_of_homes(_homes(project), kwh, numbers))


def on_top(project: Project, rows: EngineRows, scenario: Scenario) -> OnTop | None:
    """Lay the scenario's levers and the depots over the rows.

    None where levers are at rest and there are no depots, which costs nothing.
    """
    depot_kw = _depots(project, rows)[0]
    if not any(getattr(scenario, name) for name in LEVERS) and not depot_kw.size:
        return None
    homes = rates(rows, np.nan_to_num(_homes(project)))
    return OnTop(
        growth=scenario.base_growth,
        heat_pump_kw=homes * scenario.heat_pump_share * load_parameters()["heat_pump_kw"].value,
        panels_kwp=homes * scenario.pv_kwp_home,
        depot_kw=depot_kw,
        latitude=float(rows.lat.mean()),
        longitude=float(rows.lon.mean()),
    )


@lru_cache(maxsize=16)
def _depots(project: Project, rows: EngineRows) -> tuple[Floats, tuple[str, ...]]:
    """Put depots and other point loads on the rows that feed them; no columns where none are."""
    none = np.zeros((len(rows), 0))
    if "places" not in project.layers:
        return none, ()
    found = point_loads(project.layers["places"].map)
    row = attach(found.geometry.to_numpy(), rows) if len(found) else np.zeros(0, np.int64)
    fed = row >= 0
    notices = []
    if not fed.all():
        far = f"{np.count_nonzero(~fed)} of {fed.size} depots are too far from any {rows.level}"
        notices.append(f"{far}: the grid does not carry them here.")
    if not fed.any():
        return none, tuple(notices)
    shape = depot_shape(column(found, "load_kwh_day"), column(found, "load_kw"), load_parameters())
    for nth, text in enumerate(texts(found, HOURS)):
        told = hours_of(text)
        if told is not None:  # hours that are told need no shape of ours
            shape[nth] = np.repeat(told, SLOTS_H)
    kw = np.zeros((len(rows), shape.shape[1]))
    np.add.at(kw, row[fed], shape[fed])
    day_kwh = float(kw.sum()) / SLOTS_H
    who = "Depots" if (texts(found, "kind") == DEPOT).all() else "Depots and other point loads"
    notices.append(f"{who} charge {day_kwh:,.0f} kWh a day on top of today's load.")
    return kw, tuple(notices)


def depot_notices(project: Project, rows: EngineRows) -> tuple[str, ...]:
    """Say what depots add to today's load, and which of them nobody feeds."""
    return _depots(project, rows)[1]


def _homes(project: Project) -> Floats:
    """Count the homes of each district; NaN where nobody did."""
    frame = project.layers["districts"].frame
    homes, households = column(frame, "dwellings"), column(frame, "households")
    return np.where(np.isnan(homes), households, homes)


def measured(project: Project, rows: EngineRows) -> Measured | None:
    """Find the measured load of the rows; None where there is none."""
    return _measured(project, tuple(rows.asset_id))[0] if MEASURED in project.layers else None


def measured_notices(project: Project, rows: EngineRows) -> tuple[str, ...]:
    """Say what of the measured load is not used, and why."""
    return _measured(project, tuple(rows.asset_id))[1] if MEASURED in project.layers else ()


@lru_cache(maxsize=8)
def _measured(
    project: Project, asset_ids: tuple[str, ...]
) -> tuple[Measured | None, tuple[str, ...]]:
    frame = project.layers[MEASURED].frame.dropna(subset=["time", "load_kw"])
    ids = texts(frame, "transformer_id")
    if len(asset_ids) == 1:  # a series without a name can only be of the one there is
        ids = np.where(ids == "", asset_ids[0], ids)
    names, series = np.unique(ids.astype(str), return_inverse=True)
    place = {name: row for row, name in enumerate(asset_ids)}
    rows = np.array([place.get(name, -1) for name in names], np.int64)
    notices = _strangers([str(name) for name in names[rows < 0]])
    known = rows[series] >= 0
    if not known.any():
        return None, notices
    used, renamed = np.unique(series[known], return_inverse=True)
    numbers = load_parameters()
    least = int(numbers["measured_least_d"].value)
    found, left_out = measured_days(
        _seconds(frame)[known],
        renamed.astype(np.int64),
        frame["load_kw"].to_numpy(np.float64)[known],
        rows[used],
        project.timezone,
        least_days=least,
    )
    notices += tuple(_short(str(names[used][nth]), least) for nth in left_out)
    return (found if found.row.size else None), notices


def _short(name: str, least: int) -> str:
    return (
        f"The measured load of {name} has fewer than {least} complete days: it does not stand for "
        "a year and is not used."
    )


def _seconds(frame: pd.DataFrame) -> Longs:
    moments = frame["time"].dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(moments.to_numpy("datetime64[us]").astype(np.int64) // SECOND_US)


def _strangers(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    said = ", ".join(names[:3]) if any(names) else "a series without transformer_id"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004  # three named
    return (f"Measured load of {said}{more} belongs to no transformer here and is not used.",)


def export_limits(
    told_kw: Floats, limit_kw: Floats, peak_kw: Floats, measured: Measured | None
) -> Floats:
    """Say how far below zero each row may go [kW]; NaN where nothing is known.

    The map's room for power flowing back counts from today's load at noon in summer, or from the
    lowest load where that was measured; where it says none, what may flow in may flow back.
    """
    lowest = peak_kw * noon_share(load_parameters())
    if measured is not None:
        lowest[measured.row] = np.nanmin(measured.load_kw, axis=(1, 2))
    return np.where(np.isnan(told_kw), limit_kw, np.maximum(told_kw - lowest, 0.0))


def today(peak_kw: Floats, row_key: Keys, clock: Clock, measured: Measured | None = None) -> Floats:
    """Lay today's load of rows over a horizon: measured where it was, else the shape of homes."""
    found = base_load(peak_kw, row_key, clock, load_parameters())
    if measured is not None and measured.row.size:
        found[measured.row] = measured.lay(clock)
    return found


def with_levers(today_kw: Floats, clock: Clock, on_top: OnTop | None) -> Floats:
    """Add what the levers put on top."""
    if on_top is None:
        return today_kw
    return np.asarray(sum(base_parts(today_kw, on_top, clock, load_parameters()).values()))


def weeks_of(
    peak_kw: Floats, year: int, zone: str, measured: Measured | None, on_top: OnTop | None
) -> tuple[Week, ...]:
    """Choose the design weeks on the city's load; noise of single rows averages out in it."""
    if measured is None and on_top is None:
        return _plain_weeks(round(float(peak_kw.sum())), year, zone)
    clock = year_clock(year, zone)
    shaped_kw = float(peak_kw.sum())
    city = np.zeros((1, clock.steps))
    if measured is not None:
        shaped_kw -= float(peak_kw[measured.row].sum())
        city += measured.lay(clock).sum(axis=0)
    numbers = load_parameters()
    calm = {**numbers, "base_noise": replace(numbers["base_noise"], value=0.0, low=0.0)}
    city += base_load(np.array([max(shaped_kw, 1.0)]), np.zeros(1, np.uint64), clock, calm)
    return design_weeks(with_levers(city, clock, _summed(on_top))[0], clock)


def _summed(on_top: OnTop | None) -> OnTop | None:
    if on_top is None:
        return None
    names = ("heat_pump_kw", "panels_kwp", "depot_kw")
    sums = {name: getattr(on_top, name).sum(axis=0, keepdims=True) for name in names}
    return replace(on_top, **sums)


@lru_cache(maxsize=16)
def _plain_weeks(total_kw: int, year: int, zone: str) -> tuple[Week, ...]:
    clock = year_clock(year, zone)
    total = today(np.array([max(total_kw, 1.0)]), np.zeros(1, np.uint64), clock)
    return design_weeks(total[0], clock)
