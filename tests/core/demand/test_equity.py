"""Who is left out: by hand, and what must hold for every map."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.demand import equity
from app.core.demand.equity import Homes


def homes() -> Homes:
    """Two districts: 200 homes on two points, 100 on one, and one that nobody counted."""
    xy = np.array([[0.0, 0.0], [400.0, 0.0], [1_000.0, 0.0], [5_000.0, 0.0]])
    return Homes(xy, np.array([0, 0, 1, 2], np.int32), np.array([200.0, 100.0, np.nan]))


def test_a_walk_is_longer_than_the_straight_line() -> None:
    """A point 240 m away in a straight line is 312 m on foot: farther than 300 m."""
    at = np.array([[240.0, 0.0]])
    found = equity.far_share(homes(), at, walk_m=300, detour=1.3)
    assert found.tolist() == [0.5, 1.0, 1.0]  # only the home at 400 m is near: 208 m on foot
    straight = equity.far_share(homes(), at, walk_m=300, detour=1.0)
    assert straight.tolist() == [0.0, 1.0, 1.0]


def test_without_a_map_of_points_nobody_is_far_or_near() -> None:
    assert np.isnan(equity.far_share(homes(), None, walk_m=300, detour=1.3)).all()
    none = equity.far_share(homes(), np.zeros((0, 2)), walk_m=300, detour=1.3)
    assert none.tolist() == [1.0, 1.0, 1.0]


@given(st.lists(st.floats(0, 3_000), min_size=1, max_size=5), st.floats(10, 2_000))
def test_a_longer_walk_leaves_nobody_farther(at: list[float], walk: float) -> None:
    xy = np.array([[x, 0.0] for x in at])
    near = equity.far_share(homes(), xy, walk_m=walk, detour=1.3)
    wide = equity.far_share(homes(), xy, walk_m=1.5 * walk, detour=1.3)
    assert (wide <= near).all()


def test_fifths_hold_as_many_households_and_the_unknown_are_in_none() -> None:
    income = np.array([30.0, 10.0, 20.0, np.nan, 50.0, 40.0])
    households = np.array([100.0, 100.0, 100.0, 100.0, 100.0, 100.0])
    assert equity.quintile(income, households).tolist() == [3, 1, 2, 0, 5, 4]
    heavy = np.array([100.0, 800.0, 100.0, 100.0, 100.0, 100.0])
    assert equity.quintile(income, heavy)[1] == 2  # the middle of its homes lies at a third
    assert equity.quintile(np.full(3, np.nan), np.ones(3)).tolist() == [0, 0, 0]


def test_equal_incomes_are_in_one_fifth_whatever_their_order() -> None:
    """Two districts at the border of the fourth fifth: their common middle decides."""
    income = np.array([10.0, 20.0, 30.0, 40.0, 40.0])
    found = equity.quintile(income, np.full(5, 100.0))
    assert found.tolist() == [1, 2, 3, 5, 5]
    assert equity.quintile(income[::-1], np.full(5, 100.0)).tolist() == [5, 5, 3, 2, 1]


@given(st.permutations(range(6)))
def test_the_order_of_districts_changes_nothing(order: list[int]) -> None:
    income = np.array([30.0, 10.0, 20.0, 20.0, np.nan, 40.0])
    rate = np.array([0.3, 0.0, 0.1, 0.5, 0.2, 0.4])
    weight = np.array([10.0, 300.0, 20.0, 40.0, 10.0, 60.0])
    index = equity.concentration(rate, weight, income)
    assert equity.concentration(rate[order], weight[order], income[order]) == pytest.approx(index)
    fifths = equity.quintile(income, weight)
    assert equity.quintile(income[order], weight[order]).tolist() == fifths[order].tolist()


def test_concentration_by_hand() -> None:
    """Two districts of equal weight, the richer has all: 2 (0.5 x 0.75) / 0.5 - 1 = 0.5."""
    even = np.ones(2)
    rate = np.array([0.0, 1.0])
    assert equity.concentration(rate, even, np.array([1.0, 2.0])) == pytest.approx(0.5)
    assert equity.concentration(rate, even, np.array([2.0, 1.0])) == pytest.approx(-0.5)
    assert equity.concentration(even, even, np.array([1.0, 2.0])) == pytest.approx(0.0)
    assert np.isnan(equity.concentration(rate, even, np.array([1.0, np.nan])))


def test_rates_of_a_fifth_are_sums_over_sums() -> None:
    frame = pd.DataFrame(
        {
            "quintile": [1, 1, 1, 2, 0],
            "households": [100.0, 300.0, 0.0, 200.0, 50.0],
            "income_eur": [10.0, 12.0, 11.0, 30.0, np.nan],
            "cars": [10.0, 90.0, 900.0, 100.0, 5.0],
            "plugins": [5.0, 5.0, np.nan, np.nan, 1.0],
            "cars_then": [10.0, 90.0, 0.0, 100.0, 5.0],
            "ev_then": [5.0, 15.0, 0.0, 50.0, 1.0],
            "homes_no_own_parking": [50.0, 150.0, 0.0, 100.0, 1.0],
            "homes_far": [100.0, np.nan, np.nan, 20.0, 1.0],
            "points": [1.0, 3.0, np.nan, np.nan, 1.0],
        }
    )
    first, second = equity.by_quintile(frame).to_dict("records")
    assert (first["districts"], first["households"]) == (3, 400.0)
    assert first["plugin_share"] == 0.1  # not the mean of 50 % and 5.6 %; 900 cars told nothing
    assert first["far"] == 1.0  # only of those that are known
    assert first["points_per_1000"] == 20.0
    assert np.isnan(second["plugin_share"])
    assert np.isnan(second["points_per_1000"])


def test_the_norm_asks_only_where_enough_live_and_unknown_is_never_met() -> None:
    where = Homes(
        np.zeros((4, 2)), np.array([0, 1, 2, 3], np.int32), np.array([130.0, 130.0, 20.0, np.nan])
    )
    cell = np.array([0, 1, 2, 3])
    held = equity.coverage(where, cell, 4, np.array([0, 2]), least=125)
    assert held["state"].tolist() == ["met", "not_met", "few_homes", "unknown"]
    assert held["points"].tolist() == [1, 0, 1, 0]
    strict = equity.coverage(where, cell, 4, np.array([0, 2]), least=200)
    assert strict["state"].tolist() == ["few_homes", "few_homes", "few_homes", "unknown"]
    nobody = equity.coverage(where, cell, 4, None, least=125)
    assert nobody["state"].tolist() == ["unknown", "unknown", "few_homes", "unknown"]
