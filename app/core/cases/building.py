"""Whether storage and parked cars keep a building inside its connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import File, Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

HOUR = timedelta(hours=1)
DAY_H, SHOWN, SURE = 24, 96, 9  # rows of the table; digits kept
LOAD, SUN = {"kw": ("load_kw", "base_kw", "power_kw")}, {"kw": ("pv_kw", "power_kw")}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of time; all in kW but the stored energy at its end [kWh]."""

    hours: float
    load: float
    sun: float
    grid: float
    out: float  # of the storage, negative while it is filled
    export: float
    unserved: float
    stored: float


def solve(given: Given) -> Answer:
    """Run the steps: sun first, then the grid up to the connection, then what is stored."""
    steps = series(given)
    if not sum(hours * load for hours, load, _ in steps):
        return not_applicable(
            "there is no load", over_connection_kwh=0.0, unserved_kwh=0.0, peak_grid_kw=0.0
        )
    run = dispatch(given, steps)
    connection = given.real("connection_kw")
    over = sum(s.hours * max(0.0, s.load - s.sun - connection) for s in run)
    total = {
        n: sum(s.hours * getattr(s, n) for s in run)
        for n in ("load", "sun", "grid", "export", "unserved")
    }
    results = {
        "over_connection_kwh": over,
        "unserved_kwh": total["unserved"],
        "peak_grid_kw": max(s.grid for s in run),
        "load_kwh": total["load"],
        "grid_kwh": total["grid"],
        "export_kwh": total["export"],
        "self_use_share": 1 - total["export"] / total["sun"] if total["sun"] else None,
        "self_sufficiency": max(0.0, 1 - total["grid"] / total["load"]),
        "bill_eur": total["grid"] * given.real("price_eur_kwh"),
        "co2_kg": total["grid"] * given.real("co2_g_kwh") / 1000,
    }
    results = {k: None if v is None else round(v, SURE) for k, v in results.items()}
    short = results["unserved_kwh"]
    words = (
        "{over} kWh lie above the connection of {kw} kW; {short} kWh of them cannot be served."
        if short
        else "{over} kWh lie above the connection of {kw} kW; storage and cars carry all of it."
    )
    sentence = said(words, over=results["over_connection_kwh"], kw=connection, short=short)
    reason = f"{short:g} kWh are missing" if short else ""
    status = "unserved" if short else "ok"
    return Answer(
        results,
        sentence,
        _table(run),
        _picture(run, connection),
        status,
        reason,
        hours_kw=_day(run),
    )


def series(given: Given) -> list[tuple[float, float, float]]:
    """Make steps as (hours, load, sun), from files or from one constant load."""
    load, sun = given.file("load"), given.file("pv")
    if load is None:
        if sun is not None:
            raise InputError("--pv: a series of the sun needs a series of the load, --load FILE")
        hours = given.real("hours")
        parts = [min(1.0, hours - at) for at in range(ceil(hours))]
        return [(part, given.real("load_kw"), given.real("pv_kw")) for part in parts]
    times, load_kw = _file(load, LOAD)
    pv_kw = [given.real("pv_kw")] * len(load_kw)
    if sun is not None:
        others, pv_kw = _file(sun, SUN)
        if others != times:
            raise InputError(f"{sun.name}: its times are not those of {load.name}")
    step = (times[1] - times[0]) / HOUR
    return [(step, a, b) for a, b in zip(load_kw, pv_kw, strict=True)]


def _file(file: File, known: Mapping[str, Sequence[str]]) -> tuple[list[datetime], list[float]]:
    rows = rows_of(file, ("time", "kw"), known)
    times, faults = [], []
    for row in rows:
        try:
            times.append(datetime.fromisoformat(row.cells["time"]))
        except ValueError:
            faults.append(
                f"{file.name}, row {row.number}, column time: {row.cells['time']!r} is no time"
            )
    if faults:
        raise InputError("\n".join(faults[:5]))
    if len(times) < 2:  # noqa: PLR2004  # a step lies between two times
        raise InputError(f"{file.name}: wants two rows or more")
    try:
        gaps = {b - a for a, b in pairwise(times)}
    except TypeError as error:
        raise InputError(
            f"{file.name}, column time: some times have an offset, some not"
        ) from error
    if len(gaps) != 1 or min(gaps) <= timedelta(0):
        raise InputError(f"{file.name}, column time: the steps are not equal and rising")
    return times, [float(row.number_in("kw")) for row in rows]


