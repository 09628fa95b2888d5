"""Digging far from trees spares roots and permits."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import away_from


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Measure to the nearest tree [m]; NaN where no map holds trees."""
    return away_from(places, context, "tree")


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
