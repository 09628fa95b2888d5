"""Where cars may give power back: a row of bays, and a grid that takes it."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings

CLASSES = MappingProxyType({"row and room": 1.0, "one of them": 0.5, "neither": 0.0})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Score 1 with both, 0.5 with one, 0 with none; NaN where one is not known."""
    bays = places["row_bays"].to_numpy(float)
    export_kw = places["export_kw"].to_numpy(float)
    row = bays >= context.values["type_row_bays"].value
    room = export_kw >= context.values["type_export_kw"].value
    return np.where(np.isnan(bays) | np.isnan(export_kw), np.nan, (row + 1.0 * room) / 2.0)


CRITERION = Criterion(
    key="v2g",
    title="Fit to give power back (V2G)",
    unit="class",
    better="higher",
    kind="class",
    default_weight=0.0,
    measure=measure,
    catalogue="c_v2g",
    source="kerbwatt",
    order=270,
    classes=CLASSES,
)
