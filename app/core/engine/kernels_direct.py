"""Cars that look at the clock and never at each other: uncontrolled, and under a ceiling."""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import PAUSE, STEP_H, UNCONTROLLED, Bytes, Floats
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Account, Book, Cars
from app.core.engine.kernels_level import EXACT
from app.core.engine.kernels_rows import LATE_STEPS
from app.core.engine.kernels_taper import had_by, most_at, next_power

FLOOR, GUARANTEE = range(2)  # why a car drew more than the colour allows


class Ceiling(NamedTuple):
    """A contract as the kernels read it.

    ``limit`` (step,) names the limit that holds, -1 none. Each limit is in kW or, where that is
    NaN, a share of the rated current. ``excess_kwh`` (row, why) is written.
    """

    limit: Bytes
    limit_kw: Floats
    limit_share: Floats
    phases: Bytes
    phase_kw: float
    rated_a: float
    least_a: float
    pauses: bool
    guarantee: bool
    excess_kwh: Floats


@kernel
def direct_rows(first: int, last: int, cars: Cars, book: Book, account: Account) -> None:
    """Charge at full power from arrival."""
    for row in range(first, last):
        ev = account.ev[row]
        ev[:] = 0.0
        for car in range(cars.first[row], cars.first[row + 1]):
            _charge_at_once(cars, car, ev, book, account)


@kernel
def _charge_at_once(cars: Cars, car: int, ev: Floats, book: Book, account: Account) -> None:
    arrival = cars.arrival[car]
    stay = cars.departure[car] - arrival
    left = cars.total[car]
    used = 0
    while left > EXACT and used < stay:
        power = next_power(cars, car, cars.total[car] - left)
        power = np.float64(np.float32(min(power, left)))
        ev[arrival + used] += power
        if book.keep:
            book.profile[cars.start[car] + used] = power
        left -= power
        used += 1
    account.served[car] = (cars.total[car] - max(left, 0.0)) * STEP_H
    account.finished[car] = arrival + used


@kernel
def ceiling_rows(
    first: int,
    last: int,
    cars: Cars,
    ceiling: Ceiling,
    book: Book,
    account: Account,
) -> None:
    """Charge as soon as possible under the ceiling of each step."""
    allowed = np.empty(ceiling.limit_kw.size)
    named = np.empty(ceiling.limit_kw.size)
    for row in range(first, last):
        ev = account.ev[row]
        ev[:] = 0.0
        for car in range(cars.first[row], cars.first[row + 1]):
            if cars.kind[car] == UNCONTROLLED:
                _charge_at_once(cars, car, ev, book, account)
                continue
            resolve(cars, car, ceiling, allowed, named)
            hurry, part = cars.departure[car], 0.0
            if ceiling.guarantee:
                hurry, part = full_from(cars, car, ceiling.limit, allowed)
            excess = ceiling.excess_kwh[row]
            _charge_under(
                cars,
                car,
                ceiling.limit,
                allowed,
                named,
                hurry,
                part,
                ev,
                book,
                account,
                excess,
            )


@kernel
def resolve(cars: Cars, car: int, ceiling: Ceiling, allowed: Floats, named: Floats) -> None:
    """Turn each limit into what this car can follow: whole amps, a pause, or the lowest current."""
    full = cars.full[car]
    per_a = ceiling.phase_kw * ceiling.phases[car]
    rated_kw = max(ceiling.rated_a * per_a, full)
    for limit in range(allowed.size):
        kw = ceiling.limit_kw[limit]
        if np.isnan(kw):
            kw = ceiling.limit_share[limit] * rated_kw
        amps = np.floor(kw / per_a + EXACT)
        named[limit] = min(kw, full)
        if amps >= ceiling.least_a:
            allowed[limit] = min(full, amps * per_a)
        elif ceiling.pauses and cars.kind[car] >= PAUSE:
            allowed[limit] = 0.0
        else:
            allowed[limit] = cars.floor[car]


@kernel
def at_limit(step: int, limit: Bytes, allowed: Floats, full: float) -> float:
    """Return what a car may draw in a step."""
    return allowed[limit[step]] if limit[step] >= 0 else full


@kernel
def full_from(cars: Cars, car: int, limit: Bytes, allowed: Floats) -> tuple[int, float]:
    """Find the latest step from which full power still fills the car, and what that step adds."""
    if cars.bent[car]:
        return _full_from_bent(cars, car, limit, allowed), 0.0
    full, short = cars.full[car], cars.total[car]
    for step in range(cars.arrival[car], cars.departure[car]):
        short -= at_limit(step, limit, allowed, full)
    step = cars.departure[car]
    while short > EXACT and step > cars.arrival[car]:
        step -= 1
        gain = full - at_limit(step, limit, allowed, full)
        if gain >= short:
            return step, short
        short -= gain
    return step, 0.0


@kernel
def _full_from_bent(cars: Cars, car: int, limit: Bytes, allowed: Floats) -> int:
    """Find that step for a car that slows down on its own, by halving."""
    early, late = np.int64(cars.arrival[car]), np.int64(cars.departure[car])
    while late > early:
        step = (early + late + 1) // 2
        stored = cars.soc0[car] + cars.eta * STEP_H * cars.total[car]
        short = cars.total[car]
        for at in range(cars.departure[car] - 1, cars.arrival[car] - 1, -1):
            free = cars.full[car] if at >= step else at_limit(at, limit, allowed, cars.full[car])
            power = min(free, most_at(cars, car, stored))
            short -= power
            stored -= cars.eta * STEP_H * power
        if short > EXACT:
            late = step - 1
        else:
            early = step
    return int(early)


@kernel
def _charge_under(
    cars: Cars,
    car: int,
    limit: Bytes,
    allowed: Floats,
    named: Floats,
    hurry: int,
    part: float,
    ev: Floats,
    book: Book,
    account: Account,
    excess: Floats,
) -> None:
    arrival, departure = cars.arrival[car], cars.departure[car]
    full, left = cars.full[car], cars.total[car]
    late = due = 0.0
    finished = arrival
    step = arrival
    while left > EXACT and step < departure:
        power = at_limit(step, limit, allowed, full)
        if step >= hurry:
            power = power + part if step == hurry and part > 0 else full
        given = cars.total[car] - left
        power = np.float64(np.float32(min(power, left, next_power(cars, car, given))))
        due = had_by(cars, car, step + 1 - LATE_STEPS - arrival, due)
        if power > 0:
            late += max(0.0, min(given + power, due) - given)
            over = power - at_limit(step, limit, named, full)
            excess[GUARANTEE if step >= hurry else FLOOR] += max(over, 0.0) * STEP_H
            ev[step] += power
            left -= power
            finished = step + 1
            if book.keep:
                book.profile[cars.start[car] + step - arrival] = power
        step += 1
    account.served[car] = (cars.total[car] - max(left, 0.0)) * STEP_H
    account.late[car] = late * STEP_H
    account.finished[car] = finished
