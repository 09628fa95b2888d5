"""How every compiled strategy begins a row, and the account it closes with."""

import numpy as np

from app.core.engine.arrays import STEP_H, UNCONTROLLED, Floats, Halves
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Account, Book, Cars
from app.core.engine.kernels_level import EXACT
from app.core.engine.kernels_taper import had_by, next_power

LATE_STEPS = 2  # half an hour


@kernel
def begin(cars: Cars, row: int, profile: Halves, book: Book, base: Floats, load: Floats) -> int:
    """Set a row to its base, its opted-out cars and a plan already made; return its first page."""
    shift = 0 if book.keep else cars.start[cars.first[row]]
    load[:] = base[row]
    for car in range(cars.first[row], cars.first[row + 1]):
        start = cars.start[car] - shift
        stay = cars.departure[car] - cars.arrival[car]
        if cars.kind[car] == UNCONTROLLED:
            left = cars.total[car]
            for step in range(stay):
                power = next_power(cars, car, cars.total[car] - left)
                profile[start + step] = min(power, left)
                left -= profile[start + step]
        elif not book.warm:
            profile[start : start + stay] = 0.0
        for step in range(stay):
            load[cars.arrival[car] + step] += profile[start + step]
    return shift


@kernel
def close(
    cars: Cars, row: int, profile: Halves, shift: int, efficiency: float, account: Account
) -> None:
    """Add a row's profiles up, always in the same order, and note what every car got.

    A kWh is late when an uncontrolled car would have had it half an hour before the end of the
    step that brings it.
    """
    ev = account.ev[row]
    ev[:] = 0.0
    for car in range(cars.first[row], cars.first[row + 1]):
        start = cars.start[car] - shift
        arrival = cars.arrival[car]
        stay = cars.departure[car] - arrival
        given = back = late = 0.0
        reached = due = 0.0
        finished = 0
        for step in range(stay):
            power = np.float64(profile[start + step])
            ev[arrival + step] += power
            given += max(power, 0.0)
            back += max(-power, 0.0)
            kept = given - back / (efficiency * efficiency)
            due = had_by(cars, car, step + 1 - LATE_STEPS, due)
            if kept > reached:
                late += max(0.0, min(kept, due) - reached)
                finished = step + 1 if kept > reached + EXACT else finished
                reached = kept
        account.served[car] = (given - back / (efficiency * efficiency)) * STEP_H
        account.discharged[car] = back * STEP_H
        account.late[car] = late * STEP_H
        account.finished[car] = arrival + finished
