"""Cars answer one after the other to the load the others leave: throttle, pause, valley fill.

The set of answers with a lowest current is not convex, so where turns end depends on where they
begin. A few sketches without the lowest current come first: they bring the end closer to the
optimum than starting from nothing, most of all where few cars share a transformer.
"""

import numpy as np

from app.core.engine.arrays import THROTTLE, Floats, Halves, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_bent import mind_curve
from app.core.engine.kernels_cars import Account, Book, Cars, Scratch, pages_for, scratch_for
from app.core.engine.kernels_level import Found
from app.core.engine.kernels_peak import lower_peak
from app.core.engine.kernels_respond import slow_down, stop_and_go
from app.core.engine.kernels_rows import begin, close
from app.core.engine.kernels_taper import above_curve, next_power
from app.core.engine.kernels_turn import put_back, take_out

SETTLED_KW = 1e-3
EQUAL = 1e-9
TO_AND_FRO = 3
SKETCHES = 5
LEAVING = 4  # times a sweep that a car may leave the peak
FIRST = 1
SECOND = 2


@kernel
def answer(cars: Cars, car: int, room: Scratch, floor: float, found: Found) -> None:
    """Write the best answer of a car that cannot give back to ``room.power``."""
    stay = cars.departure[car] - cars.arrival[car]
    full, total = cars.full[car], cars.total[car]
    if cars.kind[car] == THROTTLE:
        slow_down(room.rest, stay, floor, full, total, found, room.power)
    else:
        stop_and_go(
            room.rest,
            stay,
            floor,
            full,
            total,
            found,
            room.power,
            room.ranked,
            room.sums,
            room.squares,
        )


@kernel
def _dearer(rest: Floats, stay: int, power: Floats, before: float) -> bool:
    """Whether an answer raises the sum of squares over the stay of a car."""
    after = 0.0
    for step in range(stay):
        after += power[step] * (2 * rest[step] + power[step])
    return after > before + EQUAL * (1 + abs(before))


@kernel
def forward(used: int) -> bool:
    """Whether a sweep goes in order of arrival; from the third on they go to and fro."""
    return used < TO_AND_FRO or used % 2 == 0


@kernel
def sweep(cars: Cars, row: int, profile: Halves, shift: int, room: Scratch, used: int) -> float:
    """Let every car of a row answer once; return the change [kW].

    Sketches are counted up to 0. They, and the first sweep after them, take every answer.
    """
    change = 0.0
    for turn in range(cars.first[row], cars.first[row + 1]):
        car = turn if forward(used) else cars.first[row] + cars.first[row + 1] - 1 - turn
        if cars.kind[car] < THROTTLE or cars.total[car] <= 0:
            continue
        start = cars.start[car] - shift
        stay = cars.departure[car] - cars.arrival[car]
        found = take_out(cars, car, profile, start, room.load, room.rest)
        sketch = used < FIRST and cars.kind[car] != THROTTLE
        floor = 0.0 if sketch else cars.floor[car]
        answer(cars, car, room, floor, found)
        if cars.bent[car] and not sketch and above_curve(cars, car, stay, room.power):
            mind_curve(cars, car, stay, floor, room)
        if (
            used > FIRST
            and cars.kind[car] != THROTTLE
            and _dearer(room.rest, stay, room.power, found.cost)
        ):
            continue
        change += put_back(cars, car, profile, start, room.load, room.power)
    return change


@kernel
def play(
    cars: Cars, row: int, book: Book, profile: Halves, shift: int, room: Scratch, sweeps: int
) -> int:
    """Plan a row; return the sweeps used, more than ``sweeps`` where cars would go on moving.

    Sketches are worth their time only where a car can stop but not go below a floor. A plan that
    ends above the peak of charging at once, as slowing down few cars can, is given up for that.
    """
    first_car, last_car = cars.first[row], cars.first[row + 1]
    if first_car == last_car:
        return 1
    fresh = not book.warm
    stops = np.max(cars.kind[first_car:last_car]) > THROTTLE
    if fresh and stops and np.max(cars.floor[first_car:last_car]) > 0:
        for sketch in range(1 - min(SKETCHES, sweeps // 2), FIRST):
            sweep(cars, row, profile, shift, room, sketch)
    used = _sweeps(cars, row, profile, shift, room, FIRST if fresh else SECOND, sweeps)
    if stops:
        lower_peak(cars, row, profile, shift, room, LEAVING * sweeps)
    _give_up(cars, row, profile, shift, room)
    return used


@kernel
def _sweeps(
    cars: Cars, row: int, profile: Halves, shift: int, room: Scratch, first: int, sweeps: int
) -> int:
    count = cars.first[row + 1] - cars.first[row]
    for used in range(first, first + sweeps):
        change = sweep(cars, row, profile, shift, room, used)
        if change < SETTLED_KW * count:
            return used + 1 - first
    return sweeps + 1


@kernel
def _give_up(cars: Cars, row: int, profile: Halves, shift: int, room: Scratch) -> None:
    """Charge a row at once where its plan has the higher peak."""
    at_once = room.spare
    at_once[:] = room.load
    for car in range(cars.first[row], cars.first[row + 1]):
        arrival, left = cars.arrival[car], cars.total[car]
        start = cars.start[car] - shift
        for step in range(cars.departure[car] - arrival):
            power = min(next_power(cars, car, cars.total[car] - left), left)
            at_once[arrival + step] += power - profile[start + step]
            left -= power
    if np.max(at_once) >= np.max(room.load):
        return
    room.load[:] = at_once
    for car in range(cars.first[row], cars.first[row + 1]):
        left = cars.total[car]
        start = cars.start[car] - shift
        for step in range(cars.departure[car] - cars.arrival[car]):
            power = min(next_power(cars, car, cars.total[car] - left), left)
            profile[start + step] = power
            left -= power


@kernel
def plan_rows(
    first: int,
    last: int,
    cars: Cars,
    base: Floats,
    sweeps: int,
    book: Book,
    account: Account,
    used: Longs,
) -> None:
    """Plan the rows ``first:last``."""
    room = scratch_for(cars, first, last, base.shape[1])
    profile = pages_for(cars, first, last, book)
    for row in range(first, last):
        shift = begin(cars, row, profile, book, base, room.load)
        used[row] = play(cars, row, book, profile, shift, room, sweeps)
        close(cars, row, profile, shift, 1.0, account)
