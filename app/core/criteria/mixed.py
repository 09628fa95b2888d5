"""Residents by night and visitors by day fill a point around the clock."""

from types import MappingProxyType

import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings

CLASSES = MappingProxyType({"as many jobs as homes": 1.0, "only homes or only jobs": 0.0})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Compare jobs and homes of the district: 1 where they balance, 0 where one is alone."""
    found: Floats = places["mixed_share"].to_numpy(float)
    return found


CRITERION = Criterion(
    key="mixed",
    title="Users by day and by night",
    unit="class",
    better="higher",
    kind="class",
    default_weight=0.0,
    measure=measure,
    catalogue="c_dual",
    source="placement_practice",
    order=230,
    classes=CLASSES,
)
