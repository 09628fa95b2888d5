"""The one condition that trees, crossings, monuments and water share: keep so far away."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.parameters import Parameter
from app.core.rules.base import Finding, judge, nobody_knows, one
from app.core.siting.context import Surroundings
from app.core.siting.features import apart, dates, said


def keep_away(places: pd.DataFrame, context: Surroundings, family: str, least_m: float) -> Finding:
    """Fail new candidates within ``least_m`` of a family's shapes; inside one always fails.

    Points that stand there today may stay, and not one candidate is checked where no map
    holds anything of the family.
    """
    found = said(context, family)
    if found is None:
        return nobody_knows(len(places))
    shapes, words = found
    away_m, which = apart(places, shapes)
    fresh = places["existing_points"].to_numpy() == 0
    good = ((away_m > 0) & (away_m >= least_m - 1e-9)) | ~fresh

    def reason(row: int) -> str:
        what = words[which[row]]
        if not away_m[row]:
            return f"inside or on: {what} ({dates(context)})"
        return f"{away_m[row]:.1f} m from: {what}, at least {least_m:g} m ({dates(context)})"

    return judge(good, np.ones(len(places), bool), reason)


def one_landmark(
    word: str, metres: float, values: Mapping[str, Parameter]
) -> tuple[pd.DataFrame, Surroundings]:
    """Make one candidate and one square so far from it, for examples."""
    square = shapely.box(metres, -1.0, metres + 2.0, 1.0)
    landmarks = gpd.GeoDataFrame({"kind": [word]}, geometry=[square])
    return one(values=values, landmarks=landmarks)
