"""Inner loop of what drivers notice: one pass over the sessions."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import UNCONTROLLED, V2G, Bytes, Floats, Halves, Ints
from app.core.engine.compiled import kernel


class Noticed(NamedTuple):
    """What is known of each session, (session,) each; pauses are NaN where unknown."""

    arrival: Ints
    group: Bytes
    wanted_kwh: Halves
    battery_kwh: Halves
    kind: Bytes
    possible_kwh: Halves
    served_kwh: Halves
    late_kwh: Halves
    discharged_kwh: Halves
    finished: Ints
    usual: Ints
    pauses: Floats
    longest: Floats


@kernel
def sum_drivers(
    counted: npt.NDArray[np.bool_],
    each: Noticed,
    one_way: float,
    worse: float,
    short: float,
    sums: Floats,
    added: Floats,
) -> None:
    """Add every session that arrives in a counted step to its group. O(session).

    ``counted`` of a single step stands for all. The columns of ``sums`` are those of
    ``app.core.engine.drivers.SUMS``; the last one is a longest and no sum.
    """
    for i in range(each.arrival.size):
        if not counted[each.arrival[i] if counted.size > 1 else 0]:
            continue
        row = sums[each.group[i]]
        possible, served = np.float64(each.possible_kwh[i]), np.float64(each.served_kwh[i])
        row[0] += 1
        row[1] += served < worse * possible
        row[2] += served < short * possible
        row[3] += each.kind[i] == UNCONTROLLED
        if each.kind[i] == V2G and each.battery_kwh[i] > 0:
            row[4] += 1
            row[5] += each.discharged_kwh[i] > 0
            row[11] += each.discharged_kwh[i] / one_way / each.battery_kwh[i]
        row[6] += each.wanted_kwh[i]
        row[7] += possible
        row[8] += served
        row[9] += each.late_kwh[i]
        row[10] += each.discharged_kwh[i]
        row[12] += each.pauses[i]
        row[13] = max(row[13], each.longest[i]) if each.longest[i] >= 0 else np.nan
        delay = min(max(each.finished[i] - each.usual[i], 0), added.shape[1] - 1)
        added[each.group[i], delay] += 1
