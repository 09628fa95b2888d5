"""Who gets a point within reach."""

from collections.abc import Mapping

import numpy as np
import pytest

from app.core.parameters import Parameter
from app.core.siting.coverage import cells, gini, homes_in_reach
from app.core.siting.problem import Demands
from app.core.siting.reach import build_reach, find_pairs

XY = np.array([[100.0, 100.0], [700.0, 100.0], [1_200.0, 100.0]])


def places() -> Demands:
    return Demands(("a", "b", "c"), XY, np.ones(3), np.zeros(3, np.int32))


def test_busy_cells_with_a_point_are_counted(numbers: Mapping[str, Parameter]) -> None:
    # Three cells of 500 m with 200, 300 and 40 households; the last is not busy. A point in the
    # second covers half of the busy cells and 300 of 500 households.
    homes = np.array([200.0, 300.0, 40.0])
    share, covered = cells(places(), homes, np.array([[900.0, 400.0]]), numbers)
    assert (share, covered) == (0.5, 0.6)
    assert cells(places(), homes, np.zeros((0, 2)), numbers) == (0.0, 0.0)
    assert np.isnan(cells(places(), np.zeros(3), XY, numbers)).all()


def test_homes_within_reach_of_an_open_site() -> None:
    sites = np.array([[100.0, 100.0], [1_250.0, 100.0]])
    reach = build_reach(places(), find_pairs(XY, sites, radius_m=300, detour=1.3), 2)
    homes = np.array([10.0, 20.0, np.nan])
    assert homes_in_reach(reach, homes, np.array([0])) == pytest.approx(1 / 3)
    assert homes_in_reach(reach, homes, np.zeros(0, np.int64)) == 0.0
    assert np.isnan(homes_in_reach(reach, np.full(3, np.nan), np.array([0])))


def test_gini_by_hand() -> None:
    assert gini(np.array([0.4, 0.4, 0.4])) == pytest.approx(0.0)
    assert gini(np.array([0.0, 0.0, 1.0])) == pytest.approx(2 / 3)
    assert gini(np.array([0.0, 0.0])) == 0.0
