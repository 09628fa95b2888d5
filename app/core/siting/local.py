"""Tier 1: close a few sites, fill again, keep what is better. Never worse than tier 0."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.siting.allocate import Allocation, allocate, losses
from app.core.siting.bound import Deadline
from app.core.siting.greedy import Draft, grow
from app.core.siting.instance import Instance
from app.core.siting.swap import Table, lay_out, with_points

MOST_CLOSED = 8
PATIENCE, SWAP_PATIENCE = 300, 2_000
BATCH = 64  # tries of the swap kernel between two looks at the clock
GAIN = 1e-6
Choice = tuple[Draft, Allocation]


def improve(  # noqa: PLR0913  # a search has its start, its end and its seed
    instance: Instance,
    draft: Draft,
    found: Allocation,
    *,
    xy: Floats,
    seed: int,
    rounds: int,
    expired: Deadline,
    tell: Callable[[float], None] = lambda _: None,
) -> Choice:
    """Swap single sites, then ruin and refill neighbourhoods, until time or ``rounds`` are up.

    First with gains that are kept up to date, thousands of tries a second; then by choosing anew,
    which sees what a try in place does not. Ends early after many rounds without gain. Rounds are
    counted, so that a run limited by rounds alone repeats to the bit. ``tell`` hears the value of
    every better plan, less the price of missed floors.
    """
    left = _Rounds(rounds, expired)
    best, gained = (draft, found), True
    while gained and left.any:
        better = _swap(instance, best, xy, seed, left)
        gained = objective(instance, better[1]) > objective(instance, best[1]) + GAIN
        if gained:
            best = better
            tell(objective(instance, best[1]))
    return _choose_anew(instance, best, xy, seed, left, tell)


def objective(instance: Instance, found: Allocation) -> float:
    """Value less the price of missed floors [kWh/day]."""
    return found.value - instance.floored * float(found.short_kwh.sum())


@dataclass(slots=True)
class _Rounds:
    """Rounds that are left; none once the time is up."""

    count: int
    expired: Deadline

    @property
    def any(self) -> bool:
        """Whether to go on."""
        if self.count > 0 and self.expired():
            self.count = 0
        return self.count > 0

    def take(self, groups: Iterator[Longs]) -> list[Longs]:
        """Take a batch of tries out of those that are left."""
        batch = list(islice(groups, min(BATCH, self.count)))
        self.count -= len(batch)
        return batch


def _swap(instance: Instance, choice: Choice, xy: Floats, seed: int, left: _Rounds) -> Choice:
    """Try swaps in place, each site by rising value per euro, then clusters; share out exactly.

    The value of the exact sharing is never below what the tries have counted.
    """
    table = lay_out(instance, *choice)
    while left.any and _try(table, iter(_by_value(instance, table)), left, ban=True) > 0:
        pass
    chosen = np.flatnonzero(table.points)
    idle, clusters = 0, _clusters(instance, chosen, xy, seed)
    while chosen.size and idle < SWAP_PATIENCE and left.any:
        batch = islice(clusters, BATCH)
        idle = 0 if _try(table, batch, left, ban=False) > 0 else idle + BATCH
    return with_points(instance, choice[0], table.points)


def _try(table: Table, groups: Iterator[Longs], left: _Rounds, *, ban: bool) -> float:
    gain = 0.0
    while left.any and (batch := left.take(groups)):
        gain += table.attempt(batch, ban=ban)
    return gain


def _by_value(instance: Instance, table: Table) -> Longs:
    """List each chosen site by itself, the least value per euro first (group, 1)."""
    chosen = np.flatnonzero(table.points)
    points = table.points[chosen]
    cost = instance.fixed_eur[chosen] + instance.point_eur[chosen] * points
    rate = instance.pull[chosen] * table.served[chosen] / np.where(cost > 0, cost, points)
    return chosen[np.argsort(rate, kind="stable")][:, None]


def _choose_anew(  # noqa: PLR0913, PLR0917
    instance: Instance,
    best: Choice,
    xy: Floats,
    seed: int,
    left: _Rounds,
    tell: Callable[[float], None],
) -> Choice:
    """Close some sites and let tier 0 choose the rest, shared out exactly each time."""
    score, idle = objective(instance, best[1]), 0
    patience = max(PATIENCE, 2 * int(np.count_nonzero(best[0].points)))
    tries = _neighbourhoods(instance, best, xy, seed)
    while idle < patience and left.any and (closed := next(tries, None)) is not None:
        left.count -= 1
        idle += 1
        now = best[0]
        closed = closed[now.points[closed] > 0]  # some closed since
        if not closed.size:
            continue
        kept = now.points.copy()
        kept[closed] = instance.locked[closed]
        banned = closed if closed.size == 1 and not instance.locked[closed].any() else None
        tried = grow(instance, kept, per_point=now.per_point, banned=banned)
        shared = allocate(instance, tried.points)
        value = objective(instance, shared)
        if value > score + GAIN:
            best, score, idle = (tried, shared), value, 0
            tell(value)
    return best


def _neighbourhoods(instance: Instance, best: Choice, xy: Floats, seed: int) -> Iterator[Longs]:
    """Name sites to close: each chosen site by rising loss, then clusters drawn at random."""
    chosen = np.flatnonzero(best[0].points)
    if not chosen.size:
        return
    lost = losses(instance, best[1], chosen)
    yield from chosen[np.argsort(lost, kind="stable")][:, None]
    yield from _clusters(instance, chosen, xy, seed)


def _clusters(instance: Instance, chosen: Longs, xy: Floats, seed: int) -> Iterator[Longs]:
    rng = np.random.default_rng(seed)
    tree = cKDTree(xy[chosen])
    while True:
        yield _cluster(instance.transformer, chosen, tree, rng)


def _cluster(transformer: Ints, chosen: Longs, tree: cKDTree, rng: np.random.Generator) -> Longs:
    centre = int(rng.integers(chosen.size))
    size = min(int(rng.integers(1, MOST_CLOSED + 1)), chosen.size)
    way = int(rng.integers(3))
    if way == 0:
        _, near = tree.query(tree.data[centre], [*range(1, size + 1)])
        return np.sort(chosen[np.asarray(near)])
    if way == 1:
        mine: Longs = np.flatnonzero(transformer[chosen] == transformer[chosen[centre]])
        return chosen[mine[:MOST_CLOSED]]
    return np.sort(rng.choice(chosen, size, replace=False))
