"""How many kW could be shed or taken for a while, every car still as full when it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.core.engine.arrays import PAUSE, THROTTLE, UNCONTROLLED, Bytes, Floats, Sessions
from app.core.engine.contract import PHASE_KW_PER_A
from app.core.engine.kernels_flex import Flexible, flexible_cars
from app.core.engine.result import EngineResult, Options
from app.core.engine.table import drawn, in_slices
from app.core.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Flexibility:
    """What could be shed and taken at every step.

    Attributes
    ----------
    down_kw, up_kw : (row, step) or, summed over rows, (step,)
        Further power for so long, the stated load as it is.
    """

    down_kw: Floats
    up_kw: Floats

    def over_rows(self) -> "Flexibility":
        """Sum the rows up."""
        return Flexibility(self.down_kw.sum(axis=0), self.up_kw.sum(axis=0))


def summed_flexibility(parts: Sequence[Flexibility | None]) -> Flexibility | None:
    """Add what several pieces of a city could do; None where one does not say."""
    told = [each for each in parts if each is not None]
    if not told or len(told) != len(parts):
        return None
    down_kw, up_kw = (np.sum([getattr(e, n) for e in told], axis=0) for n in ("down_kw", "up_kw"))
    return Flexibility(down_kw, up_kw)


def flexibility(
    sessions: Sessions, result: EngineResult, options: Options, *, hold: int = 1, threads: int = 1
) -> Flexibility:
    """Say what could be done otherwise at every step. O(session x step of stay).

    Against charging at once, where nobody listens, the cars are taken as what they could follow.
    Cars that can pause give up all they draw, others fall to their lowest current, and V2G cars
    discharge as well, down to what the driver keeps; all of it only as far as it can be made up
    for before departure. Earlier, they take what they were to charge later.

    Parameters
    ----------
    result
        With profiles.
    hold
        Steps in a row for which it is wanted; windows begin at multiples of it.
    """
    start = np.zeros(len(sessions) + 1, np.int64)
    np.cumsum(sessions.departure - sessions.arrival, out=start[1:])
    profile = result.profile_kw
    if profile is None or profile.size != start[-1]:
        raise InputError("flexibility needs the power of every session")
    down_kw, up_kw = np.zeros(result.ev_kw.shape), np.zeros(result.ev_kw.shape)
    full_kw = sessions.power_kw.astype(np.float64)
    floor_kw = np.minimum(sessions.phases * (options.min_current_a * PHASE_KW_PER_A), full_kw)
    kept_kwh = np.minimum(options.soc_floor * sessions.battery_kwh, sessions.soc0_kwh)
    kind = result.session_class if result.session_class.any() else listeners(sessions, options)
    cars = Flexible(
        row=sessions.row.astype(np.int32),
        arrival=sessions.arrival.astype(np.int32),
        departure=sessions.departure.astype(np.int32),
        full_kw=full_kw,
        floor_kw=floor_kw,
        discharge_kw=sessions.discharge_kw.astype(np.float64),
        soc0_kwh=sessions.soc0_kwh.astype(np.float64),
        kept_kwh=kept_kwh.astype(np.float64),
        kind=kind.astype(np.int8),
    )
    one_way = float(np.sqrt(options.round_trip))
    index = sessions.index

    def work(first: int, last: int) -> None:
        part = (index[first], index[last], start[index[first]])
        flexible_cars(*part, cars, profile, hold, one_way, down_kw, up_kw)

    in_slices(work, start[index], threads)
    return Flexibility(down_kw, up_kw)


def listeners(sessions: Sessions, options: Options) -> Bytes:
    """Class the sessions by what they could follow, V2G apart; same draws as the strategies'."""
    levers = (
        (sessions.can_resume, options.share_can_resume, "resume"),
        (sessions.opted_out, options.opt_out, "opt_out"),
    )
    resume, out = (
        drawn(said, sessions, share=share, salt=salt, seed=options.seed) > 0
        for said, share, salt in levers
    )
    return np.where(out, UNCONTROLLED, np.where(resume, PAUSE, THROTTLE)).astype(np.int8)
