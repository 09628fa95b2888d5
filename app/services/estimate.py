"""Use-case: the charging demand of a project, as an answer, a document and a table."""

import hashlib
from collections.abc import Hashable, Mapping
from datetime import date
from importlib.metadata import version
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.assets import numbers
from app.core.changes import canonical, to_changes
from app.core.demand import bass, model
from app.core.demand.cloud import Cloud
from app.core.demand.facts import read
from app.core.demand.nearby import with_places
from app.core.demand.result import QUANTITIES, STATISTICS, Demand
from app.core.demand.sessions import MONTHS, season
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.words import summary
from app.exports import Result
from app.services.parameters import load_parameters, load_sources, numbers_of

SCHEMA = "kerbwatt.demand/1"
FAN_LAST, FAN_STEP = 2040, 2
MWH = 1000
BENCHMARK = ("id", "value", "ours", "inside", "source", "mark")


def estimate(project: Project, scenario: Scenario) -> Demand:
    """Estimate what every district will ask of public charging in the year of the scenario."""
    own = numbers_of(scenario)
    return model.estimate(facts_of(project), scenario, own, place=_place(project))


def cloud(project: Project, scenario: Scenario, draws: int) -> Cloud:
    """Return the draws that ``estimate`` sums up."""
    return model.cloud(facts_of(project), scenario, numbers_of(scenario), draws=draws)


def fan(project: Project, scenario: Scenario) -> pd.DataFrame:
    """Follow the city's demand over the years: a row per year, a band per quantity."""
    own = numbers_of(scenario)
    years = range(int(own["registrations_year"].value), FAN_LAST + 1, FAN_STEP)
    return model.fan(facts_of(project), scenario, own, years)


def tornado(project: Project, scenario: Scenario) -> pd.DataFrame:
    """Say what each assumption alone does to the number of points, the strongest first."""
    return model.tornado(facts_of(project), scenario, numbers_of(scenario))


def why_no_curve(project: Project) -> str:
    """Say why no curve can be fitted to yearly registrations; empty where one can."""
    if "districts" not in project.layers:
        return "there is no map of districts"
    return bass.refusal(read(facts_of(project), load_parameters()).yearly)


def installed_kw(project: Project) -> float | None:
    """Rated power of the public points that stand [kW]; None where no map shows them.

    A location that tells no number of points has one; one that tells no power is a usual point.
    """
    if "chargers" not in project.layers:
        return None
    frame = project.layers["chargers"].frame
    points = np.nan_to_num(numbers(frame, "points"), nan=1.0)
    usual = load_parameters()["nominal_point_kw"].value
    return float((points * np.nan_to_num(numbers(frame, "power_kw"), nan=usual)).sum())


def planned_kw(demand: Demand, scenario: Scenario) -> float:
    """Rated power of the points of the plan [kW]; nominal, the grid never sees it at once."""
    return demand.points_plan * numbers_of(scenario)["nominal_point_kw"].value


def months_mwh(demand: Demand, scenario: Scenario) -> list[float]:
    """Spread the city's public charging over the twelve months, which sum to the year [MWh]."""
    mean = demand.city["kwh_year"].mean / MWH / MONTHS
    return [float(each) for each in mean * season(numbers_of(scenario))]


def document(project: Project, scenario: Scenario, demand: Demand) -> dict[str, Any]:
    """Return the answer as plain data: what ``--json`` prints and what is compared."""
    city = {name: _band(demand.city[name]) for name in QUANTITIES}
    rows = demand.districts.to_dict("records")
    groups = demand.groups.to_dict("records")
    return {
        "schema": SCHEMA,
        "project": project.slug,
        "year": demand.year,
        "scenario": {"digest": scenario_digest(scenario), "label": summary(scenario)},
        "draws": demand.draws,
        "seed": demand.seed,
        "version": version("kerbwatt"),
        "city": city
        | {
            "points_plan": demand.points_plan,
            "kw_nominal": float(demand.districts["kw_nominal"].sum()),
            "afir_kw": demand.afir_kw,
        },
        "districts": [_district(row) for row in rows],
        "groups": [
            {"group": row["group"]}
            | {name: _columns(row, name) for name in ("kwh_year", "sessions_day")}
            for row in groups
        ],
        "benchmarks": [
            {name: getattr(each, name) for name in BENCHMARK} for each in demand.benchmarks
        ],
        "notices": list(demand.notices),
    }


