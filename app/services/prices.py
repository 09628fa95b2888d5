"""Use-case: what power costs at every step of a horizon."""

from functools import cache

import numpy as np
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.engine.clock import Clock
from app.paths import DATA

DAY_H, WEEK_H, HOUR_MIN = 24, 168, 60
MONDAY = 3  # 1970-01-01, from which a clock counts days, was a Thursday


def typical_prices(clock: Clock) -> Floats:
    """Lay an illustrative week of day-ahead prices [EUR/MWh] over a horizon, by the local wall.

    Two peaks, a dip at noon that solar power makes, cheaper weekends: a shape of our own
    (``data/tables/price_week.csv``, confidence C), not the prices of a year or a country.
    """
    hour = (clock.day.astype(np.int64) + MONDAY) % 7 * DAY_H + clock.minute // HOUR_MIN
    return np.asarray(_week()[hour])


@cache
def _week() -> Floats:
    table = pd.read_csv(DATA / "tables" / "price_week.csv").sort_values("hour")
    assert table["hour"].tolist() == list(range(WEEK_H))  # noqa: S101  # ships with the program
    found: Floats = table["eur_per_mwh"].to_numpy(np.float64)
    found.setflags(write=False)
    return found
