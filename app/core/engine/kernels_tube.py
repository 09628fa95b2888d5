"""The best answer of one car that can give energy back, its battery kept inside its tube.

The cost of load is what stands above a threshold. A value of stored energy decides how far the
car charges below the threshold and how far it discharges above it; the two never overlap. Where
the battery would leave its tube, the stay is cut at the worst step, the battery is pinned to the
bound there, and both parts are solved again: exact for separable convex costs.
"""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import STEP_H, Floats, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_level import EXACT, ROUNDS, fill, find, water_level

DEEP = 256
TUBE_KWH = 1e-6


class Pack(NamedTuple):
    """One car: power it takes and gives [kW], efficiency one way, threshold [kW] of its row."""

    take: float
    give: float
    eta: float
    theta: float


class Stack(NamedTuple):
    """Parts of a stay still to be solved: their steps, and the battery at both ends [kWh]."""

    first: Longs
    last: Longs
    begin: Floats
    end: Floats


@kernel
def new_stack() -> Stack:
    """Make room for the deepest cut."""
    return Stack(np.empty(DEEP, np.int64), np.empty(DEEP, np.int64), np.empty(DEEP), np.empty(DEEP))


@kernel
def give_and_take(
    rest: Floats,
    count: int,
    pack: Pack,
    lowest: float,
    highest: float,
    begin: float,
    end: float,
    power: Floats,
    stack: Stack,
) -> bool:
    """Write the answer of a car; False where the cuts ran too deep and nothing is known."""
    stack.first[0], stack.last[0] = 0, count
    stack.begin[0], stack.end[0] = begin, end
    depth = 1
    while depth > 0:
        depth -= 1
        first, last = stack.first[depth], stack.last[depth]
        begin, end = stack.begin[depth], stack.end[depth]
        _solve(rest, first, last, pack, (end - begin) / STEP_H, power)
        cut, pin = _worst(power, first, last, pack.eta, begin, lowest, highest)
        if cut < 0:
            continue
        if depth + 2 > DEEP:
            return False
        stack.first[depth], stack.last[depth] = cut, last
        stack.begin[depth], stack.end[depth] = pin, end
        stack.first[depth + 1], stack.last[depth + 1] = first, cut
        stack.begin[depth + 1], stack.end[depth + 1] = begin, pin
        depth += 2
    return True


@kernel
def _solve(rest: Floats, first: int, last: int, pack: Pack, gain: float, power: Floats) -> None:
    """Store ``gain`` [kW-steps] between two steps at the least cost.

    While there is room below the threshold, energy costs nothing: every overload is taken away
    and the valleys are filled evenly. Otherwise stored energy has a value.
    """
    given = room = 0.0
    for step in range(first, last):
        given += min(max(rest[step] - pack.theta, 0.0), pack.give)
        room += min(max(pack.theta - rest[step], 0.0), pack.take)
    need = max(0.0, (gain + given / pack.eta) / pack.eta)
    if need > room:
        _solve_dear(rest, first, last, pack, gain, power)
        return
    found = find(rest, first, last)
    level = water_level(rest, first, last, 0.0, pack.take, need, found)
    fill(rest, first, last, 0.0, pack.take, need, level, power)
    for step in range(first, last):
        over = rest[step] - pack.theta
        if over > 0:
            power[step] = -min(over, pack.give)


@kernel
def _stored(rest: Floats, first: int, last: int, pack: Pack, value: float) -> tuple[float, float]:
    """Add up what is stored at a value of energy, and how fast that grows."""
    up_to = pack.theta + value * pack.eta
    down_to = pack.theta + value / pack.eta
    taken = given = 0.0
    taking = giving = 0
    for step in range(first, last):
        take = up_to - rest[step]
        give = rest[step] - down_to
        taking += (take > 0) & (take < pack.take)
        giving += (give > 0) & (give < pack.give)
        taken += min(max(take, 0.0), pack.take)
        given += min(max(give, 0.0), pack.give)
    slope = taking * pack.eta * pack.eta + giving / (pack.eta * pack.eta)
    return pack.eta * taken - given / pack.eta, slope


@kernel
def _value(rest: Floats, first: int, last: int, pack: Pack, gain: float) -> float:
    """Find the value of stored energy at which just ``gain`` is stored."""
    most = -np.inf
    for step in range(first, last):
        most = max(most, rest[step])
    lower, upper = 0.0, max(0.0, most - pack.theta + pack.take) / pack.eta
    value = 0.0
    for _ in range(ROUNDS):
        stored, slope = _stored(rest, first, last, pack, value)
        missing = gain - stored
        if abs(missing) < EXACT * (1 + abs(gain)):
            break
        if missing > 0:
            lower = value
        else:
            upper = value
        value += missing / slope if slope > 0 else upper - lower + 1.0
        if not lower < value < upper:
            value = 0.5 * (lower + upper)
    return value


@kernel
def _solve_dear(
    rest: Floats, first: int, last: int, pack: Pack, gain: float, power: Floats
) -> None:
    value = _value(rest, first, last, pack, gain)
    up_to = pack.theta + value * pack.eta
    down_to = pack.theta + value / pack.eta
    left = gain
    largest = -1
    for step in range(first, last):
        take = min(max(up_to - rest[step], 0.0), pack.take)
        give = min(max(rest[step] - down_to, 0.0), pack.give)
        power[step] = take - give
        left -= pack.eta * take - give / pack.eta
        if 0 < take < pack.take and (largest < 0 or take > power[largest]):
            largest = step
    if largest >= 0:
        power[largest] = min(max(power[largest] + left / pack.eta, 0.0), pack.take)


@kernel
def _worst(
    power: Floats,
    first: int,
    last: int,
    eta: float,
    begin: float,
    lowest: float,
    highest: float,
) -> tuple[int, float]:
    """Run the battery forward; return where to cut and the bound it crosses there, or -1."""
    cut, pin = -1, 0.0
    worst = TUBE_KWH
    energy = begin
    for step in range(first, last - 1):
        energy += STEP_H * (eta * max(power[step], 0.0) - max(-power[step], 0.0) / eta)
        if energy - highest > worst:
            cut, pin, worst = step + 1, highest, energy - highest
        if lowest - energy > worst:
            cut, pin, worst = step + 1, lowest, lowest - energy
    return cut, pin
