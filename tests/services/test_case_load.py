"""A depot on the map takes room from the grid at its hours, and only there."""

import numpy as np
import pytest
from shapely import Point

from app.core.cases import CASES
from app.core.cases.base import Answer
from app.core.demand.nearby import hours_of
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import case_load
from app.services.base_load import depot_notices
from app.services.cases import answer
from app.services.estimate import estimate
from app.services.projects import load_project
from app.services.room import room
from app.services.setting import Setting, prepare, rows_of
from app.services.simulate import simulate_all


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


def found(key: str, **typed: str) -> Answer:
    return answer(CASES[key], typed)[1]


def setting_of(town: Project) -> Setting:
    return prepare(town, estimate(town, Scenario()), Scenario())


@pytest.mark.parametrize("key", [key for key in CASES if any(found(key).hours_kw)])
def test_a_case_that_takes_power_makes_a_row_with_its_hours(key: str, town: Project) -> None:
    row = case_load.load_rows(CASES[key], found(key), Point(0, 0), town.crs).iloc[0]
    hours = hours_of(row["load_kw_hours"])
    assert hours is not None
    np.testing.assert_allclose(hours, found(key).hours_kw, rtol=1e-9)
    assert row["load_kwh_day"] == pytest.approx(hours.sum())
    assert row["status"] == "default", "an assumption of a case was never measured"


def test_a_case_without_a_load_has_no_row(town: Project) -> None:
    with pytest.raises(InputError, match="takes nothing from the grid"):
        case_load.load_rows(CASES["wedge"], found("wedge"), Point(0, 0), town.crs)


def test_the_load_of_a_depot_lies_on_the_grid_at_its_hours(town: Project) -> None:
    district = str(town.layers["districts"].frame["district_id"].iloc[0])
    depot = found("depot", headroom_kw="300", buses="20")
    with_depot = case_load.put(town, CASES["depot"], depot, district)
    before, after = setting_of(town), setting_of(with_depot)
    clock = before.weeks[0].clock
    added = after.base_kw(clock) - before.base_kw(clock)
    assert added.min() >= -1e-9
    assert np.count_nonzero(added.max(axis=1) > 0) == 1, "one row of the grid feeds it"
    at_night = added.sum(axis=0)[clock.minute // 60 == 1]
    by_day = added.sum(axis=0)[clock.minute // 60 == 12]
    np.testing.assert_allclose(at_night, depot.hours_kw[1])
    assert depot.hours_kw[1] > 250
    np.testing.assert_allclose(by_day, 0.0, atol=1e-9)
    assert "Depots charge" in " ".join(depot_notices(with_depot, rows_of(with_depot)))


def test_headroom_falls_where_it_stands_and_nowhere_else(town: Project) -> None:
    district = str(town.layers["districts"].frame["district_id"].iloc[0])
    steady = found("building", load_kw="80", connection_kw="80", hours="24", battery_kwh="0")
    with_load = case_load.put(town, CASES["building"], steady, district)
    rooms = [
        room(simulate_all(each, Scenario(), "peak_week", strategies=("pause",))["pause"])
        for each in (town, with_load)
    ]
    fallen = rooms[0]["headroom_kw"] - rooms[1]["headroom_kw"]
    peaks = rooms[1]["base_peak_kw"] - rooms[0]["base_peak_kw"]
    assert np.count_nonzero(peaks > 1) == 1
    assert peaks.max() == pytest.approx(80, abs=1e-6)
    assert fallen[peaks > 1].iloc[0] > 0


def test_taking_it_off_gives_the_town_back(town: Project) -> None:
    district = str(town.layers["districts"].frame["district_id"].iloc[1])
    ferry, depot = (case_load.put(town, CASES[k], found(k), district) for k in ("ferry", "depot"))
    both = case_load.put(ferry, CASES["depot"], found("depot"), district)
    assert case_load.stands(both, CASES["ferry"])
    again = case_load.take_off(both, CASES["ferry"])
    assert not case_load.stands(again, CASES["ferry"])
    assert again.layers["places"] == depot.layers["places"]
    assert case_load.take_off(again, CASES["depot"]).layers == town.layers
    twice = case_load.put(ferry, CASES["ferry"], found("ferry", calls_day="3"), district)
    assert len(twice.layers["places"].frame) == 1, "a new answer takes the place of the old one"
    with pytest.raises(InputError, match="no district"):
        case_load.put(town, CASES["ferry"], found("ferry"), "nowhere")


@pytest.mark.parametrize(
    "text", ["", "1;2", "a" * 24, ";".join(["nan"] * 24), ";".join(["-1"] * 24)]
)
def test_hours_that_cannot_be_are_none(text: str) -> None:
    assert hours_of(text) is None
