"""Tier 2: put the question to an exact solver, and read what it says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.siting.allocate import allocate
from app.core.siting.instance import Instance
from app.core.siting.local import GAIN, objective
from app.core.siting.milp import Milp, News
from app.core.siting.problem import SLACK
from app.core.siting.solve import Solution, bounded

MOST_ARCS = 200_000


@dataclass(slots=True)
class _Rows:
    """Rows of the programme as they are added: sparse blocks and their limits."""

    blocks: list[sp.csr_array]
    limits: list[Floats]

    def add(
        self, width: int, entries: Sequence[tuple[Longs, Longs, Floats]], limit: Floats
    ) -> None:
        """Add rows ``sum(weight * variable) <= limit``; entries are (row, variable, weight)."""
        row, column, weight = (np.concatenate(each) for each in zip(*entries, strict=True))
        self.blocks.append(sp.csr_array((weight, (row, column)), shape=(limit.size, width)))
        self.limits.append(limit)


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Where the variables stand: open, points, flow along each pair, and missed floors.

    Where every point serves all demand in its reach, a row that is served at all is served in
    full: the flow is then one share a row, ``covered``, instead of one a pair.
    """

    site: Longs
    row: Longs
    owner: Longs
    place: Longs
    districts: Longs
    covered: Longs

    @property
    def count(self) -> int:
        return self.site.size

    @property
    def open(self) -> Longs:
        return np.arange(self.count)

    @property
    def points(self) -> Longs:
        return self.count + self.open

    @property
    def flow(self) -> Longs:
        return 2 * self.count + np.arange(self.covered.size or self.row.size)

    @property
    def short(self) -> Longs:
        return 2 * self.count + self.flow.size + np.arange(self.districts.size)

    @property
    def width(self) -> int:
        return 2 * self.count + self.flow.size + self.districts.size


def programme(instance: Instance, points: Ints, only: Longs | None = None) -> Milp:
    """Write the model down: rows collapsed, caps tightened, ``points`` (site,) to begin with.

    ``only`` names the sites that may get new points; the others keep what stands today. Refused
    in a sentence where it would be too large to prove anything.
    """
    usable = instance.cap > 0
    if only is not None:
        usable &= np.isin(np.arange(usable.size), only)
    where = _columns(instance, np.flatnonzero(usable | (instance.existing > 0)))
    if where.row.size > MOST_ARCS:
        raise InputError(
            f"{where.row.size:,} pairs of demand and site are too many to prove a plan; "
            f"{MOST_ARCS:,} are the most. The bound stands."
        )
    cap = np.where(usable, instance.cap, 0)[where.site].astype(float)
    rows = _Rows([], [])
    (_cover if where.covered.size else _serve)(rows, where, instance, cap)
    _limits(rows, where, instance, cap)
    matrix = sp.vstack(rows.blocks, format="csr")
    stands = (instance.existing + instance.locked)[where.site] > 0
    low, high = np.zeros(where.width), np.full(where.width, np.inf)
    low[where.open] = stands
    high[where.open] = 1.0
    low[where.points], high[where.points] = instance.locked[where.site], cap
    gain = np.zeros(where.width)
    if where.covered.size:
        weight = instance.reach.weight_kwh[where.covered]
        gain[where.flow], high[where.flow] = weight * instance.pull[where.owner[0]], 1.0
    else:
        gain[where.flow] = instance.pull[where.owner]
    gain[where.short] = -instance.floor_price
    whole = np.zeros(where.width, np.int32)
    whole[: 2 * where.count] = 1
    first = np.full(where.width, np.nan)
    begin = points[where.site]
    first[where.open], first[where.points] = stands | (begin > 0), begin
    return Milp(
        gain=gain,
        low=low,
        high=high,
        whole=whole,
        start=matrix.indptr.astype(np.int32),
        index=matrix.indices.astype(np.int32),
        weight=matrix.data,
        limit=np.concatenate(rows.limits),
        site=where.site.astype(np.int32),
        points=where.points.astype(np.int32),
        first=first,
    )


def _columns(instance: Instance, site: Longs) -> _Columns:
    reach = instance.reach
    size = np.diff(reach.site_start)[site]
    place = np.repeat(np.arange(site.size), size)
    pair = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    row = reach.site_row[pair + reach.site_start[site][place]].astype(np.int64)
    districts = np.flatnonzero(instance.floor_kwh > 0) if instance.floored else site[:0]
    all_kwh = np.bincount(place, reach.weight_kwh[row], site.size)
    whole = (instance.kwh_point[site] >= all_kwh - SLACK).all()
    alike = row.size > 0 and bool(whole) and np.ptp(instance.pull[site]) <= SLACK
    covered = np.unique(row) if alike else row[:0]
    return _Columns(site, row, site[place], place, districts, covered)


