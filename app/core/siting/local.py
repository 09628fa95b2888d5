"""Tier 1: close a few sites, fill again, keep what is better. Never worse than tier 0."""

from collections.abc import Iterator

import numpy as np
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.siting.allocate import Allocation, allocate, losses
from app.core.siting.bound import Deadline
from app.core.siting.greedy import Draft, grow
from app.core.siting.instance import Instance

MOST_CLOSED = 8
PATIENCE = 300
GAIN = 1e-6


def improve(  # noqa: PLR0913  # a search has its start, its end and its seed
    instance: Instance,
    draft: Draft,
    found: Allocation,
    *,
    xy: Floats,
    seed: int,
    rounds: int,
    expired: Deadline,
) -> tuple[Draft, Allocation]:
    """Swap single sites, then ruin and refill neighbourhoods, until time or ``rounds`` are up.

    Ends early after many rounds without gain. Rounds are counted, so that a run limited by rounds
    alone repeats to the bit.
    """
    best, score, idle = (draft, found), objective(instance, found), 0
    patience = max(PATIENCE, 2 * int(np.count_nonzero(draft.points)))
    for count, closed in enumerate(_neighbourhoods(instance, draft, found, xy, seed)):
        if count >= rounds or idle >= patience or expired():
            break
        idle += 1
        now = best[0]
        closed = closed[now.points[closed] > 0]  # noqa: PLW2901  # some closed since
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
    return best


def objective(instance: Instance, found: Allocation) -> float:
    """Value less the price of missed floors [kWh/day]."""
    return found.value - instance.floored * float(found.short_kwh.sum())


def _neighbourhoods(
    instance: Instance, draft: Draft, found: Allocation, xy: Floats, seed: int
) -> Iterator[Longs]:
    """Name sites to close: each chosen site by rising loss, then clusters drawn at random."""
    chosen = np.flatnonzero(draft.points)
    if not chosen.size:
        return
    lost = losses(instance, found, chosen)
    yield from chosen[np.argsort(lost, kind="stable")][:, None]
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
