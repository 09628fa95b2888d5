"""A verdict says only what was agreed before computing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.validation import MET, MISSED, OPEN, Check, Given, Published, Setup

TENTHS = st.integers(1, 500).map(lambda value: value / 10)


def published(low: float | None, high: float | None) -> Published:
    return Published("peak", "Peak", 10.0, low, high, "kW", "set", "kerbwatt", "")


def test_a_figure_is_met_inside_its_range_and_missed_outside() -> None:
    # 10 kW published, 9 to 12 accepted: 12 is 20 % above and met, 8.9 is 11 % below and missed.
    accepted = published(9.0, 12.0)
    above, below = Check(accepted, 12.0, "", ""), Check(accepted, 8.9, "", "")
    assert (above.verdict, below.verdict) == (MET, MISSED)
    assert above.deviation == pytest.approx(0.2)
    assert below.deviation == pytest.approx(-0.11)


@given(ours=TENTHS)
@settings(derandomize=True, deadline=None, max_examples=50)
def test_without_a_range_nothing_is_ever_met(ours: float) -> None:
    check = Check(published(None, None), ours, "", "")
    assert check.verdict == OPEN
    assert check.deviation == pytest.approx(ours / 10 - 1)


def test_what_was_not_computed_is_open_and_deviates_by_nothing() -> None:
    check = Check(published(9.0, 12.0), None, "", "")
    assert (check.verdict, check.deviation) == (OPEN, None)


def test_a_parameter_set_gives_its_values_by_name() -> None:
    values = (Given("sweeps", 20.0, "sweeps", "kerbwatt"),)
    setup = Setup("set", "A set", (), values)
    assert setup["sweeps"] == pytest.approx(20)
    assert setup.whole("sweeps") == 20
