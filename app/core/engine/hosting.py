"""How many charge points fit on one transformer under a strategy."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import STEP_H, Floats, Keys, Longs, Sessions
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract
from app.core.engine.figures import SHORT
from app.core.engine.keys import shares, text_keys
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.parameters import Parameter

PEAK, UNSERVED, BELOW_95, MOST, BASE = "peak", "unserved", "below_95", "most_points", "base"
TOLERANCE_KW = 1e-6
BATCH = 1_000_000  # sessions in one run: bounds memory
KEPT = tuple(each.name for each in fields(Sessions) if each.name not in {"row", "index", "key"})
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """When points fit.

    Attributes
    ----------
    hours
        Hours of the horizon in which the limit may be exceeded.
    unserved, below_95
        Largest share of energy withheld, and of sessions that leave with less than 95 %: low
        power that leaves cars short must not win.
    most
        Points at which the search stops.
    """

    unserved: float
    below_95: float
    most: int
    hours: float = 0.0

    @classmethod
    def of(cls, numbers: Mapping[str, Parameter], hours: float = 0.0) -> "Rules":
        """Take the rules from the sourced numbers."""
        return cls(
            numbers["hosting_unserved"].value,
            numbers["hosting_below_95"].value,
            int(numbers["hosting_most_points"].value),
            hours,
        )


@dataclass(frozen=True, slots=True, eq=False)
class HostResult:
    """How many points fit, per draw.

    Attributes
    ----------
    points : (sample,)
        The most that fit; one more does not.
    binding
        What the next point breaks most often: ``peak``, ``unserved``, ``below_95``; ``base``
        where the load without points is above the limit already; ``most_points`` where the
        search stopped.
    served_share
        Energy delivered of what was possible, over all draws.
    kw_per_point
        Highest charging load per point, mean over the draws; None without points.
    """

    points: Longs
    binding: str
    served_share: float
    kw_per_point: float | None
    base_peak_kw: float

    def quantile(self, share: float) -> int:
        """Return the points that fit in at least ``1 - share`` of the draws."""
        return int(np.quantile(self.points, share, method="lower"))


def host_row(  # noqa: PLR0913, PLR0917  # the ingredients of a run, and when it counts as fitting
    units: Sessions,
    base_kw: Floats,
    limit_kw: float,
    strategy: str,
    options: Options,
    clock: Clock,
    *,
    rules: Rules,
    samples: int = 20,
    contract: Contract | None = None,
    price_eur_per_mwh: Floats | None = None,
    threads: int = 1,
) -> HostResult:
    """Find how many points fit on one transformer. O(samples x log points) runs of the engine.

    A draw is an endless list of points, picked with replacement from ``units`` by hash of (seed,
    draw, place): N points are the first N of it, so that draws are nested and strategies share
    them. Per draw N doubles from 1, then is bisected until N fits and N + 1 does not.

    Parameters
    ----------
    units
        Typical points: row r holds all sessions of point r over the horizon.
    base_kw : (step,)
        Load without these points [kW].
    """
    base_peak = float(base_kw.max())
    hours_over = float((base_kw > limit_kw + TOLERANCE_KW).sum()) * STEP_H
    if hours_over > rules.hours or not units.rows:
        return HostResult(np.zeros(samples, np.int64), BASE, 1.0, None, base_peak)
    names = [f"host-{sample}" for sample in range(samples)]
    every = np.ones(samples)
    bases = np.broadcast_to(base_kw, (samples, base_kw.size))
    search = _Search(units, bases, limit_kw * every, strategy, options, clock, rules, names)
    search.contract, search.price_eur_per_mwh, search.threads = contract, price_eur_per_mwh, threads
    return search.answer(base_peak)


@dataclass(frozen=True, slots=True, eq=False)
class RowsHosted:
    """How many points each of many transformers carries, in one draw of points.

    Attributes
    ----------
    points : (row,) int64
        The most that fit, all points counted; one more does not. 0 where the limit is unknown:
        look at it first.
    binding : (row,) text
        What the next point breaks; ``base`` where homes alone exceed the limit.
    served_share : (row,)
        Energy delivered of what was possible with that many points; NaN without any.
    """

    points: Longs
    binding: npt.NDArray[np.object_]
    served_share: Floats


def host_rows(  # noqa: PLR0913, PLR0917  # the ingredients of a run, and when it counts as fitting
    units: Sessions,
    base_kw: Floats,
    limit_kw: Floats,
    names: Sequence[str],
    strategy: str,
    options: Options,
    clock: Clock,
    *,
    rules: Rules,
    start: Longs,
    sample: int = 0,
    contract: Contract | None = None,
    price_eur_per_mwh: Floats | None = None,
    threads: int = 1,
    watch: Callable[[float], None] | None = None,
) -> RowsHosted:
    """Find how many points fit on each of many transformers at once. O(log points) runs.

    Each transformer draws its own endless list of typical points, by hash of its name: N points
    are the first N of it, whatever the strategy, so strategies are compared on the same points.

    Parameters
    ----------
    units
        Typical points: row r holds all sessions of point r over the horizon.
    base_kw : (row, step)
        Load without charge points [kW].
    names
        Ids of the transformers.
    start : (row,)
        A guess of the answer: the better, the fewer runs.
    watch
        Hears the share of transformers that are settled, before each run; may raise to stop.
    """
    over_h = (base_kw > limit_kw[:, None] + TOLERANCE_KW).sum(axis=1) * STEP_H
    open_ = np.flatnonzero(np.isfinite(limit_kw) & (over_h <= rules.hours))
    points = np.zeros(limit_kw.size, np.int64)
    binding = np.where(np.isnan(limit_kw), "", BASE).astype(object)
    served = np.full(limit_kw.size, np.nan)
    if not open_.size or not units.rows:
        return RowsHosted(points, binding, served)
    draws = [f"host-{names[row]}-{sample}" for row in open_.tolist()]
    search = _Search(units, base_kw[open_], limit_kw[open_], strategy, options, clock, rules, draws)
    search.contract, search.price_eur_per_mwh, search.threads = contract, price_eur_per_mwh, threads
    search.watch = watch
    points[open_], words = search.each(np.maximum(start[open_], 1))
    binding[open_] = words
    some = points[open_] > 0
    shares = search.served[:, 0] / np.maximum(search.served[:, 1], 1e-9)
    served[open_] = np.where(some, shares, np.nan)
    return RowsHosted(points, binding, served)


def points_from_days(days: Sessions, clock: Clock, points: int, seed: int) -> Sessions:
    """Put points together from days of sessions, where a file names no chargers.

    The file is read as the record of one point: each new point gets, for every day of the
    horizon, one recorded day of the same kind (workday, Saturday, Sunday; any where that kind
    was not recorded), days without a session included. Sessions may overlap where the point has
    several sockets.

    Parameters
    ----------
    days
        Sessions with their place in the horizon; their rows do not matter.
    """
    every, begins = np.unique(clock.day, return_index=True)
    kind = clock.day_type[begins]
    of_day = np.searchsorted(every, clock.day[days.arrival])
    order = np.argsort(of_day, kind="stable")
    first = np.searchsorted(of_day[order], np.arange(every.size + 1))
    pool = np.arange(of_day.min(), of_day.max() + 1)  # days without a session are days, too
    drawn = np.empty((every.size, points), np.int64)
    names = text_keys(str(point) for point in range(points))
    for day in range(every.size):
        alike = pool[kind[pool] == kind[day]]
        choices = alike if alike.size else pool
        share = shares(names, f"day-{every[day]}", seed)
        drawn[day] = choices[(share * choices.size).astype(np.int64)]
    size = np.diff(first)[drawn].ravel()
    source = order[_runs(first[drawn.ravel()], size)]
    moved = np.repeat((begins[:, None] - begins[drawn]).ravel(), size)
    at = np.repeat(np.tile(np.arange(points), every.size), size)
    arrival = days.arrival[source] + moved
    stay = days.departure[source] - days.arrival[source]
    kept = np.minimum(arrival + stay, clock.steps) - arrival
    inside = (arrival >= 0) & (kept > 0)
    columns = {name: getattr(days, name)[source] for name in KEPT}
    columns["arrival"] = arrival.astype(np.int32)
    columns["departure"] = (arrival + kept).astype(np.int32)
    columns["energy_kwh"] = (columns["energy_kwh"] * (kept / stay)).astype(np.float32)
    columns["key"] = days.key[source] ^ _copies(at * clock.steps + arrival)
    columns = {name: values[inside] for name, values in columns.items()}
    return _sorted(columns, at[inside], clock.steps, points)


def gather(units: Sessions, chosen: Longs, count: Longs, steps: int) -> Sessions:
    """Lay the first ``count[s]`` points of each draw ``chosen[s]`` on a row of its own."""
    rows = count.size
    used = np.arange(chosen.shape[1]) < count[:, None]
    unit, row = chosen[used], np.repeat(np.arange(rows), count)
    place = np.broadcast_to(np.arange(chosen.shape[1]), chosen.shape)[used]
    size = np.diff(units.index)[unit]
    taken = _runs(units.index[unit], size)
    columns = {name: getattr(units, name)[taken] for name in KEPT}
    columns["key"] = units.key[taken] ^ _copies(np.repeat(place, size))
    station = columns["station"]  # two copies of a point stand at two stations
    apart = np.repeat(place, size) * (int(station.max(initial=0)) + 1) + station
    columns["station"] = np.where(station < 0, station, apart).astype(np.int32)
    return _sorted(columns, np.repeat(row, size), steps, rows)


class _Search:
    contract: Contract | None = None
    price_eur_per_mwh: Floats | None = None
    threads: int = 1
    watch: Callable[[float], None] | None = None

    def __init__(  # noqa: PLR0913, PLR0917  # see ``host_row``
        self,
        units: Sessions,
        base_kw: Floats,
        limit_kw: Floats,
        strategy: str,
        options: Options,
        clock: Clock,
        rules: Rules,
        names: Sequence[str],
    ) -> None:
        self.units, self.base_kw, self.limit_kw = units, base_kw, limit_kw
        self.strategy, self.options, self.clock, self.rules = strategy, options, clock, rules
        places = text_keys(str(place) for place in range(rules.most))
        draws = [shares(places, name, options.seed) for name in names]
        self.chosen = (np.array(draws) * units.rows).astype(np.int64)
        samples = len(names)
        self.served = np.ones((samples, 2))
        self.peak_kw = np.zeros(samples)
        self.broken: dict[int, str] = {}

    def answer(self, base_peak: float) -> HostResult:
        """Search the first draw from one point, the others from what it found."""
        samples = self.chosen.shape[0]
        fits, fails = np.zeros(samples, np.int64), np.full(samples, self.rules.most + 1)
        one = np.ones(samples, np.int64)
        self._narrow(np.arange(1), fits, fails, start=one, step=one)
        start = one * max(int(fits[0]), 1)
        self._narrow(np.arange(1, samples), fits, fails, start=start, step=1 + start // 16)
        bound = Counter(self.broken.get(s, MOST) for s in range(samples) if fails[s] == fits[s] + 1)
        some = fits > 0
        per_point = float((self.peak_kw[some] / fits[some]).mean()) if some.any() else None
        served = float(self.served[:, 0].sum() / max(self.served[:, 1].sum(), 1e-9))
        return HostResult(fits, bound.most_common(1)[0][0], served, per_point, base_peak)

    def each(self, start: Longs) -> tuple[Longs, list[str]]:
        """Search every draw from a guess of its own; say what the next point breaks."""
        count = start.size
        fits, fails = np.zeros(count, np.int64), np.full(count, self.rules.most + 1)
        self._narrow(np.arange(count), fits, fails, start=start, step=1 + start // 8)
        return fits, [self.broken.get(nth, MOST) for nth in range(count)]

    def _narrow(
        self, which: Longs, fits: Longs, fails: Longs, *, start: Longs, step: Longs
    ) -> None:
        """Step away from the start, twice as far each time, then bisect; draws go side by side."""
        most, wide = self.rules.most, bool((start > 1).any())
        while (left := which[fails[which] - fits[which] > 1]).size:
            if self.watch is not None:
                self.watch(1 - left.size / max(which.size, 1))
            low, high = fits[left], fails[left]
            tried = (low + high) // 2
            tried = np.where(high > most, np.minimum(low + step[left], most), tried)
            tried = np.where(low == 0, np.clip(high - step[left], 1, most), tried)
            first = (low == 0) & (high > most)
            tried = np.where(first, np.minimum(start[left], most), tried)
            good = self._try(left, tried)
            fits[left[good]] = tried[good]
            fails[left[~good]] = tried[~good]
            step, wide = (step if wide else 2 * step), False

    def _try(self, samples: Longs, tried: Longs) -> Mask:
        mean = max(1.0, len(self.units) / self.units.rows)
        good = np.zeros(samples.size, dtype=bool)
        begin = 0
        while begin < samples.size:
            fitting = np.searchsorted(np.cumsum(tried[begin:]) * mean, BATCH, side="right")
            part = slice(begin, begin + max(1, int(fitting)))
            good[part] = self._run(samples[part], tried[part])
            begin = part.stop
        return good

    def _run(self, samples: Longs, tried: Longs) -> Mask:
        sessions = gather(self.units, self.chosen[samples], tried, self.clock.steps)
        result = run(
            self.strategy,
            sessions,
            np.ascontiguousarray(self.base_kw[samples]),
            self.limit_kw[samples],
            self.clock,
            self.options,
            contract=self.contract,
            price_eur_per_mwh=self.price_eur_per_mwh,
            threads=self.threads,
        )
        return self._judge(sessions, result, samples)

    def _judge(self, sessions: Sessions, result: EngineResult, samples: Longs) -> Mask:
        rows, row = samples.size, sessions.row
        possible = result.possible_kwh.astype(np.float64)
        wanted = np.bincount(row, possible, rows)
        served = np.bincount(row, result.served_kwh, rows)
        short = np.bincount(row, result.served_kwh < SHORT * possible, rows)
        limit_kw = self.limit_kw[samples, None]
        over = (result.load_kw > limit_kw + TOLERANCE_KW).sum(axis=1) * STEP_H
        broken = (
            (PEAK, over > self.rules.hours),
            (UNSERVED, wanted - served > self.rules.unserved * wanted + 1e-3),
            (BELOW_95, short > self.rules.below_95 * np.bincount(row, minlength=rows)),
        )
        bad = np.logical_or.reduce([fault for _, fault in broken])
        for at, sample in enumerate(samples.tolist()):
            if bad[at]:
                self.broken[sample] = next(name for name, fault in broken if fault[at])
            else:
                self.served[sample] = served[at], wanted[at]
                self.peak_kw[sample] = result.ev_kw[at].max(initial=0)
        return np.asarray(~bad)


def _sorted(columns: dict[str, npt.NDArray[Any]], row: Longs, steps: int, rows: int) -> Sessions:
    arrival = columns["arrival"].astype(np.int64)
    order = np.argsort(
        (row * (steps + 1) + arrival) * (steps + 1) + columns["departure"], kind="stable"
    )
    found = {name: values[order] for name, values in columns.items()}
    index = np.searchsorted(row[order], np.arange(rows + 1)).astype(np.int64)
    return Sessions(row=row[order].astype(np.int32), index=index, **found)


def _runs(first: Longs, size: Longs) -> Longs:
    """Count ``size`` numbers up from each ``first``, one run after the other."""
    ends = np.cumsum(size)
    within = np.arange(ends[-1] if ends.size else 0) - np.repeat(ends - size, size)
    return np.asarray(within + np.repeat(first, size))


def _copies(place: Longs) -> Keys:
    """Tell copies of one session apart, so that each draws its own classes."""
    return np.asarray(place.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
