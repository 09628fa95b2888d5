"""What drivers, batteries and the hours after a window notice."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.engine.arrays import V2G, Sessions
from app.core.engine.figures import (
    cycle_figures,
    rebound_figures,
    sanity_figures,
    user_figures,
)
from app.core.engine.result import EngineResult


def two_cars() -> Sessions:
    """Make two cars that want 11 and 22 kWh at 11 kW, from step 0, for four hours."""
    half = np.float32
    return Sessions(
        row=np.zeros(2, np.int32),
        arrival=np.zeros(2, np.int32),
        departure=np.full(2, 16, np.int32),
        energy_kwh=np.array([11, 22], half),
        power_kw=np.full(2, 11, half),
        phases=np.full(2, 3, np.int8),
        key=np.arange(2, dtype=np.uint64),
        soc0_kwh=np.full(2, 20, half),
        battery_kwh=np.full(2, 50, half),
        discharge_kw=np.full(2, 11, half),
        group=np.zeros(2, np.int8),
        can_resume=np.ones(2, np.int8),
        can_v2g=np.ones(2, np.int8),
        opted_out=np.zeros(2, np.int8),
        station=np.zeros(2, np.int32),
        index=np.array([0, 2]),
    )


def answer() -> EngineResult:
    """Serve the first car with a pause of an hour, the second one only half."""
    profile = np.zeros((2, 16), np.float32)
    profile[0, [0, 1, 6, 7]] = 11
    profile[1, :4] = 11
    return EngineResult(
        load_kw=profile.sum(axis=0, keepdims=True).astype(float),
        ev_kw=profile.sum(axis=0, keepdims=True).astype(float),
        served_kwh=np.array([11, 11], np.float32),
        discharged_kwh=np.array([0, 5], np.float32),
        possible_kwh=np.array([11, 22], np.float32),
        session_class=np.array([V2G, V2G], np.int8),
        late_kwh=np.array([5.5, 0], np.float32),
        finished=np.array([8, 4], np.int32),
        profile_kw=profile.ravel(),
    )


def test_a_pause_and_a_half_full_car_by_hand() -> None:
    found = user_figures(two_cars(), answer())
    assert found["worse_off"] == 1
    assert found["below_95"] == 0.5
    assert found["late_kwh_share"] == pytest.approx(5.5 / 22)
    # usual: full after 4 and 8 steps; now 8 and 4: one hour more and none
    assert found["added_min_p50"] == 30
    assert found["pauses_mean"] == 0.5
    assert found["max_pause_h"] == 1.0


def test_without_profiles_nobody_can_say_who_paused() -> None:
    found = user_figures(two_cars(), replace(answer(), profile_kw=None))
    assert found["pauses_mean"] is None


def test_nobody_is_no_user() -> None:
    nobody = two_cars().slice(0, 0)
    empty = np.empty(0, np.float32)
    found = user_figures(nobody, replace(answer(), served_kwh=empty, late_kwh=empty))
    assert set(found.values()) == {None}


def test_cycles_count_what_leaves_the_battery() -> None:
    found = cycle_figures(two_cars(), answer(), round_trip=0.81, v2g=V2G)
    assert found["discharged_kwh"] == 5
    assert found["equivalent_full"] == pytest.approx(5 / 0.9 / 50)
    assert found["share_of_v2g_sessions_used"] == 0.5


def test_the_rebound_is_the_peak_after_the_window() -> None:
    ev = np.array([5.0, 1, 1, 9, 2, 2, *[0] * 20, 50])
    held = np.zeros(ev.size, dtype=bool)
    held[1:3] = True
    over = ev > 8
    found = rebound_figures(ev, over, held, 6.0)
    assert (found["in_kw"], found["out_kw"], found["after_kw"]) == (1, 50, 9)
    assert found["after_step"] == 3
    assert found["ratio"] == 1.5
    assert found["breaks_limit"] is True
    assert set(rebound_figures(ev, over, None, 6.0).values()) == {None}


def test_the_chain_of_sanity_holds() -> None:
    found = sanity_figures(np.array([0.0, 20, 40, 20]), 4, 44.0)
    assert found["mwh_year"] == pytest.approx(found["mean_mw"] * 8760)
    assert found["peak_mw"] == 0.04
    assert found["coincidence"] == pytest.approx(40 / 44)
    assert found["kw_per_point"] == 10
    assert sanity_figures(np.array([1.0]), None, None)["kw_per_point"] is None
