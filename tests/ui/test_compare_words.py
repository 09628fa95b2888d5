"""Two scenarios side by side: each figure with its unit, as sentences write it."""

import pytest

from app.ui.compare_view import written


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (155_412.0, "kW", "155 MW"),
        (-14_220.0, "kW", "-14.2 MW"),
        (1_360.0, "kWh", "1,360 kWh"),
        (0.9831, "share", "98.3%"),
        (186.0, "", "186"),
        (585.0, "min", "585 min"),
        (None, "kW", "–"),
    ],
)
def test_figures_carry_their_unit(value: float | None, unit: str, said: str) -> None:
    assert written(value, unit) == said
