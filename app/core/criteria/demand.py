"""Demand that nobody serves yet, within walking distance."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Sum the unserved demand in reach [kWh/day]."""
    return context.unserved_kwh


CRITERION = Criterion(
    key="demand",
    title="Unserved demand in reach",
    unit="kWh/day",
    better="higher",
    kind="quantile",
    default_weight=3.0,
    measure=measure,
    catalogue="c_demand",
    source="placement_practice",
    order=10,
)
