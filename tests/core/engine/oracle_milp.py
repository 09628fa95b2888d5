"""The exact answer of small cases with a lowest current, by mixed-integer programming."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix, diags, eye, hstack

from app.core.engine.arrays import STEP_H, Floats, Longs, Sessions
from tests.core.engine.cases import possible_kwh, spread

MANY_STEPS = 200
SECONDS = 20


def floors_kw(sessions: Sessions, amps: float = 6.0) -> Floats:
    """Lowest power of each car, as IEC 61851 has it."""
    return np.minimum(sessions.phases * amps * 0.23, sessions.power_kw).astype(float)


def lowest_peak_with_stops_kw(sessions: Sessions, base_kw: Floats) -> float:
    """Lowest peak of one row when every car may stop: power 0, or from its floor to its maximum.

    ``x`` is the power, ``on`` whether a car charges, ``rest`` one step in which a car may fall
    below its floor: allowed only where no number of steps between floor and maximum makes up its
    energy; ``z`` is the peak.
    """
    car, step = spread(sessions)
    count, cars, steps = car.size, len(sessions), base_kw.size
    floor, full, need = floors_kw(sessions), sessions.power_kw.astype(float), _need(sessions)
    many = np.arange(1, MANY_STEPS)[:, None]
    splits = (floor * many <= need * (1 + 1e-9)) & (need <= full * many * (1 + 1e-9))
    each, per_car, none = eye(count), _sum(car, cars), coo_matrix
    blank, column = none((cars, count)), none((count, 1))
    rules = [
        LinearConstraint(
            hstack([each, -diags(full[car]), none((count, count)), column]), -np.inf, 0
        ),
        LinearConstraint(hstack([each, -diags(floor[car]), diags(floor[car]), column]), 0, np.inf),
        LinearConstraint(hstack([per_car, blank, blank, none((cars, 1))]), need, need),
        LinearConstraint(hstack([blank, blank, per_car, none((cars, 1))]), 0, 1 - splits.any(0)),
        LinearConstraint(
            hstack([_sum(step, steps), none((steps, 2 * count)), none(-np.ones((steps, 1)))]),
            -np.inf,
            -base_kw,
        ),
    ]
    answer = milp(
        np.append(np.zeros(3 * count), 1.0),
        constraints=rules,
        integrality=np.concatenate([np.zeros(count), np.ones(2 * count), [0]]),
        bounds=Bounds(
            np.append(np.zeros(3 * count), -np.inf),
            np.concatenate([full[car], np.ones(2 * count), [np.inf]]),
        ),
        options={"time_limit": SECONDS, "mip_rel_gap": 1e-5},
    )
    assert answer.x is not None, answer.message
    return float(answer.mip_dual_bound)


def lowest_peak_slowed_kw(sessions: Sessions, base_kw: Floats) -> float:
    """Lowest peak of one row when every car charges from arrival as slowly as it can.

    The stretch it charges is given: as long as its floor can make up its energy, and no shorter
    than its maximum needs. A car that cannot keep its floor over that stretch charges at once.
    """
    car, step = spread(sessions)
    floor, full, need = floors_kw(sessions), sessions.power_kw.astype(float), _need(sessions)
    stay = (sessions.departure - sessions.arrival).astype(int)
    slow = np.minimum(stay, np.maximum(1, np.floor(need / floor + 1e-9)))
    fewest = np.minimum(stay, np.ceil(need / full - 1e-9))
    stop = np.where(need > full * slow, fewest, slow)
    nth = step - sessions.arrival[car]
    fast = np.where(need > floor, full, need)
    at_once = np.clip(need[car] - nth * fast[car], 0, fast[car])
    fixed, used = (need < floor * stop * (1 - 1e-9))[car], nth < stop[car]
    low = np.where(fixed, at_once, np.where(used, floor[car], 0))
    high = np.where(fixed, at_once, np.where(used, full[car], 0))
    bounds, count, steps = list(zip(low, high, strict=True)), car.size, base_kw.size
    answer = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=hstack([_sum(step, steps), coo_matrix(-np.ones((steps, 1)))]).tocsr(),
        b_ub=-base_kw,
        A_eq=hstack([_sum(car, len(sessions)), coo_matrix((len(sessions), 1))]).tocsr(),
        b_eq=need,
        bounds=[*bounds, (None, None)],
    )
    assert answer.status == 0, answer.message
    return float(answer.x[-1])


def _need(sessions: Sessions) -> Floats:
    return possible_kwh(sessions) / STEP_H


def _sum(place: Longs, count: int) -> coo_matrix:
    return coo_matrix((np.ones(place.size), (place, np.arange(place.size))), (count, place.size))
