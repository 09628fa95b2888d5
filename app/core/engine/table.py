"""Between columns and kernels: draw classes, cast once, share rows among threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from app.core.engine.arrays import (
    PAUSE,
    STEP_H,
    THROTTLE,
    UNCONTROLLED,
    V2G,
    Bytes,
    Floats,
    Longs,
    Sessions,
)
from app.core.engine.contract import PHASE_KW_PER_A
from app.core.engine.job import Job
from app.core.engine.kernels_cars import Account, Book, Cars
from app.core.engine.kernels_taper import bend
from app.core.engine.keys import shares
from app.core.engine.result import EngineResult

SLICES_PER_THREAD = 4


def drawn(said: Bytes, sessions: Sessions, *, share: float, salt: str, seed: int) -> Bytes:
    """Say who is in a class: as the file says, else drawn with a share.

    A larger share only adds sessions, and no draw depends on another.
    """
    if not (said < 0).any():
        return said
    chance = shares(sessions.key, salt, seed) < share
    return np.where(said < 0, chance, said > 0).astype(np.int8)


def classes(job: Job, strongest: int) -> Bytes:
    """Give every session the strongest class it can follow, up to ``strongest``."""
    each, options = job.sessions, job.options
    kind = np.full(len(each), THROTTLE, np.int8)
    levers = (
        (PAUSE, each.can_resume, options.share_can_resume, "resume"),
        (V2G, each.can_v2g, options.v2g_share, "v2g"),
        (UNCONTROLLED, each.opted_out, options.opt_out, "opt_out"),
    )
    for level, said, share, salt in levers:
        if level <= strongest:
            members = drawn(said, each, share=share, salt=salt, seed=options.seed) > 0
            if level == V2G:
                members &= each.battery_kwh > 0  # also drops the unknown
            kind[members] = level
    return kind


def cars(job: Job, kind: Bytes) -> Cars:
    """Cast the sessions for the kernels; energy is clipped to what stay and battery allow."""
    each = job.sessions
    stay = each.departure - each.arrival
    full = each.power_kw.astype(np.float64)
    start = np.zeros(len(each) + 1, np.int64)
    np.cumsum(stay, out=start[1:])
    taper = job.options.taper
    tapers = taper.knee < 1
    none: Floats = np.empty(0)
    table = Cars(
        first=each.index.astype(np.int64),
        arrival=each.arrival.astype(np.int32),
        departure=each.departure.astype(np.int32),
        total=np.minimum(each.energy_kwh / STEP_H, full * stay),
        full=full,
        floor=np.minimum(each.phases * (job.options.min_current_a * PHASE_KW_PER_A), full),
        kind=kind.astype(np.int8),
        start=start,
        bent=np.zeros(len(each), np.int8),
        soc0=np.nan_to_num(each.soc0_kwh.astype(np.float64)) if tapers else none,
        battery=np.nan_to_num(each.battery_kwh.astype(np.float64)) if tapers else none,
        eta=float(np.sqrt(job.options.round_trip)),
        knee=taper.knee,
        knots=np.array([charge for charge, _ in taper.knots]),
        shares=np.array([share for _, share in taper.knots]),
    )
    if tapers:
        bend(table)
    return table


def account(job: Job) -> Account:
    """Make room for the answer."""
    count = len(job.sessions)
    served, discharged, late = (np.zeros(count, np.float32) for _ in range(3))
    ev, finished = np.empty(job.base_kw.shape), np.zeros(count, np.int32)
    return Account(ev=ev, served=served, discharged=discharged, late=late, finished=finished)


def book(job: Job, table: Cars) -> Book:
    """Open the book of profiles: at the plan to start from where one was kept and fits."""
    start = job.start_from.profile_kw if job.start_from is not None else None
    if start is not None and start.size == table.start[-1]:
        return Book(start.copy(), keep=True, warm=True)
    return empty_book(job, table)


def empty_book(job: Job, table: Cars) -> Book:
    """Open a book without a plan; without pages where nobody asked for profiles."""
    size = table.start[-1] if job.profiles else 0
    return Book(np.zeros(size, np.float32), keep=job.profiles, warm=False)


def base(job: Job) -> Floats:
    """Return the base load as the kernels read it: one dtype, writable, in one piece."""
    return np.array(job.base_kw, np.float64, order="C")


def over_rows(work: Callable[[int, int], None], table: Cars, threads: int) -> None:
    """Do ``work(first, last)`` for all rows of a table, in slices of like weight."""
    in_slices(work, table.start[table.first], threads)


def in_slices(work: Callable[[int, int], None], before: Longs, threads: int) -> None:
    """Do ``work(first, last)`` for all rows; ``before`` (row + 1,) counts session-steps."""
    rows = before.size - 1
    cuts = _cuts(before, rows, threads)
    if threads == 1 or len(cuts) == 2:  # noqa: PLR2004  # both ends of one slice
        work(0, rows)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, first, last) for first, last in pairwise(cuts)]:
            done.result()


def _cuts(before: Longs, rows: int, threads: int) -> list[int]:
    """Cut the rows where the session-steps before them reach equal shares."""
    weight = before + np.arange(rows + 1)
    goals = np.linspace(0, weight[-1], threads * SLICES_PER_THREAD + 1)
    cuts = np.clip(np.searchsorted(weight, goals), 0, rows)
    return [int(cut) for cut in np.unique(cuts)]


def result(  # all that was written
    job: Job, kind: Bytes, table: Cars, done: Account, notes: Book, **per_row: object
) -> EngineResult:
    """Gather what the kernels wrote."""
    return EngineResult(
        load_kw=job.base_kw + done.ev,
        ev_kw=done.ev,
        served_kwh=done.served,
        discharged_kwh=done.discharged,
        possible_kwh=(table.total * STEP_H).astype(np.float32),
        session_class=kind,
        late_kwh=done.late,
        finished=done.finished,
        profile_kw=notes.profile if job.profiles else None,
        per_row=per_row,
    )
