"""Cars that share one limit, or follow a colour that follows the load: step by step in time."""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import PAUSE, STEP_H, UNCONTROLLED, Bytes, Floats, Halves, Ints, Longs
from app.core.engine.compiled import kernel
from app.core.engine.kernels_cars import Account, Book, Cars, pages_for, scratch_for
from app.core.engine.kernels_direct import FLOOR, GUARANTEE, Ceiling
from app.core.engine.kernels_level import EXACT
from app.core.engine.kernels_rows import begin, close
from app.core.engine.kernels_taper import next_power

GREEN, AMBER, RED = range(3)


class Signal(NamedTuple):
    """Who shares a limit, and what switches the light.

    ``unit`` (session,) numbers what is limited, within its row; ``alone`` says that no two cars
    share one. With ``on_load`` the colour of a
    step is that of the load ``lag`` steps before, against the shares ``amber_from`` and
    ``red_from`` of the transformer's limit; it goes back ``hysteresis`` below. ``colours``
    (colour,) names the limit of each, -1 none.
    """

    unit: Ints
    alone: bool
    on_load: bool
    lag: int
    amber_from: float
    red_from: float
    hysteresis: float
    colours: Longs


class Crowd(NamedTuple):
    """The cars connected in a step of one row; one place per car of the fullest row."""

    here: Longs
    left: Floats
    cap: Floats
    power: Floats
    member: Longs
    served: Floats


@kernel
def _switch(colour: int, load: float, limit: float, signal: Signal) -> int:
    """Say the colour after a load; unknown limits stay green."""
    if np.isnan(limit):
        return GREEN
    if load >= signal.red_from * limit:
        return RED
    if colour == RED and load >= (signal.red_from - signal.hysteresis) * limit:
        return RED
    if load >= signal.amber_from * limit:
        return AMBER
    if colour != GREEN and load >= (signal.amber_from - signal.hysteresis) * limit:
        return AMBER
    return GREEN


@kernel
def _limit_kw(cars: Cars, car: int, ceiling: Ceiling, which: int) -> float:
    kw = ceiling.limit_kw[which]
    if np.isnan(kw):
        rated = ceiling.rated_a * ceiling.phase_kw * ceiling.phases[car]
        return float(ceiling.limit_share[which] * max(rated, cars.full[car]))
    return float(kw)


@kernel
def _turns(crowd: Crowd, count: int, kw: float, ceiling: Ceiling) -> int:
    """Order the cars of a unit, least served first, and say how many the limit lets run."""
    order = np.argsort(crowd.served[:count], kind="mergesort")
    ranked = crowd.member[:count][order]
    crowd.member[:count] = ranked
    running, sum_kw = 0, 0.0
    for nth in range(count):
        sum_kw += ceiling.least_a * ceiling.phase_kw * ceiling.phases[crowd.here[ranked[nth]]]
        if sum_kw > kw * (1 + EXACT) + EXACT:
            break
        running += 1
    return running


@kernel
def _least_first(crowd: Crowd, running: int, kw: float, ceiling: Ceiling) -> tuple[float, int]:
    """Give their lowest current to cars for which an equal share is too little.

    A car on three phases beside one on a single phase: both run, and the limit holds. Returns
    what is left, and for how many.
    """
    left_kw, open_ = kw, running
    moved = True
    while moved and open_ > 0:
        moved = False
        for nth in range(running):
            place = crowd.member[nth]
            phases = ceiling.phases[crowd.here[place]]
            least = min(crowd.cap[place], ceiling.least_a * ceiling.phase_kw * phases)
            if open_ > 0 and crowd.power[place] < 0 and least > left_kw / open_ + EXACT:
                crowd.power[place] = least
                left_kw -= least
                open_ -= 1
                moved = True
    return left_kw, open_


@kernel
def _share_out(
    cars: Cars, crowd: Crowd, count: int, kw: float, ceiling: Ceiling, excess: Floats
) -> None:
    """Give the cars ``crowd.member`` of one unit their power: equal shares, in whole amps.

    What a car cannot use goes to the others. Where the shares fall below the lowest current, as
    many as possible run and the others wait, in turns; a car that cannot wait takes the lowest
    current, and what then is too much is counted.
    """
    running = _turns(crowd, count, kw, ceiling)
    left_kw, open_ = _least_first(crowd, running, kw, ceiling)
    moved = True
    while moved and open_ > 0:
        moved = False
        fair = left_kw / open_
        for nth in range(running):
            place = crowd.member[nth]
            if crowd.power[place] < 0 and crowd.cap[place] <= fair:
                crowd.power[place] = crowd.cap[place]
                left_kw -= crowd.cap[place]
                open_ -= 1
                moved = True
    total = 0.0
    for nth in range(count):
        place = crowd.member[nth]
        car = crowd.here[place]
        if crowd.power[place] < 0 and nth < running:
            per_a = ceiling.phase_kw * ceiling.phases[car]
            amps = np.floor(left_kw / open_ / per_a + EXACT)
            crowd.power[place] = min(crowd.cap[place], max(amps, ceiling.least_a) * per_a)
        elif nth >= running:
            waits = ceiling.pauses and cars.kind[car] >= PAUSE
            crowd.power[place] = 0.0 if waits else min(crowd.cap[place], cars.floor[car])
        total += crowd.power[place]
    excess[FLOOR] += max(total - kw, 0.0) * STEP_H


