"""No new place next to a public point that is hardly used."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.rules.base import Finding, Rule, dated, judge, nobody_knows, number, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail new candidates within a walk of a public point that is known not to be busy."""
    count = len(places)
    told = ~np.isnan(context.public_percent)
    if not told.any():
        return nobody_knows(count)
    far_m = context.values["spacing_existing_m"].value
    detour = context.values["detour"].value
    busy = context.values["busy_percent"].value
    quiet = told & (context.public_percent < busy)
    xy = places[["x", "y"]].to_numpy(float)
    walk_m = np.full(count, np.inf)
    if quiet.any():
        walk_m = cKDTree(context.public_xy[quiet]).query(xy)[0] * detour
    unsaid_m = np.full(count, np.inf)
    if (~told).any():
        unsaid_m = cKDTree(context.public_xy[~told]).query(xy)[0] * detour
    fresh = places["existing_points"].to_numpy() == 0
    good = (walk_m > far_m) | ~fresh
    known = ~good | (unsaid_m > far_m) | ~fresh

    def reason(row: int) -> str:
        walk = f"a public point {walk_m[row]:.0f} m away is taken less than {busy:g} %"
        return f"{walk} of the time, none within {far_m:g} m ({dated(context, 'chargers')})"

    return judge(good, known, reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand next to a point that is busy, or quiet."""
    values = {
        "spacing_existing_m": number("spacing_existing_m", 250.0, "m"),
        "detour": number("detour", 1.3, "1"),
        "busy_percent": number("busy_percent", 60.0, "%"),
    }
    percent = np.array([75.0 if passes else 20.0])
    return one(values=values, public_xy=np.array([[100.0, 0.0]]), public_percent=percent)


RULE = Rule(
    key="spacing_existing",
    label="Distance to public points that are not busy",
    hard=True,
    needs=("chargers.occupancy_percent",),
    params=("spacing_existing_m", "busy_percent", "detour"),
    check=check,
    example=example,
    order=40,
)
