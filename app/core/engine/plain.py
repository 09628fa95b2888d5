"""Run a strategy written in plain numpy: it says the power, the rest is done here."""

from dataclasses import replace

import numpy as np

from app.core.engine.arrays import UNCONTROLLED, Halves
from app.core.engine.compiled import kernel
from app.core.engine.job import Job
from app.core.engine.kernels_cars import Account, Book, Cars
from app.core.engine.kernels_rows import close
from app.core.engine.result import EngineResult
from app.core.engine.stays import Share, Stays, charge_from
from app.core.engine.table import account, cars, classes, result
from app.core.engine.taper import NO_TAPER


def run_plain(job: Job, share: Share, strongest: int) -> EngineResult:
    """Ask ``share`` for the power (session-step,) [kW] of everybody, and add it up.

    Cars that opted out charge at once, whatever it says. Tapers are left aside: a strategy in
    plain numpy does not follow a filling battery. O(session-step), one thread.
    """
    job = replace(job, options=replace(job.options, taper=NO_TAPER))
    kind = classes(job, strongest)
    table, done = cars(job, kind), account(job)
    stays = _stays(table)
    profile = np.array(share(stays, job), np.float32, order="C")
    _at_once(stays, profile)
    _close_all(table, profile, float(np.sqrt(job.options.round_trip)), done)
    return result(job, kind, table, done, Book(profile, keep=True, warm=False))


def _at_once(stays: Stays, profile: Halves) -> None:
    """Let those who opted out charge from arrival."""
    out = stays.kind == UNCONTROLLED
    if out.any():
        theirs = np.flatnonzero(out[stays.session])
        part = replace(stays, session=stays.session[theirs], step=stays.step[theirs])
        profile[theirs] = charge_from(part, np.zeros(stays.length.size, np.int64))


def _stays(table: Cars) -> Stays:
    length = np.diff(table.start)
    session = np.repeat(np.arange(length.size), length)
    step = np.arange(session.size) - table.start[:-1][session]
    return Stays(session, step, length, table.total, table.full, table.kind)


@kernel
def _close_all(cars: Cars, profile: Halves, efficiency: float, done: Account) -> None:
    for row in range(cars.first.size - 1):
        close(cars, row, profile, 0, efficiency, done)
