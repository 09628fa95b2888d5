"""Use-case: lots for a plan that came without any."""

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.errors import InputError
from app.core.project import Project
from app.core.siting.lots import make_lots

NAMES = ("lot_code", "lot")


def with_lots(
    plan: gpd.GeoDataFrame, count: int | None, project: Project, seed: int
) -> gpd.GeoDataFrame:
    """Divide the places into ``count`` lots of equal energy, of equal points where it is unknown.

    Refuses a plan that has several lots already: they were made with what the plan knew.
    """
    if count is None:
        return plan
    if count < 1 or count > len(plan):
        raise InputError(f"{len(plan)} sites cannot make {count} lots")
    named = [plan[name] for name in NAMES if name in plan and plan[name].notna().any()]
    if any(each.astype(str).nunique() > 1 for each in named):
        raise InputError("the plan has its lots already; plan again for another number of lots")
    plan = plan.sort_values("candidate_id", kind="stable")  # lots are the same in any order
    points = pd.to_numeric(plan.get("points", plan.get("n_charge_points"))).to_numpy(float)
    energy = pd.to_numeric(plan.get("served_kwh_day", pd.Series(np.nan, plan.index))).to_numpy(
        float
    )
    weight = points if np.isnan(energy).any() else energy
    places = plan.geometry.representative_point().to_crs(project.crs)
    xy = np.column_stack([places.x, places.y])
    found = make_lots(xy, weight, count, seed=seed, also=(points,))
    return plan.drop(columns="lot_code", errors="ignore").assign(lot=found.lot)
