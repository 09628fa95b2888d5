"""The equity lens on the bundled cities, and where maps are missing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS
from app.services import results
from app.services.equity import Equity, apart, document, lens
from app.services.estimate import estimate
from app.services.projects import load_project


@pytest.fixture(scope="module")
def utrecht() -> Project:
    return load_project("utrecht")


@pytest.fixture(scope="module")
def found(utrecht: Project) -> Equity:
    return lens(utrecht, Scenario(), estimate(utrecht, Scenario()))


def test_homes_without_parking_add_up_and_lie_between_their_ends(found: Equity) -> None:
    frame, city = found.districts, found.city
    assert frame["homes_no_own_parking"].sum() == pytest.approx(city["homes_no_own_parking"])
    low, mid = frame["homes_no_own_parking_low"], frame["homes_no_own_parking"]
    assert (low <= mid + 1e-9).all()
    assert (mid <= frame["homes_no_own_parking_high"] + 1e-9).all()
    assert city["homes"] == 181_445


def test_the_story_comes_out_of_the_figures(found: Equity, utrecht: Project) -> None:
    """Overvecht stood at 1.0 % plug-in in 2022 and Leidsche Rijn at 3.9 % (DEMAND 1)."""
    pair = apart(found)
    assert pair is not None
    assert [each["name"] for each in pair] == ["Overvecht", "Leidsche Rijn"]
    assert [round(100 * each["plugin_share"], 1) for each in pair] == [1.0, 3.9]
    assert [round(100 * each["ev_share"], 1) for each in pair] == [12.9, 25.2]  # DEMAND 1
    assert sum(found.wards["cars"]) == pytest.approx(
        utrecht.layers["districts"].frame["cars"].sum()
    )
    fifths = found.quintiles
    assert fifths["plugin_share"].iloc[0] < fifths["plugin_share"].iloc[-1]
    assert fifths["households"].sum() <= found.city["homes"]


def test_a_longer_walk_reaches_more_and_a_policy_closes_the_gap(utrecht: Project) -> None:
    asked = Scenario(radius_m=200)
    near = lens(utrecht, asked, estimate(utrecht, asked))
    far = lens(utrecht, asked.but(radius_m=500), estimate(utrecht, asked))
    assert far.city["homes_far"] < near.city["homes_far"]
    assert near.city["concentration_then"] < near.city["concentration_now"]


def test_what_the_gap_does_lies_around_what_the_scenario_says(utrecht: Project) -> None:
    cases = [Scenario(gap=gap) for gap in ("stays", "slow", "closes")]
    index = [lens(utrecht, each, estimate(utrecht, each)).city for each in cases]
    stays, slow, closes = (each["concentration_then"] for each in index)
    assert stays > slow > closes > 0
    assert len({each["concentration_now"] for each in index}) == 1


def test_households_nobody_counted_are_estimated_and_their_squares_stay_unknown() -> None:
    """Homes without parking must not be counted out of homes that are left out."""
    town = load_project("sampletown")
    layer = town.layers["districts"]
    silent = layer.frame.drop(columns=["households", "dwellings"], errors="ignore")
    blind = town.with_layer(replace(layer, frame=silent))
    found = lens(blind, Scenario(), estimate(blind, Scenario()))
    assert 0 < found.city["homes_no_own_parking"] <= found.city["homes"]
    assert "unknown" in set(found.cells["state"])
    assert not {"met", "not_met"} & set(found.cells["state"])  # slivers hold no home point
    assert any("estimated" in each for each in found.notices)


def test_what_no_map_says_is_unknown_never_met_or_far(utrecht: Project) -> None:
    layers = {k: v for k, v in utrecht.layers.items() if k != "chargers"}
    blind = lens(replace(utrecht, layers=layers), Scenario(), estimate(utrecht, Scenario()))
    assert np.isnan(blind.city["homes_far"])
    assert "met" not in set(blind.cells["state"])
    assert any("charge points" in each for each in blind.notices)
    told = json.loads(json.dumps(document(utrecht, Scenario(), blind), allow_nan=False))
    assert told["city"]["homes_far"] is None


def test_rates_of_few_homes_leave_the_house_nowhere(utrecht: Project, found: Equity) -> None:
    hidden = set(found.districts.loc[found.districts["rates_hidden"], "district_id"])
    assert hidden
    told = document(utrecht, Scenario(), found)["districts"]
    few = [row for row in told if row["district_id"] in hidden]
    assert all(row["ev_share"] is None and row["homes_far"] is None for row in few)
    written = EXPORTS["csv"].write(results.equity(utrecht, Scenario(), found, "2027-01-15"))
    assert written


def test_a_town_without_incomes_says_so() -> None:
    town = load_project("sampletown")
    layer = town.layers["districts"]
    bare = replace(layer, frame=layer.frame.drop(columns="income_eur", errors="ignore"))
    alone = replace(town, layers={**town.layers, "districts": bare})
    found = lens(alone, Scenario(), estimate(alone, Scenario()))
    assert found.quintiles.empty
    assert np.isnan(found.city["concentration_now"])
    assert any("incomes" in each for each in found.notices)
