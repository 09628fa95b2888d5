"""Near the transformer there is cable, where no map of cables is known: an estimate."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Measure to the transformer that feeds it [m]; NaN where the map shows none as a point."""
    found: Floats = places["transformer_m"].to_numpy(float)
    return found


CRITERION = Criterion(
    key="transformer",
    title="Distance to the transformer (estimate)",
    unit="m",
    better="lower",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_transf",
    source="placement_practice",
    order=140,
    worst_name="transformer_far_m",
)
