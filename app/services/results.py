"""Use-case: an answer as a file to be, with what a reader must know of it."""

from collections.abc import Sequence
from importlib.metadata import version

import geopandas as gpd
import pandas as pd

from app.core.demand.result import Demand
from app.core.impact import Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting import edits
from app.core.siting.candidates import as_points
from app.core.siting.plan import Plan
from app.core.siting.statuses import Site
from app.core.strategies import STRATEGIES
from app.core.words import summary
from app.exports import Result
from app.exports.map_sheet import MapSheet
from app.services import estimate, site_list, zonings
from app.services.equity import Equity, published
from app.services.setting import rows_of
from app.services.zonings import Zoning

ILLUSTRATIVE = "The grid is an illustration, not the operator's map."
SCHEMATIC = "Boundaries are schematic, not official."


def about(project: Project, scenario: Scenario, day: str, *kinds: str) -> dict[str, str]:
    """Say what every file must carry: place, question, sources, and how sure it is."""
    layers = [project.layers[kind] for kind in kinds if kind in project.layers]
    notes = cautions(project, grid="grid" in kinds)
    return {
        "city": project.name,
        "scenario": summary(scenario),
        "strategy": STRATEGIES[scenario.strategy].title,
        "year": str(scenario.year),
        "date": day,
        "sources": "; ".join(dict.fromkeys(layer.origin for layer in layers)),
        "licences": "; ".join(dict.fromkeys(layer.licence for layer in layers)),
        "status": " ".join(notes) or "See the status of each row.",
        "program": f"Kerbwatt {version('kerbwatt')}",
    }


def cautions(project: Project, *, grid: bool = True) -> list[str]:
    """Say what of a project's maps was drawn by us; ``grid`` tells whether its grid is shown."""
    found = [SCHEMATIC] if project.schematic else []
    return [*found, ILLUSTRATIVE] if project.illustrative and grid else found


def demand(project: Project, scenario: Scenario, answer: Demand, day: str) -> Result:
    """Give the demand per district."""
    found = estimate.result(project, scenario, answer)
    return Result(found.name, found.title, found.tables, {**found.meta, "date": day})


def zones(project: Project, scenario: Scenario, told: Demand, by: Zoning, day: str) -> Result:
    """Give the demand per area of a zoning."""
    found = zonings.result(project, scenario, told, by)
    return Result(found.name, found.title, found.tables, {**found.meta, "date": day})


def equity(project: Project, scenario: Scenario, found: Equity, day: str) -> Result:
    """Give the equity lens: districts where they lie, income fifths, and the squares."""
    shapes = project.layers["districts"].map.geometry
    placed = gpd.GeoDataFrame(published(found), geometry=shapes.to_numpy(), crs=shapes.crs)
    tables = {"districts": placed, "cells": found.cells}
    if len(found.quintiles):
        tables["income"] = found.quintiles
    tables["wards"] = found.wards
    meta = about(project, scenario, day, "districts", "chargers")
    meta["note"] = " ".join([f"Far: more than {found.walk_m:g} m on foot.", *found.notices])
    return Result("equity", f"Who is left out, {found.year}", tables, meta)


def impact(project: Project, scenario: Scenario, answer: Impact, day: str) -> Result:
    """Give every transformer with its indicators, where it stands."""
    rows = rows_of(project)
    frame = answer.rows.copy()
    frame["peak_time"] = [moment.isoformat() for moment in frame["peak_time"]]
    placed = gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(rows.x, rows.y), crs=project.crs)
    city = pd.DataFrame({"indicator": list(answer.city), "value": list(answer.city.values())})
    tables = {"transformers": placed, "city": city}
    meta = about(project, scenario, day, "districts", "grid") | {"horizon": answer.horizon}
    return Result("impact", f"Grid impact {scenario.year}", tables, meta)


def plan(
    project: Project, scenario: Scenario, found: Plan, day: str, listed: Sequence[Site] = ()
) -> Result:
    """Give the recommended places, those that keep their points, the refused ones and the lots.

    ``listed`` is the list of sites with their statuses, if there is one.
    """
    done, why = edits.marks(scenario, found.sites["candidate_id"])
    tables = {"sites": found.sites.assign(by_hand=done, reason_by_hand=why)}
    others = {"existing": found.existing, "rejected": found.rejected, "lots": found.lots}
    others |= {
        "changes": changes(project, scenario, found),
        "site_list": site_list.table(project, listed),
    }
    tables |= {name: frame for name, frame in others.items() if len(frame)}
    meta = about(project, scenario, day, "parking", "grid", "chargers", "districts")
    meta["bound"] = f"at least {1 - found.gap:.1%} of the best possible ({found.bound_method})"
    return Result("sites", f"Recommended places {scenario.year}", tables, meta)


def changes(project: Project, scenario: Scenario, found: Plan) -> pd.DataFrame:
    """List what was done by hand: on the map where every change has a place."""
    frame = edits.of_plan(scenario, found)
    unplaced = frame.empty or bool(frame["x"].isna().any())
    return frame if unplaced else as_points(frame, project.crs)


def map_sheet(
    project: Project, scenario: Scenario, found: Plan, answer: Impact, day: str
) -> MapSheet:
    """Give the plan as a sheet of paper: the map, and the list behind it."""
    rows = rows_of(project)
    said = about(project, scenario, day, "parking", "grid", "chargers", "districts")
    sites = found.sites.rename(columns={"name": "place", "transformer_id": "transformer"})
    notices = cautions(project)
    if len(found.conditional):
        notices.append(f"{len(found.conditional)} places wait for an answer of the grid operator.")
    chargers = project.layers.get("chargers")
    return MapSheet(
        title=f"Recommended places for charge points, {scenario.year}",
        city=project.name,
        scenario=said["scenario"],
        date=day,
        sources=tuple(dict.fromkeys(layer.origin for layer in project.layers.values())),
        notices=tuple(notices),
        version=said["program"],
        districts=project.layers["districts"].map,
        sites=sites.assign(reason=sites["reasons"]),
        grid=gpd.GeoDataFrame(
            {"state": answer.rows["state"]},
            geometry=gpd.points_from_xy(rows.x, rows.y),
            crs=project.crs,
        ),
        existing=chargers.map if chargers is not None else None,
    )
