"""A row of bays that can take more points later."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Count the bays in the row."""
    bays: Floats = places["row_bays"].to_numpy(float)
    return bays


CRITERION = Criterion(
    key="row_bays",
    title="Bays in the row",
    unit="bays",
    better="higher",
    kind="linear",
    default_weight=1.0,
    measure=measure,
    catalogue="c_row",
    source="placement_practice",
    order=60,
    best_name="row_bays_full",
)
