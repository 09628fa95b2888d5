"""Run the traffic light with an orderly return after each window."""

import numpy as np

from app.core.engine.arrays import STEP_H, Longs
from app.core.engine.clock import STEP_MIN
from app.core.engine.direct import held_steps, kinds, read_contract
from app.core.engine.job import Job
from app.core.engine.kernels_direct import FLOOR, GUARANTEE
from app.core.engine.kernels_return import return_rows
from app.core.engine.result import EngineResult
from app.core.engine.table import account, base, cars, empty_book, over_rows, result
from app.core.errors import InputError

LONGEST_MIN = 240


def staggered(job: Job) -> EngineResult:
    """Release held cars one after the other, each transformer over the time that suits it best.

    ``per_row`` holds that time (``release_min``), the energy drawn above the named limit as for
    the traffic light, and the energy that did not fit before departure (``shortfall_kwh``).
    """
    assert job.contract is not None  # noqa: S101  # `run` has refused otherwise
    if not job.contract.per_point:
        raise InputError("a staggered return follows the clock, point by point [unit_unknown]")
    kind = kinds(job, job.contract)
    table, base_kw, done = cars(job, kind), base(job), account(job)
    notes, ceiling = empty_book(job, table), read_contract(job, job.contract)
    held = held_steps(job.contract, job.clock)
    ends = np.flatnonzero(held[:-1] & ~held[1:]).astype(np.int64) + 1
    chosen = np.zeros(job.sessions.rows, np.int64)
    spreads = _spreads(job.options.release_min)

    def work(first: int, last: int) -> None:
        return_rows(first, last, table, ceiling, ends, spreads, base_kw, notes, done, chosen)

    over_rows(work, table, job.threads)
    short = np.maximum(table.total * STEP_H - done.served, 0.0)
    short = np.where(short > 1e-3 * table.total * STEP_H, short, 0.0)  # less is rounding
    return result(
        job,
        kind,
        table,
        done,
        notes,
        release_min=chosen * STEP_MIN,
        limit_excess_kwh=ceiling.excess_kwh[:, FLOOR].copy(),
        guarantee_kwh=ceiling.excess_kwh[:, GUARANTEE].copy(),
        shortfall_kwh=np.bincount(job.sessions.row, short, job.sessions.rows),
    )


def _spreads(asked: float | str) -> Longs:
    """Return the times to try, in steps."""
    if asked == "auto":
        return np.arange(0, LONGEST_MIN // STEP_MIN + 1, dtype=np.int64)
    if isinstance(asked, str):
        raise InputError(f"release_min: {asked!r} is neither a number nor 'auto'")
    return np.array([round(asked / STEP_MIN)], np.int64)
