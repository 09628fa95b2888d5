"""Shared cars stand long and can give power back."""

from types import MappingProxyType

import numpy as np
import pandas as pd

from app.core.criteria.base import Criterion
from app.core.engine.arrays import Floats
from app.core.siting.context import Surroundings
from app.core.siting.features import away_from

CLASSES = MappingProxyType({"yes": 1.0, "no": 0.0})


def measure(places: pd.DataFrame, context: Surroundings) -> Floats:
    """Score 1 beside a mobility hub or shared cars, else 0; NaN where no map holds any."""
    away_m = away_from(places, context, "hub")
    return np.where(np.isnan(away_m), np.nan, away_m <= context.values["hub_m"].value)


CRITERION = Criterion(
    key="hub",
    title="Mobility hub or shared cars at the place",
    unit="yes/no",
    better="higher",
    kind="class",
    default_weight=0.0,
    measure=measure,
    catalogue="c_hub",
    source="placement_practice",
    order=250,
    classes=CLASSES,
)
