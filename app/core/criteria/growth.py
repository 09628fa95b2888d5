"""Room to grow later saves a second round of streetworks."""

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings

FIRST_PHASE = 2.0  # points of one post


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Count the bays left beside a first post of two points."""
    spare: Floats = np.maximum(places["row_bays"].to_numpy(float) - FIRST_PHASE, 0.0)
    return spare


CRITERION = Criterion(
    key="growth",
    title="Bays left for later points",
    unit="bays",
    better="higher",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_growth",
    source="placement_practice",
    order=180,
    best_name="growth_full_bays",
)
