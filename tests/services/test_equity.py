"""The equity lens on the bundled cities, and where maps are missing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS
from app.services import results
from app.services.equity import Equity, document, lens
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
    frame = found.districts.assign(
        wijk=utrecht.layers["districts"].frame["wijk"].to_numpy(),
        cars=utrecht.layers["districts"].frame["cars"].to_numpy(),
    )
    frame["plugins"] = frame["plugin_share"] * frame["cars"]
    wards = frame.groupby("wijk")[["plugins", "cars"]].sum()
    share = wards["plugins"] / wards["cars"]
    assert round(100 * share["Overvecht"], 1) == 1.0
    assert round(100 * share["Leidsche Rijn"], 1) == 3.9
    fifths = found.quintiles
    assert fifths["plugin_share"].iloc[0] < fifths["plugin_share"].iloc[-1]
    assert fifths["households"].sum() <= found.city["homes"]


def test_a_longer_walk_reaches_more_and_a_policy_closes_the_gap(utrecht: Project) -> None:
    asked = Scenario(radius_m=200)
    near = lens(utrecht, asked, estimate(utrecht, asked))
    far = lens(utrecht, asked.but(radius_m=500), estimate(utrecht, asked))
    assert far.city["homes_far"] < near.city["homes_far"]
    assert near.city["concentration_then"] < near.city["concentration_now"]


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
    assert all(row["ev_share"] is None for row in told if row["district_id"] in hidden)
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
