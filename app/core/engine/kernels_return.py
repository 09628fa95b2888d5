"""Held cars come back one after the other, those in the greatest hurry first."""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import PAUSE, STEP_H, UNCONTROLLED, Floats, Halves, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Account, Book, Cars, pages_for, scratch_for
from app.core.engine.kernels_direct import FLOOR, GUARANTEE, Ceiling, at_limit, full_from, resolve
from app.core.engine.kernels_level import EXACT
from app.core.engine.kernels_rows import begin, close
from app.core.engine.kernels_taper import most_at, next_power


class Queue(NamedTuple):
    """The cars of one row while the clock goes on; one place per car.

    ``left`` is the energy still wanted [kW-steps], ``at`` the step it has come to, ``release``
    the step from which it may charge again, ``hurry`` and ``part`` the promise of a full car;
    ``turned`` lists the cars that are there at some window's end, ``spread`` is the time over
    which all come back.
    """

    left: Floats
    at: Longs
    release: Longs
    hurry: Longs
    part: Floats
    laxity: Floats
    waiting: Longs
    turned: Longs
    allowed: Floats
    named: Floats
    spread: Longs


@kernel
def new_queue(cars: Cars, first: int, last: int, limits: int) -> Queue:
    """Make room for the row that has most cars."""
    most = 1
    for row in range(first, last):
        most = max(most, cars.first[row + 1] - cars.first[row])
    return Queue(
        np.empty(most),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(most),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(limits),
        np.empty(limits),
        np.zeros(1, np.int64),
    )


@kernel
def _go_on(
    cars: Cars,
    car: int,
    nth: int,
    to: int,
    ceiling: Ceiling,
    queue: Queue,
    profile: Halves,
    shift: int,
    excess: Floats,
    count: bool,  # noqa: FBT001  # compiled: no keywords only
) -> None:
    """Let one car charge until a step, under its limits and its turn."""
    full, left, step = cars.full[car], queue.left[nth], queue.at[nth]
    if left <= EXACT:
        return
    arrival, departure = cars.arrival[car], cars.departure[car]
    resolve(cars, car, ceiling, queue.allowed, queue.named)
    page = cars.start[car] - shift - arrival
    end = min(to, departure)
    while step < end and left > EXACT:
        power = at_limit(step, ceiling.limit, queue.allowed, full)
        if step < queue.release[nth]:
            power = min(power, 0.0 if cars.kind[car] >= PAUSE else cars.floor[car])
        if step >= queue.hurry[nth]:
            late = step == queue.hurry[nth] and queue.part[nth] > 0
            power = max(power, min(full, power + queue.part[nth]) if late else full)
        power = min(power, next_power(cars, car, cars.total[car] - left))
        power = np.float64(np.float32(min(power, left)))
        profile[page + step] = power
        left -= power
        if count and power > 0:
            over = power - at_limit(step, ceiling.limit, queue.named, full)
            why = GUARANTEE if step >= queue.hurry[nth] else FLOOR
            excess[why] += max(over, 0.0) * STEP_H
        step += 1
    queue.left[nth], queue.at[nth] = left, max(end, queue.at[nth])


@kernel
def _latest(cars: Cars, car: int, nth: int, now: int, ceiling: Ceiling, queue: Queue) -> int:
    """Find the latest step from which the energy still wanted fits under the limits."""
    resolve(cars, car, ceiling, queue.allowed, queue.named)
    short = queue.left[nth]
    stored = cars.soc0[car] + cars.eta * STEP_H * cars.total[car] if cars.bent[car] else 0.0
    step = cars.departure[car]
    while step > now and short > EXACT:
        step -= 1
        power = at_limit(step, ceiling.limit, queue.allowed, cars.full[car])
        if cars.bent[car]:
            power = min(power, most_at(cars, car, stored))
            stored -= cars.eta * STEP_H * power
        short -= power
    return int(step)


@kernel
def _line_up(
    cars: Cars, row: int, end: int, spread: int, ceiling: Ceiling, queue: Queue, count: int
) -> None:
    """Give every waiting car its turn: the least laxity first, the last after ``spread`` steps."""
    order = np.argsort(queue.laxity[:count], kind="mergesort")
    for rank in range(count):
        nth = queue.waiting[order[rank]]
        car = cars.first[row] + nth
        turn = end + int(np.floor(spread * rank / count + 0.5))
        queue.release[nth] = min(turn, max(end, _latest(cars, car, nth, end, ceiling, queue)))


@kernel
def _enter(
    cars: Cars, car: int, nth: int, ceiling: Ceiling, queue: Queue, profile: Halves, shift: int
) -> None:
    """Set a car to its arrival, and find from when a promise drives it."""
    queue.left[nth], queue.at[nth] = cars.total[car], cars.arrival[car]
    queue.release[nth], queue.hurry[nth], queue.part[nth] = 0, cars.departure[car], 0.0
    profile[cars.start[car] - shift : cars.start[car + 1] - shift] = 0.0
    if ceiling.guarantee:
        resolve(cars, car, ceiling, queue.allowed, queue.named)
        hurry, part = full_from(cars, car, ceiling.limit, queue.allowed)
        queue.hurry[nth], queue.part[nth] = hurry, part


@kernel
def _sort_out(cars: Cars, row: int, ends: Longs, queue: Queue) -> int:
    """List the cars of a row that stay beyond a window's end, and count them."""
    turned, at = 0, 0
    for car in range(cars.first[row], cars.first[row + 1]):
        while at < ends.size and ends[at] <= cars.arrival[car]:
            at += 1
        if at == ends.size:
            break
        if cars.kind[car] != UNCONTROLLED and ends[at] < cars.departure[car]:
            queue.turned[turned] = car
            turned += 1
    return turned


