"""Draws."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand import uncertainty
from app.core.parameters import Parameter
from app.core.scenario import Scenario


def _number(value: float, low: float, high: float, unit: str = "share") -> Parameter:
    return Parameter("x", value, low, high, unit, "kerbwatt", "")


def test_low_and_high_are_the_tenth_and_the_ninetieth_percentile() -> None:
    z = np.linspace(-3, 3, 7)
    z[1], z[3], z[5] = -uncertainty.Z90, 0, uncertainty.Z90
    found = uncertainty.two_piece(_number(0.20, 0.15, 0.44), z)
    assert found[[1, 3, 5]] == pytest.approx([0.15, 0.20, 0.44])


def test_a_share_stays_a_share_and_a_length_stays_positive() -> None:
    z = np.array([-9.0, 9.0])
    assert uncertainty.two_piece(_number(0.9, 0.7, 0.95), z) == pytest.approx([0.001, 0.98])
    assert uncertainty.two_piece(_number(10, 5, 12, "km"), z)[0] == pytest.approx(1.5)


@given(value=st.floats(0, 1), z=st.floats(-4, 4))
@settings(derandomize=True, deadline=None, max_examples=50)
def test_a_closed_band_is_its_value(value: float, z: float) -> None:
    assert uncertainty.two_piece(_number(value, value, value), np.array([z]))[0] == value


def test_medians_of_the_draws_are_the_values(numbers: Mapping[str, Parameter]) -> None:
    values = uncertainty.draw(numbers, draws=1024, seed=3)
    for source in uncertainty.DRAWN:
        for name in source.names:
            p10, p50, p90 = np.percentile(values[name], [10, 50, 90])
            number = numbers[name]
            width = number.high - number.low
            assert p50 == pytest.approx(number.value, abs=0.01 * width)
            assert p10 == pytest.approx(number.low, abs=0.02 * width)
            assert p90 == pytest.approx(number.high, abs=0.02 * width)


def test_every_number_of_the_table_is_found_and_only_doubts_are_drawn(
    numbers: Mapping[str, Parameter],
) -> None:
    values = uncertainty.draw(numbers, draws=8, seed=0)
    drawn = {name for source in uncertainty.DRAWN for name in source.names}
    assert drawn == {name for name, each in values.items() if each.size == 8}
    assert values["tau_years"].size == 1


def test_pinned_paths_stand_still(numbers: Mapping[str, Parameter]) -> None:
    for uptake in ("low", "high"):
        found = uncertainty.draw(
            uncertainty.pinned(numbers, Scenario(uptake=uptake)), draws=16, seed=0
        )
        for name in uncertainty.PATHS:
            assert set(found[name]) == {getattr(numbers[name], uptake)}
    assert uncertainty.pinned(numbers, Scenario()) is numbers


def test_scenarios_share_their_draws(numbers: Mapping[str, Parameter]) -> None:
    asked = [Scenario(), Scenario(uptake="high", gap="stays"), Scenario(fleet_growth=0.01)]
    found = [
        uncertainty.draw(uncertainty.pinned(numbers, each), draws=64, seed=0) for each in asked
    ]
    for name in ("kwh_session", "km_bev", "homes_per_cluster"):
        assert found[0][name].tobytes() == found[1][name].tobytes() == found[2][name].tobytes()
    other = uncertainty.draw(numbers, draws=64, seed=1)["km_bev"]
    assert not np.array_equal(other, found[0]["km_bev"])


def test_levers_pin_the_gap_and_the_growth(numbers: Mapping[str, Parameter]) -> None:
    for gap, years in (("stays", 1e6), ("closes", 5.0), ("slow", 15.0), ("bass", 15.0)):
        found = uncertainty.pinned(numbers, Scenario(gap=gap, fleet_growth=0.01))
        assert found["tau_years"].value == years
        assert found["fleet_growth"].low == found["fleet_growth"].high == 0.01
    assert numbers["fleet_growth"].value == 0  # ours are never changed


@pytest.mark.parametrize("draws", [1, 7, 64, 1000])
def test_any_number_of_draws_is_possible_and_repeats(draws: int) -> None:
    found = uncertainty.scores(draws, 5)
    assert found.shape == (len(uncertainty.DRAWN), draws)
    assert np.isfinite(found).all()
    uncertainty.scores.cache_clear()
    assert uncertainty.scores(draws, 5).tobytes() == found.tobytes()
    assert not np.array_equal(uncertainty.scores(draws, 6), found)


def test_a_districts_factor_hangs_on_its_code_alone() -> None:
    some = uncertainty.district_factors(["A", "B", "C"], 0.15, draws=256, seed=1)
    others = uncertainty.district_factors(["C", "X", "A"], 0.15, draws=256, seed=1)
    np.testing.assert_array_equal(some[[2, 0]], others[[0, 2]])
    assert not np.array_equal(some[0], some[1])
    assert np.log(some).std(axis=1) == pytest.approx([0.15] * 3, rel=0.01)


@given(draws=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_statistics_are_the_usual_ones_and_in_order(draws: list[float]) -> None:
    mean, p10, p50, p90 = uncertainty.statistics(np.array(draws))
    assert mean == pytest.approx(np.mean(draws), abs=1e-6)
    assert [p10, p50, p90] == pytest.approx(np.percentile(draws, [10, 50, 90]).tolist(), abs=1e-6)
    assert p10 <= p50 <= p90
