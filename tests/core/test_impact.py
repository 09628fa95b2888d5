"""What is measured of a run: by hand, over parts, and never green where nothing is known."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from app.core.engine.arrays import Floats, Sessions
from app.core.engine.clock import Clock
from app.core.engine.result import EngineResult
from app.core.impact import (
    OVER,
    ROOM,
    TIGHT,
    UNKNOWN,
    Part,
    beside,
    judge,
    measure,
    rows_over,
)
from app.core.indicators import city_indicators, rebound, window_peaks

STEPS = 96


def sessions(rows: list[int], arrival: list[int], energy_kwh: list[float]) -> Sessions:
    """Cars that stay twenty steps."""
    count = len(rows)
    same = {
        "power_kw": 11.0, "soc0_kwh": 0.0, "battery_kwh": 60.0, "discharge_kw": 0.0,
    }  # fmt: skip
    whole = ("phases", "group", "can_resume", "can_v2g", "opted_out")
    return Sessions(
        row=np.array(rows, np.int32),
        arrival=np.array(arrival, np.int32),
        departure=np.array(arrival, np.int32) + 20,
        energy_kwh=np.array(energy_kwh, np.float32),
        key=np.arange(count).astype(np.uint64),
        station=np.full(count, -1, np.int32),
        index=np.searchsorted(rows, [0, 1, 2]).astype(np.int64),
        **{name: np.full(count, value, np.float32) for name, value in same.items()},
        **{name: np.zeros(count, np.int8) for name in whole},
    )


def result(
    base_kw: Floats, ev_kw: Floats, served_kwh: list[float], wanted: Sessions
) -> EngineResult:
    """Answer as an engine would."""
    count = len(served_kwh)
    return EngineResult(
        load_kw=base_kw + ev_kw,
        ev_kw=ev_kw,
        served_kwh=np.array(served_kwh, np.float32),
        discharged_kwh=np.zeros(count, np.float32),
        possible_kwh=wanted.energy_kwh,
        session_class=np.zeros(count, np.int8),
        late_kwh=np.zeros(count, np.float32),
        finished=np.zeros(count, np.int32),
    )


def test_one_evening_by_hand() -> None:
    # Two transformers, 50 kW of homes. On the first 30 kW of charging from 18:00 to 19:00
    # (steps 72-75) and a limit of 70 kW: 10 kW over for one hour, 10 kWh. The second is unknown.
    base_kw = np.full((2, STEPS), 50.0)
    ev_kw = np.zeros((2, STEPS))
    ev_kw[:, 72:76] = 30.0
    cars = sessions([0, 0, 1], [70, 71, 70], [20.0, 10.0, 30.0])
    answer = result(base_kw, ev_kw, [20.0, 9.0, 30.0], cars)  # the second car misses 1 of 10 kWh
    limit_kw = np.array([70.0, np.nan])
    frame = measure(answer, base_kw, cars, limit_kw, np.ones(STEPS, bool))
    assert frame["peak_kw"].tolist() == [80.0, 80.0]
    assert frame["peak_step"].tolist() == [72, 72]
    assert frame["ev_peak_kw"].tolist() == [30.0, 30.0]
    assert frame["hours_over"].iloc[0] == 1.0
    assert frame["kwh_over"].iloc[0] == 10.0
    assert frame[["hours_over", "kwh_over"]].iloc[1].isna().all(), "unknown is not zero"
    assert frame["unserved_kwh"].tolist() == pytest.approx([1.0, 0.0])
    assert frame["worse_off"].tolist() == [1, 0]
    assert frame["sessions"].tolist() == [2, 1]


def test_what_does_not_count_is_left_out() -> None:
    base_kw, ev_kw = np.full((1, STEPS), 10.0), np.zeros((1, STEPS))
    ev_kw[0, 4] = 99.0  # on the warm-up day
    counted = np.arange(STEPS) >= 48
    cars = sessions([0, 0], [4, 60], [1.0, 1.0])
    frame = measure(
        result(base_kw, ev_kw, [1.0, 1.0], cars), base_kw, cars, np.array([50.0]), counted
    )
    assert frame["peak_kw"].iloc[0] == 10.0
    assert frame["sessions"].iloc[0] == 1


@pytest.mark.parametrize(
    ("peak_kw", "limit_kw", "state"),
    [
        (79, 100, ROOM),
        (81, 100, TIGHT),
        (100, 100, TIGHT),
        (101, 100, OVER),
        (1, np.nan, UNKNOWN),
        (np.nan, 100, UNKNOWN),
    ],
)
def test_verdicts_by_hand(peak_kw: float, limit_kw: float, state: str) -> None:
    assert judge(np.array([peak_kw]), np.array([limit_kw]), tight_share=0.8).tolist() == [state]


def stretch_of(peak_kw: float, hours: float, day: int, *, weight: float = 1.0) -> Part:
    """One transformer, some days."""
    clock = Clock.days(datetime(2030, 1, day), 1, "Europe/Amsterdam")  # noqa: DTZ001  # a local day
    frame = pd.DataFrame(
        {
            "peak_kw": [peak_kw], "base_peak_kw": [10.0], "ev_peak_kw": [peak_kw - 10.0],
            "hours_over": [hours], "kwh_over": [hours], "unserved_kwh": [0.5],
            "export_hours_over": [np.nan], "lowest_kw": [10.0], "served_kwh": [20.0],
            "discharged_kwh": [0.0], "sessions": [4.0], "worse_off": [1.0],
            "peak_time": [clock.index()[72]],
        }
    )  # fmt: skip
    base_kw, ev_kw = np.full(STEPS, 10.0), np.full(STEPS, 2.0)
    ev_kw[72] = peak_kw - 10.0
    counted, held = np.ones(STEPS, bool), np.zeros(STEPS, bool)
    held[64:80] = True  # 16:00 to 20:00
    return Part(frame, base_kw, ev_kw, clock, counted, held, weight)


def test_weeks_are_weighted_and_peaks_are_kept() -> None:
    found = rows_over([stretch_of(30, 1, 7, weight=2), stretch_of(40, 3, 8, weight=10)])
    assert found["peak_kw"].iloc[0] == 40
    assert found["peak_time"].iloc[0].day == 8
    assert found["hours_over"].iloc[0] == 1 * 2 + 3 * 10


def test_rows_beside_each_other_add_up() -> None:
    both = beside([stretch_of(30, 1, 7), stretch_of(40, 2, 7)])
    assert len(both.frame) == 2
    assert both.ev_kw.max() == 20 + 30
    assert both.base_kw.max() == 20


def test_the_chain_from_cars_to_kw_per_point_holds() -> None:
    part = stretch_of(30, 1, 7)
    found = city_indicators([part], part.frame, points=10, vehicles=100, point_kw=11.0)
    mean_mw, mwh_year = found["mean_mw"], found["mwh_year"]
    assert mean_mw is not None
    assert mwh_year == pytest.approx(mean_mw * 8760)
    assert found["coincidence"] == pytest.approx(20 / 110)
    assert found["kw_per_point"] == pytest.approx(2.0)


def test_without_points_or_limits_nothing_is_made_up() -> None:
    part = stretch_of(30, 1, 7)
    part.frame[["hours_over", "kwh_over"]] = np.nan
    found = city_indicators([part], part.frame, points=0, vehicles=0, point_kw=11.0)
    assert found["coincidence"] is None
    assert found["hours_over"] is None


def test_a_peak_moved_behind_the_window_is_seen_there() -> None:
    part = stretch_of(30, 1, 7)
    part.ev_kw[82] = 50.0  # 20:30, after the window
    assert window_peaks([part]) == {"window_peak_kw": 30.0, "outside_peak_kw": 60.0}
    part.held[:] = False  # no contract: nothing is made up for hours it does not have
    assert window_peaks([part]) == {"window_peak_kw": None, "outside_peak_kw": 60.0}


def test_rebound_is_what_comes_within_four_hours() -> None:
    part = stretch_of(30, 1, 7)
    part.ev_kw[82] = 50.0  # 20:30, after the window
    part.ev_kw[8] = 90.0  # 02:00, long after
    found = rebound([part])
    assert found == {"rebound_in_kw": 20.0, "rebound_after_kw": 50.0}
