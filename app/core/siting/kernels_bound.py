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

    ``demand`` in kWh per kWh, ``transformer`` in kWh per point, ``floor`` in kWh per kWh short,
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
    for site in range(limits.cap.size):
        if limits.cap[site] + limits.existing[site] > 0:
            bound += _best_points(board, limits, prices, use, site)
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
def _best_points(board: Board, limits: Limits, prices: Prices, use: Use, site: int) -> float:
    """Choose the points of one site: a fractional knapsack that one pass solves for all counts."""
    existing = limits.existing[site]
    price = prices.transformer[board.transformer[site]] + prices.purse[1]
    price += prices.purse[0] * board.price[site]
    fixed = prices.purse[0] * board.fixed[site]
    at, end = board.start[site], board.start[site + 1]
    taken = value = 0.0
    best, count = -np.inf, 0
    for points in range(existing + limits.cap[site] + 1):
        capacity = points * board.kwh_point[site]
        at, taken, value = _whole_rows(board, limits, use, site, at, capacity, taken, value)
        part = 0.0
        if at < end:
            part = (board.pull[site] - use.net[use.sorted_row[at]]) * (capacity - taken)
        fresh = points - existing
        if fresh < 0 or (fresh == 0 and limits.locked[site] == 1):
            continue
        net = value + part - price * fresh - (fixed if fresh > 0 else 0.0)
        if net > best + TIE:
            best, count = net, points
        if at >= end:
            break
    _take(board, limits, use, site, count)
    return best


@kernel
def _whole_rows(  # noqa: PLR0913, PLR0917
    board: Board,
    limits: Limits,
    use: Use,
    site: int,
    at: int,
    capacity: float,
    taken: float,
    value: float,
) -> tuple[int, float, float]:
    """Take the rows that fit whole; the end of the list where none gains any more."""
    end = board.start[site + 1]
    while at < end:
        row = use.sorted_row[at]
        margin = board.pull[site] - use.net[row]
        if margin <= 0.0:
            return end, taken, value
        if limits.weight[row] > capacity - taken:
            break
        taken += limits.weight[row]
        value += margin * limits.weight[row]
        at += 1
    return at, taken, value


@kernel
def _take(board: Board, limits: Limits, use: Use, site: int, points: int) -> None:
    room = points * board.kwh_point[site]
    fresh = points - limits.existing[site]
    if fresh > 0:
        use.transformer[board.transformer[site]] += fresh
        use.purse[0] += board.fixed[site] + fresh * board.price[site]
        use.purse[1] += fresh
    for at in range(board.start[site], board.start[site + 1]):
        row = use.sorted_row[at]
        if room <= 0.0 or board.pull[site] - use.net[row] <= 0.0:
            return
        take = min(room, limits.weight[row])
        use.demand[row] += take
        use.floor[board.district[row]] += take
        room -= take


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