def _cover(rows: _Rows, where: _Columns, instance: Instance, cap: Floats) -> None:
    """Demand is served where a site in its reach is open, and a new site is open with a point."""
    line = np.searchsorted(where.covered, where.row)
    each, shares = np.arange(where.covered.size), np.ones(where.covered.size)
    rows.add(
        where.width,
        [(each, where.flow, shares), (line, where.place, -np.ones(line.size))],
        np.zeros(each.size),
    )
    new = np.flatnonzero(instance.existing[where.site] == 0)
    line, ones = np.arange(new.size), np.ones(new.size)
    rows.add(where.width, [(line, new, ones), (line, where.points[new], -ones)], np.zeros(new.size))
    rows.add(
        where.width, [(line, where.points[new], ones), (line, new, -cap[new])], np.zeros(new.size)
    )


def _serve(rows: _Rows, where: _Columns, instance: Instance, cap: Floats) -> None:
    """Nobody is served twice, no point beyond what it delivers, and nothing at a shut site."""
    reach, count = instance.reach, where.count
    ones = np.ones(where.row.size)
    rows.add(where.width, [(where.row, where.flow, ones)], reach.weight_kwh)
    each_kwh = instance.kwh_point[where.site]
    rows.add(
        where.width,
        [(where.place, where.flow, ones), (where.open, where.points, -each_kwh)],
        each_kwh * instance.existing[where.site],
    )
    new = instance.existing[where.owner] == 0
    pair, line = np.flatnonzero(new), np.arange(int(new.sum()))
    most = np.minimum(reach.weight_kwh[where.row], (each_kwh * cap)[where.place])[pair]
    rows.add(
        where.width,
        [(line, where.flow[pair], ones[pair]), (line, where.place[pair], -most)],
        np.zeros(line.size),
    )
    fresh = np.ones(count)
    rows.add(
        where.width, [(where.open, where.points, fresh), (where.open, where.open, -cap)],
        np.zeros(count),
    )  # fmt: skip


def _limits(rows: _Rows, where: _Columns, instance: Instance, cap: Floats) -> None:
    """Room, money, points, spacing and floors."""
    count, ones = where.count, np.ones(where.count)
    transformer = instance.transformer[where.site].astype(np.int64)
    slots = instance.slots[where.site].astype(float)
    wanted = np.bincount(transformer, cap * slots, instance.fit.size)
    tight = np.flatnonzero(wanted > instance.fit)
    line = np.searchsorted(tight, transformer)
    mine = np.flatnonzero(np.isin(transformer, tight))
    room = instance.fit[tight].astype(float)
    rows.add(where.width, [(line[mine], where.points[mine], slots[mine])], room)
    none = np.zeros(count, np.int64)
    if np.isfinite(instance.budget_eur):
        prices = [
            (none, where.open, instance.fixed_eur[where.site]),
            (none, where.points, instance.point_eur[where.site]),
        ]
        rows.add(where.width, prices, np.array([instance.budget_eur]))
    if np.isfinite(instance.max_points):
        rows.add(where.width, [(none, where.points, ones)], np.array([instance.max_points]))
    _spacing(rows, where, instance)
    if where.districts.size:
        served = where.covered if where.covered.size else where.row
        kwh = instance.reach.weight_kwh[served] if where.covered.size else np.ones(served.size)
        of_row = np.searchsorted(where.districts, instance.reach.district[served])
        of_row = np.minimum(of_row, where.districts.size - 1)
        mine = np.flatnonzero(where.districts[of_row] == instance.reach.district[served])
        floors = np.arange(where.districts.size)
        rows.add(
            where.width,
            [
                (of_row[mine], where.flow[mine], -kwh[mine]),
                (floors, where.short, -np.ones(floors.size)),
            ],
            -instance.floor_kwh[where.districts],
        )


def _spacing(rows: _Rows, where: _Columns, instance: Instance) -> None:
    """Two new sites too close to each other are not both opened."""
    first = np.repeat(np.arange(instance.cap.size), np.diff(instance.near_start))
    second = instance.near
    column = np.full(instance.cap.size, -1)
    column[where.site] = where.open
    new = (instance.existing == 0) & (column >= 0)
    both = (first < second) & new[first] & new[second]
    one, other = column[first[both]], column[second[both]]
    line = np.arange(one.size)
    ones = np.ones(one.size)
    rows.add(where.width, [(line, one, ones), (line, other, ones)], ones)


def adopt(instance: Instance, solution: Solution, problem: Milp, news: News) -> Solution:
    """Take over what the solver proved: a better plan, and a tighter bound.

    Both bounds speak of plans that miss the floors by no more than the plan does.
    """
    missed = _missed(instance, solution)
    found = solution
    if news.points is not None:
        points = np.zeros(instance.cap.size, np.int32)
        points[problem.site] = news.points
        shared = allocate(instance, points)
        if objective(instance, shared) > objective(instance, solution.allocation) + GAIN:
            draft = replace(solution.draft, points=points)
            found = replace(solution, points=points, draft=draft, allocation=shared)
    now = _missed(instance, found)
    return bounded(found, solution.bound + max(0.0, now - missed), news.bound + now)


def _missed(instance: Instance, solution: Solution) -> float:
    """Price of the floors this plan misses [kWh/day]."""
    return solution.value - objective(instance, solution.allocation)
