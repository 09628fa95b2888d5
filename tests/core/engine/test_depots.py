"""Depots charge what they said, when the vehicles are home."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.engine.baseload import depot_shape
from app.core.parameters import Parameter

Numbers = Mapping[str, Parameter]


@given(kwh=st.floats(0.1, 1e5), kw=st.one_of(st.just(float("nan")), st.floats(0.1, 1e4)))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_the_energy_of_the_day_is_what_was_typed(numbers: Numbers, kwh: float, kw: float) -> None:
    found = depot_shape(np.array([kwh]), np.array([kw]), numbers)
    assert found.shape == (1, 96)
    assert found.sum() / 4 == pytest.approx(kwh, rel=1e-9)
    assert (found >= 0).all()
    if kwh <= 24 * kw:
        assert found.max() <= kw * (1 + 1e-9)  # never above the power that was told


def test_two_depots_by_hand(numbers: Numbers) -> None:
    # 240 kWh at 60 kW from 18:00: four hours; without a power evenly over 12 hours: 20 kW
    found = depot_shape(np.array([240.0, 240.0]), np.array([60.0, np.nan]), numbers)
    hour = np.arange(96) / 4
    np.testing.assert_allclose(found[0], np.where((hour >= 18) & (hour < 22), 60, 0))
    np.testing.assert_allclose(found[1], np.where((hour >= 18) | (hour < 6), 20, 0))
