"""New places do not crowd each other."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.rules.base import Finding, Rule, judge, number, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates too close to a new place fixed by hand.

    Pairs of candidates are kept apart while sites are chosen.
    """
    count = len(places)
    least_m = context.values["spacing_new_m"].value
    fresh = places["existing_points"].to_numpy() == 0
    if not len(context.locked_xy):
        return judge(np.ones(count, bool), np.ones(count, bool), str)
    xy = places[["x", "y"]].to_numpy(float)
    apart_m, _ = cKDTree(context.locked_xy).query(xy)
    good = (apart_m >= least_m - 1e-9) | ~fresh | (apart_m == 0.0)  # the fixed place itself

    def reason(row: int) -> str:
        return f"{apart_m[row]:.0f} m from a new place fixed by hand, at least {least_m:g} m"

    return judge(good, np.ones(count, bool), reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand 80 m, or 20 m, from a fixed place."""
    values = {"spacing_new_m": number("spacing_new_m", 60.0, "m")}
    return one(values=values, locked_xy=np.array([[80.0 if passes else 20.0, 0.0]]))


RULE = Rule(
    key="spacing_new",
    label="Distance between new places",
    hard=True,
    needs=("locked",),
    params=("spacing_new_m",),
    check=check,
    example=example,
    order=30,
)
