"""Use-case: where the next charge points go, and why."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from time import perf_counter

import numpy as np
import pandas as pd

from app.core.by_hand import Added, Moved
from app.core.demand.result import Demand
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.answer import Effort, answer
from app.core.siting.choice import Choice
from app.core.siting.choice import sketch as begin
from app.core.siting.kinds import PERMITTED, REFERENCE, PointType
from app.core.siting.plan import Plan
from app.core.siting.prepare import Prepared
from app.core.siting.prepare import prepare as pair_up
from app.core.siting.warm import warm_up
from app.paths import DATA
from app.services.parameters import load_parameters
from app.services.setting import rows_of
from app.services.walks import walks

__all__ = [
    "Added",
    "Choice",
    "Effort",
    "Moved",
    "Plan",
    "Prepared",
    "complete",
    "places_of",
    "point_types",
    "prepare",
    "recommend",
    "sketch",
    "solve",
    "warm_up",
]


@cache
def point_types() -> Mapping[str, PointType]:
    """Read what each kind of charge point costs, delivers and takes; those a plan may choose."""
    with (DATA / "tables" / "charger_types.csv").open(encoding="utf-8", newline="") as file:
        rows = {each["type"]: each for each in csv.DictReader(file)}
    usual = float(rows[REFERENCE]["kwh_day"])
    return {
        key: PointType(
            key,
            rows[key]["title"],
            float(rows[key]["power_kw"]),
            float(rows[key]["fixed_eur"]),
            float(rows[key]["point_eur"]),
            float(rows[key]["kwh_day"]) / usual,
            int(rows[key]["slots"]),
        )
        for key in PERMITTED
    }


def prepare(
    project: Project,
    demand: Demand,
    *,
    radius_m: float,
    added: Sequence[Added] = (),
    moved: Sequence[Moved] = (),
) -> Prepared:
    """Find candidates and pair them with demand: keep this while budget, weights or locks move."""
    rows, values = rows_of(project), load_parameters()
    return pair_up(
        project,
        demand,
        rows,
        values,
        radius_m=radius_m,
        added=added,
        moved=moved,
        walker=walks,
    )


def places_of(project: Project, demand: Demand, scenario: Scenario) -> Prepared:
    """Do so for a scenario: with its walking distance and the places it sets by hand."""
    return prepare(
        project,
        demand,
        radius_m=scenario.radius_m,
        added=scenario.added,
        moved=scenario.moved,
    )


def sketch(prepared: Prepared, scenario: Scenario, room: pd.DataFrame) -> Choice:
    """Choose in an instant: what a plan begins with.

    ``room`` has one row per engine row: ``asset_id, headroom_kw`` (NaN is unknown), ``kappa_kw``
    and ``fit``.
    """
    with np.errstate(invalid="ignore"):
        return begin(prepared, scenario, room, point_types(), clock=perf_counter)


def complete(
    prepared: Prepared, scenario: Scenario, begun: Choice, effort: Effort | None = None
) -> Plan:
    """Make a plan of a choice: its search and bound, the verifier's verdict and all reasons."""
    with np.errstate(invalid="ignore"):
        return answer(prepared, scenario, begun, effort=effort or Effort(), clock=perf_counter)


def solve(
    prepared: Prepared, scenario: Scenario, room: pd.DataFrame, effort: Effort | None = None
) -> Plan:
    """Recommend places: choose, and complete what was chosen."""
    return complete(prepared, scenario, sketch(prepared, scenario, room), effort)


def recommend(project: Project, demand: Demand, scenario: Scenario, room: pd.DataFrame) -> Plan:
    """Recommend places for one scenario of a project."""
    return solve(places_of(project, demand, scenario), scenario, room)
