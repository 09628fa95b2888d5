"""Tier 0: best value per euro first, exact by a lazy heap, a few milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.siting.instance import Instance
from app.core.siting.kernels_greedy import Board, Hand, begin, fill
from app.core.siting.problem import freeze, sums

SMALL = 500_000  # pairs up to which a second order or start costs a few milliseconds


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A choice of new points, before demand is shared out exactly.

    Attributes
    ----------
    points : (site,)
        New points.
    value
        Its value by nearest-first sharing [kWh/day]: never above the true one.
    rate
        Value of the last euro, or of the last point.
    per_point
        Whether ``rate`` is per point.
    """

    points: Ints
    value: float
    rate: float
    per_point: bool

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


def board(instance: Instance) -> Board:
    """Lay out what stays fixed during a run."""
    reach = instance.reach
    return Board(
        reach.site_start,
        reach.site_row,
        reach.district,
        instance.kwh_point,
        instance.pull,
        instance.fixed_eur,
        instance.point_eur,
        instance.transformer,
        instance.slots,
        instance.near_start,
        instance.near,
        instance.floored,
    )


def _table(instance: Instance) -> Hand:
    sites = instance.cap.size
    return Hand(
        left=instance.reach.weight_kwh.copy(),
        short=instance.floor_kwh.copy(),
        fit=instance.fit.copy(),
        cap=instance.cap.copy(),
        points=np.zeros(sites, np.int32),
        open=(instance.existing > 0).astype(np.int32),
        blocked=np.zeros(sites, np.int32),
        purse=np.array([instance.budget_eur, instance.max_points]),
        scratch=np.zeros(max(instance.floor_kwh.size, 1)),
    )


def greedy(instance: Instance) -> Draft:
    """Choose sites; the best single site first is tried as well, and the better one returned."""
    ways = [not isfinite(instance.budget_eur) or not instance.point_eur.any()]
    if not ways[0] and isfinite(instance.max_points):
        ways.append(True)
    drafts = [grow(instance, instance.locked, per_point=way) for way in ways]
    single = best_single(instance)
    if single is not None and not _spared(instance, drafts, single):
        drafts += [grow(instance, single, per_point=way) for way in ways]
    return max(drafts, key=lambda draft: draft.value)


def _spared(instance: Instance, drafts: Sequence[Draft], single: Ints) -> bool:
    """Say whether a large question need not begin with the best single site.

    A choice that holds that site is worth no less than it alone: the promise stands.
    """
    large = instance.reach.site_row.size > SMALL
    return large and any((draft.points >= single).all() for draft in drafts)


def grow(instance: Instance, start: Ints, *, per_point: bool, banned: Longs | None = None) -> Draft:
    """Add the best sites to ``start`` until money, points, room or demand run out."""
    fixed = board(instance)
    hand = _table(instance)
    if banned is not None:
        hand.cap[banned] = 0
    value = begin(fixed, hand, instance.existing, start)
    gained, rate = fill(fixed, hand, per_point)
    return Draft(hand.points, value + gained, rate, per_point)


def refill(instance: Instance, points: Ints, left_kwh: Floats, short_kwh: Floats) -> Ints:
    """Add sites for the demand that an exact sharing leaves; returns all new points.

    ``left_kwh`` (row,) and ``short_kwh`` (district,) are what ``points`` leave unserved.
    """
    fixed = board(instance)
    hand = _table(instance)
    hand.left[:] = 0.0  # building what stands already must take nothing
    begin(fixed, hand, instance.existing, points)
    hand.left[:] = left_kwh
    hand.short[:] = short_kwh
    per_point = not isfinite(instance.budget_eur) or not instance.point_eur.any()
    fill(fixed, hand, per_point)
    return hand.points


def best_single(instance: Instance) -> Ints | None:
    """Return the start with the one site that gains most by itself, None where locks decide.

    Value per euro alone can be arbitrarily bad: one large site that no longer fits.
    """
    if instance.locked.any() or not instance.cap.any():
        return None
    reach = instance.reach
    pairs = np.repeat(np.arange(reach.sites), np.diff(reach.site_start))
    within: Floats = sums(pairs, reach.weight_kwh[reach.site_row], reach.sites)
    room = instance.cap * instance.kwh_point
    gain = instance.pull * np.minimum(within, room)
    best = int(np.argmax(gain))
    if gain[best] <= 0:
        return None
    start = np.zeros(instance.cap.size, np.int32)
    wanted = np.ceil(min(within[best], room[best]) / instance.kwh_point[best])
    start[best] = min(int(wanted), int(instance.cap[best]))
    return start
