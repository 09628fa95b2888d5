"""Use-case: find a capacity contract by the key of a preset, or read it from a table."""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pandas as pd

from app.core.engine.contract import ALL_MONTHS, DAY_TYPES, Contract, Window
from app.core.errors import InputError
from app.core.schema import Column
from app.services.contracts import load_contracts
from app.sources.own_tables import OwnTable, Refusals, read_own_table

DAY_MIN = 1440
HOUR_MIN = 60
GREEN = "green"
COLOURS = (GREEN, "amber", "red")
COLUMNS = (
    Column("start", "begin on the wall clock", "text", required=True),
    Column("end", "end on the wall clock, not included", "text", required=True),
    Column("colour", "colour of the light", "choice", required=True, choices=COLOURS),
    Column("limit_kw", "the most one point may draw", "number", "kW", low=0, high=1_000),
    Column("day_type", "workday, saturday, sunday", "text"),
    Column("months", "months, as 1;2;12", "text"),
    Column("unit", "what is limited", "text"),
    Column("profile_id", "name of the calendar", "id"),
    Column("pause_allowed", "whether cars may be stopped", "flag"),
    Column("override", "whether drivers may charge at once", "flag"),
    Column("min_kwh_guarantee", "energy promised at departure", "number", "kWh", low=0),
)


def find_contract(name: str | Path) -> Contract:
    """Return a preset by its key, or the calendar in a CSV or Parquet file.

    A file has one row per window, and its windows cover each day from 00:00 to 24:00.
    """
    presets = load_contracts()
    if str(name) in presets:
        return presets[str(name)]
    if not Path(name).is_file():
        known = ", ".join(presets)
        raise InputError(f"contract {str(name)!r} is neither a file nor a preset ({known})")
    table = read_own_table(Path(name), COLUMNS)
    refusals = Refusals(table.file)
    windows = [_window(table.frame, at, refusals) for at in range(len(table.frame))]
    refusals.finish()
    _cover(windows, refusals)
    _refuse_unit(table, refusals)
    refusals.finish()
    return Contract(
        key=_first(table.frame, "profile_id", Path(name).stem),
        title=_first(table.frame, "profile_id", Path(name).stem),
        windows=tuple(windows),
        source=table.file,
        confidence="C",
        override=_says(table.frame, "override", usual=True),
        pause_allowed=_says(table.frame, "pause_allowed", usual=False),
        guarantee=_promised(table.frame),
    )


def _window(frame: pd.DataFrame, at: int, refusals: Refusals) -> Window:
    row = frame.iloc[at]
    start, end = (_minutes(str(row[name])) for name in ("start", "end"))
    if not 0 <= start < end <= DAY_MIN:
        told = f"row {at + 1}: found {row['start']} to {row['end']}"
        refusals.say(f"{told}, wanted a window from 00:00 to 24:00 at most", "window_unreadable")
    days = tuple(str(row.get("day_type", "")).replace(",", ";").split(";"))
    days = tuple(day.strip() for day in days if day.strip() not in {"", "all"}) or DAY_TYPES
    months = str(row.get("months", "")).replace(",", ";").split(";")
    chosen = tuple(int(month) for month in months if month.strip().isdigit()) or ALL_MONTHS
    if not (set(days) <= set(DAY_TYPES) and set(chosen) <= set(ALL_MONTHS)):
        wanted = f"wanted days of {', '.join(DAY_TYPES)} and months from 1 to 12"
        refusals.say(f"row {at + 1}: {wanted}", "window_unreadable")
    limit_kw = row.get("limit_kw", float("nan"))
    bounded = row["colour"] != GREEN
    if bounded and pd.isna(limit_kw):
        refusals.say(f"row {at + 1}: a {row['colour']} window needs limit_kw", "window_unreadable")
    return Window(
        start, end, str(row["colour"]), float(limit_kw) if bounded else None, None, days, chosen
    )


def _minutes(text: str) -> int:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdigit() and minute[:2].isdigit()):
        return -1
    return int(hour) * HOUR_MIN + int(minute[:2])


def _cover(windows: list[Window], refusals: Refusals) -> None:
    """Refuse a day with a gap or an overlap, naming both windows."""
    per_day: dict[tuple[int, str], list[Window]] = defaultdict(list)
    for window in windows:
        for month in window.months:
            for day in window.day_types:
                per_day[month, day].append(window)
    said: set[str] = set()
    for found in per_day.values():
        ordered = sorted(found, key=lambda window: (window.start_min, window.end_min))
        edges = [Window(0, 0, "midnight"), *ordered, Window(DAY_MIN, DAY_MIN, "midnight")]
        for before, after in pairwise(edges):
            if before.end_min != after.start_min:
                kind = "gap" if before.end_min < after.start_min else "overlap"
                said.add(f"{kind} between {_named(before)} and {_named(after)}")
    for sentence in sorted(said):
        refusals.say(sentence, "windows_do_not_fit")


def _named(window: Window) -> str:
    start, end = (
        f"{m // HOUR_MIN:02d}:{m % HOUR_MIN:02d}" for m in (window.start_min, window.end_min)
    )
    return f"{window.colour} {start}-{end}"


def _refuse_unit(table: OwnTable, refusals: Refusals) -> None:
    unit = _first(table.frame, "unit", "per_point")
    if unit != "per_point":
        refusals.say(f"unit {unit!r} is not simulated; wanted per_point", "unit_unknown")


def _first(frame: pd.DataFrame, name: str, usual: str) -> str:
    return str(frame[name].iloc[0]) or usual if name in frame and len(frame) else usual


def _says(frame: pd.DataFrame, name: str, *, usual: bool) -> bool:
    if name not in frame or not len(frame) or frame[name].iloc[0] < 0:
        return usual
    return bool(frame[name].iloc[0])


def _promised(frame: pd.DataFrame) -> bool:
    return "min_kwh_guarantee" in frame and bool((frame["min_kwh_guarantee"] > 0).any())
