"""Places that never close."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings

CLASSES = MappingProxyType({"yes": 1.0, "no": 0.0})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Score 1 where it is open day and night, 0 where it closes, NaN where nobody said."""
    said = places["open_24h"].to_numpy()
    return np.where(said < 0, np.nan, said).astype(float)


CRITERION = Criterion(
    key="open_24h",
    title="Open day and night",
    unit="yes/no",
    better="higher",
    kind="class",
    default_weight=0.5,
    measure=measure,
    catalogue="c_access24",
    source="placement_practice",
    order=80,
    classes=CLASSES,
)
