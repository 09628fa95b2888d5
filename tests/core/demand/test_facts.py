"""Blanks are filled openly."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from app.core.demand import model
from app.core.demand.facts import read
from app.core.errors import InputError
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]


def test_cars_come_from_households_where_they_are_missing(
    three: pd.DataFrame, numbers: Numbers
) -> None:
    facts = read(three.drop(columns=["cars", "cars_bev", "cars_phev"]), numbers)
    assert facts.cars.tolist() == [3600, 1350, 1680]  # 0.6 per household
    assert facts.plugins == pytest.approx(0.0253 * facts.cars)
    assert facts.status == ("default",) * 3
    assert any("households x 0.6" in words for words in facts.notices)


def test_one_blank_marks_one_district(three: pd.DataFrame, numbers: Numbers) -> None:
    frame = three.copy()
    frame.loc[1, "cars_bev"] = np.nan
    facts = read(frame, numbers)
    assert facts.status == ("measured", "estimated", "measured")
    assert facts.plugins.tolist() == [80, 0, 15]


@pytest.mark.parametrize("secret", [-99_997.0, -1.0, np.inf, np.nan, ".", None])
def test_secret_cells_are_unknown_not_counts(
    three: pd.DataFrame, numbers: Numbers, secret: object
) -> None:
    frame = three.astype({"cars": object})
    frame.loc[0, "cars"] = secret
    facts = read(frame, numbers)
    assert facts.cars[0] == 3600
    assert facts.status[0] == "default"


def test_households_come_from_homes_people_or_cars(numbers: Numbers) -> None:
    frame = pd.DataFrame(
        {
            "district_id": ["a", "b", "c", "d"],
            "name": ["a", "b", "c", "d"],
            "dwellings": [100.0, np.nan, np.nan, np.nan],
            "population": [np.nan, 197.0, np.nan, np.nan],
            "cars": [60.0, 60.0, 60.0, np.nan],
        }
    )
    facts = read(frame, numbers)
    assert facts.households == pytest.approx([100, 100, 100, 0])
    assert facts.population == pytest.approx([197, 197, 197, 0])
    assert facts.status[3] == "unknown"
    assert facts.cars[3] == 0


def test_nothing_is_ever_left_blank(three: pd.DataFrame, numbers: Numbers) -> None:
    columns = [name for name in three if name not in ("district_id", "name")]
    for drop in (*columns, columns):
        facts = read(three.drop(columns=drop), numbers)
        for values in (facts.cars, facts.plugins, facts.households, facts.population, facts.jobs):
            assert np.isfinite(values).all()
        assert np.isfinite(facts.multifamily).all()
        assert 0 <= facts.bev_of_plugin <= 1


def test_only_private_cars_count(three: pd.DataFrame, numbers: Numbers) -> None:
    # Where lease firms are seated, all registrations are five times the cars that live there.
    seat = three.assign(cars_total=[16_549.0, 2600.0, 1600.0], cars_electric=[5360.0, 150.0, 40.0])
    found = read(seat, numbers)
    assert found.cars.tolist() == three["cars"].tolist()
    assert found.plugins.tolist() == [80, 100, 15]


def test_codes_are_text(three: pd.DataFrame, numbers: Numbers) -> None:
    facts = read(three.assign(district_id=["0012", "3452", "BU01"]), numbers)
    assert facts.ids == ("0012", "3452", "BU01")


def test_more_plug_ins_than_cars_are_capped_and_told(three: pd.DataFrame, numbers: Numbers) -> None:
    facts = read(three.assign(cars_bev=[9000.0, 1.0, 1.0]), numbers)
    assert facts.plugins[0] == facts.cars[0]
    assert any("More plug-in cars than cars" in words for words in facts.notices)


def test_a_layer_is_never_changed(three: pd.DataFrame, numbers: Numbers) -> None:
    frame = three.assign(status="measured").drop(columns="cars")
    before = frame.copy(deep=True)
    read(frame, numbers)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("drop", ["district_id", "name"])
def test_a_map_without_codes_or_names_is_refused(
    three: pd.DataFrame, numbers: Numbers, drop: str
) -> None:
    with pytest.raises(InputError, match=drop):
        read(three.drop(columns=drop), numbers)


def test_no_districts_are_refused(three: pd.DataFrame, numbers: Numbers) -> None:
    with pytest.raises(InputError, match="no rows"):
        read(three.iloc[:0], numbers)


def test_a_factor_on_demand_moves_districts_and_keeps_the_city(numbers: Numbers) -> None:
    frame = pd.DataFrame(
        {
            "district_id": ["a", "b", "c"],
            "name": ["A", "B", "C"],
            "cars": [1000.0, 1000.0, 1000.0],
            "households": [1500.0, 1500.0, 1500.0],
            "demand_factor": [2.0, 1.0, np.nan],
        }
    )
    plain = model.estimate(frame.drop(columns="demand_factor"), Scenario(), numbers)
    moved = model.estimate(frame, Scenario(), numbers)
    assert moved.city["kwh_year"].mean == pytest.approx(plain.city["kwh_year"].mean)
    ratio = moved.districts["kwh_year_mean"] / plain.districts["kwh_year_mean"]
    assert ratio[0] / ratio[1] == pytest.approx(2.0, rel=0.02)  # own draws move the rest
    assert ratio[1] == pytest.approx(ratio[2], rel=0.02)
    assert any("factor on demand" in each for each in moved.notices)
    assert not any("factor on demand" in each for each in plain.notices)
