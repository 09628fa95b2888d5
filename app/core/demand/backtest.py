"""Earlier forecasts against what happened: paths, the range of their day, and how often it held.

A range is built from what was on paper by its own day and from nothing later: ``known`` is the one
door through which rows come in.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import expit, logit

from app.core.demand.definitions import BREAKS
from app.core.demand.forecasts import QUANTITIES, Row
from app.core.engine.arrays import Floats

DRAWN = ("ev_share", "points")  # quantities that get a chart, a range and a verdict
INSIDE, BELOW, ABOVE = "inside", "below", "above"
TO_SPAN = 2  # knots of a line


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one source said of one quantity on one day, over the years."""

    made_on: str
    source: str
    quantity: str
    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        """Its row of the nearest year: all rows share day, place, scope and unit."""
        return self.rows[0]


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """P10, P50 and P90 as they would have been drawn on the day of a forecast.

    Attributes
    ----------
    years : (knot,)
        Where the line is held: a count known that day, then the years forecast.
    levels : (3, knot)
        P10, P50 and P90 there.
    begins
        The day of the forecast, in years; no range before it, and none after the last knot.
    """

    forecast: Forecast
    years: Floats
    levels: Floats
    begins: float

    def at(self, year: float | Floats) -> Floats:
        """Return P10, P50 and P90 ``(3, year)``; NaN outside the forecast."""
        asked = np.atleast_1d(np.asarray(year, dtype=float))
        bent, straight = _scale(self.forecast.quantity)
        found = np.array([straight(_line(asked, self.years, each)) for each in bent(self.levels)])
        outside = (asked < self.begins) | (asked > self.years[-1])
        return np.where(outside, np.nan, found)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A later count against a range; ``reason`` says why none was given."""

    fact: Row
    low: float
    high: float
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Revision:
    """The same place, quantity and year, forecast twice."""

    first: Row
    last: Row

    @property
    def years(self) -> int:
        """Years between the two."""
        return self.last.made_year - self.first.made_year

    @property
    def ratio(self) -> float:
        """The later figure over the earlier one."""
        return (self.last.value or np.nan) / (self.first.value or np.nan)


def known(rows: Iterable[Row], day: str) -> list[Row]:
    """Return what was on paper by the end of a day: 2018-12-31 is the end of 2018."""
    return [row for row in rows if row.until <= day]


def forecasts(rows: Iterable[Row]) -> list[Forecast]:
    """Put the rows of one day, source and quantity together, oldest first."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if not row.observed:
            key = (row.made_on, row.source, row.quantity, row.place, row.scope)
            found.setdefault(key, []).append(row)
    made = [
        Forecast(key[0], key[1], key[2], tuple(sorted(each, key=lambda row: row.for_year)))
        for key, each in found.items()
    ]
    return sorted(made, key=lambda each: each.made_on)


def ranges(rows: Sequence[Row], place: str, width: float) -> list[Range]:
    """Draw the range of every forecast about ``place``; ``width`` is what a year ahead adds."""
    about = [row for row in rows if row.place == place and row.quantity in DRAWN]
    found = []
    for each in forecasts(about):
        drawn = _range(each, known(about, each.first.until), width)
        if drawn is not None:
            found.append(drawn)
    return found


def _range(forecast: Forecast, paper: Sequence[Row], width: float) -> Range | None:
    """Hold the line at the last comparable count and at every year that was forecast.

    Published low and high are P10 and P90; elsewhere both leave the middle by ``width`` a year.
    """
    bent, straight = _scale(forecast.quantity)
    knots = {}
    counted = [row for row in paper if row.observed and not differs(forecast.first, row)]
    for row in sorted(counted, key=lambda row: row.when)[-1:]:
        knots[row.when] = [row.value] * 3
    for row in forecast.rows:
        if row.value is None:
            continue
        ahead = np.array([-1.0, 0.0, 1.0]) * width * max(row.for_year - row.moment, 0)
        ours = straight(bent(np.array(row.value)) + ahead)
        told = (row.low, row.value, row.high)
        knots[float(row.for_year)] = [a if a is not None else b for a, b in zip(told, ours)]  # noqa: B905
    if len(knots) < TO_SPAN:
        return None
    years = sorted(knots)
    levels = np.array([knots[year] for year in years], dtype=float).T
    return Range(forecast, np.array(years), levels, forecast.first.moment)


