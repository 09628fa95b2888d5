"""Run the strategy that looks at the price and at nothing else."""

import numpy as np

from app.core.engine.arrays import PAUSE
from app.core.engine.job import Job
from app.core.engine.kernels_price import price_rows
from app.core.engine.result import EngineResult
from app.core.engine.table import account, base, cars, classes, empty_book, over_rows, result


def price(job: Job) -> EngineResult:
    """Charge each car when power is cheapest during its stay."""
    assert job.price_eur_per_mwh is not None  # noqa: S101  # `run` has refused otherwise
    kind = classes(job, PAUSE)
    table, base_kw, done = cars(job, kind), base(job), account(job)
    notes = empty_book(job, table)
    prices = np.ascontiguousarray(job.price_eur_per_mwh, np.float64)

    def work(first: int, last: int) -> None:
        price_rows(first, last, table, prices, base_kw, notes, done)

    over_rows(work, table, job.threads)
    return result(job, kind, table, done, notes)
