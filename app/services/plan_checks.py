"""Use-case: whether the rows of a plan can be tendered at all, in one sentence where not."""

import geopandas as gpd
import pandas as pd

from app.core.errors import InputError
from app.core.project import Project
from app.services.parameters import load_parameters
from app.services.projects import outline

NEEDED = (("candidate_id",), ("points", "n_charge_points"), ("kw", "power_kw_point"))


def check_rows(plan: gpd.GeoDataFrame) -> None:
    """Refuse rows without a number, points or power, and numbers that stand twice."""
    if plan.empty:
        raise InputError("there are no sites in the plan")
    for names in NEEDED:
        if not any(name in plan and plan[name].notna().all() for name in names):
            raise InputError(f"the plan's sites need the column {names[0]!r} filled in every row")
    if plan["candidate_id"].astype(str).duplicated().any():
        raise InputError("the plan holds the same candidate_id twice")
    for names in NEEDED[1:]:
        _check_numbers(plan, next(name for name in names if name in plan))


def check_place(plan: gpd.GeoDataFrame, project: Project) -> None:
    """Refuse places that are nowhere, or not in this city."""
    if plan.crs is None:
        raise InputError("the plan has no coordinate system")
    if plan.geometry.isna().any() or plan.geometry.is_empty.any():
        raise InputError("a site of the plan has no place on the map")
    far = plan.geometry.to_crs(project.crs).distance(outline(project))
    outside = int((far > load_parameters()["tender_match_m"].value).sum())
    if outside:
        raise InputError(
            f"{outside} of {len(plan)} sites lie outside {project.name}: another city's?"
        )


def _check_numbers(plan: gpd.GeoDataFrame, name: str) -> None:
    numbers = pd.to_numeric(plan[name], errors="coerce")
    if numbers.isna().any() or (numbers <= 0).any():
        raise InputError(f"the plan's column {name!r} must hold numbers above 0")