@kernel
def _hold(
    cars: Cars,
    row: int,
    first: int,
    turned: int,
    end: int,
    ceiling: Ceiling,
    queue: Queue,
    profile: Halves,
    shift: int,
    excess: Floats,
    count: bool,  # noqa: FBT001  # compiled: no keywords only
) -> None:
    """Let the cars there at a window's end charge up to it, and line up who still wants energy."""
    waiting = 0
    for place in range(first, turned):
        car = queue.turned[place]
        if cars.arrival[car] >= end:
            break
        if cars.departure[car] <= end:
            continue
        nth = car - cars.first[row]
        _go_on(cars, car, nth, end, ceiling, queue, profile, shift, excess, count)
        if queue.left[nth] > EXACT:
            queue.waiting[waiting] = nth
            need = queue.left[nth] / cars.full[car]
            queue.laxity[waiting] = cars.departure[car] - end - need
            waiting += 1
    if waiting:
        _line_up(cars, row, end, queue.spread[0], ceiling, queue, waiting)


@kernel
def _play(
    cars: Cars,
    row: int,
    turned: int,
    spread: int,
    ends: Longs,
    ceiling: Ceiling,
    queue: Queue,
    profile: Halves,
    shift: int,
    excess: Floats,
    count: bool,  # noqa: FBT001  # compiled: no keywords only
) -> None:
    """Run the cars that may get a turn from window end to window end."""
    queue.spread[0] = spread
    for place in range(turned):
        car = queue.turned[place]
        _enter(cars, car, car - cars.first[row], ceiling, queue, profile, shift)
    gone = 0
    for end in ends:
        while gone < turned and cars.departure[queue.turned[gone]] <= end:
            gone += 1
        _hold(cars, row, gone, turned, end, ceiling, queue, profile, shift, excess, count)
    for place in range(turned):
        car = queue.turned[place]
        nth, stop = car - cars.first[row], cars.departure[car]
        _go_on(cars, car, nth, stop, ceiling, queue, profile, shift, excess, count)


@kernel
def _play_others(
    cars: Cars,
    row: int,
    turned: int,
    ceiling: Ceiling,
    queue: Queue,
    profile: Halves,
    shift: int,
    load: Floats,
    excess: Floats,
) -> None:
    """Run the cars no window's end concerns, and add them and the opted-out ones to a load."""
    place = 0
    for car in range(cars.first[row], cars.first[row + 1]):
        if place < turned and queue.turned[place] == car:
            place += 1
            continue
        nth, stop = car - cars.first[row], cars.departure[car]
        if cars.kind[car] != UNCONTROLLED:
            _enter(cars, car, nth, ceiling, queue, profile, shift)
            _go_on(cars, car, nth, stop, ceiling, queue, profile, shift, excess, True)  # noqa: FBT003
        page = cars.start[car] - shift - cars.arrival[car]
        for step in range(cars.arrival[car], stop):
            load[step] += profile[page + step]


@kernel
def _peaks(
    cars: Cars,
    row: int,
    turned: int,
    others: Floats,
    profile: Halves,
    shift: int,
    queue: Queue,
    load: Floats,
    fixed: Floats,
) -> tuple[float, float]:
    """Return the highest load, and that without the cars that were given a turn."""
    load[:] = others
    fixed[:] = others
    for place in range(turned):
        car = queue.turned[place]
        page = cars.start[car] - shift - cars.arrival[car]
        released = queue.release[car - cars.first[row]] > 0
        for step in range(cars.arrival[car], cars.departure[car]):
            power = profile[page + step]
            load[step] += power
            fixed[step] += 0.0 if released else power
    return float(np.max(load)), float(np.max(fixed))


@kernel
def return_rows(
    first: int,
    last: int,
    cars: Cars,
    ceiling: Ceiling,
    ends: Longs,
    spreads: Longs,
    base: Floats,
    book: Book,
    account: Account,
    chosen: Longs,
) -> None:
    """Run the rows ``first:last`` with the spread that makes the lowest peak."""
    room = scratch_for(cars, first, last, base.shape[1])
    queue = new_queue(cars, first, last, ceiling.limit_kw.size)
    profile = pages_for(cars, first, last, book)
    others = np.empty(base.shape[1])
    for row in range(first, last):
        shift = begin(cars, row, profile, book, base, room.load)
        excess = ceiling.excess_kwh[row]
        others[:] = base[row]
        turned = _sort_out(cars, row, ends, queue)
        _play_others(cars, row, turned, ceiling, queue, profile, shift, others, excess)
        best = np.inf
        chosen[row] = spreads[0]
        for spread in spreads:
            if spreads.size == 1 or turned == 0:
                break
            _play(cars, row, turned, spread, ends, ceiling, queue, profile, shift, excess, False)  # noqa: FBT003
            load, fixed = room.load, room.spare
            peak, rest = _peaks(cars, row, turned, others, profile, shift, queue, load, fixed)
            if best == np.inf or peak < best - EXACT * (1 + abs(best)):
                best, chosen[row] = peak, spread
            if best <= rest * (1 + EXACT):
                break  # others make the peak: no other spread can lower it
        _play(cars, row, turned, chosen[row], ends, ceiling, queue, profile, shift, excess, True)  # noqa: FBT003
        close(cars, row, profile, shift, 1.0, account)
