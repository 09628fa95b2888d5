"""Which plan disappoints least, whichever future comes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.siting.allocate import allocate
from app.core.siting.greedy import greedy
from app.core.siting.instance import Instance
from app.core.siting.local import objective
from app.core.siting.problem import freeze


@dataclass(frozen=True, slots=True, eq=False)
class Regret:
    """Plans held against futures.

    Attributes
    ----------
    plans : (plan, site)
        New points; one plan per future, in their order, and last the one for their mean.
    value : (plan, future)
        What each plan is worth in each future, with the points that do not fit there switched
        off [kWh/day].
    regret : (plan, future)
        What is lost against the best of these plans there [kWh/day].
    """

    plans: Ints
    value: Floats
    regret: Floats

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def choice(self) -> int:
        """The plan whose largest regret is smallest; ties by the mean, then by order."""
        worst, mean = self.regret.max(axis=1), self.regret.mean(axis=1)
        return int(np.lexsort((np.arange(worst.size), np.round(mean, 6), np.round(worst, 6)))[0])


def compare(futures: Sequence[Instance]) -> Regret:
    """Choose a plan for every future and one for their mean, and try each in all of them.

    The futures share their sites and who can walk where; demand, room, cost and pull may differ.
    """
    if not futures:
        raise InputError("least regret needs at least one future")
    if len({each.cap.size for each in futures}) > 1:
        raise InputError("the futures do not share their candidates: they cannot be compared")
    plans = np.array([greedy(each).points for each in [*futures, _mean(futures)]])
    value = np.array([[worth(future, plan) for future in futures] for plan in plans])
    return Regret(plans, value, value.max(axis=0) - value)


def worth(future: Instance, points: Ints) -> float:
    """Value of a plan in a future; points beyond the room there are switched off [kWh/day]."""
    return objective(future, allocate(future, fitting_points(future, points)))


def fitting_points(future: Instance, points: Ints) -> Ints:
    """Switch off what does not fit: first the points that serve least, transformer by transformer.

    A site keeps as many as its transformer still carries.
    """
    taken = points * future.slots
    used = np.bincount(future.transformer, taken, future.fit.size)
    if (used <= future.fit).all():
        return points
    served = allocate(future, points).served_kwh
    each = np.divide(served, points, out=np.zeros(served.size), where=points > 0)
    kept = points.copy()
    for transformer in np.flatnonzero(used > future.fit):
        mine = np.flatnonzero((future.transformer == transformer) & (points > 0))
        order = mine[np.argsort(-each[mine], kind="stable")]
        before = np.cumsum(taken[order]) - taken[order]
        room = np.maximum(future.fit[transformer] - before, 0) // future.slots[order]
        kept[order] = np.minimum(points[order], room)
    return kept


def _mean(futures: Sequence[Instance]) -> Instance:
    """Make the future in the middle: mean demand and pull, and the room of the mean, whole."""

    def mean(name: str) -> Floats:
        return np.asarray(np.mean([getattr(each, name) for each in futures], axis=0))

    first = futures[0]
    weight = np.mean([each.reach.weight_kwh for each in futures], axis=0)
    fit: Longs = np.floor(mean("fit") + 1e-9).astype(np.int64)
    cap = np.minimum(np.floor(mean("cap") + 1e-9), fit[first.transformer] // first.slots)
    cap = cap.astype(np.int32)
    locked = np.bincount(first.transformer, first.locked * first.slots, fit.size)
    return replace(
        first,
        reach=replace(first.reach, weight_kwh=weight),
        cap=np.maximum(cap, first.locked),
        fit=np.maximum(fit, locked.astype(int)),
        kwh_point=mean("kwh_point"),
        pull=mean("pull"),
        floor_kwh=mean("floor_kwh"),
        budget_eur=float(np.mean([each.budget_eur for each in futures])),
        max_points=float(np.mean([each.max_points for each in futures])),
    )
