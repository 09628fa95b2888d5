"""The authority's own land needs nobody's leave."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.rules.base import NOT_CHECKED, PASS
from app.core.rules.land import check
from app.core.siting.context import Surroundings

CLASSES = MappingProxyType({"own or consent": 1.0, "others": 0.0})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Score 1 on own land or with consent, 0 on that of others, NaN where nobody said."""
    marks = check(places, context).marks
    return np.where(marks == NOT_CHECKED, np.nan, marks == PASS).astype(float)


CRITERION = Criterion(
    key="land",
    title="Authority's own land",
    unit="yes/no",
    better="higher",
    kind="class",
    default_weight=0.0,
    measure=measure,
    catalogue="c_land",
    source="placement_practice",
    order=190,
    classes=CLASSES,
)