@kernel
def _one_step(
    cars: Cars,
    crowd: Crowd,
    count: int,
    step: int,
    which: int,
    ceiling: Ceiling,
    signal: Signal,
    excess: Floats,
) -> None:
    """Set ``crowd.power`` of everybody who is here; -1 marks who is not served yet."""
    for place in range(count):
        car = crowd.here[place]
        taken = cars.total[car] - crowd.left[place]
        crowd.cap[place] = min(next_power(cars, car, taken), crowd.left[place])
        crowd.power[place] = -1.0
        stay = cars.departure[car] - step - 1
        late = ceiling.guarantee and crowd.left[place] > cars.full[car] * stay
        if which < 0 or cars.kind[car] == UNCONTROLLED or late:
            crowd.power[place] = crowd.cap[place]
            if late and which >= 0:
                over = crowd.cap[place] - _limit_kw(cars, car, ceiling, which)
                excess[GUARANTEE] += max(over, 0.0) * STEP_H
    for first in range(count):
        if crowd.power[first] >= 0:
            continue
        unit, members = signal.unit[crowd.here[first]], 0
        last = first + 1 if signal.alone else count
        for place in range(first, last):
            car = crowd.here[place]
            if crowd.power[place] < 0 and signal.unit[car] == unit:
                crowd.member[members] = place
                crowd.served[members] = cars.total[car] - crowd.left[place]
                members += 1
        kw = _limit_kw(cars, crowd.here[first], ceiling, which)
        _share_out(cars, crowd, members, kw, ceiling, excess)


@kernel
def _leave(cars: Cars, crowd: Crowd, count: int, step: int) -> int:
    """Let cars go that are full or about to depart; keep the others in order."""
    stay = 0
    for place in range(count):
        if crowd.left[place] > EXACT and cars.departure[crowd.here[place]] > step:
            crowd.here[stay] = crowd.here[place]
            crowd.left[stay] = crowd.left[place]
            stay += 1
    return stay


@kernel
def _play_row(
    cars: Cars,
    row: int,
    crowd: Crowd,
    ceiling: Ceiling,
    signal: Signal,
    limit: float,
    load: Floats,
    profile: Halves,
    shift: int,
    lights: Bytes,
    excess: Floats,
) -> None:
    nxt, count, colour = cars.first[row], 0, GREEN
    for step in range(load.size):
        count = _leave(cars, crowd, count, step)
        while nxt < cars.first[row + 1] and cars.arrival[nxt] <= step:
            crowd.here[count], crowd.left[count] = nxt, cars.total[nxt]
            count += cars.total[nxt] > EXACT
            nxt += 1
        which = int(ceiling.limit[step])
        if signal.on_load:
            seen = lights[step - signal.lag] if step >= signal.lag else GREEN
            which = signal.colours[seen]
        _one_step(cars, crowd, count, step, which, ceiling, signal, excess)
        for place in range(count):
            car = crowd.here[place]
            power = np.float64(np.float32(crowd.power[place]))
            crowd.left[place] -= power
            profile[cars.start[car] - shift + step - cars.arrival[car]] = power
            load[step] += power
        colour = _switch(colour, load[step], limit, signal)
        lights[step] = colour


@kernel
def shared_rows(
    first: int,
    last: int,
    cars: Cars,
    ceiling: Ceiling,
    signal: Signal,
    limit_kw: Floats,
    base: Floats,
    book: Book,
    account: Account,
) -> None:
    """Run the rows ``first:last`` forward in time. O(step x connected cars x units)."""
    room = scratch_for(cars, first, last, base.shape[1])
    profile = pages_for(cars, first, last, book)
    most = 1
    for row in range(first, last):
        most = max(most, cars.first[row + 1] - cars.first[row])
    crowd = Crowd(
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(most),
        np.empty(most),
        np.empty(most, np.int64),
        np.empty(most),
    )
    lights = np.zeros(base.shape[1], np.int8)
    for row in range(first, last):
        shift = begin(cars, row, profile, book, base, room.load)
        room.load[:] = base[row]
        excess = ceiling.excess_kwh[row]
        load, limit = room.load, limit_kw[row]
        _play_row(cars, row, crowd, ceiling, signal, limit, load, profile, shift, lights, excess)
        close(cars, row, profile, shift, 1.0, account)
