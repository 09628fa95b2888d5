"""Dates and times as people write them; day or month first is settled by the column, or asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.sources.codes import Severity
from app.sources.figures import is_missing
from app.sources.headers import fold
from app.sources.problems import Fields, Findings, Question

ISO = re.compile(r"\A\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}.*)?\Z")
SLASHED = re.compile(r"\A(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2,4})(?:[T ,]+(\d{1,2}:\d{2}.*))?\Z")
SERIAL = re.compile(r"\A\d{5}(?:[.,]\d+)?\Z")
SERIALS = (20_000, 80_000)
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # day 0 of spreadsheets, without a zone
YEARS = (1900, 2100)
MONTHS = 12
CENTURY = 100
END_WORDS = frozenset({"end", "eind", "einde", "eindtijd", "ende", "bis", "tot", "fin", "slutt",
                       "slut", "loppu", "bitis", "veg"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """How the times of one column are read."""

    column: str
    timezone: str
    dayfirst: bool | None


def read_times(cells: Sequence[Any], way: Way, findings: Findings) -> "pd.Series[Any]":
    """Read a column as times in the project's zone; NaT where there is none."""
    dayfirst = way.dayfirst if way.dayfirst is not None else _dayfirst(cells)
    if dayfirst is None:
        _ask(cells, way, findings)
        dayfirst = True
    stamps: list[pd.Timestamp | None] = []
    serials = 0
    for row, cell in enumerate(cells, start=1):
        stamp, serial = _stamp(cell, dayfirst=dayfirst)
        serials += serial
        if not is_missing(cell) and not _plausible(stamp):
            findings.add("VAL-DATE", row=row, column=way.column, severity="warning", value=cell)
            stamp = None
        stamps.append(stamp)
    if serials:
        severity: Severity = "notice" if serials == len(cells) else "warning"
        findings.add("VAL-SERIAL", column=way.column, n=serials, severity=severity)
    return _zoned(stamps, way, findings)


def start_of_interval(times: "pd.Series[Any]", header: str, findings: Findings) -> "pd.Series[Any]":
    """Move stamps to the start of their interval, where the header says they are its end."""
    if not END_WORDS & set(fold(header).split("_")):
        return times
    steps = times.dropna().drop_duplicates().sort_values().diff().dropna()
    if steps.empty:
        return times
    step = pd.Timedelta(steps.median())
    findings.add("VAL-STAMP", header=header, minutes=f"{step.total_seconds() / 60:g}")
    return times - step


def odd_dates(header: str, cells: Sequence[Any], findings: Findings) -> None:
    """Report dates of any column that no calendar of this project can mean."""
    for row, cell in enumerate(cells, start=1):
        if isinstance(cell, date) and not YEARS[0] <= cell.year <= YEARS[1]:
            findings.add("VAL-DATE", row=row, column=header, severity="warning", value=cell)


def _dayfirst(cells: Sequence[Any]) -> bool | None:
    """Tell whether days come first; None where both orders would do, though they differ."""
    unclear = False
    for cell in cells:
        found = SLASHED.match(cell.strip()) if isinstance(cell, str) else None
        if found is None:
            continue
        if int(found[1]) > MONTHS:
            return True
        if int(found[2]) > MONTHS:
            return False
        unclear = unclear or found[1].zfill(2) != found[2].zfill(2)
    return None if unclear else True


def _ask(cells: Sequence[Any], way: Way, findings: Findings) -> None:
    value = next(c for c in cells if isinstance(c, str) and SLASHED.match(c.strip()))
    a, b = (_stamp(value, dayfirst=first)[0] for first in (True, False))
    said: Fields = {
        "a": f"{a:%d %B %Y}" if a else "nothing",
        "b": f"{b:%d %B %Y}" if b else "nothing",
    }
    findings.add("VAL-DATE-AMBIGUOUS", column=way.column, value=value, **said)
    text = f"{way.column}: is {value} {said['a']}, or {said['b']}?"
    findings.ask(Question("VAL-DATE-AMBIGUOUS", "dayfirst", text, ("true", "false")))


