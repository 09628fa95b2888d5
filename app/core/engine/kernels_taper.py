"""Cars whose battery is nearly full: how much they can still take, forward and backward in time.

Power is constant in a step and must be allowed all through it, so the state of charge at the
*end* of the step decides. Forward that is one equation per straight piece of the curve; backward
from departure, where the state of charge is known, it is a look at the curve.
"""

import numpy as np

from app.core.engine.arrays import STEP_H, Floats
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Cars
from app.core.engine.kernels_level import EXACT

TAIL = 1e-7  # of the power: what float32 profiles may stand above the curve


@kernel
def share_at(knots: Floats, shares: Floats, charge: float) -> float:
    """Return the share of power at a state of charge (0 to 1)."""
    for piece in range(1, knots.size):
        if charge <= knots[piece]:
            slope = (shares[piece] - shares[piece - 1]) / (knots[piece] - knots[piece - 1])
            return float(shares[piece - 1] + slope * (charge - knots[piece - 1]))
    return float(shares[-1])


@kernel
def next_power(cars: Cars, car: int, taken: float) -> float:
    """Return the most a car can draw in its next step, after ``taken`` [kW-steps]."""
    full = float(cars.full[car])
    if not cars.bent[car]:
        return full
    knots, shares, size = cars.knots, cars.shares, cars.battery[car]
    stored = cars.soc0[car] + cars.eta * STEP_H * taken
    for piece in range(1, knots.size):
        end = knots[piece] * size
        if stored > end:
            continue
        fall = (shares[piece - 1] - shares[piece]) / (knots[piece] - knots[piece - 1])
        top = shares[piece - 1] + fall * knots[piece - 1]
        steep = fall * full / size
        power = (top * full - steep * stored) / (1 + steep * cars.eta * STEP_H)
        if stored + cars.eta * STEP_H * power <= end:
            return min(float(power), full)
    return float(full * shares[-1])


@kernel
def had_by(cars: Cars, car: int, steps: int, had: float) -> float:
    """Return what a car has after ``steps`` at full power [kW-steps]; ``had`` one step earlier."""
    if cars.bent[car] and steps > 0:
        return float(min(cars.total[car], had + next_power(cars, car, had)))
    return float(min(cars.total[car], cars.full[car] * max(0, steps)))


@kernel
def most_at(cars: Cars, car: int, stored: float) -> float:
    """Return what a car may draw in a step that ends with ``stored`` kWh in the battery."""
    if stored <= cars.knee * cars.battery[car]:
        return float(cars.full[car])
    return float(cars.full[car] * share_at(cars.knots, cars.shares, stored / cars.battery[car]))


@kernel
def bend(cars: Cars) -> None:
    """Mark the cars that end above the knee, and clip their energy to what their stay allows."""
    for car in range(cars.total.size):
        end = cars.soc0[car] + cars.eta * STEP_H * cars.total[car]
        cars.bent[car] = cars.battery[car] > 0 and end > cars.knee * cars.battery[car]
        if not cars.bent[car]:
            continue
        full, stay = cars.full[car], np.int64(cars.departure[car] - cars.arrival[car])
        room = max(cars.knee * cars.battery[car] - cars.soc0[car], 0.0)
        used = min(np.int64(room / (cars.eta * STEP_H * full)), stay)  # steps at full power
        taken = used * full
        while used < stay and taken < cars.total[car]:
            taken += next_power(cars, car, taken)
            used += 1
        cars.total[car] = min(cars.total[car], taken)


@kernel
def above_curve(cars: Cars, car: int, count: int, power: Floats) -> bool:
    """Look back from departure whether an answer asks for more than the battery takes."""
    stored = cars.soc0[car] + cars.eta * STEP_H * cars.total[car]
    knee = cars.knee * cars.battery[car]
    for step in range(count - 1, -1, -1):
        if stored <= knee:
            return False
        if power[step] > most_at(cars, car, stored) + TAIL * cars.full[car]:
            return True
        stored -= cars.eta * STEP_H * power[step]
    return False


@kernel
def under_curve(cars: Cars, car: int, count: int, stored: float, end: float, power: Floats) -> bool:
    """Run the battery of a car that may give back: is it full in time, and never too fast."""
    for step in range(count):
        drawn, given = max(power[step], 0.0), max(-power[step], 0.0)
        stored += STEP_H * (cars.eta * drawn - given / cars.eta)
        if drawn > most_at(cars, car, stored) + TAIL * cars.full[car]:
            return False
    return stored >= end - TAIL * (1 + end)


@kernel
def at_once_bent(cars: Cars, car: int, count: int, power: Floats) -> int:
    """Write the most the battery takes from arrival on; return the steps used."""
    taken, used = 0.0, 0
    for step in range(count):
        power[step] = max(0.0, min(next_power(cars, car, taken), cars.total[car] - taken))
        taken += power[step]
        used = step + 1 if power[step] > EXACT else used
    return used
