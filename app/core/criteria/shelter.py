"""Cars near a shelter can feed it when the grid is down."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import away_from


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Measure to the nearest shelter or assembly area [m]; NaN where no map holds any."""
    return away_from(places, context, "shelter")


CRITERION = Criterion(
    key="shelter",
    title="Distance to a shelter",
    unit="m",
    better="lower",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_resil",
    source="placement_practice",
    order=260,
    worst_name="shelter_far_m",
    best_name="shelter_near_m",
)
