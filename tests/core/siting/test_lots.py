"""Lots: equal worth, close together, every site in one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.errors import InputError
from app.core.siting.lots import Lots, make_lots


def test_six_hundred_sites_in_six_lots_are_within_a_tenth() -> None:
    rng = np.random.default_rng(0)
    centres = rng.uniform(0, 8_000, (5, 2))
    xy = centres[rng.integers(0, 5, 600)] + rng.normal(0, 700, (600, 2))
    lots = make_lots(xy, rng.gamma(3, 20, 600), 6, seed=1)
    assert set(lots.lot) == {1, 2, 3, 4, 5, 6}
    assert lots.ratio <= 1.10


def test_two_clusters_become_two_lots() -> None:
    rng = np.random.default_rng(1)
    xy = np.concatenate([rng.normal(0, 50, (20, 2)), rng.normal(5_000, 50, (20, 2))])
    lots = make_lots(xy, np.ones(40), 2, seed=0)
    assert set(lots.lot[:20]) == {1}
    assert set(lots.lot[20:]) == {2}


@given(seed=some.integers(0, 1_000), sites=some.integers(4, 40), count=some.integers(1, 4))
@settings(derandomize=True, deadline=None, max_examples=25)
def test_every_site_is_in_exactly_one_lot_and_the_run_repeats(
    seed: int, sites: int, count: int
) -> None:
    xy = np.random.default_rng(seed).uniform(0, 3_000, (sites, 2))
    one, two = (make_lots(xy, np.ones(sites), count, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.lot, two.lot)
    assert set(one.lot) == set(range(1, count + 1))


def test_more_lots_than_sites_or_one_giant_are_refused() -> None:
    with pytest.raises(InputError, match="at most 2"):
        make_lots(np.zeros((2, 2)), np.ones(2), 3, seed=0)
    with pytest.raises(InputError, match="unequal worth"):
        make_lots(np.zeros((4, 2)), np.array([97.0, 1, 1, 1]), 3, seed=0)


def test_points_cost_and_weak_sites_are_shared_out_as_well() -> None:
    """Energy alone may be even while one lot gets the weak sites and the dear ones."""
    rng = np.random.default_rng(2)
    xy = rng.uniform(0, 8_000, (300, 2))
    points = rng.integers(1, 12, 300).astype(float)
    cost = 1_000 + 3_500 * points * (1 + (xy[:, 0] > 5_000))
    kwh = points * rng.gamma(4, 4, 300)
    weak = xy[:, 1] < 2_500  # the south is poor
    found = make_lots(xy, kwh, 4, seed=1, also=(points, cost), weak=weak)
    assert max(found.spread[:3]) <= 1.10

    def poor(lots: Lots) -> list[float]:
        mine = [lots.lot == lot for lot in (1, 2, 3, 4)]
        return [float(kwh[each & weak].sum() / kwh[each].sum()) for each in mine]

    assert max(poor(found)) - min(poor(found)) <= 0.08  # five points, and what a site weighs
    alone = make_lots(xy, kwh, 4, seed=1)
    assert max(poor(alone)) - min(poor(alone)) > 0.3
    assert alone.ratio <= 1.07  # 3 % either side
