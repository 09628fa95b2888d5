"""Sessions as a strategy in plain numpy sees them: every quarter hour of every stay in one row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from app.core.engine.arrays import Bytes, Floats, Longs
from app.core.engine.job import Job


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """Who is connected when, and for what.

    Attributes
    ----------
    session, step : (session-step,)
        Which session a quarter hour belongs to, and how many of its stay lie before it.
    length : (session,)
        Quarter hours connected.
    want : (session,)
        Energy wanted, clipped to what the stay allows [kW-steps]: divide by 4 for kWh.
    full : (session,)
        The most the session can draw [kW].
    kind : (session,)
        What it can follow: ``UNCONTROLLED, THROTTLE, PAUSE`` or ``V2G`` of ``arrays``. Power for
        the first kind is not asked: those drivers charge at once.
    """

    session: Longs
    step: Longs
    length: Longs
    want: Floats
    full: Floats
    kind: Bytes


Share: TypeAlias = Callable[[Stays, Job], Floats]


def charge_from(stays: Stays, begin: Longs) -> Floats:
    """Charge every session at full power from the quarter hour ``begin`` of its stay on."""
    full = stays.full[stays.session]
    since = stays.step - begin[stays.session]
    left = stays.want[stays.session] - np.maximum(since, 0) * full
    return np.where(since >= 0, np.clip(left, 0.0, full), 0.0)
