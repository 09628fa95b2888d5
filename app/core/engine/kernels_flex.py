"""Inner loop of flexibility: what each car could do otherwise for a while, its departure kept."""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import (
    STEP_H,
    THROTTLE,
    UNCONTROLLED,
    V2G,
    Bytes,
    Floats,
    Halves,
    Ints,
    Longs,
)
from app.core.engine.compiled import kernel


class Flexible(NamedTuple):
    """The cars, (session,) each: where, from when to when, with what power and battery."""

    row: Ints
    arrival: Ints
    departure: Ints
    full_kw: Floats
    floor_kw: Floats
    discharge_kw: Floats
    soc0_kwh: Floats
    kept_kwh: Floats
    kind: Bytes


@kernel
def flexible_cars(
    first_car: int,
    last_car: int,
    begin: int,
    cars: Flexible,
    profile: Halves,
    hold: int,
    one_way: float,
    down_kw: Floats,
    up_kw: Floats,
) -> None:
    """Add to each row and step what its cars could shed and take. O(session x step of stay).

    Some cars at a time: ``begin`` is where their profiles begin.

    Time is cut into windows of ``hold`` steps; within one a car gives up the same share of what
    it could at every step, so much that it can make up for it after the window.
    """
    longest = 1
    for car in range(first_car, last_car):
        longest = max(longest, cars.departure[car] - cars.arrival[car])
    least = np.zeros(longest + 1)
    for car in range(first_car, last_car):
        stay = cars.departure[car] - cars.arrival[car]
        x = profile[begin : begin + stay]
        begin += stay
        if cars.kind[car] == UNCONTROLLED:
            continue
        if cars.kind[car] == V2G:
            _lowest_ahead(x, cars.soc0_kwh[car], one_way, least)
        if hold == 1:
            _step_by_step(cars, car, x, least, one_way, down_kw, up_kw)
            continue
        room = later = 0.0  # kW-steps after the window: free, and planned to be charged
        last = stay - 1
        while last >= 0:
            at = cars.arrival[car]
            first = max(0, last - (at + last) % hold)
            spare = max(least[first] - cars.kept_kwh[car], 0.0) * one_way / STEP_H
            less, more, back = _parts(cars, car, x, first, last, room, later, spare, one_way)
            for k in range(first, last + 1):
                down_kw[cars.row[car], at + k] += (
                    _sheddable(cars, car, x[k]) * less + _givable(cars, car, x[k]) * back
                )
                up_kw[cars.row[car], at + k] += (cars.full_kw[car] - x[k]) * more
                room += cars.full_kw[car] - max(x[k], 0.0)
                later += max(x[k], 0.0)
            last = first - 1


@kernel
def _step_by_step(
    cars: Flexible, car: int, x: Halves, least: Floats, one_way: float, down: Floats, up: Floats
) -> None:
    """Add what one car could do in single steps: the same as windows of one step, sooner."""
    row, at, full = cars.row[car], cars.arrival[car], cars.full_kw[car]
    low = cars.floor_kw[car] if cars.kind[car] == THROTTLE else 0.0
    gives = cars.kind[car] == V2G
    room = later = 0.0
    for k in range(x.size - 1, -1, -1):
        power = np.float64(x[k])
        charged = max(power, 0.0)
        cut = max(charged - low, 0.0)
        shed = min(cut, room)
        if gives:
            again = (room - cut) * one_way * one_way
            spare = max(least[k] - cars.kept_kwh[car], 0.0) * one_way / STEP_H
            shed += max(min(cars.discharge_kw[car] + min(power, 0.0), spare, again), 0.0)
        down[row, at + k] += shed
        up[row, at + k] += min(full - power, later)
        room += full - charged
        later += charged


@kernel
def _parts(  # a window of one car
    cars: Flexible,
    car: int,
    x: Halves,
    first: int,
    last: int,
    room: float,
    later: float,
    spare: float,
    one_way: float,
) -> tuple[float, float, float]:
    """Return which share of what it charges, could take and could give back a car can move."""
    cut = free = extra = 0.0
    for k in range(first, last + 1):
        cut += _sheddable(cars, car, x[k])
        free += cars.full_kw[car] - x[k]
        extra += _givable(cars, car, x[k])
    less = min(1.0, room / cut) if cut > 0 else 1.0
    more = min(1.0, later / free) if free > 0 else 0.0
    again = (room - cut) * one_way * one_way  # what can be charged once more, less the losses
    if extra <= 0 or again <= 0:
        return less, more, 0.0
    return less, more, min(1.0, min(spare, again) / extra)


@kernel
def _sheddable(cars: Flexible, car: int, power: float) -> float:
    low = min(cars.floor_kw[car], power) if cars.kind[car] == THROTTLE else 0.0
    return float(max(power - low, 0.0))


@kernel
def _givable(cars: Flexible, car: int, power: float) -> float:
    if cars.kind[car] != V2G:
        return 0.0
    return float(cars.discharge_kw[car] - max(-power, 0.0))


@kernel
def _lowest_ahead(x: Halves, soc0: float, one_way: float, least: Floats) -> None:
    """Write the lowest charge of the battery from each step on [kWh]."""
    least[0] = soc0
    for k in range(x.size):
        into = max(x[k], 0.0) * one_way - max(-x[k], 0.0) / one_way
        least[k + 1] = least[k] + into * STEP_H
    for k in range(x.size - 1, -1, -1):
        least[k] = min(least[k + 1], least[k])


@kernel
def count_pauses(profile: Halves, stay: Longs, pauses: Floats, longest: Floats) -> None:
    """Count the stops between two stretches of charging of each car, and the longest in steps."""
    begin = 0
    for car in range(stay.size):
        last = -1
        for k in range(stay[car]):
            if profile[begin + k] <= 0:
                continue
            gap = k - last - 1
            if last >= 0 and gap > 0:
                pauses[car] += 1
                longest[car] = max(longest[car], gap)
            last = k
        begin += stay[car]
