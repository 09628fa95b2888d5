"""Held cars come back one after the other, those in the greatest hurry first.

Up to the end of the first window it meets, what a car does depends on nobody: that is worked out
once. Only what cars still want then is tried over and over, to find how long their return
should take.
"""

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

    ``left`` is the energy still wanted [kW-steps], ``at`` the step a car has come to, ``release``
    the step from which it may charge again, ``hurry`` and ``part`` the promise of a full car.
    ``held`` lists the cars that want energy at the first window's end they meet, ``met`` which end
    that is, ``wanted`` and ``latest`` how much and from when at the latest; ``ranked`` sorts the
    cars of each end by laxity. ``waiting`` and ``carried`` are lists to work in.
    """

    left: Floats
    at: Longs
    release: Longs
    hurry: Longs
    part: Floats
    held: Longs
    met: Longs
    wanted: Floats
    latest: Longs
    ranked: Longs
    laxity: Floats
    waiting: Longs
    carried: Longs
    allowed: Floats
    named: Floats


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
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(limits),
        np.empty(limits),
    )


@kernel
def _go_on(
    cars: Cars,
    car: int,
    nth: int,
    to: int,
    ceiling: Ceiling,
    queue: Queue,
    load: Floats,
    profile: Halves,
    shift: int,
    excess: Floats,
    write: bool,  # noqa: FBT001  # compiled: no keywords only
) -> None:
    """Let one car charge until a step, under its limits and its turn, and add it to a load."""
    full, left, step = cars.full[car], queue.left[nth], queue.at[nth]
    if left <= EXACT:
        return
    resolve(cars, car, ceiling, queue.allowed, queue.named)
    page = cars.start[car] - shift - cars.arrival[car]
    while step < to and left > EXACT:
        power = at_limit(step, ceiling.limit, queue.allowed, full)
        if step < queue.release[nth]:
            power = min(power, 0.0 if cars.kind[car] >= PAUSE else cars.floor[car])
        if step >= queue.hurry[nth]:
            late = step == queue.hurry[nth] and queue.part[nth] > 0
            power = max(power, min(full, power + queue.part[nth]) if late else full)
        power = min(power, next_power(cars, car, cars.total[car] - left))
        power = np.float64(np.float32(min(power, left)))
        load[step] += power
        left -= power
        if write:
            profile[page + step] = power
            over = power - at_limit(step, ceiling.limit, queue.named, full)
            why = GUARANTEE if step >= queue.hurry[nth] else FLOOR
            excess[why] += max(over, 0.0) * STEP_H if power > 0 else 0.0
        step += 1
    queue.left[nth], queue.at[nth] = left, max(to, queue.at[nth])


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
def _up_to_the_end(
    cars: Cars,
    row: int,
    ends: Longs,
    ceiling: Ceiling,
    queue: Queue,
    fixed: Floats,
    profile: Halves,
    shift: int,
    excess: Floats,
) -> int:
    """Run every car up to the first window's end it meets; list and count those then held."""
    held, end = 0, 0
    for car in range(cars.first[row], cars.first[row + 1]):
        nth, stop = car - cars.first[row], np.int64(cars.departure[car])
        if cars.kind[car] == UNCONTROLLED:
            page = cars.start[car] - shift - cars.arrival[car]
            for step in range(cars.arrival[car], stop):
                fixed[step] += profile[page + step]
            continue
        _enter(cars, car, nth, ceiling, queue, profile, shift)
        while end < ends.size and ends[end] <= cars.arrival[car]:
            end += 1
        meets = end < ends.size and ends[end] < stop
        to = int(ends[end] if meets else stop)
        _go_on(cars, car, nth, to, ceiling, queue, fixed, profile, shift, excess, True)  # noqa: FBT003
        if meets and queue.left[nth] > EXACT:
            queue.held[held], queue.met[held] = nth, end
            queue.wanted[held] = queue.left[nth]
            queue.latest[held] = _latest(cars, car, nth, to, ceiling, queue)
            queue.laxity[held] = stop - to - queue.left[nth] / cars.full[car]
            held += 1
    _rank(queue, held)
    return held


