"""Who starves cars never wins; what flows back counts; money and flexibility by hand."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.core.bill import Bill, bill, summed_bills
from app.core.engine.figures import against, sanity_doubts
from app.core.engine.flexibility import Flexibility, summed_flexibility
from app.core.impact import OVER, ROOM, UNKNOWN, Impact, judge, measure
from app.core.indicators import bill_figures, flexible_figures, least_harm, starves
from app.core.parameters import Parameter
from tests.core.test_impact import STEPS, result, sessions, stretch_of

Numbers = Mapping[str, Parameter]


def answer(strategy: str, over: int, peak_kw: float, served: float, short: float = 0.0) -> Impact:
    states = [OVER] * over + [ROOM] * (10 - over)
    city = {"peak_kw": peak_kw, "served_share": served, "below_95_share": short}
    times = pd.date_range("2030-01-07", periods=2, freq="15min", tz="Europe/Amsterdam")
    load_kw = np.array([1.0, peak_kw])
    return Impact(
        strategy, "peak_week", pd.DataFrame({"state": states}), city, times, load_kw, load_kw
    )


def test_the_lowest_peak_does_not_win_by_leaving_cars_short(numbers: Numbers) -> None:
    answers = {
        "uncontrolled": answer("uncontrolled", 5, 900, 1.0),
        "pause": answer("pause", 3, 700, 0.999),
        "starver": answer("starver", 0, 400, 0.9),
        "half": answer("half", 1, 500, 0.995, short=0.2),
    }
    best = least_harm(answers, numbers)
    assert best is not None
    assert best.strategy == "pause"
    assert starves(answers["starver"].city, numbers)
    assert starves(answers["half"].city, numbers)
    assert least_harm({"starver": answers["starver"]}, numbers) is None


def test_what_flows_back_too_much_is_over_the_limit_also_without_a_car() -> None:
    base_kw = np.full((3, STEPS), 20.0)
    base_kw[:, 48:52] = -60.0  # an hour of sun
    nobody = sessions([], [], [])
    limit_kw, export_kw = np.array([100.0, 100.0, np.nan]), np.array([50.0, 70.0, np.nan])
    told = result(base_kw, np.zeros_like(base_kw), [], nobody)
    frame = measure(told, base_kw, nobody, limit_kw, np.ones(STEPS, bool), export_kw=export_kw)
    assert frame["export_hours_over"].tolist()[:2] == [1.0, 0.0]
    assert np.isnan(frame["export_hours_over"][2]), "unknown is not zero"
    assert frame["lowest_kw"].tolist() == [-60.0] * 3
    assert frame["hours_over"].tolist()[:2] == [0.0, 0.0]
    states = judge(
        frame["peak_kw"].to_numpy(),
        limit_kw,
        tight_share=0.8,
        export_hours=frame["export_hours_over"].to_numpy(),
    )
    assert states.tolist() == [OVER, ROOM, UNKNOWN]


def test_a_bill_by_hand() -> None:
    # 8 kW for an hour at 100 EUR/MWh, 2 kW given back for an hour at 300: 0.80 - 0.60 EUR for
    # 6 kWh drawn, of which 5.4 are delivered; at 200 g/kWh 1.2 kg.
    ev_kw = np.zeros((1, STEPS))
    ev_kw[0, 0:4], ev_kw[0, 8:12] = 8.0, -2.0
    prices = np.full(STEPS, 100.0)
    prices[8:12] = 300.0
    cars = sessions([0], [0], [5.4])
    told = result(np.zeros_like(ev_kw), ev_kw, [5.4], cars)
    found = bill(told, np.ones(STEPS, bool), prices, 200.0)
    assert found.cost_eur == pytest.approx(0.2)
    assert found.co2_kg == pytest.approx(1.2)
    assert found.delivered_kwh == pytest.approx(5.4)
    assert summed_bills([found, None]) is None, "a sum with a hole is no sum"
    part = replace(stretch_of(30, 1, 7, weight=3), bill=Bill(2.0, 4.0, 10.0))
    told_of = bill_figures([part, replace(part, day_weight=1.0)])
    assert told_of == {"cost_eur": 8.0, "cost_eur_per_kwh": 0.2, "co2_kg": 16.0}
    assert bill_figures([part, stretch_of(30, 1, 8)]) == {}


def test_flexibility_is_a_mean_of_the_steps_that_count() -> None:
    down = np.zeros(STEPS)
    down[72] = 40.0  # 18:00
    each = Flexibility(down, down / 2)
    both = summed_flexibility([each, each])
    assert both is not None
    part = replace(stretch_of(30, 1, 7), flexible=both)
    found = flexible_figures([part])
    assert found["flex_down_18_kw"] == 80.0
    assert found["flex_up_18_kw"] == 40.0
    assert found["flex_down_kw"] == pytest.approx(80 / STEPS)
    assert flexible_figures([stretch_of(30, 1, 7)]) == {}


def test_doubts_name_what_is_not_like_public_charging(numbers: Numbers) -> None:
    assert not sanity_doubts({"coincidence": 0.2, "kwh_per_point_day": 17.0}, numbers)
    assert not sanity_doubts({"coincidence": None}, numbers)
    codes = [c for c, _ in sanity_doubts({"coincidence": 0.01, "kwh_per_point_day": 99.0}, numbers)]
    assert codes == ["coincidence", "kwh_per_point_day"]


def test_a_difference_needs_two_numbers() -> None:
    found = against({"a": 3.0, "b": None, "c": True, "d": 1}, {"a": 1.0, "b": 2.0, "c": False})
    assert found == {"a": 2.0, "b": None, "c": None, "d": None}
