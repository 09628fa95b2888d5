"""The curve of yearly registrations: fitted, or refused with the reason."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand.bass import Curve, fit, refusal
from app.core.demand.facts import read
from app.core.demand.model import estimate
from app.core.errors import InputError
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]
Ask = Callable[..., Scenario]
SHARES = {2018: 0.004, 2019: 0.007, 2020: 0.011, 2021: 0.017, 2022: 0.0244}


def _loaded(three: pd.DataFrame) -> pd.DataFrame:
    """Give each district its yearly plug-in cars, in the proportions of today."""
    today = three["cars_bev"] / three["cars_bev"].sum() * three["cars"].sum()
    return three.assign(**{f"plugins_{year}": today * share for year, share in SHARES.items()})


def test_the_closed_form_solves_the_equation() -> None:
    # df/dt = (p + q f)(1 - f), in small steps from f = 0.02 / 0.95
    curve, f, step = Curve(0.01, 0.4, 0.95), 0.02 / 0.95, 1e-3
    for _ in range(8000):
        f += step * (curve.p + curve.q * f) * (1 - f)
    assert float(curve.after(np.array(0.02), 8)) == pytest.approx(0.95 * f, rel=1e-3)


@given(
    p=st.floats(1e-6, 0.3),
    q=st.floats(1e-6, 1.5),
    share=st.floats(0, 1),
    years=st.floats(0, 40),
    more=st.floats(0, 10),
)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_a_curve_never_falls_and_keeps_the_order(
    p: float, q: float, share: float, years: float, more: float
) -> None:
    curve = Curve(p, q, 0.95)
    shares = np.array([share, min(share + 0.01, 1)])
    now, later = curve.after(shares, years), curve.after(shares, years + more)
    assert (now >= shares).all()
    assert (later >= now - 1e-12).all()
    assert now[0] <= now[1] + 1e-12
    assert (later <= max(0.95, shares[1])).all()


def test_a_planted_curve_is_found_again() -> None:
    curve = Curve(0.004, 0.45, 0.95)
    years = range(2015, 2023)
    shares = [float(curve.after(np.array(0.002), year - 2015)) for year in years]
    found = fit(tuple(zip(years, shares, strict=True)), 0.95)
    assert (found.p, found.q) == pytest.approx((0.004, 0.45), rel=1e-3)


def test_four_years_or_a_fall_are_refused_with_the_reason() -> None:
    short = ((2019, 0.01), (2020, 0.02), (2021, 0.03), (2022, 0.04))
    assert "of 4 years" in refusal(short)
    falling = tuple((year, 0.1 - 0.01 * nth) for nth, year in enumerate(range(2018, 2023)))
    assert "do not grow from 2018 to 2022" in refusal(falling)
    with pytest.raises(InputError, match="plugins_2018"):
        fit(short, 0.95)


def test_without_registrations_the_model_says_why_not(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    with pytest.raises(InputError, match=r"no curve can be fitted.*of 0 years.*plugins_2018"):
        estimate(three, ask(gap="bass"), numbers, draws=4)


def test_the_citys_total_stays_the_chosen_path(
    three: pd.DataFrame, numbers: Numbers, closed: Numbers, ask: Ask
) -> None:
    frame = _loaded(three)
    slow, bass = (estimate(frame, ask(gap=gap), closed, draws=2) for gap in ("slow", "bass"))
    assert bass.city["ev_private"].mean == pytest.approx(1600, rel=1e-11)
    assert bass.city["ev_private"].mean == pytest.approx(slow.city["ev_private"].mean, rel=1e-11)
    assert not np.allclose(bass.districts["ev_share"], slow.districts["ev_share"], rtol=1e-3)
    order = slow.districts["ev_share"].argsort().tolist()
    assert bass.districts["ev_share"].argsort().tolist() == order
    assert any("p = " in words and "the chosen path" in words for words in bass.notices)
    assert not any("p = " in words for words in slow.notices)
    low, middle, high = (
        estimate(frame, ask(gap="bass", uptake=each), numbers, draws=64).city["ev"].mean
        for each in ("low", "mid", "high")
    )
    assert low < middle < high


def test_a_district_never_loses_cars_on_the_way(
    three: pd.DataFrame, closed: Numbers, ask: Ask
) -> None:
    frame = _loaded(three)
    shares = [
        estimate(frame, ask(gap="bass", year=year), closed, draws=2).districts["ev_share"]
        for year in range(2022, 2051, 4)
    ]
    assert (np.diff(np.array(shares), axis=0) > 0).all()


def test_only_districts_that_know_every_year_count(three: pd.DataFrame, numbers: Numbers) -> None:
    frame = _loaded(three)
    frame.loc[2, "plugins_2019"] = np.nan
    known = frame.iloc[:2]
    yearly = dict(read(frame, numbers).yearly)
    assert list(yearly) == list(SHARES)
    for year in SHARES:
        expected = known[f"plugins_{year}"].sum() / known["cars"].sum()
        assert yearly[year] == pytest.approx(expected)


def test_any_city_still_adds_up(twin: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    rng = np.random.default_rng(5)
    for year in (2022, 2030, 2050):
        plugins = rng.uniform(0.5, 1.5, (len(SHARES), len(twin)))
        told = zip(SHARES.items(), plugins, strict=True)
        columns = {f"plugins_{each}": twin["cars"] * share * part for (each, share), part in told}
        found = estimate(twin.assign(**columns), ask(gap="bass", year=year), numbers, draws=32)
        for name in ("ev", "kwh_year", "points"):
            total = found.districts[f"{name}_mean"].sum()
            assert total == pytest.approx(found.city[name].mean, rel=1e-9)
        rest = estimate(twin, ask(year=year), numbers, draws=32).city["ev_private"]
        assert found.city["ev_private"].p50 == pytest.approx(rest.p50, rel=1e-9)
