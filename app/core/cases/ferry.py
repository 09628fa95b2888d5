"""The battery beside a quay that a ferry with a weak connection needs."""

from datetime import time
from itertools import pairwise
from math import ceil

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

MINUTES, HOUR_MIN, DAY_H = 1440, 60, 24
MOST_KWH = 1_000_000
SURE = 1e-6
Call = tuple[int, int, float]  # first minute of the day, minutes at the quay, kWh


def solve(given: Given) -> Answer:
    """Find the least battery with which every call of two days in a row is served."""
    calls = timetable(given)
    kwh = sum(call[2] for call in calls)
    if not kwh:
        return not_applicable("no call wants energy", battery_kwh_needed=0, calls_served=0)
    needed = least(given, calls)
    own = given.maybe("battery_kwh")
    battery = float(own) if own is not None else float(MOST_KWH if needed is None else needed)
    served, hours, balance = run(given, calls, battery)
    here = sum(served[-len(calls) :])
    results = {
        "battery_kwh_needed": needed,
        "calls": len(calls),
        "calls_served": here,
        "grid_peak_kw": round(max(hours), 6),
        "balance_kwh": balance,
    }
    status, reason = "ok", ""
    if needed is None:
        status, reason = "grid_short", "the connection cannot refill in a day what the calls take"
    elif here < len(calls):
        status, reason = "battery_short", f"a battery of {needed} kWh serves every call"
    words = (
        "No battery is large enough: {calls} calls take more than the connection gives in a day."
        if needed is None
        else "{calls} calls a day need a battery of {kwh} kWh beside a connection of {kw} kW."
    )
    sentence = said(words, calls=len(calls), kwh=needed, kw=given.exact("grid_kw"))
    rows = tuple(
        (f"{a // HOUR_MIN:02d}:{a % HOUR_MIN:02d}", n, kwh_, "yes" if ok else "no")
        for (a, n, kwh_), ok in zip(calls, served[-len(calls) :], strict=True)
    )
    columns = ("Call at", "Minutes at the quay", "Energy [kWh]", "Served")
    lines = {"from the grid": hours, "to the ferry": _asked(calls)}
    picture = Picture(
        "steps",
        tuple(float(h) for h in range(DAY_H)),
        lines,
        "kW, mean of an hour",
        "Hour of the day",
    )
    return Answer(
        results, sentence, Table(columns, rows), picture, status, reason, hours_kw=tuple(hours)
    )


def timetable(given: Given) -> list[Call]:
    """Read the calls of a day, or spread them evenly from the first to the last hour."""
    file = given.file("calls")
    if file is None:
        count, stay = given.whole("calls_day"), given.whole("quay_min")
        first, last = given.whole("first_h") * HOUR_MIN, given.whole("last_h") * HOUR_MIN
        if last <= first or last > MINUTES:
            raise InputError("--last-h must lie after --first-h, up to 24")
        gap = (last - first) / count if count else 0
        found = [(first + int(gap * at), stay, given.real("kwh_call")) for at in range(count)]
    else:
        rows = rows_of(file, ("time", "kwh", "minutes"), {})
        found = [
            (
                _minute(row.cells["time"], file.name, row.number),
                row.whole_in("minutes"),
                float(row.number_in("kwh")),
            )
            for row in rows
        ]
    found.sort()
    if any(a + stay > b for (a, stay, _), (b, _, _) in pairwise(found)):
        raise InputError("two calls overlap: shorten the time at the quay or take fewer calls")
    if found and (found[-1][0] + found[-1][1] > MINUTES or min(call[1] for call in found) < 1):
        raise InputError("a call must last a minute or more and end before midnight")
    return found


def _minute(text: str, file: str, row: int) -> int:
    try:
        found = time.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{file}, row {row}, column time: {text!r} is no time like 07:30"
        ) from error
    return found.hour * HOUR_MIN + found.minute


def run(given: Given, calls: list[Call], battery: float) -> tuple[list[bool], list[float], float]:
    """Run two days by minutes: calls served in order, grid by hour of the second day, balance.

    The grid serves the ferry first and fills the battery with the rest; it is never exceeded.
    """
    grid, efficiency = given.real("grid_kw"), given.real("efficiency")
    asked = [0.0] * MINUTES
    owner = [-1] * MINUTES
    for number, (at, stay, kwh) in enumerate(calls):
        for minute in range(at, at + stay):
            asked[minute], owner[minute] = kwh * HOUR_MIN / stay, number
    stored, served, hours = battery, [True] * (2 * len(calls)), [0.0] * DAY_H
    into = out = lost = 0.0
    for day in range(2):
        for minute, kw in enumerate(asked):
            direct = min(kw, grid)
            drawn = min((kw - direct) / HOUR_MIN, stored)
            filled = min((grid - direct) / HOUR_MIN * efficiency, battery - stored + drawn)
            stored += filled - drawn
            into, out = (
                into + direct / HOUR_MIN + filled / efficiency,
                out + direct / HOUR_MIN + drawn,
            )
            lost += filled / efficiency - filled
            if kw - direct - drawn * HOUR_MIN > SURE:
                served[day * len(calls) + owner[minute]] = False
            if day:
                hours[minute // HOUR_MIN] += direct / HOUR_MIN + filled / efficiency
    return served, hours, round(into - out - lost - (stored - battery), 6) + 0.0


def least(given: Given, calls: list[Call]) -> int | None:
    """Bisect for the least whole kWh that serves every call; None if none does."""
    most = ceil(2 * sum(call[2] for call in calls))
    if not all(run(given, calls, float(most))[0]) or not _lasts(given, calls):
        return None
    low, high = -1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if all(run(given, calls, float(middle))[0]) else (middle, high)
    return high


def _lasts(given: Given, calls: list[Call]) -> bool:
    """Whether a day of the connection gives back what a day of calls takes from the battery."""
    grid, efficiency = given.real("grid_kw"), given.real("efficiency")
    from_battery = sum(max(0.0, kwh - grid * stay / HOUR_MIN) for _, stay, kwh in calls)
    spare = grid * DAY_H - sum(min(kwh, grid * stay / HOUR_MIN) for _, stay, kwh in calls)
    return from_battery <= spare * efficiency + SURE


def _asked(calls: list[Call]) -> list[float]:
    hours = [0.0] * DAY_H
    for at, stay, kwh in calls:
        for minute in range(at, at + stay):
            hours[minute // HOUR_MIN] += kwh / stay
    return hours


CASE = Case(
    key="ferry",
    title="Ferries and harbours",
    question="How large a battery does a ferry need beside a weak connection?",
    setting="depot",
    city="Oslo",
    inputs=(
        Input("calls_day", "Calls", "a day", "12", 0, 100, kind="count"),
        Input("kwh_call", "Energy of a call", "kWh", "400", 0, 3000),
        Input("quay_min", "Time at the quay", "min", "10", 3, 60, kind="count"),
        Input("first_h", "First call at", "h", "6", 0, 23, kind="count"),
        Input("last_h", "Last call before", "h", "22", 1, 24, kind="count"),
        Input("grid_kw", "Connection", "kW", "500", 0, 5000),
        Input("efficiency", "Efficiency of the battery", "", "0.9", 0.8, 1, kind="efficiency"),
        Input("battery_kwh", "Battery there", "kWh", None, 0, 10_000),
        Input("calls", "Timetable", "", None, kind="file", help="CSV: time, kwh, minutes"),
    ),
    solve=solve,
    limits=(
        "Every call takes the same power through its time at the quay, on every day.",
        "The battery starts full; its power is not limited, nor does it age.",
    ),
    order=55,
)
