"""Cars answer one after the other to the load the others leave: throttle, pause, valley fill."""

import numpy as np

from app.core.engine.arrays import THROTTLE, Floats, Halves, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_respond import slow_down, stop_and_go
from app.core.engine.kernels_rows import (
    Account,
    Book,
    Cars,
    Scratch,
    begin,
    close,
    pages_for,
    scratch_for,
)

SETTLED_KW = 1e-3
EQUAL = 1e-9


@kernel
def take_out(
    cars: Cars, car: int, profile: Halves, start: int, load: Floats, rest: Floats
) -> float:
    """Copy the load a car finds, without its own power, above its lowest step; return that."""
    arrival = cars.arrival[car]
    stay = cars.departure[car] - arrival
    lowest = np.inf
    for step in range(stay):
        rest[step] = load[arrival + step] - profile[start + step]
        lowest = min(lowest, rest[step])
    for step in range(stay):
        rest[step] -= lowest
    return lowest


@kernel
def answer(cars: Cars, car: int, room: Scratch) -> None:
    """Write the best answer of a car that cannot give back to ``room.power``."""
    stay = cars.departure[car] - cars.arrival[car]
    floor, full, total = cars.floor[car], cars.full[car], cars.total[car]
    if cars.kind[car] == THROTTLE:
        slow_down(room.rest, stay, floor, full, total, room.power)
    else:
        stop_and_go(
            room.rest, stay, floor, full, total, room.power, room.ranked, room.sums, room.squares
        )


@kernel
def put_back(
    cars: Cars, car: int, profile: Halves, start: int, load: Floats, power: Floats
) -> float:
    """Replace a car's power; return how much changed [kW]."""
    arrival = cars.arrival[car]
    change = 0.0
    for step in range(cars.departure[car] - arrival):
        new = np.float32(power[step])
        moved = np.float64(new) - np.float64(profile[start + step])
        load[arrival + step] += moved
        profile[start + step] = new
        change += abs(moved)
    return change


@kernel
def _dearer(rest: Floats, stay: int, profile: Halves, start: int, power: Floats) -> bool:
    """Whether an answer raises the sum of squares over the stay of a car that has a plan."""
    before = after = 0.0
    for step in range(stay):
        old = np.float64(profile[start + step])
        before += old * (2 * rest[step] + old)
        after += power[step] * (2 * rest[step] + power[step])
    return before > 0 and after > before + EQUAL * (1 + abs(before))


@kernel
def sweep(cars: Cars, row: int, profile: Halves, shift: int, room: Scratch) -> float:
    """Let every car of a row answer once, in order of arrival; return the change [kW]."""
    change = 0.0
    for car in range(cars.first[row], cars.first[row + 1]):
        if cars.kind[car] < THROTTLE or cars.total[car] <= 0:
            continue
        start = cars.start[car] - shift
        stay = cars.departure[car] - cars.arrival[car]
        take_out(cars, car, profile, start, room.load, room.rest)
        answer(cars, car, room)
        if _dearer(room.rest, stay, profile, start, room.power):
            continue
        change += put_back(cars, car, profile, start, room.load, room.power)
    return change


@kernel
def play(cars: Cars, row: int, profile: Halves, shift: int, room: Scratch, sweeps: int) -> int:
    """Sweep until nobody moves; return the sweeps used. More than ``sweeps`` means never."""
    count = cars.first[row + 1] - cars.first[row]
    for used in range(1, sweeps + 1):
        change = sweep(cars, row, profile, shift, room)
        if change < SETTLED_KW * count:
            return used
    return sweeps + 1


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
        used[row] = play(cars, row, profile, shift, room, sweeps)
        close(cars, row, profile, shift, 1.0, account)