def table(demand: Demand, districts: Layer | None = None) -> pd.DataFrame:
    """Return the district table for files; with a layer, its other columns and places as well."""
    found = demand.districts.copy()
    if districts is None:
        return found
    frame = districts.frame
    others = [name for name in frame if name not in found]
    kept = frame[others].reset_index(drop=True)
    found = pd.concat([found, pd.DataFrame(kept)], axis=1)
    if isinstance(frame, gpd.GeoDataFrame):
        found = gpd.GeoDataFrame(found, geometry=frame.geometry.name, crs=frame.crs)
    return found


def result(project: Project, scenario: Scenario, demand: Demand) -> Result:
    """Return the answer as a file to be: districts first, then groups, benchmarks and notices."""
    layer = _districts(project)
    used = sorted({each.source for each in demand.benchmarks})
    titles = [load_sources()[name]["title"] for name in used]
    meta = {
        "city": project.name,
        "scenario": summary(scenario),
        "year": str(demand.year),
        "sources": "; ".join([layer.origin, *titles]),
        "status": ", ".join(f"{share:.0%} {name}" for name, share in _statuses(demand).items()),
        "program": f"Kerbwatt {version('kerbwatt')}",
        "note": "Only means add up; percentiles do not. " + " ".join(demand.notices),
    }
    if _is_date(layer.as_of):
        meta["date"] = layer.as_of
    benchmarks = pd.DataFrame(
        [
            {name: getattr(each, name) for name in (*BENCHMARK, "title")}
            for each in demand.benchmarks
        ],
        columns=[*BENCHMARK, "title"],
    )
    tables = {
        "districts": table(demand, layer),
        "groups": demand.groups,
        "benchmarks": benchmarks,
    }
    return Result("demand", f"Charging demand {demand.year}", tables, meta)


def scenario_digest(scenario: Scenario) -> str:
    """SHA-256 of what a scenario says."""
    return hashlib.sha256(canonical(to_changes(scenario)).encode()).hexdigest()


def _districts(project: Project) -> Layer:
    layer = project.layers.get("districts")
    if layer is None:
        raise InputError(
            f"{project.name} has no districts layer: load a map of districts to see demand"
        )
    return layer


def facts_of(project: Project) -> pd.DataFrame:
    """Return the rows of the districts, with what the places among them add."""
    districts = _districts(project)
    if "places" not in project.layers or not isinstance(districts.frame, gpd.GeoDataFrame):
        return districts.frame
    return with_places(districts.map, project.layers["places"].map)


def _place(project: Project) -> str:
    """Key of the city itself: a copy with own layers is called ``utrecht--<digest>``."""
    return project.slug.partition("--")[0]


def _statuses(demand: Demand) -> Mapping[str, float]:
    shares = demand.districts["status"].value_counts(normalize=True)
    return {str(name): float(share) for name, share in shares.items()}


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _district(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return (
        {"district_id": row["district_id"], "name": row["name"]}
        | {name: _columns(row, name) for name in QUANTITIES}
        | {name: row[name] for name in ("points_plan", "kw_nominal", "afir_kw")}
        | {"ev_share": row["ev_share"], "status": row["status"]}
    )


def _columns(row: Mapping[Hashable, Any], name: str) -> dict[str, float]:
    return {each: float(row[f"{name}_{each}"]) for each in STATISTICS}


def _band(band: object) -> dict[str, float]:
    return {each: float(getattr(band, each)) for each in STATISTICS}
