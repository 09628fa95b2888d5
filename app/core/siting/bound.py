"""What no plan can beat: a Lagrangian bound, valid at every step."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.core.engine.arrays import Floats
from app.core.siting.greedy import Draft, board
from app.core.siting.instance import Instance
from app.core.siting.kernels_bound import Limits, Prices, Scales, Use, descend, relax
from app.core.siting.problem import UNLIMITED, sums

LAGRANGIAN, TRIVIAL = "lagrangian", "trivial"
BATCH = 10
SERVED_OUT = 1e-3
Deadline = Callable[[], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """An upper bound on the value of any plan [kWh/day], and the multipliers that prove it."""

    value: float
    method: str
    iterations: int
    prices: Prices


def upper_bound(  # noqa: PLR0913  # the last four say how long to go on
    instance: Instance,
    draft: Draft,
    *,
    left_kwh: Floats,
    objective: float,
    iterations: int,
    expired: Deadline,
    start: Prices | None = None,
) -> Bound:
    """Lower the bound until it is near ``objective``, time is up, or steps no longer help.

    ``left_kwh`` (row,) is the demand the best plan known leaves, ``objective`` its value less the
    price of missed floors. The first ``BATCH`` iterations always run; with ``iterations`` alone the
    result repeats to the bit.
    """
    fixed, limits = board(instance), _limits(instance)
    prices = _first_prices(instance, draft, left_kwh) if start is None else _copied(start)
    best, use = _copied(prices), _use(instance)
    most = float((instance.pull + instance.floored).max(initial=0.0))
    pace = np.array([1.0, 0.0, np.inf])
    done = 0
    scales = _scales(instance, limits)
    while done < iterations:
        batch = min(BATCH, iterations - done)
        ran = descend(fixed, limits, prices, best, use, scales, pace, objective, most, batch)
        done += ran
        if ran < batch or expired():
            break
    trivial = trivial_bound(instance)
    if not np.isfinite(pace[2]) or trivial <= pace[2]:
        return Bound(trivial, TRIVIAL, done, best)
    return Bound(float(pace[2]), LAGRANGIAN, done, best)


def trivial_bound(instance: Instance) -> float:
    """All demand in reach of a usable site, or all points that fit, whichever is less."""
    reach = instance.reach
    usable = (instance.cap > 0) | (instance.existing > 0)
    best_pull = np.zeros(reach.rows)
    row = np.repeat(np.arange(reach.rows), np.diff(reach.row_start))
    np.maximum.at(best_pull, row, np.where(usable, instance.pull, 0.0)[reach.row_site])
    demand = float(best_pull @ reach.weight_kwh)
    new = sums(instance.transformer, instance.cap * instance.slots, instance.fit.size)
    points = min(float(np.minimum(new, instance.fit).sum()), instance.max_points)
    rate = instance.kwh_point * instance.pull
    there = float(instance.existing @ rate)
    return min(demand, there + points * float(rate[instance.cap > 0].max(initial=0.0)))


def bound_at(instance: Instance, prices: Prices) -> float:
    """Bound at given multipliers; valid whatever they are, as long as none is negative."""
    return float(relax(board(instance), _limits(instance), prices, _use(instance)))


def _limits(instance: Instance) -> Limits:
    # Room beyond what the sites there could ever use binds nothing: a small number converges.
    useful = sums(instance.transformer, instance.cap * instance.slots, instance.fit.size)
    return Limits(
        cap=instance.cap,
        existing=instance.existing,
        locked=instance.locked,
        weight=instance.reach.weight_kwh,
        fit=np.minimum(instance.fit, useful).astype(np.float64),
        floor=_floors(instance),
        purse=np.array([instance.budget_eur, instance.max_points]),
        row_start=instance.reach.row_start,
        row_site=instance.reach.row_site,
    )


def _floors(instance: Instance) -> Floats:
    """Give the floors; an array of its own in both cases, so that one kernel serves both."""
    return instance.floor_kwh * float(instance.floored > 0)


def _use(instance: Instance) -> Use:
    reach = instance.reach
    return Use(
        demand=np.zeros(reach.rows),
        transformer=np.zeros(instance.fit.size),
        floor=np.zeros(instance.floor_kwh.size),
        purse=np.zeros(2),
        place=np.zeros(reach.sites, np.int64),
        sorted_row=np.zeros(reach.site_row.size, np.int32),
        net=np.zeros(reach.rows),
    )


def _typical(instance: Instance) -> tuple[float, float]:
    """Energy and cost of a typical new point."""
    new = instance.cap > 0
    if not new.any():
        return 1.0, 1.0
    kwh = float(instance.kwh_point[new].mean())
    eur = float((instance.point_eur + instance.fixed_eur / np.maximum(instance.cap, 1))[new].mean())
    return max(kwh, 1e-9), max(eur, 1e-9)


def _scales(instance: Instance, limits: Limits) -> Scales:
    """Give every multiplier a step in proportion to its likely size over its constraint's."""
    kwh, eur = _typical(instance)
    weight = np.maximum(limits.weight, 1e-9)
    budget, points = instance.budget_eur, instance.max_points
    money = kwh / eur / max(budget, eur) if np.isfinite(budget) else 0.0
    count = kwh / max(points, 1.0) if np.isfinite(points) else 0.0
    bound = (limits.fit > 0) & (instance.fit < UNLIMITED)
    tight = (
        sums(instance.transformer, instance.cap * instance.slots, instance.fit.size) > instance.fit
    )
    return Scales(
        demand=1.0 / weight,
        transformer=np.where(bound & tight, kwh / np.maximum(limits.fit, 1.0), 0.0),
        floor=np.where(limits.floor > 0, 1.0 / np.maximum(limits.floor, 1e-9), 0.0),
        purse=np.array([money, count]),
    )


def _first_prices(instance: Instance, draft: Draft, left_kwh: Floats) -> Prices:
    """Start from the last rate the greedy choice paid.

    Demand that is all served is worth what a kWh earns less what a further point costs per kWh.
    """
    purse = np.zeros(2)
    purse[1 if draft.per_point else 0] = max(draft.rate, 0.0)
    purse[~np.isfinite([instance.budget_eur, instance.max_points])] = 0.0
    kwh, eur = _typical(instance)
    earned = max(0.0, 1.0 - (purse[0] * eur + purse[1]) / kwh)
    weight = instance.reach.weight_kwh
    served = left_kwh <= SERVED_OUT * weight
    return Prices(
        demand=np.where(served, earned, 0.0),
        transformer=np.zeros(instance.fit.size),
        floor=np.zeros(instance.floor_kwh.size),
        purse=purse,
    )


def _copied(prices: Prices) -> Prices:
    return Prices(*(array.copy() for array in prices))
