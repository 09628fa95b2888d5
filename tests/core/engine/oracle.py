"""The exact answer of small cases, by linear programming."""

from itertools import pairwise

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import block_diag, coo_matrix, csr_matrix, diags, eye, hstack, vstack

from app.core.engine.arrays import STEP_H, Floats, Longs, Sessions
from app.core.engine.taper import NO_TAPER, Taper
from tests.core.engine.cases import possible_kwh, spread

CYCLING_COST = 1e-7


def _pieces(
    taper: Taper, sessions: Sessions, car: Longs, soc: csr_matrix
) -> tuple[list[csr_matrix], list[Floats]]:
    """Write every falling piece of a curve as ``charge + slope x stored <= what it allows``."""
    count = car.size
    charging = hstack([eye(count), coo_matrix((count, count + 1))]).tocsr()
    rows, most = [], []
    for (soc0, share0), (soc1, share1) in pairwise(taper.knots):
        fall = (share0 - share1) / (soc1 - soc0)
        steep = fall * sessions.power_kw[car] / sessions.battery_kwh[car]
        if fall > 0:
            top = (share0 + fall * soc0) * sessions.power_kw[car]
            rows.append(charging + diags(steep) @ soc)
            most.append(top - steep * sessions.soc0_kwh[car] + 1e-6)
    return rows, most


def lowest_peak_kw(  # noqa: PLR0913  # what bounds a plan
    sessions: Sessions,
    base_kw: Floats,
    *,
    v2g: bool,
    soc_floor: float = 0.2,
    round_trip: float = 0.87,
    taper: Taper = NO_TAPER,
    wanted_kwh: Floats | None = None,
) -> float:
    """Lowest peak of one row: any power from 0, or from minus the discharge, to the maximum.

    Charging ``c``, discharging ``y`` and the peak ``z`` are the unknowns. Every battery stays in
    its tube and ends with what it came for; a tiny price on ``y`` keeps it from idling. A car
    that wants nothing is left alone. Each straight piece of a taper is one more constraint: what
    a car draws in a step, against its charge at the end of it.
    """
    car, step = spread(sessions)
    count, steps, eta = car.size, base_kw.size, np.sqrt(round_trip)
    ones = coo_matrix((np.ones(count), (step, np.arange(count))), (steps, count))
    load = hstack([ones, -ones, coo_matrix(-np.ones((steps, 1)))])
    stay = np.bincount(car, minlength=len(sessions))
    runs = block_diag([np.tril(np.ones((n, n))) for n in stay])
    soc = hstack([STEP_H * eta * runs, -STEP_H / eta * runs, coo_matrix((count, 1))]).tocsr()
    last = np.cumsum(stay) - 1
    need = possible_kwh(sessions) if wanted_kwh is None else wanted_kwh
    gain = eta * need
    soc0 = sessions.soc0_kwh.astype(float)
    high = np.maximum(sessions.battery_kwh, soc0 + gain) - soc0
    low = np.minimum(soc_floor * sessions.battery_kwh, soc0) - soc0
    give = sessions.discharge_kw[car] * (need[car] > 0) if v2g else np.zeros(count)
    power = np.concatenate([sessions.power_kw[car], give]).astype(float)
    tail, ceiling = _pieces(taper, sessions, car, soc)
    answer = linprog(
        np.concatenate([np.zeros(count), np.full(count, CYCLING_COST), [1.0]]),
        A_ub=vstack([load, soc, -soc, *tail]).tocsr(),
        b_ub=np.concatenate([-base_kw, high[car] + 1e-6, 1e-6 - low[car], *ceiling]),
        A_eq=soc[last],
        b_eq=gain,
        bounds=[(0.0, p) for p in power] + [(None, None)],
    )
    assert answer.status == 0, answer.message
    return float(answer.x[-1])
