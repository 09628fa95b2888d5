"""Compiled Lagrangian: what no plan can beat, whatever the multipliers."""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.engine.compiled import kernel
from app.core.siting.kernels_greedy import Board

PATIENCE = 6
COOLING = 0.7
LEAST_STEP = 1e-3
GOOD_ENOUGH = 1e-3
GAIN = 1e-7
TIE = 1e-12


class Limits(NamedTuple):
    """Caps of the sites, what the relaxed constraints allow, and the pairs by demand row."""

    cap: Ints
    existing: Ints
    locked: Ints
    weight: Floats
    fit: Floats
    floor: Floats
    purse: Floats
    row_start: Longs
    row_site: Ints


class Prices(NamedTuple):
    """Multipliers of the relaxed constraints, all at least 0.

    ``demand`` in kWh per kWh, ``transformer`` in kWh per slot, ``floor`` in kWh per kWh short,
    ``purse`` in kWh per EUR and kWh per point.
    """

    demand: Floats
    transformer: Floats
    floor: Floats
    purse: Floats


class Use(NamedTuple):
    """What the relaxed solution takes, and the lists it was found with."""

    demand: Floats
    transformer: Floats
    floor: Floats
    purse: Floats
    place: Longs
    sorted_row: Ints
    net: Floats


@kernel
def relax(board: Board, limits: Limits, prices: Prices, use: Use) -> float:
    """Solve the relaxed problem, every site for itself; an upper bound. O(pairs)."""
    _sort_rows(board, limits, prices, use)
    use.demand[:] = 0.0
    use.transformer[:] = 0.0
    use.floor[:] = 0.0
    use.purse[:] = 0.0
    bound = _constant(limits, prices)
    start, sorted_row, net, demand = board.start, use.sorted_row, use.net, use.demand
    cap, existing, locked, weight = limits.cap, limits.existing, limits.locked, limits.weight
    for site in range(cap.size):
        if cap[site] + existing[site] == 0:
            continue
        price = board.slots[site] * prices.transformer[board.transformer[site]] + prices.purse[1]
        price += prices.purse[0] * board.price[site]
        pull, room = board.pull[site], board.kwh_point[site]
        terms = (pull, room, price, prices.purse[0] * board.fixed[site])
        least = existing[site] + locked[site]
        counts = (existing[site], least, existing[site] + cap[site])
        low, high = start[site], start[site + 1]
        best, points = _knapsack(sorted_row, low, high, net, weight, terms, counts)
        bound += best
        fresh = points - existing[site]
        if fresh > 0:
            use.transformer[board.transformer[site]] += fresh * board.slots[site]
            use.purse[0] += board.fixed[site] + fresh * board.price[site]
            use.purse[1] += fresh
        left = points * room
        while low < high and left > 0.0 and pull > net[sorted_row[low]]:
            take = min(left, weight[sorted_row[low]])
            demand[sorted_row[low]] += take
            left -= take
            low += 1
    for row in range(weight.size):
        use.floor[board.district[row]] += demand[row]
    return bound


@kernel
def _constant(limits: Limits, prices: Prices) -> float:
    bound = 0.0
    for row in range(limits.weight.size):
        bound += prices.demand[row] * limits.weight[row]
    for at in range(limits.fit.size):
        bound += prices.transformer[at] * limits.fit[at]
    for at in range(limits.floor.size):
        bound -= prices.floor[at] * limits.floor[at]
    for at in range(2):
        if prices.purse[at] > 0.0:
            bound += prices.purse[at] * limits.purse[at]
    return bound


@kernel
def _sort_rows(board: Board, limits: Limits, prices: Prices, use: Use) -> None:
    """List the rows of every site by rising price: one global sort, then one pass."""
    for row in range(limits.weight.size):
        use.net[row] = prices.demand[row] - prices.floor[board.district[row]]
    use.place[:] = board.start[:-1]
    for row in np.argsort(use.net):
        for at in range(limits.row_start[row], limits.row_start[row + 1]):
            site = limits.row_site[at]
            use.sorted_row[use.place[site]] = row
            use.place[site] += 1


