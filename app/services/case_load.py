"""Use-case: put the load of a case, such as a depot or a ferry, on the map at one point."""

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point

from app.core.assets import texts
from app.core.cases import Case
from app.core.cases.base import Answer
from app.core.demand.nearby import HOURS
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.services.open_project import drop_layer, keep_layer

ORIGIN = "Load of a case, put on the map by hand"


def load_rows(case: Case, answer: Answer, at: Point, crs: str) -> gpd.GeoDataFrame:
    """Make the row of ``places`` that the grid carries: kW by hour of the day, at one point."""
    if not any(answer.hours_kw):
        raise InputError(f"{case.title}: takes nothing from the grid")
    row = {
        "place_id": place_id(case),
        "kind": case.key,
        "name": case.title,
        "load_kw": max(answer.hours_kw),
        "load_kwh_day": sum(answer.hours_kw),
        HOURS: ";".join(f"{kw:.10g}" for kw in answer.hours_kw),
        "status": "default",
    }
    return gpd.GeoDataFrame([row], geometry=[at], crs=crs)


def put(project: Project, case: Case, answer: Answer, district_id: str) -> Project:
    """Store ``project`` with the case's load in the middle of a district; an earlier one goes.

    The load comes on top of what the grid carries today.
    """
    districts = project.layers["districts"].map
    here = np.flatnonzero(texts(districts, "district_id") == district_id)
    if not here.size:
        raise InputError(f"there is no district {district_id!r} in {project.name}")
    at = districts.geometry.iloc[int(here[0])].representative_point()
    row = load_rows(case, answer, at, project.crs)
    before = project.layers.get("places")
    if before is None:
        return keep_layer(project, Layer(row, "places", ORIGIN, "own", "unknown", project.crs))
    kept = before.map[texts(before.frame, "place_id") != place_id(case)]
    frame = gpd.GeoDataFrame(pd.concat([kept, row], ignore_index=True), crs=project.crs)
    return keep_layer(project, _like(before, frame))


def take_off(project: Project, case: Case) -> Project:
    """Store ``project`` without the load of a case."""
    before = project.layers["places"]
    kept = before.map[texts(before.frame, "place_id") != place_id(case)]
    return keep_layer(project, _like(before, kept)) if len(kept) else drop_layer(project, "places")


def stands(project: Project, case: Case) -> bool:
    """Whether the load of a case is on the map."""
    places = project.layers.get("places")
    return places is not None and place_id(case) in texts(places.frame, "place_id")


def place_id(case: Case) -> str:
    """Name the place of a case."""
    return f"case-{case.key}"


def _like(before: Layer, frame: gpd.GeoDataFrame) -> Layer:
    origin = before.origin if ORIGIN in before.origin else f"{before.origin}; {ORIGIN}"
    return Layer(frame, before.kind, origin, before.licence, before.as_of, before.source_crs)
