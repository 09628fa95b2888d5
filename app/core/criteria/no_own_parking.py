"""Homes whose drivers depend on the street."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Count homes without own parking in reach."""
    return context.homes


CRITERION = Criterion(
    key="no_own_parking",
    title="Homes without own parking in reach",
    unit="homes",
    better="higher",
    kind="quantile",
    default_weight=2.0,
    measure=measure,
    catalogue="c_no_offstreet",
    source="placement_practice",
    order=20,
)
