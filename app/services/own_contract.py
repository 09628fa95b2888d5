"""Use-case: find a capacity contract by the key of a preset, or read it from a table."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path, PurePath

import numpy as np
import pandas as pd

from app.core.engine.clock import Clock
from app.core.engine.contract import (
    ALL_MONTHS,
    DAY_TYPES,
    TRIGGERS,
    UNITS,
    Contract,
    Thresholds,
    Window,
)
from app.core.errors import refusal
from app.core.schema import Column
from app.core.tender.calendar_file import is_whole
from app.exports.cells import unguard
from app.services.contract_file import MORE, NAMES, as_table, in_amps, structured, with_terms
from app.services.contracts import load_contracts
from app.services.parameters import load_parameters
from app.sources.own_notices import Refusals
from app.sources.own_open import Dropped, Source
from app.sources.own_tables import read_own_table

DAY_MIN = 1440
HOUR_MIN = 60
CONTRACT_BYTES = 5_000_000  # of a stranger's TOML or JSON, which is read here
GREEN = "green"
COLOURS = (GREEN, "amber", "red")
COLUMNS = (
    Column("start", "begin on the wall clock", "text", required=True),
    Column("end", "end on the wall clock, not included", "text", required=True),
    Column("colour", "colour of the light", "choice", required=True, choices=COLOURS),
    Column("limit_kw", "the most one point may draw", "number", "kW", low=0, high=1_000),
    Column("limit_percent", "the same, of the rated current", "number", "%", low=0, high=100),
    Column("day_type", "workday, saturday, sunday", "text"),
    Column("months", "months, as 1;2;12", "text"),
    Column("unit", "what is limited", "choice", choices=UNITS),
    Column("trigger", "what switches the light", "choice", choices=TRIGGERS),
    Column("notice_min", "time between signal and effect", "number", "min", low=0, high=1_440),
    Column("profile_id", "name of the calendar", "id"),
    Column("pause_allowed", "whether cars may be stopped", "flag"),
    Column("override", "whether drivers may charge at once", "flag"),
    Column("min_kwh_guarantee", "energy promised at departure", "number", "kWh", low=0),
)


def find_contract(name: str | Source) -> Contract:
    """Return a preset by its key, or the one calendar in a file.

    A table, JSON or TOML as a tender writes them has one row per window, and the windows cover
    each day from 00:00 to 24:00. A TOML file may also be written like the presets: time outside
    its windows is green.
    """
    if not isinstance(name, Dropped):
        presets = load_contracts()
        if str(name) in presets:
            return presets[str(name)]
        if not Path(name).is_file():
            known = ", ".join(presets)
            said = f"contract {str(name)!r} is neither a file nor a preset ({known})"
            raise refusal("unknown_contract", said)
    found = read_contracts(name if isinstance(name, Dropped) else Path(name))
    if len(found) > 1:
        said = f"{len(found)} calendars in one file; a run follows one"
        raise refusal("window_unreadable", said, file=PurePath(str(name)).name)
    return found[0]


def read_contracts(source: Source) -> tuple[Contract, ...]:
    """Read every calendar of a file: one for each name, transformer, lot and direction."""
    suffix = PurePath(source.name).suffix.casefold()
    told = structured(_text(source), source.name, suffix) if suffix in {".json", ".toml"} else None
    if suffix == ".toml" and told is None:
        return (_read(source),)
    table = source if told is None else as_table(told, source.name)
    frame = read_own_table(table, (*COLUMNS, *MORE)).frame
    frame = in_amps(frame).map(lambda cell: unguard(cell) if isinstance(cell, str) else cell)
    names = [name for name in NAMES if name in frame]
    keys = frame[names].astype(str).agg("\n".join, axis=1) if names else pd.Series("", frame.index)
    refusals = Refusals(source.name)
    return tuple(_one(source, frame[keys == key], refusals) for key in dict.fromkeys(keys))


def _one(source: Source, frame: pd.DataFrame, refusals: Refusals) -> Contract:
    windows = [_window(frame, at, refusals) for at in range(len(frame))]
    refusals.finish()
    found = with_terms(_contract(source, frame, windows), frame, source.name)
    if not is_whole(found):
        _cover(windows, refusals)
        refusals.finish()
    return found


def _read(source: Source) -> Contract:
    """Read a TOML file written like a preset."""
    frame, refusals = _toml(source), Refusals(source.name)
    windows = [_window(frame, at, refusals) for at in range(len(frame))]
    refusals.finish()
    return _contract(source, frame, windows)


def _contract(source: Source, frame: pd.DataFrame, windows: list[Window]) -> Contract:
    numbers = load_parameters()
    return Contract(
        key=_first(frame, "profile_id", PurePath(source.name).stem),
        title=_first(frame, "profile_id", PurePath(source.name).stem),
        windows=tuple(windows),
        source=source.name,
        confidence="C",
        override=_says(frame, "override", usual=True),
        pause_allowed=_says(frame, "pause_allowed", usual=True),
        guarantee=_promised(frame),
        override_share=numbers["override_share"].value,
        rated_a=numbers["rated_a"].value,
        unit=_first(frame, "unit", "per_point"),
        trigger=_first(frame, "trigger", "schedule"),
        notice_min=float(frame["notice_min"].max()) if _says_minutes(frame) else 0.0,
        thresholds=Thresholds(
            numbers["light_amber_from"].value,
            numbers["light_red_from"].value,
            numbers["light_hysteresis"].value,
        ),
    )


def _toml(source: Source) -> pd.DataFrame:
    """Read a contract written like a preset as rows."""
    try:
        told = tomllib.loads(_text(source))
        frame = pd.DataFrame(told["windows"])
        days = frame["day_types"] if "day_types" in frame else [DAY_TYPES] * len(frame)
        months = frame["months"] if "months" in frame else [ALL_MONTHS] * len(frame)
        frame["day_type"] = [";".join(each) for each in days]
        frame["months"] = [";".join(map(str, each)) for each in months]
        frame[["start", "end", "colour"]] = frame[["start", "end", "colour"]].astype(str)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        wanted = "[[windows]] with start, end, colour and a limit"
        said = f"this is not a contract; wanted {wanted}"
        raise refusal("contract_unreadable", said, file=source.name) from error
    frame["profile_id"] = str(told.get("title", PurePath(source.name).stem))
    _refuse_words(told, source)
    for name in ("unit", "trigger", "notice_min"):
        if name in told:
            frame[name] = told[name]
    for name in ("override", "pause_allowed", "guarantee"):
        if isinstance(told.get(name), bool):
            frame[name] = int(told[name])
    return frame


def _refuse_words(told: Mapping[str, object], source: Source) -> None:
    """Refuse what the table reader would refuse in a column of that name."""
    refusals = Refusals(source.name)
    for name, choices in (("unit", UNITS), ("trigger", TRIGGERS)):
        if told.get(name, choices[0]) not in choices:
            wanted = " or ".join(choices)
            refusals.say(f"{name}: found {told[name]!r}, wanted {wanted}", "contract_unreadable")
    minutes = told.get("notice_min", 0)
    if type(minutes) not in {int, float} or not 0 <= float(str(minutes)) <= DAY_MIN:
        said = f"notice_min: found {minutes!r}, wanted 0 to {DAY_MIN} minutes"
        refusals.say(said, "contract_unreadable")
    refusals.finish()


def _text(source: Source) -> str:
    if isinstance(source, Dropped):
        if len(source.content) > CONTRACT_BYTES:
            said = f"a contract of more than {CONTRACT_BYTES:,} bytes"
            raise refusal("file_too_large", said, file=source.name)
        return source.content.decode("utf-8")
    return source.read_text("utf-8")


def _window(frame: pd.DataFrame, at: int, refusals: Refusals) -> Window:
    row = frame.iloc[at]
    start, end = (_minutes(str(row[name])) for name in ("start", "end"))
    if not 0 <= start < end <= DAY_MIN:
        told = f"row {at + 1}: found {row['start']} to {row['end']}"
        refusals.say(f"{told}, wanted a window from 00:00 to 24:00 at most", "window_unreadable")
    days = tuple(str(row.get("day_type", "")).replace(",", ";").split(";"))
    days = tuple(day.strip() for day in days if day.strip() not in {"", "all"}) or DAY_TYPES
    months = str(row.get("months", "")).replace(",", ";").split(";")
    chosen = tuple(_whole(month) for month in months if month.strip()) or ALL_MONTHS
    if not (set(days) <= set(DAY_TYPES) and set(chosen) <= set(ALL_MONTHS)):
        wanted = f"wanted days of {', '.join(DAY_TYPES)} and months from 1 to 12"
        refusals.say(f"row {at + 1}: {wanted}", "window_unreadable")
    limit_kw, percent = (row.get(name, float("nan")) for name in ("limit_kw", "limit_percent"))
    colour = str(row["colour"])
    in_share = colour != GREEN and not pd.isna(percent)  # kW beside it repeats what it comes to
    in_kw = colour != GREEN and not in_share and not pd.isna(limit_kw)
    if colour != GREEN and not (in_kw or in_share):
        refusals.say(f"row {at + 1}: a window in {colour} needs limit_kw", "window_unreadable")
    return Window(
        start_min=start,
        end_min=end,
        colour=colour,
        limit_kw=float(limit_kw) if in_kw else None,
        limit_share=float(percent) / 100 if in_share else None,
        day_types=days,
        months=chosen,
    )


def _minutes(text: str) -> int:
    """Read a time of the wall clock, with or without seconds; -1 where it is none."""
    hour, minute = (_whole(part) for part in [*text.split(":"), ""][:2])
    return hour * HOUR_MIN + minute if min(hour, minute) >= 0 and minute < HOUR_MIN else -1


def _whole(text: str) -> int:
    """Read a whole number; -1 where it is none."""
    return int(text) if text.strip().isdecimal() else -1


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


def _says_minutes(frame: pd.DataFrame) -> bool:
    return "notice_min" in frame and bool(frame["notice_min"].notna().any())


def _first(frame: pd.DataFrame, name: str, usual: str) -> str:
    return str(frame[name].iloc[0]) or usual if name in frame and len(frame) else usual


def _says(frame: pd.DataFrame, name: str, *, usual: bool) -> bool:
    if name not in frame or not len(frame) or frame[name].iloc[0] < 0:
        return usual
    return bool(frame[name].iloc[0])


def _promised(frame: pd.DataFrame) -> bool:
    promised = "min_kwh_guarantee" in frame and bool((frame["min_kwh_guarantee"] > 0).any())
    return promised or _says(frame, "guarantee", usual=False)


def contract_bands(contract: Contract, clock: Clock) -> list[tuple[int, int, str]]:
    """Return the stretches in which a contract asks for less: first step, end, colour.

    Where two windows claim a step the first one holds, as in the engine. A light that follows
    the load has no hours.
    """
    if contract.on_load:
        return []
    from app.core.engine.direct import in_window  # noqa: PLC0415  # loads the kernels

    holds = np.full(clock.steps, -1)
    for place in reversed(range(len(contract.charging))):
        holds[in_window(contract.windows[place], clock, contract.terms.holidays)] = place
    edges = np.flatnonzero(np.diff(holds)) + 1
    stretches = pairwise([0, *edges.tolist(), clock.steps])
    named = [(a, b, contract.windows[holds[a]].colour) for a, b in stretches if holds[a] >= 0]
    return [band for band in named if band[2] != GREEN]
