"""Take an overload away: cars that can give back start from the plan with pauses.

An answer is accepted only where it improves: less overload (sum of squares above the threshold);
as much, but with less discharging; as much of both, but flatter. So batteries work only against
an overload, and the result is never worse than the plan it starts from.
"""

import numpy as np

from app.core.engine.arrays import STEP_H, THROTTLE, V2G, Bytes, Floats, Halves, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_bent import mind_curve
from app.core.engine.kernels_cars import (
    Account,
    Book,
    Cars,
    Packs,
    Scratch,
    most_pages,
    pages_for,
    scratch_for,
)
from app.core.engine.kernels_plan import SETTLED_KW, answer, forward, play
from app.core.engine.kernels_rows import begin, close
from app.core.engine.kernels_taper import above_curve, most_at, under_curve
from app.core.engine.kernels_tube import TUBE_KWH, Pack, Stack, give_and_take, new_stack
from app.core.engine.kernels_turn import put_back, take_out

AUTO_ROUNDS = 16
AUTO_SWEEPS = 6
PATIENCE = 10
WORTH = 0.01
TAPER_ROUNDS = 3
AUTO_REACHED = 5e-4
AUTO_CLOSE = 1e-4
FIRST_GUESS = 0.7  # the search begins this share below the base's own peak
SLACK = 1e-9


@kernel
def _concerned(
    cars: Cars, car: int, profile: Halves, start: int, load: Floats, theta: float
) -> bool:
    """Whether a car stands in an overload, or gives energy back that may no longer be needed."""
    arrival = cars.arrival[car]
    stay = cars.departure[car] - arrival
    over = -np.inf
    least = np.float32(0.0)
    for step in range(stay):
        over = max(over, load[arrival + step])
        least = min(least, profile[start + step])
    return bool(over > theta + SLACK or least < 0)


@kernel
def _weigh(rest: Floats, stay: int, power: Floats, theta: float) -> tuple[float, float, float]:
    """Return overload squared, discharging, and roughness of a car's stay."""
    over = back = rough = 0.0
    for step in range(stay):
        load = rest[step] + power[step]
        above = max(load - theta, 0.0)
        over += above * above
        back += max(-power[step], 0.0)
        rough += power[step] * (2 * rest[step] + power[step])
    return over, back, rough


@kernel
def _better(room: Scratch, stay: int, profile: Halves, start: int, theta: float) -> bool:
    """Whether the answer in ``room.power`` improves on a car's present plan."""
    present = room.ranked
    for step in range(stay):
        present[step] = profile[start + step]
    over0, back0, rough0 = _weigh(room.rest, stay, present, theta)
    over, back, rough = _weigh(room.rest, stay, room.power, theta)
    equal = 1e-7 * (1 + over0)
    if abs(over - over0) > equal:
        return over < over0
    if abs(back - back0) > 1e-5 * (1 + back0):
        return back < back0
    return rough < rough0


@kernel
def _slower(
    cars: Cars,
    car: int,
    pack: Pack,
    low: float,
    high: float,
    soc0: float,
    end: float,
    stay: int,
    room: Scratch,
    stack: Stack,
) -> bool:
    """Charge no faster than the battery takes at its fullest, or somewhat faster where it can.

    A lower power that holds all day keeps the car under its curve; the highest of a few that do
    is taken. Where none does, the car keeps the plan it has.
    """
    slow, fast = most_at(cars, car, end), pack.take
    found = False
    for nth in range(TAPER_ROUNDS):
        take = slow if nth == 0 else 0.5 * (slow + fast)
        tried = Pack(take, pack.give, pack.eta, pack.theta)
        good = give_and_take(room.rest, stay, tried, low, high, soc0, end, room.power, stack)
        if good and under_curve(cars, car, stay, soc0, end, room.power):
            room.sums[:stay] = room.power[:stay]
            found, slow = True, take
        elif nth == 0:
            # so slow a car may not get full: look for a power that is enough, but not too much
            continue
        elif good and not _reaches(stay, soc0, end, pack.eta, room.power):
            slow = take
        else:
            fast = take
    if found:
        room.power[:stay] = room.sums[:stay]
    return found


@kernel
def _reaches(stay: int, soc0: float, end: float, eta: float, power: Floats) -> bool:
    stored = soc0
    for step in range(stay):
        stored += STEP_H * (eta * max(power[step], 0.0) - max(-power[step], 0.0) / eta)
    return stored >= end - TUBE_KWH * (1 + end)


