"""A post stands near the cable that feeds it."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.rules.base import Finding, Rule, dated, judge, nobody_knows, number, one
from app.core.siting.context import Surroundings
from app.core.siting.features import apart


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates too far from a cable; some further than usual only cost more."""
    if context.cables is None:
        return nobody_knows(len(places))
    most_m = context.values["cable_most_m"].value
    away_m, _ = apart(places, context.cables.geometry.to_numpy())
    fresh = places["existing_points"].to_numpy() == 0

    def reason(row: int) -> str:
        wanted = f"at most {most_m:g} m ({dated(context, 'cables')})"
        return f"{away_m[row]:.0f} m from the next cable, {wanted}"

    return judge((away_m <= most_m + 1e-9) | ~fresh, np.ones(len(places), bool), reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand 30 m from a cable, or 130 m."""
    away_m = 30.0 if passes else 130.0
    line = shapely.LineString([(-500.0, away_m), (500.0, away_m)])
    cables = gpd.GeoDataFrame({"cable_id": ["1"]}, geometry=[line])
    return one(values={"cable_most_m": number("cable_most_m", 100.0, "m")}, cables=cables)


RULE = Rule(
    key="cable",
    label="Distance to a low-voltage cable",
    hard=True,
    needs=("cables",),
    params=("cable_most_m",),
    check=check,
    example=example,
    order=45,
)
