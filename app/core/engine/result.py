"""What a run of the engine answers."""

from dataclasses import dataclass, field
from typing import Any

from app.core.engine.arrays import Bytes, Floats, Halves, Ints
from app.core.engine.taper import NO_TAPER, Taper


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen about a run; ranges and sources in ``data/parameters/engine.csv``.

    ``theta_kw`` is the congestion threshold [kW]: None is the limit, "auto" the lowest peak.
    ``release_min`` spreads the return after a window; "auto" seeks the lowest peak. ``taper``
    is the curve that slows a nearly full battery down.
    """

    min_current_a: float = 6.0
    share_can_resume: float = 0.667
    v2g_share: float = 1.0
    soc_floor: float = 0.2
    round_trip: float = 0.87
    theta_kw: float | str | None = None
    opt_out: float = 0.0
    sweeps: int = 2
    seed: int = 0
    release_min: float | str = "auto"
    taper: Taper = NO_TAPER


@dataclass(frozen=True, slots=True, eq=False)
class EngineResult:
    """Load and what every session got.

    Attributes
    ----------
    load_kw : (row, step) float64
        Base and charging together.
    ev_kw : (row, step) float64
        Charging alone, discharging negative.
    served_kwh, discharged_kwh : (session,) float32
        Energy counted towards the request, and energy given back.
    possible_kwh : (session,) float32
        Energy wanted, as far as stay and battery allow: what a strategy could have served.
    session_class : (session,) int8
        0 opted out, 1 throttle only, 2 can pause, 3 V2G.
    late_kwh : (session,) float32
        Energy that an uncontrolled car would have had half an hour earlier.
    finished : (session,) int32
        Step at whose start the session had all it got; its arrival where it got nothing.
    profile_kw : (session-step,) float32 or None
        Step t of session i is ``profile_kw[offset[i] + t - arrival[i]]``.
    per_row
        Further figures per transformer, such as ``theta_kw`` or ``sweeps_used``.
    """

    load_kw: Floats
    ev_kw: Floats
    served_kwh: Halves
    discharged_kwh: Halves
    possible_kwh: Halves
    session_class: Bytes
    late_kwh: Halves
    finished: Ints
    profile_kw: Halves | None = None
    per_row: dict[str, Any] = field(default_factory=dict)
