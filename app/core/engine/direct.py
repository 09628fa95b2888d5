"""Run the strategies in which no car looks at another."""

import numpy as np

from app.core.engine.arrays import PAUSE, UNCONTROLLED, Bytes, Floats, Longs
from app.core.engine.clock import STEP_MIN, Clock
from app.core.engine.contract import DAY_TYPES, PHASE_KW_PER_A, Contract, Window
from app.core.engine.figures import Mask
from app.core.engine.holidays import wall_day_type
from app.core.engine.job import Job
from app.core.engine.kernels_direct import FLOOR, GUARANTEE, Ceiling, ceiling_rows, direct_rows
from app.core.engine.kernels_shared import Signal, shared_rows
from app.core.engine.keys import shares
from app.core.engine.result import EngineResult
from app.core.engine.table import (
    account,
    base,
    cars,
    classes,
    empty_book,
    over_rows,
    result,
)
from app.core.errors import InputError


def uncontrolled(job: Job) -> EngineResult:
    """Charge at full power from arrival."""
    kind = np.zeros(len(job.sessions), np.int8)
    table, done = cars(job, kind), account(job)
    notes = empty_book(job, table)

    def work(first: int, last: int) -> None:
        direct_rows(first, last, table, notes, done)

    over_rows(work, table, job.threads)
    return result(job, kind, table, done, notes)


def traffic_light(job: Job) -> EngineResult:
    """Charge as soon as possible under the contract's ceiling.

    ``per_row`` holds the energy drawn above the named limit: by cars that cannot pause
    (``limit_excess_kwh``) and to keep the promise of a full car (``guarantee_kwh``).
    """
    assert job.contract is not None  # noqa: S101  # `run` has refused otherwise
    kind = kinds(job, job.contract)
    table, done = cars(job, kind), account(job)
    notes = empty_book(job, table)
    ceiling = read_contract(job, job.contract)

    signal = None if job.contract.per_point else _signal(job, job.contract)

    def work(first: int, last: int) -> None:
        if signal is None:
            ceiling_rows(first, last, table, ceiling, notes, done)
        else:
            limit_kw, load_kw = job.limit_kw.astype(np.float64), base(job)
            shared_rows(first, last, table, ceiling, signal, limit_kw, load_kw, notes, done)

    over_rows(work, table, job.threads)
    return result(
        job,
        kind,
        table,
        done,
        notes,
        limit_excess_kwh=ceiling.excess_kwh[:, FLOOR].copy(),
        guarantee_kwh=ceiling.excess_kwh[:, GUARANTEE].copy(),
    )


def _signal(job: Job, contract: Contract) -> Signal:
    """Give what shares a limit a number, and say what switches the light."""
    each = job.sessions
    unit = {
        "per_point": np.arange(len(each), dtype=np.int32),
        "per_station": each.station,
        "per_cluster": np.zeros(len(each), np.int32),
        "per_transformer": np.zeros(len(each), np.int32),
    }[contract.unit]
    if unit.size and unit.min() < 0:
        raise InputError("a limit per station needs to know which station each session is at")
    shared = contract.unit != "per_point"
    if shared and any(_bounds(w) and w.limit_kw is None for w in contract.charging):
        raise InputError("a limit that points share is in kW, not a share of a point's current")
    marks = contract.thresholds
    return Signal(
        unit=unit.astype(np.int32),
        alone=not shared,
        on_load=contract.on_load,
        lag=max(1, int(np.ceil(contract.notice_min / STEP_MIN))),
        amber_from=marks.amber,
        red_from=marks.red,
        hysteresis=marks.hysteresis,
        colours=_limit_of_colours(contract),
    )


def _limit_of_colours(contract: Contract) -> Longs:
    """Say which limit each colour has; without a red one of its own, that of amber."""
    limits = sorted({_limit(window) for window in contract.charging if _bounds(window)})
    found = {"green": -1}
    for window in contract.charging:
        if _bounds(window):
            found.setdefault(window.colour, limits.index(_limit(window)))
    amber = found.get("amber", found.get("red", -1))
    return np.array([-1, amber, found.get("red", amber)], np.int64)


def kinds(job: Job, contract: Contract) -> Bytes:
    """Class the sessions; those that override the colours are as good as opted out."""
    kind = classes(job, PAUSE)
    if contract.override:
        chance = shares(job.sessions.key, "override", job.options.seed)
        kind[chance < contract.override_share] = UNCONTROLLED
    return kind


def read_contract(job: Job, contract: Contract) -> Ceiling:
    """Lay the windows over the horizon; where two claim a step, the first one holds."""
    limits = sorted({_limit(window) for window in contract.charging if _bounds(window)})
    holds = np.full(job.clock.steps, -1, np.int8)
    for window in reversed(contract.charging):
        place = limits.index(_limit(window)) if _bounds(window) else -1
        holds[in_window(window, job.clock, contract.terms.holidays)] = place
    table: Floats = np.array(limits, np.float64).reshape(-1, 2)
    return Ceiling(
        limit=holds,
        limit_kw=np.where(table[:, 0] < 0, np.nan, table[:, 0]),
        limit_share=table[:, 1].copy(),
        phases=job.sessions.phases.astype(np.int8),
        phase_kw=PHASE_KW_PER_A,
        rated_a=contract.rated_a,
        least_a=float(job.options.min_current_a),
        pauses=contract.pause_allowed,
        guarantee=contract.guarantee,
        excess_kwh=np.zeros((job.sessions.rows, 2)),
    )


def held_steps(contract: Contract, clock: Clock) -> Mask:
    """Mark the steps in which the contract asks for less; of two windows the first one holds."""
    held = np.zeros(clock.steps, dtype=bool)
    if contract.on_load:
        return held  # nobody knows the hours beforehand
    for window in reversed(contract.charging):
        held[in_window(window, clock, contract.terms.holidays)] = _bounds(window)
    return held


def _bounds(window: Window) -> bool:
    return window.limit_kw is not None or window.limit_share is not None


def _limit(window: Window) -> tuple[float, float]:
    """Name a limit so that limits sort and compare: -1 stands for "not in kW"."""
    if window.limit_kw is not None:
        return window.limit_kw, 0.0
    return -1.0, window.limit_share or 0.0


def in_window(window: Window, clock: Clock, holidays: tuple[str, ...] = ()) -> Mask:
    """Mark the steps a window covers on the local wall."""
    days = [DAY_TYPES.index(name) for name in window.day_types]
    on_day = np.isin(wall_day_type(clock, holidays), days) & np.isin(clock.month, window.months)
    return np.asarray(on_day & (clock.minute >= window.start_min) & (clock.minute < window.end_min))
