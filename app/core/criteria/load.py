"""A transformer that is loaded little today leaves room for surprises."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Read the highest load today as a share of the limit [%]."""
    found: Floats = places["load_percent"].to_numpy(float)
    return found


CRITERION = Criterion(
    key="load",
    title="Load of the transformer today",
    unit="% of its limit",
    better="lower",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_feeder",
    source="placement_practice",
    order=150,
    worst_name="load_red_percent",
    best_name="load_green_percent",
)
