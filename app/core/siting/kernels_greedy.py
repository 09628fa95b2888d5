"""Compiled heart of the first tier: the lazy heap of best value per euro."""

from heapq import heapify, heappop, heappush
from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.engine.compiled import kernel

MONEY, POINTS = 0, 1
TIE = 1e-12
LEAST_COST = 1e-9
LEAST_KWH = 1e-6  # less is what subtraction leaves, not demand


class Board(NamedTuple):
    """What does not change while sites are chosen."""

    start: Longs
    row: Ints
    district: Ints
    kwh_point: Floats
    pull: Floats
    fixed: Floats
    price: Floats
    transformer: Ints
    slots: Ints
    near_start: Longs
    near: Ints
    floor_price: float


class Hand(NamedTuple):
    """What changes: demand left, floors short, room left, points, and the purse."""

    left: Floats
    short: Floats
    fit: Longs
    cap: Ints
    points: Ints
    open: Ints
    blocked: Ints
    purse: Floats
    scratch: Floats


@kernel
def residual(board: Board, hand: Hand, site: int) -> tuple[float, float]:
    """Sum the demand left in reach, and how much of it counts towards a floor."""
    total = bonus = 0.0
    for at in range(board.start[site], board.start[site + 1]):
        total += hand.left[board.row[at]]
    if board.floor_price == 0.0:
        return total, bonus
    for at in range(board.start[site], board.start[site + 1]):
        row = board.row[at]
        hand.scratch[board.district[row]] += hand.left[row]
    for at in range(board.start[site], board.start[site + 1]):
        district = board.district[board.row[at]]
        bonus += min(hand.scratch[district], hand.short[district])
        hand.scratch[district] = 0.0
    return total, bonus


@kernel
def affordable(board: Board, hand: Hand, site: int) -> int:
    """Count the points that room, parking, money and spacing still allow here."""
    if hand.blocked[site] > 0 and hand.open[site] == 0:
        return 0
    fit = hand.fit[board.transformer[site]] // board.slots[site]
    most = min(np.int64(hand.cap[site] - hand.points[site]), fit)
    most = min(most, np.int64(min(hand.purse[POINTS], 2.0**31)))
    purse = hand.purse[MONEY] - (board.fixed[site] if hand.open[site] == 0 else 0.0)
    if purse < 0.0:
        return 0
    if board.price[site] > 0.0 and purse < board.price[site] * most:
        most = min(most, np.int64(purse / board.price[site] + LEAST_COST))
    return max(int(most), 0)


@kernel
def best_rate(board: Board, hand: Hand, site: int, per_point: bool) -> tuple[float, int]:  # noqa: FBT001
    """Find the number of points with the most value per euro, or per point."""
    most = affordable(board, hand, site)
    if most <= 0:
        return 0.0, 0
    total, bonus = residual(board, hand, site)
    fixed = board.fixed[site] if hand.open[site] == 0 else 0.0
    best, count = 0.0, 0
    for points in range(1, most + 1):
        room = points * board.kwh_point[site]
        gain = board.pull[site] * min(total, room) + board.floor_price * min(bonus, room)
        cost = points if per_point else max(fixed + points * board.price[site], LEAST_COST)
        if gain > LEAST_KWH and gain / cost >= best * (1.0 - TIE):
            best, count = max(best, gain / cost), points
        if room >= total:
            break
    return best, count


@kernel
def serve(board: Board, hand: Hand, site: int, room: float) -> float:
    """Let a site take demand, floors first, then the nearest; return the value gained."""
    gain = 0.0
    if board.floor_price > 0.0:
        for at in range(board.start[site], board.start[site + 1]):
            row = board.row[at]
            short = hand.short[board.district[row]]
            take = min(hand.left[row], room, short)
            if take > 0.0:
                hand.short[board.district[row]] = short - take
                hand.left[row] -= take
                room -= take
                gain += (board.pull[site] + board.floor_price) * take
    for at in range(board.start[site], board.start[site + 1]):
        take = min(hand.left[board.row[at]], room)
        if take > 0.0:
            hand.left[board.row[at]] -= take
            room -= take
            gain += board.pull[site] * take
    return gain


@kernel
def build(board: Board, hand: Hand, site: int, points: int) -> float:
    """Put points at a site and pay for them."""
    if hand.open[site] == 0:
        hand.open[site] = 1
        hand.purse[MONEY] -= board.fixed[site]
        for at in range(board.near_start[site], board.near_start[site + 1]):
            hand.blocked[board.near[at]] += 1
    hand.points[site] += points
    hand.fit[board.transformer[site]] -= points * board.slots[site]
    hand.purse[MONEY] -= points * board.price[site]
    hand.purse[POINTS] -= points
    return serve(board, hand, site, points * board.kwh_point[site])


@kernel
def begin(board: Board, hand: Hand, existing: Ints, start: Ints) -> float:
    """Let today's points serve their surroundings, then build what is given; the value gained."""
    value = 0.0
    for site in range(existing.size):
        if existing[site] > 0:
            value += serve(board, hand, site, existing[site] * board.kwh_point[site])
    for site in range(start.size):
        if start[site] > 0:
            value += build(board, hand, site, start[site])
    return value


@kernel
def fill(board: Board, hand: Hand, per_point: bool) -> tuple[float, float]:  # noqa: FBT001
    """Choose until nothing gains: exact greedy, as a stale score can only be too high.

    Returns the value gained and the last rate paid.
    """
    value, last = 0.0, 0.0
    heap = [(0.0, 0)]
    heap.pop()
    for site in range(board.kwh_point.size):
        rate, _ = best_rate(board, hand, site, per_point)
        if rate > 0.0:
            heap.append((-rate, site))
    heapify(heap)
    while len(heap) > 0:
        _, site = heappop(heap)
        rate, points = best_rate(board, hand, site, per_point)
        if rate <= 0.0:
            continue
        if len(heap) > 0 and (-rate, site) > heap[0]:
            heappush(heap, (-rate, site))
            continue
        value += build(board, hand, site, points)
        last = rate
        rate, _ = best_rate(board, hand, site, per_point)
        if rate > 0.0:
            heappush(heap, (-rate, site))
    return value, last
