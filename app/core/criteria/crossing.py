"""A cable that need not cross the street is cheaper and quicker to lay."""

from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import apart, spots

CLASSES = MappingProxyType({"stays": 1.0, "crosses": 0.0})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Score 1 where the shortest cable stays on its side of the street, 0 where it crosses."""
    if context.cables is None or context.streets is None or not len(places):
        return np.full(len(places), np.nan)
    cables = context.cables.geometry.to_numpy()
    _, which = apart(places, cables)
    trench = shapely.shortest_line(spots(places), cables[which])
    crossed, _ = shapely.STRtree(context.streets.geometry.to_numpy()).query(trench, "intersects")
    found = np.ones(len(places))
    found[crossed] = 0.0
    return found


CRITERION = Criterion(
    key="crossing",
    title="Cable stays on its side of the street",
    unit="yes/no",
    better="higher",
    kind="class",
    default_weight=0.0,
    measure=measure,
    catalogue="c_crossing",
    source="placement_practice",
    order=130,
    classes=CLASSES,
)
