"""Sums of what drivers notice add up to the figures of one run, whatever it is cut into."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.engine.arrays import PAUSE, UNCONTROLLED
from app.core.engine.drivers import KEYS, add_up, driver_sums
from app.core.engine.figures import cycle_figures, user_figures
from tests.core.engine.test_figures import answer, two_cars

V2G = 3


def test_they_say_what_the_figures_of_one_run_say() -> None:
    found = driver_sums(two_cars(), answer(), 2, round_trip=0.81).figures()
    for name, value in user_figures(two_cars(), answer()).items():
        if name != "added_min_p50":  # of two sessions the lower one, not the middle
            assert found[name] == pytest.approx(value, abs=7), name
    cycles = cycle_figures(two_cars(), answer(), round_trip=0.81, v2g=V2G)
    for name in ("discharged_kwh", "equivalent_full", "share_of_v2g_sessions_used"):
        assert found[name] == pytest.approx(cycles[name])
    assert set(found) == set(KEYS)
    assert found["served_share"] == pytest.approx(22 / 33)


def test_groups_are_told_apart_and_an_empty_one_says_nothing() -> None:
    cars = replace(two_cars(), group=np.array([0, 1], np.int8))
    sums = driver_sums(cars, answer(), 3, round_trip=0.81)
    assert sums.figures(0)["worse_off"] == 0
    assert sums.figures(0)["added_min_p50"] == 60
    assert sums.figures(1)["worse_off"] == 1
    assert sums.figures(1)["pauses_mean"] == 0
    assert set(sums.figures(2).values()) == {None}


def test_pieces_add_up_with_their_weights() -> None:
    sums = driver_sums(two_cars(), answer(), 1, round_trip=0.81)
    both = add_up([(sums, 2.0), (sums, 3.0)])
    assert both.figures()["sessions"] == 10
    assert both.figures()["below_95"] == sums.figures()["below_95"]
    assert both.figures()["max_pause_h"] == sums.figures()["max_pause_h"], "a longest is no sum"


def test_without_profiles_pauses_are_unknown_and_not_none() -> None:
    told = replace(answer(), profile_kw=None)
    found = driver_sums(two_cars(), told, 1, round_trip=0.81).figures()
    assert found["pauses_mean"] is None
    assert found["max_pause_h"] is None


def test_only_what_arrives_in_counted_steps_counts() -> None:
    counted = np.zeros(16, bool)
    sums = driver_sums(two_cars(), answer(), 1, round_trip=0.81, counted=counted)
    assert sums.figures()["sessions"] is None


def test_nobody_overrides_what_asks_for_nothing() -> None:
    kinds = np.array([UNCONTROLLED, PAUSE], np.int8)
    told = replace(answer(), session_class=kinds)
    assert driver_sums(two_cars(), told, 1, round_trip=0.81).figures()["overrides"] == 1
    usual = replace(answer(), session_class=np.zeros(2, np.int8))
    assert driver_sums(two_cars(), usual, 1, round_trip=0.81).figures()["overrides"] == 0
