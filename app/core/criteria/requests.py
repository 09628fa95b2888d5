"""Residents asked for a point here."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import within_walk


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Count requests within a walk."""
    return within_walk(places, context, "request")


CRITERION = Criterion(
    key="requests",
    title="Requests of residents in reach",
    unit="requests",
    better="higher",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_requests",
    source="placement_practice",
    order=110,
    best_name="requests_full",
)
