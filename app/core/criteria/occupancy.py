"""A busy neighbour shows that more points are wanted."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Read how much of the time the nearest public point is taken [%]."""
    percent = context.public_percent
    if not len(percent):
        return np.full(len(places), np.nan)
    _, near = cKDTree(context.public_xy).query(places[["x", "y"]].to_numpy(float))
    found: Floats = percent[near]
    return found


CRITERION = Criterion(
    key="occupancy",
    title="Nearest public point is busy",
    unit="% of the time",
    better="higher",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_occup",
    source="placement_practice",
    order=100,
    best_name="busy_percent",
)
