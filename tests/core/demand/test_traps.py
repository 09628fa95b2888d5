"""What others stumbled over, one test each; where a trap has a file of its own, it says so.

1 company seats: test_facts. 3 boxes at the post office: tests/test_cities. 4 secret cells and
5 codes: test_facts. 6 posts and 7 two counts: test_definitions. 8 percentiles and 10 chargers that
stand: test_model. The rest is here.
"""

import io
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from app.core.demand.model import estimate
from app.core.parameters import Parameter
from app.core.scenario import Scenario
from app.services.load_layer import load_layer
from app.services.templates import example_file

Numbers = Mapping[str, Parameter]
Ask = Callable[..., Scenario]
Fixed = Callable[..., Numbers]


def test_2_the_column_elektrisch_is_never_taken_in_silence() -> None:
    # It sums to 788,000 in the whole country in 2023, more than all battery-electric cars.
    text = example_file("districts", "csv").decode().replace("cars_bev", "Elektrisch")
    found = load_layer(io.BytesIO(text.encode()), "districts", name="cbs.csv")
    told = [each for each in found.problems if each.code == "COL-MAPPED"]
    assert any("Elektrisch" in each.message and "cars_bev" in each.message for each in told)
    # and where private counts stand beside it, they are taken
    lines = text.splitlines()
    both = "\r\n".join([lines[0] + ",private_bev_2022", *(f"{line},7" for line in lines[1:])])
    layer = load_layer(io.BytesIO(both.encode()), "districts", name="cbs.csv").layer
    assert layer is not None
    assert layer.frame["cars_bev"].tolist() == [7, 7]


def test_9_occupancy_is_connected_time(
    three: pd.DataFrame, closed: Numbers, fixed: Fixed, ask: Ask
) -> None:
    usual = estimate(three, ask(), closed, draws=2)
    strong = estimate(three, ask(), fixed(closed, nominal_point_kw=22.0), draws=2)
    long = estimate(three, ask(), fixed(closed, hours_session=14.0), draws=2)
    # a point twice as strong is taken just as long, so it serves no more cars
    assert strong.city["points"] == usual.city["points"]
    assert strong.districts["kw_nominal"].sum() == 2 * usual.districts["kw_nominal"].sum()
    assert long.city["kwh_year"] == usual.city["kwh_year"]
    hours = [each.city["connected_hours_day"].mean for each in (usual, long)]
    assert hours[1] == pytest.approx(2 * hours[0])
    assert long.city["points"].mean > 1.5 * usual.city["points"].mean


def test_rates_of_a_handful_of_homes_are_marked(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    frame = three.assign(households=[99.0, 100.0, 0.0])
    found = estimate(frame, ask(), numbers, draws=4).districts
    assert found["rates_hidden"].tolist() == [True, False, True]
    assert np.isfinite(found["ev_share"]).all()  # kept for files, shrunk to the city


def test_homes_without_own_parking_by_hand(three: pd.DataFrame, closed: Numbers, ask: Ask) -> None:
    # 0.75 x 0.08 + 0.25 x 0.35 = 0.1475 of the homes have their own; the odds are for drivers
    found = estimate(three, ask(), closed, draws=2).districts
    assert found["no_own_parking"].tolist() == pytest.approx([0.8525, 0.7040, 0.8930])
    assert found["homes_no_own_parking"].tolist() == pytest.approx([5115.0, 1584.0, 2500.4])
    told = estimate(three.assign(off_street_share=0.4), ask(), closed, draws=2).districts
    assert told["no_own_parking"].tolist() == pytest.approx([0.6] * 3)


def test_a_floor_is_shown_apart_from_demand(
    three: pd.DataFrame, closed: Numbers, fixed: Fixed, ask: Ask
) -> None:
    nobody = dict.fromkeys(
        ("visitor_kwh_share", "commuter_kwh_share", "shared_per_1000_hh", "taxi_per_1000_inh"), 0.0
    )
    numbers = fixed(closed, **nobody)
    frame = three.assign(cars=[0.0, 2500.0, 1500.0], cars_bev=[0.0, 100.0, 15.0])
    found = estimate(frame, ask(), numbers, draws=2)
    assert found.districts["points_plan"][0] == 0
    assert found.districts["points_coverage"].tolist() == [1, 0, 0]
    assert found.points_plan == found.districts["points_plan"].sum()  # the floor is not in it
