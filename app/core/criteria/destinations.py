"""Shops, schools and the like bring people who stay a while."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import within_walk


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Count destinations within a walk."""
    return within_walk(places, context, "destination")


CRITERION = Criterion(
    key="destinations",
    title="Shops, schools and the like in reach",
    unit="places",
    better="higher",
    kind="quantile",
    default_weight=0.0,
    measure=measure,
    catalogue="c_destinations",
    source="kerbwatt",
    order=240,
)
