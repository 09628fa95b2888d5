"""Measured series lie on quarter-hours, and what is not known stays unknown."""

import numpy as np

from app.core.engine.series import bridge, onto, to_grid


def grid(seconds: list[int], values: list[float]):  # noqa: ANN201
    where = np.array(seconds, np.int64)
    return to_grid(where, np.zeros(where.size, np.int64), np.array(values, float), 1)


def test_five_minutes_are_averaged() -> None:
    found = grid([0, 300, 600, 900, 1200, 1500], [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(found.values, [[2, 5]])
    assert found.averaged == 2


def test_hours_are_held() -> None:
    found = grid([3600, 7200], [1, 2])
    assert found.first == 3600
    np.testing.assert_array_equal(found.values, [[1, 1, 1, 1, 2, 2, 2, 2]])
    assert found.held == 6


def test_a_missing_hour_is_bridged_and_a_longer_hole_named() -> None:
    found, longer = bridge(grid([0, 900, 4500, 5400], [0, 1, 5, 6]))
    assert longer is None or longer == (0, 2)
    hours = [0, 3600, 7200, 14400, 18000]
    found, longer = bridge(grid(hours, [1.0, 1.0, 1.0, 5.0, 5.0]))
    assert longer is None
    assert found.bridged == 4
    np.testing.assert_allclose(found.values[0, 11:17], [1, 1.8, 2.6, 3.4, 4.2, 5])
    _, longer = bridge(grid([0, 3600, 7200, 18000], [1.0, 1.0, 1.0, 5.0]))
    assert longer == (0, 12)


def test_a_series_moves_to_another_horizon() -> None:
    found = onto(grid([900, 1800, 2700], [1, 2, 3]), 0, 6)
    np.testing.assert_array_equal(found, [np.nan, 1, 2, 3, np.nan, np.nan])
    np.testing.assert_array_equal(onto(grid([0, 900, 1800], [1, 2, 3]), 900, 2), [2, 3])
