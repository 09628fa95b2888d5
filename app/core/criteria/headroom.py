"""Room on the transformer that is left after one more point."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Take one point from the room [kW]; NaN where it is unknown."""
    return context.headroom_kw - context.kappa_kw


CRITERION = Criterion(
    key="headroom",
    title="Room left on the transformer",
    unit="kW",
    better="higher",
    kind="quantile",
    default_weight=2.0,
    measure=measure,
    catalogue="c_headroom",
    source="placement_practice",
    order=30,
)