def _stamp(cell: object, *, dayfirst: bool) -> tuple[pd.Timestamp | None, int]:
    """Read one time; the second value is 1 for the day number of a spreadsheet."""
    if is_missing(cell):
        return None, 0
    if isinstance(cell, (date, pd.Timestamp)):
        return _made(cell), 0
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _serial(float(cell))
    if not isinstance(cell, str):
        return None, 0
    text = cell.strip()
    if SERIAL.match(text):
        return _serial(float(text.replace(",", ".")))
    return _made(text if ISO.match(text) else _turned(text, dayfirst=dayfirst)), 0


def _turned(text: str, *, dayfirst: bool) -> str | None:
    """Write a slashed date the ISO way."""
    found = SLASHED.match(text)
    if found is None:
        return None
    day, month = (found[1], found[2]) if dayfirst else (found[2], found[1])
    year = int(found[3]) + (2000 if int(found[3]) < CENTURY else 0)
    return f"{year:04d}-{int(month):02d}-{int(day):02d}" + (f" {found[4]}" if found[4] else "")


def _serial(number: float) -> tuple[pd.Timestamp | None, int]:
    if not SERIALS[0] <= number <= SERIALS[1]:
        return None, 0
    seconds = round(number * 86_400)
    return _made(EPOCH + timedelta(seconds=seconds)), 1


def _made(value: object) -> pd.Timestamp | None:
    try:
        stamp = pd.Timestamp(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, OverflowError):
        return None
    return stamp if isinstance(stamp, pd.Timestamp) else None


def _plausible(stamp: pd.Timestamp | None) -> bool:
    return stamp is not None and YEARS[0] <= stamp.year <= YEARS[1]


def _zoned(stamps: Sequence[pd.Timestamp | None], way: Way, findings: Findings) -> "pd.Series[Any]":
    """Bring every time into the project's zone; a time without offset is local already."""
    aware = np.array([stamp is not None and stamp.tz is not None for stamp in stamps])
    out = pd.Series(pd.NaT, index=range(len(stamps)), dtype=f"datetime64[us, {way.timezone}]")
    if aware.any():
        given = [s.tz_convert("UTC") for s, known in zip(stamps, aware, strict=True) if known and s]
        out[aware] = pd.DatetimeIndex(given).tz_convert(way.timezone).as_unit("us")
    naive = np.array([s is not None for s in stamps]) & ~aware
    if naive.any():
        findings.add("VAL-ZONE", column=way.column, timezone=way.timezone)
        rows = np.flatnonzero(naive)
        out.iloc[rows] = _local([stamps[int(row)] for row in rows], rows, way, findings)
    return out


def _local(
    stamps: Sequence[pd.Timestamp | None],
    rows: NDArray[np.intp],
    way: Way,
    findings: Findings,
) -> pd.DatetimeIndex:
    """Give local times their offset: the hour that exists twice is taken in file order."""
    wall = pd.DatetimeIndex(stamps).as_unit("us")  # type: ignore[arg-type]
    first = np.ones(len(wall), dtype=bool)
    once = wall.tz_localize(way.timezone, ambiguous="NaT", nonexistent="NaT")
    either = wall.tz_localize(way.timezone, ambiguous=first, nonexistent="NaT")
    missing = np.asarray(either.isna())
    for row, stamp in zip(rows[missing], wall[missing], strict=True):
        value = f"{stamp:%Y-%m-%d %H:%M} (the clock skips it)"
        findings.add("VAL-DATE", row=int(row) + 1, column=way.column, value=value)
    summer = first
    twice = [int(at) for at in np.flatnonzero(np.asarray(once.isna()) & ~missing)]
    for before, at in pairwise(twice):
        same_night = wall[at].date() == wall[before].date()
        summer[at] = (summer[before] and wall[at] >= wall[before]) if same_night else True
    return wall.tz_localize(way.timezone, ambiguous=summer, nonexistent="NaT")
