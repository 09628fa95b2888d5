"""Run V2G against congestion: batteries give back only where a transformer is overloaded."""

import numpy as np

from app.core.engine.arrays import PAUSE, V2G, Floats
from app.core.engine.job import Job
from app.core.engine.kernels_cars import Packs
from app.core.engine.kernels_v2g import v2g_rows
from app.core.engine.result import EngineResult
from app.core.engine.table import account, base, book, cars, classes, over_rows, result
from app.core.errors import InputError


def v2g(job: Job) -> EngineResult:
    """Start from the plan with pauses and relieve what stays above the threshold.

    ``per_row`` holds the threshold used, NaN where it is not known: nothing is discharged there.
    """
    theta_kw, auto = _threshold(job)
    return _relieved(job, theta_kw, auto=auto)


def v2g_flatten(job: Job) -> EngineResult:
    """Work against all load, not only an overload: the sum of squares of the load falls.

    Starts from the plan with pauses and never ends above its peak.
    """
    return _relieved(job, np.zeros(job.sessions.rows), auto=False)


def _relieved(job: Job, theta_kw: Floats, *, auto: bool) -> EngineResult:
    kind = classes(job, V2G)
    table, base_kw, done = cars(job, classes(job, PAUSE)), base(job), account(job)
    notes, packs = book(job, table), _packs(job)
    used = np.zeros(job.sessions.rows, np.int64)
    eta, sweeps = float(np.sqrt(job.options.round_trip)), job.options.sweeps

    def work(first: int, last: int) -> None:
        v2g_rows(
            first,
            last,
            table,
            packs,
            kind,
            base_kw,
            theta_kw,
            int(auto),
            eta,
            sweeps,
            notes,
            done,
            used,
        )

    over_rows(work, table, job.threads)
    return result(
        job,
        kind,
        table,
        done,
        notes,
        theta_kw=np.where(np.isfinite(theta_kw), theta_kw, np.nan),
        sweeps_used=np.minimum(used, sweeps),
        converged=used <= sweeps,
    )


def _packs(job: Job) -> Packs:
    """Set the tube of each battery; a car that arrives below the floor need only not go lower."""
    each = job.sessions
    soc0 = np.nan_to_num(each.soc0_kwh.astype(np.float64))
    size = np.nan_to_num(each.battery_kwh.astype(np.float64))
    give = np.where(np.isnan(each.discharge_kw), each.power_kw, each.discharge_kw)
    return Packs(
        soc0=soc0,
        lowest=np.minimum(job.options.soc_floor * size, soc0),
        highest=size,
        give=give.astype(np.float64),
    )


def _threshold(job: Job) -> tuple[Floats, bool]:
    """Return the threshold of each row [kW], infinite where unknown, and whether to seek it.

    Cars give back down to the threshold and no further: it never lies beyond the export limit.
    Where it is sought, that limit is what is returned.
    """
    asked, rows = job.options.theta_kw, job.sessions.rows
    lowest = np.full(rows, -np.inf)
    if job.export_kw is not None:
        lowest = -np.where(np.isnan(job.export_kw), np.inf, job.export_kw).astype(np.float64)
    if asked is None:
        limit_kw = np.where(np.isnan(job.limit_kw), np.inf, job.limit_kw).astype(np.float64)
        return np.maximum(limit_kw, lowest), False
    if asked == "auto":
        return lowest, True
    if isinstance(asked, str):
        raise InputError(f"theta_kw: {asked!r} is neither a number nor 'auto'")
    return np.maximum(np.full(rows, float(asked)), lowest), False
