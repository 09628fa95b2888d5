"""Districts with few public points for their households come first."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Count public points per 1,000 households of the district today."""
    return context.points_per_1000


CRITERION = Criterion(
    key="equity",
    title="District with few points",
    unit="points per 1,000 households",
    better="lower",
    kind="quantile",
    default_weight=1.0,
    measure=measure,
    catalogue="c_equity",
    source="placement_practice",
    order=50,
)
