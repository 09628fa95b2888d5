"""A car's turn: take its power out of the load, and put its answer back."""

import numpy as np

from app.core.engine.arrays import Floats, Halves
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Cars
from app.core.engine.kernels_level import Found


@kernel
def take_out(
    cars: Cars, car: int, profile: Halves, start: int, load: Floats, rest: Floats
) -> Found:
    """Copy the load a car finds, without its own power, above that of its first step."""
    arrival = cars.arrival[car]
    full = cars.full[car]
    shift = load[arrival]
    least, most = np.inf, -np.inf
    summed = level = cost = 0.0
    between = 0
    for step in range(cars.departure[car] - arrival):
        own = np.float64(profile[start + step])
        present = load[arrival + step] - shift
        inside = (own > 0) & (own < full)
        level += present if inside else 0.0
        between += inside
        others = present - own
        rest[step] = others
        least = min(least, others)
        most = max(most, others)
        summed += others
        cost += own * (others + present)
    guess = level / between if between > 0 else np.nan
    return Found(shift, least, most, summed, guess, cost)


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
