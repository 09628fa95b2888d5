"""Districts with low incomes are not left behind."""

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Read the mean income of the district [EUR per inhabitant]."""
    found: Floats = places["income_eur"].to_numpy(float)
    return found


CRITERION = Criterion(
    key="income",
    title="District with low incomes",
    unit="EUR per inhabitant",
    better="lower",
    kind="quantile",
    default_weight=0.0,
    measure=measure,
    catalogue="c_income",
    source="kerbwatt",
    order=220,
)