def dispatch(given: Given, steps: list[tuple[float, float, float]]) -> list[Step]:
    """Serve each step; storage starts full and is refilled below the connection.

    Energy in equals energy out: load - unserved = sun - export + grid + out.
    """
    cars, efficiency = given.whole("v2g_points"), given.real("efficiency")
    full = given.real("battery_kwh") + cars * given.real("v2g_kwh")
    strong = given.real("battery_kw") + cars * given.real("v2g_kw")
    connection, stored, found = given.real("connection_kw"), full, []
    for hours, load, sun in steps:
        net = load - sun
        if net > connection:
            out = min(net - connection, strong, stored * efficiency / hours)
            stored -= out * hours / efficiency
            kw = (connection, out, 0.0, net - connection - out)
        else:
            into = min(strong, connection - net, (full - stored) / hours)
            stored += into * hours
            kw = (max(0.0, net + into), -into, max(0.0, -net - into), 0.0)
        found.append(Step(hours, load, sun, *kw, stored))
    return found


def _table(run: list[Step]) -> Table:
    columns = (
        "Hour",
        "Load [kW]",
        "Sun [kW]",
        "Grid [kW]",
        "Storage [kW]",
        "Unserved [kW]",
        "Stored [kWh]",
    )
    rows, at = [], 0.0
    for s in run[:SHOWN]:
        kw = (s.load, s.sun, s.grid, s.out, s.unserved, s.stored)
        rows.append((at, *(round(each, 3) for each in kw)))
        at = round(at + s.hours, 6)
    return Table(columns, tuple(rows))


def _picture(run: list[Step], connection: float) -> Picture:
    first, at, x = run[:SHOWN], 0.0, []
    for each in first:
        x.append(at)
        at += each.hours
    parts = {"load": [s.load for s in first], "from the grid": [s.grid for s in first]}
    if any(s.sun for s in first):
        parts["sun"] = [s.sun for s in first]
    return Picture("steps", tuple(x), parts, "kW", "Hours", ("Connection", connection))


def _day(run: list[Step]) -> tuple[float, ...]:
    """Mean power from the grid by hour of the day; the series begins at midnight."""
    sums, spans, at = [0.0] * DAY_H, [0.0] * DAY_H, 0.0
    for each in run:
        hour = int(at % DAY_H)
        sums[hour] += each.hours * each.grid
        spans[hour] += each.hours
        at += each.hours
    return tuple(kwh / h if h else 0.0 for kwh, h in zip(sums, spans, strict=True))


CASE = Case(
    key="building",
    title="A building with sun, battery and cars",
    question="Do a battery and parked cars keep a building inside its connection?",
    setting="business",
    city="Budapest",
    inputs=(
        Input("load_kw", "Load", "kW", "60", 0, 1000),
        Input("hours", "For so many hours", "h", "4", 1, 24),
        Input("load", "Load as a series", "", None, kind="file", help="CSV: time, load_kw"),
        Input("pv_kw", "Sun on the roof", "kW", "0", 0, 500),
        Input("pv", "Sun as a series", "", None, kind="file", help="CSV: time, pv_kw"),
        Input("connection_kw", "Connection", "kW", "50", 0, 1000),
        Input("battery_kwh", "Battery", "kWh", "40", 0, 1000),
        Input("battery_kw", "Power of the battery", "kW", "20", 0, 500),
        Input("efficiency", "Efficiency of storage", "", "1", 0.8, 1, kind="efficiency"),
        Input("v2g_points", "V2G points with a car", "points", "0", 0, 100, kind="count"),
        Input("v2g_kw", "Power of a V2G point", "kW", "10", 3.6, 22),
        Input("v2g_kwh", "Usable energy of a car", "kWh", "30", 5, 80),
        Input("price_eur_kwh", "Price of energy", "EUR per kWh", "0.25", 0.1, 0.5),
        Input("co2_g_kwh", "Carbon of energy", "g per kWh", "200", 0, 800),
    ),
    solve=solve,
    limits=(
        "Storage and cars start full and know nothing of the next hour.",
        "What they hold at the start counts as own until it is filled again.",
        "Feeding a building from cars may need a permission: check the law of the country.",
    ),
    order=90,
)
