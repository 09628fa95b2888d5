"""The share of electric cars: the city from above, the pattern from below."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from app.core.demand.adoption import base_share, common_shift, gaps, path
from app.core.engine.arrays import Floats

CARS = np.array([4000.0, 2500.0, 1500.0])
PLUGINS = np.array([80.0, 100.0, 15.0])
PRIOR = np.array([50.0])


def reconcile(offsets: Floats, cars: Floats, city_share: Floats) -> Floats:
    return np.asarray(expit(common_shift(offsets, cars, city_share) + offsets))


cities = st.lists(
    st.tuples(st.integers(0, 20_000), st.floats(0, 1)), min_size=1, max_size=12
).filter(lambda rows: sum(cars for cars, _ in rows) > 0)


def test_three_districts_by_hand() -> None:
    # S0 = 195 / 8000; s1 = (80 + 50 S0) / 4050 = 0.0200540, logit -3.889068; the car-weighted
    # mean of the logits is -3.793177; times exp(-8/15) the gaps of 2030 are as below.
    assert base_share(PLUGINS, CARS) == pytest.approx(0.024375, abs=1e-12)
    found = gaps(PLUGINS, CARS, PRIOR) * np.exp(-8 / 15)
    assert found[:, 0] == pytest.approx([-0.0562545, 0.3561616, -0.4435907], abs=5e-8)
    share = reconcile(found, CARS, np.array([0.20]))
    assert share[:, 0] == pytest.approx([0.1875789, 0.2585721, 0.1355028], abs=5e-8)
    assert logit(share[:, 0]) - found[:, 0] == pytest.approx([-1.4095649] * 3, abs=5e-8)
    assert (share[:, 0] * CARS).sum() == pytest.approx(1600, abs=1e-9)


def test_two_independent_outlooks_agree() -> None:
    # 2.53 % in 2022 and one fifth in 2030 lead to one half in 2035; the national outlook says so.
    city = [(2022.0, np.array([0.0253])), (2030.0, np.array([0.20]))]
    assert path(2035, city)[0] == pytest.approx(0.507, abs=5e-4)
    nation = [(2025.0, np.array([0.05])), (2035.0, np.array([0.50]))]
    assert path(2030, nation)[0] == pytest.approx(0.187, abs=5e-4)


def test_a_path_meets_its_knots_and_never_falls() -> None:
    knots = [(2022.0, np.array([0.3])), (2030.0, np.array([0.2])), (2035.0, np.array([0.5]))]
    shares = [path(year, knots)[0] for year in range(2022, 2051)]
    assert shares[0] == pytest.approx(0.3)
    assert shares[2030 - 2022] == pytest.approx(0.3)  # held, not back to 0.2
    assert shares[2035 - 2022] == pytest.approx(0.5)
    assert np.all(np.diff(shares) >= 0)


@given(rows=cities, share=st.floats(0.002, 0.97), prior=st.floats(0, 200))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_districts_always_reach_the_citys_share(
    rows: list[tuple[int, float]], share: float, prior: float
) -> None:
    cars = np.array([float(cars) for cars, _ in rows])
    plugins = cars * np.array([part for _, part in rows])
    found = reconcile(gaps(plugins, cars, np.array([prior])), cars, np.array([share]))
    assert np.all((found >= 0) & (found <= 1))
    assert (found[:, 0] * cars).sum() == pytest.approx(share * cars.sum(), rel=1e-11)


def test_more_registrations_keep_a_district_ahead() -> None:
    more = PLUGINS + np.array([0.0, 0.0, 40.0])
    before, after = (
        reconcile(gaps(each, CARS, PRIOR), CARS, np.array([0.2]))[:, 0] for each in (PLUGINS, more)
    )
    assert after[2] > before[2]
    assert np.all(after[:2] < before[:2])  # the city's total is given


def test_small_districts_are_pulled_to_the_city() -> None:
    cars, plugins = np.array([10_000.0, 10.0]), np.array([200.0, 1.0])
    apart = gaps(plugins, cars, np.array([0.0]))
    pulled = gaps(plugins, cars, PRIOR)
    assert 0 < pulled[1, 0] < apart[1, 0]


def test_a_city_without_cars_is_no_error() -> None:
    none = np.zeros(2)
    found = reconcile(gaps(none, none, np.array([0.0])), none, np.array([0.3]))
    assert found[:, 0] == pytest.approx([0.3, 0.3])
