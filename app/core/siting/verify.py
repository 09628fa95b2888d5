"""An independent judge: recomputes a plan from the raw question, sharing no code with the solvers.

Every plan passes here before it is shown. Checks carry the numbers V1 to V13.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Ints
from app.core.siting.problem import COVERAGE, Problem, freeze
from app.core.siting.verify_walks import walks

CENT = 0.01
KW, METRE, SHARE = 1e-6, 1e-6, 1e-6
MOST_FLOW = 2.0e9  # the library counts in 32 bits


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What a plan says of itself.

    Attributes
    ----------
    chosen : (chosen,)
        Names of the sites with new points; ``points`` and ``type`` beside them.
    demand, site, kwh : (arc,)
        Who serves whom: indices into the question's demand and sites, energy [kWh/day].
    value, bound, gap
        As reported.
    short_kwh : (district,)
        Energy reported short of the floors [kWh/day].
    """

    chosen: tuple[str, ...]
    points: tuple[float, ...]
    type: tuple[str, ...]
    demand: Ints
    site: Ints
    kwh: Floats
    value: float
    bound: float
    gap: float
    short_kwh: Floats

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, whether it does, and what was found."""

    id: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """All checks of a plan, and its value as the verifier finds it [kWh/day]."""

    checks: tuple[Check, ...]
    value: float

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)


def verify(problem: Problem, claim: Claim) -> Verdict:
    """Check a plan against the question it answers. O(pairs of its sites)."""
    names = {name: at for at, name in enumerate(problem.sites.id)}
    known = [name in names for name in claim.chosen]
    distinct = len(set(claim.chosen)) == len(claim.chosen)
    first = Check(
        "V1", all(known) and distinct, f"{sum(known)} of {len(known)} names known, no name twice"
    )
    if not first.ok:
        return Verdict((first,), 0.0)
    chosen = np.array([names[name] for name in claim.chosen], np.int64)
    points = np.zeros(len(names))
    points[chosen] = claim.points
    served = _sums(claim.site, claim.kwh, len(names))
    flow = _greatest_flow(problem, points)
    checks = (
        first,
        *_counts(problem, claim, points),
        *_limits(problem, points),
        _wishes(problem, points),
        *_sharing(problem, claim, points, served),
        _value(problem, claim, served, flow),
        _floors(problem, claim),
        _spacing(problem, points),
        _bound(claim),
    )
    ordered = sorted(checks, key=lambda check: int(check.id[1:]))
    return Verdict(tuple(ordered), float(served @ problem.sites.pull))


def _sums(index: npt.NDArray[Any], amount: Floats, count: int) -> Floats:
    return np.bincount(index, amount, count).astype(np.float64)


def _counts(problem: Problem, claim: Claim, points: Floats) -> tuple[Check, ...]:
    sites = problem.sites
    total = sites.existing + points
    listed = np.array(claim.points, float)
    whole = bool(np.all(listed >= 1) and np.all(listed == np.rint(listed)))
    over = (points > 0) & (total > sites.max_points)
    typed = len(claim.type) == len(claim.chosen) and all(claim.type)
    names = dict(zip(sites.id, sites.type, strict=True)) if sites.type else {}
    strange = [
        name
        for name, kind in zip(claim.chosen, claim.type, strict=False)
        if names.get(name, kind) != kind
    ]
    return (
        Check("V2", whole and not over.any(), f"{over.sum()} sites above what parking allows"),
        Check(
            "V13",
            typed and not strange,
            f"{len(claim.type)} types for {len(claim.chosen)} sites, {len(strange)} not allowed",
        ),
    )


def _limits(problem: Problem, points: Floats) -> tuple[Check, ...]:
    sites, grid, terms = problem.sites, problem.grid, problem.terms
    new = points > 0
    lost = int((new & (sites.transformer < 0)).sum())
    on = _sums(
        sites.transformer[new & (sites.transformer >= 0)],
        (points * sites.slots)[new & (sites.transformer >= 0)],
        len(grid.id),
    )
    used = on * grid.kappa_kw
    room = np.where(np.isnan(grid.headroom_kw), 0.0, grid.headroom_kw)
    full = (on > 0) & ((used > room + KW) | (on > grid.fit))
    opened = new & (sites.existing == 0)
    cost = float((sites.fixed_eur * opened + sites.point_eur * points).sum())
    count = float(points.sum())
    return (
        Check("V3", not lost and not full.any(), f"{full.sum()} transformers over, {lost} unknown"),
        Check("V4", cost <= terms.budget_eur + CENT, f"{cost:.2f} EUR of {terms.budget_eur:.2f}"),
        Check("V5", count <= terms.max_points, f"{count:g} points of {terms.max_points:g}"),
    )


def _wishes(problem: Problem, points: Floats) -> Check:
    sites = problem.sites
    missing = sites.locked & (points + sites.existing < 1)
    wrong = sites.barred & (points > 0)
    taken = points < 0
    found = f"{missing.sum()} locked sites out, {wrong.sum()} shut sites in, {taken.sum()} reduced"
    return Check("V6", not (missing.any() or wrong.any() or taken.any()), found)


def _sharing(problem: Problem, claim: Claim, points: Floats, served: Floats) -> tuple[Check, ...]:
    demands, terms = problem.demands, problem.terms
    metres = _metres(problem, claim)
    far = metres > terms.radius_m + METRE
    taken = _sums(claim.demand, claim.kwh, len(demands.id))
    spare = SHARE * max(1.0, float(demands.kwh_day.max(initial=0.0)))
    above = taken > demands.kwh_day + spare
    over = served > _room(problem, points) + spare
    negative = bool((claim.kwh < 0).any())
    return (
        Check("V7", not far.any(), f"longest walk {metres.max(initial=0.0):.1f} m"),
        Check(
            "V8",
            not (above.any() or over.any() or negative),
            f"{above.sum()} demands served beyond their need, {over.sum()} sites beyond their own",
        ),
    )


def _metres(problem: Problem, claim: Claim) -> Floats:
    """Measure the walk of each share; infinite where the streets do not lead there in time."""
    if problem.streets is None:
        gap = problem.demands.xy[claim.demand] - problem.sites.xy[claim.site]
        return problem.terms.detour * np.hypot(gap[:, 0], gap[:, 1])
    demand, row = np.unique(claim.demand, return_inverse=True)
    site, column = np.unique(claim.site, return_inverse=True)
    one, two, walk = walks(problem, demand.astype(np.int64), site.astype(np.int64), METRE)
    order = np.lexsort((two, one))
    known = one[order] * max(site.size, 1) + two[order]
    asked = row * max(site.size, 1) + column
    at = np.searchsorted(known, asked)
    there = at < known.size
    there[there] = known[at[there]] == asked[there]
    metres = np.full(asked.size, np.inf)
    metres[there] = walk[order][at[there]]
    return metres


def _room(problem: Problem, points: Floats) -> Floats:
    """Energy each site can deliver; with coverage, one point covers all in reach."""
    total = problem.sites.existing + points
    if problem.terms.objective == COVERAGE:
        return np.where(total > 0, problem.demands.kwh_day.sum(), 0.0)
    return total * problem.sites.kwh_point


def _greatest_flow(problem: Problem, points: Floats) -> float:
    """Find the most energy the open sites can deliver, on the raw demand (no rows merged)."""
    demands = problem.demands
    room = _room(problem, points)
    opened, wanted = np.flatnonzero(room > 0), np.flatnonzero(demands.kwh_day > 0)
    if not opened.size or not wanted.size:
        return 0.0
    row, column, _ = walks(problem, wanted, opened, METRE / 10)
    need, room = demands.kwh_day[wanted], room[opened]
    room = np.minimum(room, _sums(column, need[row], opened.size))
    unit = MOST_FLOW / max(float(need.sum()), float(room.sum()), 1e-9)
    source, sink = wanted.size + opened.size, wanted.size + opened.size + 1
    first = np.arange(wanted.size)
    last = wanted.size + np.arange(opened.size)
    tails = np.concatenate([np.full(first.size, source), row, last])
    heads = np.concatenate([first, wanted.size + column, np.full(last.size, sink)])
    sizes = np.concatenate([need, np.minimum(need[row], room[column]), room])
    whole = np.rint(sizes * unit).astype(np.int32)
    graph = coo_array((whole, (tails, heads)), shape=(sink + 1, sink + 1)).tocsr()
    return float(maximum_flow(graph, source, sink).flow_value) / unit


def _value(problem: Problem, claim: Claim, served: Floats, flow: float) -> Check:
    total = float(served.sum())
    value = float(served @ problem.sites.pull)
    spare = SHARE * max(1.0, flow)
    holds = abs(total - flow) <= spare and abs(value - claim.value) <= spare
    found = f"served {total:.3f}, greatest flow {flow:.3f}, value {value:.3f} kWh/day"
    return Check("V9", holds, found)


def _floors(problem: Problem, claim: Claim) -> Check:
    demands, count = problem.demands, len(problem.districts)
    share = problem.terms.floor_share
    wanted = share * _sums(demands.district, demands.kwh_day, count)
    given = _sums(demands.district[claim.demand], claim.kwh, count)
    short = np.maximum(wanted - given, 0.0) if share > 0 else np.zeros(count)
    spare = SHARE * max(1.0, float(demands.kwh_day.sum()))
    holds = bool(np.all(np.abs(short - claim.short_kwh) <= spare))
    return Check("V10", holds, f"{int((short > spare).sum())} districts short of their floor")


def _spacing(problem: Problem, points: Floats) -> Check:
    sites = problem.sites
    fresh = np.flatnonzero((points > 0) & (sites.existing == 0))
    spacing_m = problem.terms.spacing_m
    if spacing_m <= 0 or fresh.size < 2:  # noqa: PLR2004  # a pair
        return Check("V11", ok=True, detail="no two new sites to compare")
    pairs = cKDTree(sites.xy[fresh]).query_pairs(spacing_m - METRE, output_type="ndarray")
    by_hand = sites.locked[fresh]
    close = pairs[~(by_hand[pairs[:, 0]] & by_hand[pairs[:, 1]])]
    return Check("V11", not len(close), f"{len(close)} pairs closer than {spacing_m:g} m")


def _bound(claim: Claim) -> Check:
    spare = SHARE * max(1.0, abs(claim.value))
    gap = (claim.bound - claim.value) / claim.bound if claim.bound > 0 else 0.0
    holds = claim.bound >= claim.value - spare and abs(max(gap, 0.0) - claim.gap) <= SHARE
    return Check("V12", holds, f"value {claim.value:.3f}, bound {claim.bound:.3f}")