@kernel
def _knapsack(  # noqa: PLR0913, PLR0917
    rows: Ints,
    low: int,
    high: int,
    net: Floats,
    weight: Floats,
    terms: tuple[float, float, float, float],
    counts: tuple[int, int, int],
) -> tuple[float, int]:
    """Find the best number of points for ``rows[low:high]``, sorted by rising price.

    ``terms`` are what a kWh counts, energy of a point, price of a point and of opening; ``counts``
    are the points that stand there, the fewest and the most.
    """
    pull, room, price, fixed = terms
    existing, least, most = counts
    at, taken, value = low, 0.0, 0.0
    best, count = -np.inf, 0
    for points in range(most + 1):
        capacity = points * room
        while at < high and weight[rows[at]] <= capacity - taken:
            if pull <= net[rows[at]]:
                break
            taken += weight[rows[at]]
            value += (pull - net[rows[at]]) * weight[rows[at]]
            at += 1
        margin = max(0.0, pull - net[rows[at]]) if at < high else 0.0
        if points >= least:
            worth = value + margin * (capacity - taken) - price * (points - existing)
            worth -= fixed if points > existing else 0.0
            if worth > best + TIE:
                best, count = worth, points
            if margin <= 0.0:
                break
    return best, count


class Scales(NamedTuple):
    """Step lengths of each block of multipliers against each other."""

    demand: Floats
    transformer: Floats
    floor: Floats
    purse: Floats


@kernel
def descend(  # noqa: PLR0913, PLR0917
    board: Board,
    limits: Limits,
    prices: Prices,
    best: Prices,
    use: Use,
    scales: Scales,
    pace: Floats,
    target: float,
    most: float,
    iterations: int,
) -> int:
    """Improve the multipliers by Polyak steps; keeps the best bound and the best multipliers.

    ``pace`` holds the step, iterations without gain and the best bound; ``most`` is the highest
    multiplier of demand. Returns the iterations done.
    """
    for done in range(iterations):
        bound = relax(board, limits, prices, use)
        if bound < pace[2] - GAIN * abs(pace[2]):
            pace[1] = 0.0
            pace[2] = bound
            _copy(prices, best)
        else:
            pace[2] = min(pace[2], bound)
            pace[1] += 1.0
        if pace[1] > PATIENCE:
            pace[0] *= COOLING
            pace[1] = 0.0
            _copy(best, prices)
        if pace[0] < LEAST_STEP or pace[2] - target <= GOOD_ENOUGH * pace[2]:
            return done + 1
        _step(board, limits, prices, use, scales, pace[0] * (bound - target), most)
    return iterations


@kernel
def _copy(source: Prices, to: Prices) -> None:
    to.demand[:] = source.demand
    to.transformer[:] = source.transformer
    to.floor[:] = source.floor
    to.purse[:] = source.purse


@kernel
def _step(  # noqa: PLR0913, PLR0917
    board: Board, limits: Limits, prices: Prices, use: Use, scales: Scales, gap: float, most: float
) -> None:
    """Go against the slack of every relaxed constraint, each block at its own scale."""
    length = _length(prices.demand, limits.weight, use.demand, scales.demand, 1.0)
    length += _length(prices.transformer, limits.fit, use.transformer, scales.transformer, 1.0)
    length += _length(prices.floor, limits.floor, use.floor, scales.floor, -1.0)
    length += _length(prices.purse, limits.purse, use.purse, scales.purse, 1.0)
    if length <= 0.0:
        return
    step = gap / length
    _move(prices.demand, limits.weight, use.demand, scales.demand, step, most)
    _move(prices.transformer, limits.fit, use.transformer, scales.transformer, step, np.inf)
    _move(prices.floor, limits.floor, use.floor, scales.floor, -step, board.floor_price)
    _move(prices.purse, limits.purse, use.purse, scales.purse, step, np.inf)


@kernel
def _length(price: Floats, limit: Floats, used: Floats, scale: Floats, sign: float) -> float:
    """Squared length of a block; an entry at 0 that would fall counts nothing."""
    total = 0.0
    for at in range(price.size):
        if scale[at] > 0.0:
            slack = sign * (limit[at] - used[at])
            if price[at] > 0.0 or slack < 0.0:
                total += scale[at] * slack * slack
    return total


@kernel
def _move(  # noqa: PLR0913, PLR0917
    price: Floats, limit: Floats, used: Floats, scale: Floats, step: float, most: float
) -> None:
    for at in range(price.size):
        if scale[at] > 0.0:
            moved = price[at] - step * scale[at] * (limit[at] - used[at])
            price[at] = min(most, max(0.0, moved))
