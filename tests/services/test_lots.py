"""Lots of a project: even on a real city, and within grid operators where that is wanted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.lot_plan import plan_lots
from app.core.siting.lots import Lots
from app.core.siting.plan import Plan
from app.services.estimate import estimate
from app.services.projects import load_project
from app.services.recommend import Prepared, prepare, solve
from app.services.setting import rows_of

CITY = Scenario(budget_eur=6_000_000)
TOWN = Scenario(budget_eur=400_000, lots=2, lots_per_dso="on")
Made = tuple[Prepared, Plan]


def ample(project: Project) -> pd.DataFrame:
    """Room for 20 points on every transformer, whatever a strategy makes of it."""
    names = rows_of(project).asset_id
    return pd.DataFrame({"asset_id": names, "headroom_kw": 20.0, "kappa_kw": 1.0, "fit": 20.0})


def made(project: Project, scenario: Scenario) -> Made:
    places = prepare(project, estimate(project, scenario), radius_m=scenario.radius_m)
    return places, solve(places, scenario, ample(project))


@pytest.fixture(scope="module")
def utrecht() -> Made:
    return made(load_project("utrecht"), CITY)


def lots_of(found: Made, scenario: Scenario) -> tuple[Lots, list[str]]:
    places, plan = found
    table = plan.firm.set_index("candidate_id").reindex(places.places["candidate_id"])
    wanted = ("served_kwh_day", "points", "cost_eur")
    kwh, points, cost = (table[name].fillna(0).to_numpy(float) for name in wanted)
    return plan_lots(places, scenario, kwh, points.astype(np.int32), cost)


@pytest.mark.parametrize("count", [2, 4, 6])
def test_utrecht_makes_even_lots_in_one_piece_each(utrecht: Made, count: int) -> None:
    lots, words = lots_of(utrecht, CITY.but(lots=count))
    assert set(lots.lot) == set(range(1, count + 1))
    assert lots.ratio <= 1.15
    assert lots.pieces == (1,) * count
    assert words == []


def with_operators(town: Project, west: str, east: str) -> Project:
    """Name who runs each transformer: one operator west of the middle, another east of it."""
    layer = town.layers["grid"]
    middle = layer.map.geometry.x.median()
    names = np.where(layer.map.geometry.x < middle, west, east)
    return town.with_layer(replace(layer, frame=layer.frame.assign(dso=names)))


def test_each_lot_keeps_to_one_operator_and_more_are_made_where_that_needs_it() -> None:
    town = with_operators(load_project("sampletown"), "Westnet", "Oostnet")
    _, plan = made(town, TOWN.but(lots=1))
    assert plan.firm.groupby("lot")["dso"].nunique().tolist() == [1, 1]
    assert set(plan.firm["dso"]) == {"Westnet", "Oostnet"}
    assert set(plan.lots["dso"]) == {"Westnet", "Oostnet"}  # by name: never "Oostnet; Westnet"
    assert any("one grid operator each are 2 here, not 1" in each for each in plan.notices)


def test_operators_nobody_names_are_said_to_be_unknown_not_kept_apart() -> None:
    _, plan = made(load_project("sampletown"), TOWN)
    assert "dso" not in plan.sites
    assert any("No map says which grid operator" in each for each in plan.notices)


def test_a_place_without_an_operator_counts_to_the_nearest_and_that_is_said() -> None:
    town = with_operators(load_project("sampletown"), "Westnet", "")
    _, plan = made(town, TOWN)
    said = [each for each in plan.notices if "no known grid operator" in each]
    unknown = int((plan.firm["dso"] == "").sum())
    assert unknown > 0
    assert said[0].startswith(f"{unknown} of {len(plan.firm)} places")
