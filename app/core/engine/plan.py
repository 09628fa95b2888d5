"""Run the strategies in which cars take turns: slow down, pause, fill the valleys."""

from dataclasses import replace

import numpy as np

from app.core.engine.arrays import PAUSE, THROTTLE, Bytes
from app.core.engine.job import Job
from app.core.engine.kernels_plan import plan_rows
from app.core.engine.result import EngineResult
from app.core.engine.table import (
    account,
    base,
    book,
    cars,
    classes,
    over_rows,
    result,
)

VALLEY_SWEEPS = 4  # then no peak of a city is more than 0.1 % above where all come to rest


def throttle(job: Job) -> EngineResult:
    """Slow cars down, never stop them."""
    return _plan(job, classes(job, THROTTLE))


def pause(job: Job) -> EngineResult:
    """Stop those that resume, slow the others down."""
    return _plan(job, classes(job, PAUSE))


def valley_fill(job: Job) -> EngineResult:
    """Let everybody stop and take any current, until hardly anybody wants to move."""
    kind = classes(job, PAUSE)
    kind[kind == THROTTLE] = PAUSE
    free = replace(job.options, min_current_a=0.0, sweeps=max(VALLEY_SWEEPS, job.options.sweeps))
    return _plan(replace(job, options=free, start_from=None), kind)


def _plan(job: Job, kind: Bytes) -> EngineResult:
    table, base_kw, done = cars(job, kind), base(job), account(job)
    notes = book(job, table)
    used = np.zeros(job.sessions.rows, np.int64)
    sweeps = job.options.sweeps

    def work(first: int, last: int) -> None:
        plan_rows(first, last, table, base_kw, sweeps, notes, done, used)

    over_rows(work, table, job.threads)
    return result(
        job,
        kind,
        table,
        done,
        notes,
        sweeps_used=np.minimum(used, sweeps),
        converged=used <= sweeps,
    )
