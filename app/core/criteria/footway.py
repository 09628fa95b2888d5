"""More footway than the least is better for everyone."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Read the footway left beside the post [m]."""
    found: Floats = places["footway_m"].to_numpy(float)
    return found


CRITERION = Criterion(
    key="footway",
    title="Footway left beside the post",
    unit="m",
    better="higher",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_footway",
    source="placement_practice",
    order=160,
    worst_name="footway_least_m",
    best_name="footway_full_m",
)
