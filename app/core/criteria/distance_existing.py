"""How far people walk to the next public point today."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Measure the walk to the nearest public point [m]; far where there is none."""
    far_m = np.full(len(places), np.inf)
    if not len(context.public_xy):
        return far_m
    near_m, _ = cKDTree(context.public_xy).query(places[["x", "y"]].to_numpy(float))
    walk_m: Floats = near_m * context.values["detour"].value
    return walk_m


CRITERION = Criterion(
    key="distance_existing",
    title="Walk to the next public point",
    unit="m",
    better="higher",
    kind="linear",
    default_weight=1.0,
    measure=measure,
    catalogue="c_existing",
    source="placement_practice",
    order=40,
    best_name="existing_far_m",
)
