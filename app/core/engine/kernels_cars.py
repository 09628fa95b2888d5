"""What the compiled strategies read and write: cars, batteries, profiles, room to work in."""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import Bytes, Floats, Halves, Ints, Longs
from app.core.engine.compiled import kernel


class Cars(NamedTuple):
    """Sessions as the kernels read them; energy in kW-steps.

    Sessions of row g are ``first[g]:first[g + 1]``; ``start`` (session + 1,) counts session-steps.
    ``bent`` marks cars that slow down while their battery fills: along the curve through
    ``knots`` and ``shares``, from ``knee`` on. ``soc0`` and ``battery`` [kWh] are empty where
    nobody slows down.
    """

    first: Longs
    arrival: Ints
    departure: Ints
    total: Floats
    full: Floats
    floor: Floats
    kind: Bytes
    start: Longs
    bent: Bytes
    soc0: Floats
    battery: Floats
    eta: float
    knee: float
    knots: Floats
    shares: Floats


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
