"""Demand that is near is served more surely than demand at the edge of a walk."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Average the walk of unserved demand in reach [m]."""
    found: Floats = places["walk_m"].to_numpy(float)
    return found


CRITERION = Criterion(
    key="walk",
    title="Walk of the demand in reach",
    unit="m",
    better="lower",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_walk",
    source="placement_practice",
    order=90,
    worst_name="walk_most_m",
    best_name="walk_full_m",
)
