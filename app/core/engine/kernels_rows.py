"""What the compiled strategies share: their tables, opted-out cars, and the final account."""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import STEP_H, UNCONTROLLED, Bytes, Floats, Halves, Ints, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_level import EXACT

LATE_STEPS = 2  # half an hour


class Cars(NamedTuple):
    """Sessions as the kernels read them; energy in kW-steps.

    Sessions of row g are ``first[g]:first[g + 1]``; ``start`` (session + 1,) counts session-steps.
    """

    first: Longs
    arrival: Ints
    departure: Ints
    total: Floats
    full: Floats
    floor: Floats
    kind: Bytes
    start: Longs


class Book(NamedTuple):
    """Where the power of every session and step stands.

    ``keep`` says whether all rows stand in it, else one at a time is held in a book of its own;
    ``warm`` whether a plan stands in it already.
    """

    profile: Halves
    keep: bool
    warm: bool


class Packs(NamedTuple):
    """Batteries: energy on arrival, the tube it must stay in [kWh], power it can give [kW]."""

    soc0: Floats
    lowest: Floats
    highest: Floats
    give: Floats


class Account(NamedTuple):
    """What is written: load per row and step, and figures per session."""

    ev: Floats
    served: Halves
    discharged: Halves
    late: Halves
    finished: Ints


class Scratch(NamedTuple):
    """Room to work in, one per thread; nothing is allocated while cars answer."""

    load: Floats
    spare: Floats
    rest: Floats
    power: Floats
    ranked: Floats
    sums: Floats
    squares: Floats


@kernel
def scratch_for(cars: Cars, first: int, last: int, steps: int) -> Scratch:
    """Make room for the longest stay of the rows ``first:last``."""
    longest = 1
    for car in range(cars.first[first], cars.first[last]):
        longest = max(longest, cars.departure[car] - cars.arrival[car])
    return Scratch(
        np.empty(steps),
        np.empty(steps),
        np.empty(longest),
        np.empty(longest),
        np.empty(longest + 1),
        np.empty(longest + 1),
        np.empty(longest + 1),
    )


@kernel
def most_pages(cars: Cars, first: int, last: int) -> int:
    """Count the session-steps of the row that has most of them."""
    most = 1
    for row in range(first, last):
        most = max(most, cars.start[cars.first[row + 1]] - cars.start[cars.first[row]])
    return most


@kernel
def pages_for(cars: Cars, first: int, last: int, book: Book) -> Halves:
    """Return the book's profiles or, where they are not kept, room for the widest row."""
    if book.keep:
        return book.profile
    return np.empty(most_pages(cars, first, last), np.float32)


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
                profile[start + step] = min(cars.full[car], left)
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
        reached = 0.0
        finished = 0
        for step in range(stay):
            power = np.float64(profile[start + step])
            ev[arrival + step] += power
            given += max(power, 0.0)
            back += max(-power, 0.0)
            kept = given - back / (efficiency * efficiency)
            if kept > reached:
                due = min(cars.total[car], cars.full[car] * max(0, step + 1 - LATE_STEPS))
                late += max(0.0, min(kept, due) - reached)
                finished = step + 1 if kept > reached + EXACT else finished
                reached = kept
        account.served[car] = (given - back / (efficiency * efficiency)) * STEP_H
        account.discharged[car] = back * STEP_H
        account.late[car] = late * STEP_H
        account.finished[car] = arrival + finished
