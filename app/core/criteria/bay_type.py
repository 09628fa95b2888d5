"""Bays that a cable reaches without crossing the footway."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings

CLASSES = MappingProxyType({"plaza": 1.0, "perpendicular": 0.7, "angle": 0.6, "parallel": 0.3})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Score the way cars stand."""
    shares = [CLASSES.get(each, np.nan) for each in places["layout"]]
    return np.array(shares, np.float64)


CRITERION = Criterion(
    key="bay_type",
    title="Type of bay",
    unit="class",
    better="higher",
    kind="class",
    default_weight=1.0,
    measure=measure,
    catalogue="c_baytype",
    source="placement_practice",
    order=70,
    classes=CLASSES,
)