@kernel
def relieve(
    cars: Cars,
    packs: Packs,
    kind: Bytes,
    row: int,
    profile: Halves,
    shift: int,
    eta: float,
    theta: float,
    room: Scratch,
    stack: Stack,
    used: int,
) -> float:
    """Let every car that an overload concerns answer once; return the change [kW]."""
    change = 0.0
    for turn in range(cars.first[row], cars.first[row + 1]):
        car = turn if forward(used) else cars.first[row] + cars.first[row + 1] - 1 - turn
        start = cars.start[car] - shift
        if kind[car] < THROTTLE or cars.total[car] <= 0:
            continue
        if not _concerned(cars, car, profile, start, room.load, theta):
            continue
        stay = cars.departure[car] - cars.arrival[car]
        found = take_out(cars, car, profile, start, room.load, room.rest)
        above = theta - found.shift
        known = True
        if kind[car] == V2G:
            soc0 = packs.soc0[car]
            pack = Pack(cars.full[car], packs.give[car], eta, above)
            end = soc0 + eta * cars.total[car] * STEP_H
            low, high = packs.lowest[car], max(packs.highest[car], end)
            known = give_and_take(room.rest, stay, pack, low, high, soc0, end, room.power, stack)
            if known and cars.knee < 1 and not under_curve(cars, car, stay, soc0, end, room.power):
                known = _slower(cars, car, pack, low, high, soc0, end, stay, room, stack)
        else:
            answer(cars, car, room, cars.floor[car], found)
            if cars.bent[car] and above_curve(cars, car, stay, room.power):
                mind_curve(cars, car, stay, cars.floor[car], room)
        if known and _better(room, stay, profile, start, above):
            change += put_back(cars, car, profile, start, room.load, room.power)
    return change


@kernel
def _overload(load: Floats, theta: float) -> float:
    over = 0.0
    for step in range(load.size):
        above = max(load[step] - theta, 0.0)
        over += above * above
    return over


@kernel
def hold(
    cars: Cars,
    packs: Packs,
    kind: Bytes,
    row: int,
    profile: Halves,
    shift: int,
    eta: float,
    theta: float,
    sweeps: int,
    room: Scratch,
    stack: Stack,
    best: Halves,
) -> int:
    """Sweep against one threshold until nobody moves; return the sweeps used.

    Less overload in all might still mean a higher peak: the last plan without one is kept.
    """
    count = cars.first[row + 1] - cars.first[row]
    start, end = cars.start[cars.first[row]] - shift, cars.start[cars.first[row + 1]] - shift
    held = best[: end - start]
    held[:] = profile[start:end]
    highest = np.max(room.load) + SLACK
    done = sweeps + 1
    for used in range(1, sweeps + 1):
        change = relieve(cars, packs, kind, row, profile, shift, eta, theta, room, stack, used)
        if np.max(room.load) <= highest:
            held[:] = profile[start:end]
        if change < SETTLED_KW * count:
            done = used
            break
    profile[start:end] = held
    return done


@kernel
def lower(
    cars: Cars,
    packs: Packs,
    kind: Bytes,
    row: int,
    profile: Halves,
    shift: int,
    eta: float,
    lowest: float,
    sweeps: int,
    room: Scratch,
    stack: Stack,
    best: Halves,
) -> float:
    """Find the lowest peak by halving; the best plan ever seen stays. Return its peak [kW]."""
    start, end = cars.start[cars.first[row]] - shift, cars.start[cars.first[row + 1]] - shift
    held = best[: end - start]
    held[:] = profile[start:end]
    high = peak = np.max(room.load)
    low = min(lowest, high)
    for _ in range(AUTO_ROUNDS):
        theta = 0.5 * (low + high)
        goal = theta + AUTO_REACHED * abs(theta)
        seen = peak
        over = np.inf
        for used in range(1, PATIENCE * max(AUTO_SWEEPS, sweeps)):
            change = relieve(cars, packs, kind, row, profile, shift, eta, theta, room, stack, used)
            before, over = over, _overload(room.load, theta)
            seen = np.max(room.load)
            if seen < peak:
                peak = seen
                held[:] = profile[start:end]
            slow = used >= max(AUTO_SWEEPS, sweeps) and over > before * (1 - WORTH)
            if seen <= goal or change < SETTLED_KW or slow:
                break
        if seen <= goal:
            high = theta
        else:
            low = theta
        if high - low <= AUTO_CLOSE * max(1.0, abs(high)):
            break
    profile[start:end] = held
    return peak


@kernel
def _lowest(base: Floats, export: float) -> float:
    """Return the threshold from which the search begins, within what can be given back."""
    peak = np.max(base)
    return max(float(peak - FIRST_GUESS * abs(peak)), export)


@kernel
def v2g_rows(
    first: int,
    last: int,
    cars: Cars,
    packs: Packs,
    kind: Bytes,
    base: Floats,
    theta: Floats,
    auto: int,
    eta: float,
    sweeps: int,
    book: Book,
    account: Account,
    used: Longs,
) -> None:
    """Plan the rows ``first:last`` with pauses, then relieve those above their threshold."""
    room = scratch_for(cars, first, last, base.shape[1])
    stack = new_stack()
    profile = pages_for(cars, first, last, book)
    best = np.empty(most_pages(cars, first, last), np.float32)
    for row in range(first, last):
        shift = begin(cars, row, profile, book, base, room.load)
        if not book.warm:
            used[row] = play(cars, row, book, profile, shift, room, sweeps)
        if auto:
            theta[row] = lower(
                cars,
                packs,
                kind,
                row,
                profile,
                shift,
                eta,
                _lowest(base[row], theta[row]),
                sweeps,
                room,
                stack,
                best,
            )
        elif np.max(room.load) > theta[row]:
            used[row] = hold(
                cars,
                packs,
                kind,
                row,
                profile,
                shift,
                eta,
                theta[row],
                sweeps,
                room,
                stack,
                best,
            )
        close(cars, row, profile, shift, eta, account)
