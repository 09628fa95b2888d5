"""A bay in the street serves everyone; a garage those who enter it."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings

CLASSES = MappingProxyType({"on_street": 1.0, "lot": 0.7, "garage": 0.4})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:  # noqa: ARG001
    """Score the kind of parking."""
    shares = [CLASSES.get(each, np.nan) for each in places["origin"]]
    return np.array(shares, np.float64)


CRITERION = Criterion(
    key="facility",
    title="Street before lot before garage",
    unit="class",
    better="higher",
    kind="class",
    default_weight=0.0,
    measure=measure,
    catalogue="c_facility",
    source="kerbwatt",
    order=200,
    classes=CLASSES,
)
