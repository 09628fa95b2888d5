"""A capacity contract as rows: one per window, whole days, nothing lost on the way back."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from types import MappingProxyType
from typing import Any

from app.core.engine.contract import GREEN, PHASE_KW_PER_A, Contract, Terms, Window
from app.core.errors import InputError

DAY_MIN, HOUR_MIN, EXACT, PERCENT_DIGITS = 1440, 60, 1e-9, 10
FORMAT, VERSION = "kerbwatt-traffic-light", 1
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula
NOTHING: Mapping[str, Any] = MappingProxyType({})
WINDOW = ("months", "day_type", "start", "end", "colour", "limit_kw", "limit_a", "limit_percent")
TERMS = (
    "direction", "asset_id", "lot_code", "phases", "max_hours_day", "max_events_year",
    "override_surcharge_eur_kwh", "min_kwh_guarantee", "guarantee_basis", "fallback_kw",
    "log_interval_min", "compliance_pct", "compensation", "review_date", "full_kw",
)  # fmt: skip
SHARED = (
    "unit", "trigger", "notice_min", "override", "pause_allowed", "guarantee", "rated_a",
    "override_share", "source", "confidence", "title", "note",
)  # fmt: skip
COLUMNS = (
    "profile_id", "direction", "unit", "asset_id", "lot_code", "months", "day_type", "start", "end",
    "colour", "limit_kw", "limit_a", "phases", "trigger", "notice_min", "max_hours_day",
    "max_events_year", "override", "override_surcharge_eur_kwh", "min_kwh_guarantee",
    "guarantee_basis", "pause_allowed", "fallback_kw", "log_interval_min", "compliance_pct",
    "compensation", "review_date", "source", "confidence", "limit_percent", "full_kw", "rated_a",
    "guarantee", "override_share", "amber_from_pct", "red_from_pct", "hysteresis_pct", "holidays",
    "title", "note",
)  # fmt: skip


def wall(minute: int) -> str:
    """Write a minute of the day as a clock shows it; the end of the day is 24:00."""
    return f"{minute // HOUR_MIN:02d}:{minute % HOUR_MIN:02d}"


def whole_days(contract: Contract) -> Contract:
    """Say green where the contract says nothing, so that its windows cover each day it names.

    Where two windows claim a minute the first one holds, as in the engine. Months and kinds of
    day with the same hours stay together. A light that follows the load has no hours: each of its
    colours holds all day.
    """
    if contract.on_load:
        return replace(contract, windows=_of_colours(contract), terms=_with_full(contract))
    windows: list[Window] = []
    cells = {(m, d): _claimed(contract, m, d) for d in _days(contract) for m in range(1, 13)}
    for day in _days(contract):
        alike: dict[tuple[Window, ...], list[int]] = {}
        for month in range(1, 13):
            alike.setdefault(cells[month, day], []).append(month)
        for found, months in alike.items():
            when = tuple(months)
            windows += [replace(each, day_types=(day,), months=when) for each in found]
    return replace(contract, windows=tuple(windows), terms=_with_full(contract))


def _of_colours(contract: Contract) -> tuple[Window, ...]:
    found = {GREEN: Window(0, DAY_MIN, GREEN)}
    for window in contract.windows:
        all_day = Window(0, DAY_MIN, window.colour, window.limit_kw, window.limit_share)
        found.setdefault(window.colour, all_day)
    return tuple(found.values())


def _days(contract: Contract) -> tuple[str, ...]:
    named = {day for window in contract.windows for day in window.day_types}
    return tuple(day for day in ("workday", "saturday", "sunday") if day in named)


def _claimed(contract: Contract, month: int, day: str) -> tuple[Window, ...]:
    """Lay the windows of one kind of day over its minutes."""
    holds: list[Window | None] = [None] * DAY_MIN
    for window in reversed(contract.windows):
        if month in window.months and day in window.day_types:
            size = window.end_min - window.start_min
            holds[window.start_min : window.end_min] = [window] * size
    found, start = [], 0
    for claim, same in groupby(holds):
        end = start + len(list(same))
        base = claim or Window(start, end, GREEN)
        found.append(replace(base, start_min=start, end_min=end, day_types=(), months=()))
        start = end
    return tuple(found)


def is_whole(contract: Contract) -> bool:
    """Tell whether windows cover every day they name, once; by colour where the load decides."""
    if _whole(contract.windows) or not contract.on_load:
        return _whole(contract.windows)
    colours = {window.colour for window in contract.windows}
    return all(
        _whole(tuple(w for w in contract.windows if w.colour == colour)) for colour in colours
    )


def _whole(windows: tuple[Window, ...]) -> bool:
    minutes: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for window in windows:
        for month in window.months:
            for day in window.day_types:
                span = (window.start_min, window.end_min)
                minutes.setdefault((month, day), []).append(span)
    for spans in minutes.values():
        edges = [0, *(edge for span in sorted(spans) for edge in span), DAY_MIN]
        if any(a != b for a, b in zip(edges[::2], edges[1::2], strict=True)):
            return False
    return bool(minutes)


def _with_full(contract: Contract) -> Terms:
    terms = contract.terms
    if terms.full_kw is not None:
        return terms
    if contract.unit != "per_point":
        said = f"what the {contract.unit} may draw in green is not said"
        raise InputError(f"contract {contract.key}: {said}; fill full_kw")
    return replace(terms, full_kw=contract.rated_a * terms.phases * PHASE_KW_PER_A)


def calendar_rows(contracts: Iterable[Contract]) -> list[dict[str, Any]]:
    """Write every window as a row of ``COLUMNS``; None where nothing is said."""
    found = []
    for given in contracts:
        green = any(window.colour == GREEN for window in given.windows)
        told = is_whole(given) and (green or not given.on_load)
        contract = given if told else whole_days(given)
        contract = replace(contract, terms=_with_full(contract))
        shared = _facts(contract)
        found += [
            {name: {**shared, **_window(contract, window)}[name] for name in COLUMNS}
            for window in contract.windows
        ]
    return found


def _facts(contract: Contract) -> dict[str, Any]:
    terms, marks = contract.terms, contract.thresholds
    return {
        "profile_id": contract.key,
        **{name: getattr(terms, name) for name in TERMS},
        "holidays": ";".join(terms.holidays),
        **{name: getattr(contract, name) for name in SHARED},
        "amber_from_pct": percent(marks.amber),
        "red_from_pct": percent(marks.red),
        "hysteresis_pct": percent(marks.hysteresis),
    }


def _window(contract: Contract, window: Window) -> dict[str, Any]:
    full_kw, per_a = contract.terms.full_kw or 0.0, PHASE_KW_PER_A * contract.terms.phases
    limit_kw, share = window.limit_kw, window.limit_share
    if limit_kw is None:
        limit_kw = full_kw if share is None else round(share * contract.rated_a * per_a, 6)
    alone = contract.unit == "per_point"
    return {
        "months": ";".join(map(str, window.months)),
        "day_type": ";".join(window.day_types),
        "start": wall(window.start_min),
        "end": wall(window.end_min),
        "colour": window.colour,
        "limit_kw": limit_kw,
        "limit_a": int(limit_kw / per_a + EXACT) if alone else None,
        "limit_percent": None if share is None else percent(share),
    }


def percent(share: float) -> float:
    """Write a share as a percentage that reads back as the same share."""
    return round(share * 100, PERCENT_DIGITS)


def calendar_csv(contracts: Iterable[Contract]) -> str:
    """Write contracts as a table; nothing in it runs in a spreadsheet."""
    return rows_csv(calendar_rows(contracts))


def rows_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows of ``COLUMNS`` as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(RISKY) else value
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    return "" if value is None else value


def calendar_document(
    contracts: Iterable[Contract], *, zone: str, more: Mapping[str, Any] = NOTHING
) -> dict[str, Any]:
    """Write contracts as plain data: what is common to a calendar once, then its windows."""
    calendars = []
    key = ("profile_id", "asset_id", "lot_code", "direction")
    rows = calendar_rows(contracts)
    for _, some in groupby(rows, key=lambda row: tuple(row[name] for name in key)):
        found = list(some)
        shared = {n: v for n, v in found[0].items() if n not in WINDOW and v not in {None, ""}}
        windows = [{n: row[n] for n in WINDOW if row[n] is not None} for row in found]
        calendars.append({**shared, "windows": windows})
    head = {"format": FORMAT, "format_version": VERSION, "zone": zone}
    return {**head, **more, "calendars": calendars}


def calendar_toml(contracts: Iterable[Contract], *, zone: str) -> str:
    """Write contracts as TOML; JSON's words for text and numbers are TOML's, too."""
    told = calendar_document(contracts, zone=zone)
    lines = [f"{name} = {json.dumps(told[name])}" for name in ("format", "format_version", "zone")]
    for each in told["calendars"]:
        lines += ["", "[[calendars]]"]
        lines += [f"{n} = {json.dumps(v)}" for n, v in each.items() if n != "windows"]
        for window in each["windows"]:
            lines += ["", "[[calendars.windows]]"]
            lines += [f"{n} = {json.dumps(v)}" for n, v in window.items()]
    return "\n".join(lines) + "\n"


def document_rows(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Turn what ``calendar_document`` wrote back into rows."""
    return [
        {**{n: v for n, v in each.items() if n != "windows"}, **window}
        for each in told["calendars"]
        for window in each["windows"]
    ]
