"""From a question to a plan in numbers: greedy, exact sharing, search, bound."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from app.core.engine.arrays import Ints
from app.core.siting.allocate import Allocation, allocate
from app.core.siting.bound import TRIVIAL, Bound, Deadline, trivial_bound, upper_bound
from app.core.siting.greedy import SMALL, Draft, greedy, refill
from app.core.siting.instance import Instance
from app.core.siting.kernels_bound import Prices
from app.core.siting.kernels_reach import group
from app.core.siting.local import GAIN, objective
from app.core.siting.problem import SLACK, freeze, sums

IDLE = 1e-6  # a point that delivers less than this share of its energy is idle
REFINE_ROUNDS = 4
MILP = "milp"


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A choice of new points with its value and what no choice can beat.

    Attributes
    ----------
    points : (site,)
        New points.
    bound
        No plan that misses the floors by no more than this one is worth more [kWh/day].
    gap
        (bound - value) / bound; 0 when the bound is 0.
    """

    points: Ints
    draft: Draft
    allocation: Allocation
    bound: float
    bound_method: str
    prices: Prices

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def value(self) -> float:
        """Energy served, weighted by the sites' pull [kWh/day]."""
        return self.allocation.value

    @property
    def gap(self) -> float:
        """Share of the bound that the plan may fall short."""
        return max(0.0, (self.bound - self.value) / self.bound) if self.bound > 0 else 0.0


def choose(
    instance: Instance, lap: Callable[[str], None] = lambda _: None
) -> tuple[Draft, Allocation]:
    """Tier 0: choose sites, share demand among them, give unused points another place.

    ``lap`` is told when a stage is over: "greedy", then "allocate".
    """
    orders = [instance]
    if instance.reach.row_site.size <= SMALL:
        orders.append(scarcest_first(instance))
    drafts = [greedy(order) for order in orders]
    lap("greedy")
    tried = [(draft, allocate(instance, draft.points)) for draft in drafts]
    best = refine(instance, *max(tried, key=lambda pair: objective(instance, pair[1])))
    lap("allocate")
    return best


def scarcest_first(instance: Instance) -> Instance:
    """Let sites take first what few others can serve, instead of what is nearest.

    Where the grid is tight, nearest-first takes demand from neighbours that have no other.
    """
    reach = instance.reach
    site = np.repeat(np.arange(reach.sites), np.diff(reach.site_start))
    supply = sums(reach.site_row, (instance.cap * instance.kwh_point)[site], reach.rows)
    rows = np.argsort(supply, kind="stable").astype(np.int32)
    size = np.diff(reach.row_start)[rows]
    slot = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    pair = np.repeat(reach.row_start[rows], size) + slot
    _, row, metres = group(
        reach.row_site[pair], np.repeat(rows, size), reach.row_m[pair], reach.sites
    )
    return replace(instance, reach=replace(reach, site_row=row, site_m=metres))


def refine(
    instance: Instance, draft: Draft, found: Allocation, rounds: int = REFINE_ROUNDS
) -> tuple[Draft, Allocation]:
    """Take back points an exact sharing leaves idle and spend them again, while that gains.

    The greedy choice shares nearest first; an exact sharing needs fewer points for the same.
    """
    for _ in range(rounds):
        needed = np.ceil(found.served_kwh / np.maximum(instance.kwh_point, SLACK) - IDLE)
        least = np.maximum(needed.astype(np.int32) - instance.existing, instance.locked)
        kept = np.where(draft.points > 0, np.minimum(draft.points, least), 0).astype(np.int32)
        points = refill(instance, kept, found.left_kwh, found.short_kwh)
        tried = allocate(instance, points)
        if objective(instance, tried) <= objective(instance, found) + GAIN:
            break
        draft, found = replace(draft, points=points), tried
    return draft, found


def prove(  # noqa: PLR0913
    instance: Instance,
    draft: Draft,
    found: Allocation,
    *,
    iterations: int,
    expired: Deadline,
    start: Prices | None = None,
) -> Solution:
    """Tier 1b: bound the value of any plan, and put choice and bound together."""
    target = objective(instance, found)
    missed = found.value - target
    bound = upper_bound(
        instance,
        draft,
        left_kwh=found.left_kwh,
        objective=target,
        iterations=iterations,
        expired=expired,
        start=start,
    )
    value, method = _best_bound(instance, bound, missed)
    return Solution(draft.points, draft, found, max(value, found.value), method, bound.prices)


def bounded(solution: Solution, known: float, proven: float) -> Solution:
    """Keep the smaller of a bound that was known and one an exact solver proved."""
    method = MILP if proven < known else solution.bound_method
    return replace(solution, bound=max(min(known, proven), solution.value), bound_method=method)


def _best_bound(instance: Instance, bound: Bound, missed: float) -> tuple[float, str]:
    """Speak of value, not of value less the price of missed floors.

    Whatever misses the floors by no more than this plan is worth at most the bound plus what
    this plan pays for missing them.
    """
    all_demand = trivial_bound(instance)
    if bound.method == TRIVIAL or bound.value + missed >= all_demand:
        return all_demand, TRIVIAL
    return bound.value + missed, bound.method


def no_deadline() -> bool:
    """Let counted rounds end a run, so that it repeats to the bit."""
    return False
