"""Who lives in a flat can rarely charge at home."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Read the share of homes in apartment buildings of the district."""
    found: Floats = places["multifamily_share"].to_numpy(float)
    return found


CRITERION = Criterion(
    key="flats",
    title="Homes in apartment buildings",
    unit="share of homes",
    better="higher",
    kind="linear",
    default_weight=0.0,
    measure=measure,
    catalogue="c_flats",
    source="kerbwatt",
    order=210,
)