def _scale(quantity: str) -> tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]:
    """Shares grow straight in logit, counts in logarithm: bend, and bend back."""
    return (logit, expit) if QUANTITIES[quantity].unit == "share" else (np.log, np.exp)


def _line(years: Floats, knots: Floats, levels: Floats) -> Floats:
    """Follow straight lines through the knots, the first slope continued backwards."""
    slope = (levels[1] - levels[0]) / (knots[1] - knots[0])
    before: Floats = levels[0] + slope * (years - knots[0])
    return np.where(years < knots[0], before, np.interp(years, knots, levels))


def differs(forecast: Row, fact: Row) -> str:
    """Say why two figures cannot be held against each other; blank if they can."""
    if forecast.unit != fact.unit:
        return f"{fact.unit}s are not {forecast.unit}s"
    if forecast.quantity != fact.quantity:
        return "another quantity"
    if forecast.scope != fact.scope:
        return f"{fact.counts} are counted, {forecast.counts} were forecast"
    return ""


def verdicts(drawn: Range, rows: Iterable[Row]) -> list[Verdict]:
    """Hold a range against every later count of its family, or say why that cannot be."""
    about = drawn.forecast.first
    family = QUANTITIES[about.quantity].family
    later = [row for row in rows if row.observed and row.until > about.until]
    alike = [row for row in later if row.place == about.place]
    if family == "cars":  # cars and their share are one count; it is not judged twice
        alike = [row for row in alike if row.quantity == about.quantity]
    return [_verdict(drawn, row) for row in alike if QUANTITIES[row.quantity].family == family]


def _verdict(drawn: Range, fact: Row) -> Verdict:
    reason = differs(drawn.forecast.first, fact)
    low, _, high = (float(each) for each in drawn.at(fact.when)[:, 0])
    if not reason and np.isnan(low):
        reason = "outside the years of the forecast"
    if reason or fact.value is None:
        return Verdict(fact, np.nan, np.nan, "", reason)  # no range beside what it cannot judge
    return Verdict(fact, low, high, against(fact.value, low, high), "")


def against(value: float, low: float, high: float) -> str:
    """Say on which side of a range a value lies."""
    return BELOW if value < low else ABOVE if value > high else INSIDE


def coverage(found: Iterable[Verdict]) -> tuple[int, int]:
    """Count the later facts inside their range, and all that could be judged."""
    judged = [each for each in found if each.place]
    return sum(each.place == INSIDE for each in judged), len(judged)


def revisions(rows: Iterable[Row], place: str) -> list[Revision]:
    """Pair the first and the last forecast of every quantity and year of a place, published ones.

    The furthest year comes first.
    """
    paired: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows:
        if not row.observed and not row.own and row.place == place and row.value is not None:
            paired.setdefault((row.quantity, row.scope, row.for_year), []).append(row)
    found = []
    for each in paired.values():
        ordered = sorted(each, key=lambda row: row.moment)
        if ordered[0].made_year < ordered[-1].made_year:
            found.append(Revision(ordered[0], ordered[-1]))
    return sorted(found, key=lambda each: (-each.last.for_year, each.first.quantity))


def breaks(rows: Iterable[Row]) -> dict[date, str]:
    """Return the days between rows of charging on which national counts changed their meaning."""
    days = [row.until for row in rows if QUANTITIES[row.quantity].family == "charging"]
    return {day: why for day, why in BREAKS.items() if days and min(days) < f"{day}" <= max(days)}
