"""One question to a charging strategy."""

from dataclasses import dataclass

import numpy as np

from app.core.engine.arrays import Floats, Sessions
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract
from app.core.engine.result import EngineResult, Options
from app.core.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Everything a strategy may look at.

    Attributes
    ----------
    sessions
        Who charges, when and how much.
    base_kw : (row, step)
        Load without public charging; negative where the sun gives more than is used.
    limit_kw : (row,)
        What the transformer can carry; NaN where unknown.
    clock
        The horizon.
    options
        What may be chosen.
    contract
        The capacity contract, for strategies that follow one.
    price_eur_per_mwh : (step,) or None
        For strategies that follow prices.
    profiles
        Whether the power of every session in every step is wanted.
    threads
        Threads to use; the answer does not depend on them.
    start_from
        A weaker strategy's answer with profiles, as a start; None to start afresh.
    export_kw : (row,) or None
        What the transformer can take back; NaN where unknown.
    """

    sessions: Sessions
    base_kw: Floats
    limit_kw: Floats
    clock: Clock
    options: Options
    contract: Contract | None = None
    price_eur_per_mwh: Floats | None = None
    profiles: bool = False
    threads: int = 1
    start_from: EngineResult | None = None
    export_kw: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse shapes and values the kernels would stumble over: they check no bounds."""
        rows, steps = self.sessions.rows, self.clock.steps
        if self.base_kw.shape != (rows, steps) or self.limit_kw.shape != (rows,):
            found = f"base {self.base_kw.shape}, limits {self.limit_kw.shape}"
            raise InputError(f"{found} do not fit {rows} transformers and {steps} steps")
        if not np.isfinite(self.base_kw).all():
            raise InputError("the base load has a hole or an infinite value")
        self._check_sessions(steps)

    def _check_sessions(self, steps: int) -> None:
        each = self.sessions
        if not len(each):
            return
        if each.arrival.min() < 0 or each.departure.max() > steps:
            raise InputError(f"a session reaches outside the horizon of {steps} steps")
        if (each.departure <= each.arrival).any():
            raise InputError("a session leaves before it arrives")
        if not (np.isfinite(each.energy_kwh) & (each.energy_kwh >= 0)).all():
            raise InputError("a session's energy is negative or not a number")
        if not (np.isfinite(each.power_kw) & (each.power_kw > 0)).all():
            raise InputError("a session's power is not a positive number")
