"""A short cable keeps a connection cheap."""

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import apart


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Measure to the next low-voltage cable [m]."""
    if context.cables is None:
        return np.full(len(places), np.nan)
    away_m, _ = apart(places, context.cables.geometry.to_numpy())
    return away_m


CRITERION = Criterion(
    key="cable",
    title="Distance to a low-voltage cable",
    unit="m",
    better="lower",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_lv",
    source="placement_practice",
    order=120,
    worst_name="cable_most_m",
    best_name="cable_full_m",
)
