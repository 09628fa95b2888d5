"""Digging far from trees spares roots and permits."""

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import apart, said


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Measure to the nearest tree [m]; NaN where no map holds trees."""
    found = said(context, "tree")
    if found is None:
        return np.full(len(places), np.nan)
    away_m, _ = apart(places, found[0])
    return away_m


CRITERION = Criterion(
    key="tree",
    title="Distance to trees",
    unit="m",
    better="higher",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_tree",
    source="placement_practice",
    order=170,
    worst_name="tree_m",
    best_name="tree_clear_m",
)