@kernel
def _rank(queue: Queue, held: int) -> None:
    """Sort the cars of each end by laxity, least first, the earlier of equal ones first."""
    first = 0
    while first < held:
        last = first
        while last < held and queue.met[last] == queue.met[first]:
            last += 1
        order = np.argsort(queue.laxity[first:last], kind="mergesort")
        queue.ranked[first:last] = first + order
        first = last


@kernel
def _turns_known(first: int, last: int, end: int, spread: int, queue: Queue) -> None:
    """Give the cars that meet their first window's end their turns: their order is known."""
    count = last - first
    for rank in range(count):
        place = queue.ranked[first + rank]
        turn = end + int(np.floor(spread * rank / count + 0.5))
        queue.release[queue.held[place]] = min(turn, max(end, queue.latest[place]))


@kernel
def _turns(
    cars: Cars, row: int, count: int, end: int, spread: int, ceiling: Ceiling, queue: Queue
) -> None:
    """Give every waiting car its turn: the least laxity first, the last after ``spread`` steps."""
    laxity = np.empty(count)
    for place in range(count):
        nth = queue.waiting[place]
        car = cars.first[row] + nth
        laxity[place] = cars.departure[car] - end - queue.left[nth] / cars.full[car]
    order = np.argsort(laxity, kind="mergesort")
    for rank in range(count):
        nth = queue.waiting[order[rank]]
        car = cars.first[row] + nth
        turn = end + int(np.floor(spread * rank / count + 0.5))
        queue.release[nth] = min(turn, max(end, _latest(cars, car, nth, end, ceiling, queue)))


@kernel
def _return(
    cars: Cars,
    row: int,
    held: int,
    spread: int,
    ends: Longs,
    ceiling: Ceiling,
    queue: Queue,
    load: Floats,
    profile: Halves,
    shift: int,
    excess: Floats,
    write: bool,  # noqa: FBT001  # compiled: no keywords only
) -> None:
    """Let the held cars come back from window end to window end, and add them to a load."""
    first = carried = 0
    for at in range(ends.size):
        end, waiting = ends[at], carried
        queue.waiting[:carried] = queue.carried[:carried]
        last = first
        while last < held and queue.met[last] == at:
            nth = queue.held[last]
            queue.left[nth], queue.at[nth] = queue.wanted[last], end
            queue.waiting[waiting] = nth
            waiting += 1
            last += 1
        if carried == 0:
            _turns_known(first, last, end, spread, queue)
        else:
            _turns(cars, row, waiting, end, spread, ceiling, queue)
        first, carried = last, 0
        after = ends[at + 1] if at + 1 < ends.size else load.size
        for place in range(waiting):
            nth = queue.waiting[place]
            car = cars.first[row] + nth
            to = int(min(after, np.int64(cars.departure[car])))
            _go_on(cars, car, nth, to, ceiling, queue, load, profile, shift, excess, write)
            if queue.left[nth] > EXACT and cars.departure[car] > after:
                queue.carried[carried] = nth
                carried += 1


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
    load, fixed = room.load, room.spare
    for row in range(first, last):
        shift = begin(cars, row, profile, book, base, load)
        fixed[:] = base[row]
        excess = ceiling.excess_kwh[row]
        held = _up_to_the_end(cars, row, ends, ceiling, queue, fixed, profile, shift, excess)
        best, least = np.inf, np.max(fixed)
        chosen[row] = spreads[0]
        for spread in spreads:
            if spreads.size == 1 or held == 0:
                break
            load[:] = fixed
            _return(
                cars, row, held, spread, ends, ceiling, queue, load, profile, shift, excess, False  # noqa: FBT003
            )  # fmt: skip
            peak = np.max(load)
            if best == np.inf or peak < best - EXACT * (1 + abs(best)):
                best, chosen[row] = peak, spread
            if best <= least * (1 + EXACT):
                break  # others make the peak: no other spread can lower it
        spread = chosen[row]
        _return(
            cars, row, held, spread, ends, ceiling, queue, load, profile, shift, excess, True  # noqa: FBT003
        )  # fmt: skip
        close(cars, row, profile, shift, 1.0, account)
