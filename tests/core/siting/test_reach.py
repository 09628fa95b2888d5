"""Pairs within walking distance, sparse and merged without loss."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.siting.problem import Demands
from app.core.siting.reach import build_reach, find_pairs


def demands_at(xy: np.ndarray, kwh: np.ndarray) -> Demands:
    names = tuple(f"d{at:06d}" for at in range(len(xy)))
    return Demands(names, xy, kwh, np.zeros(len(xy), np.int32))


@given(seed=some.integers(0, 10_000), demands=some.integers(1, 30), sites=some.integers(1, 20))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_both_orders_hold_exactly_the_pairs_within_reach(
    seed: int, demands: int, sites: int
) -> None:
    rng = np.random.default_rng(seed)
    where = demands_at(rng.uniform(0, 800, (demands, 2)).round(1), rng.uniform(0.1, 9, demands))
    spots = rng.uniform(0, 800, (sites, 2)).round(1)
    pairs = find_pairs(where.xy, spots, radius_m=300.0, detour=1.3)
    reach = build_reach(where, pairs, sites)
    walk = 1.3 * np.linalg.norm(where.xy[:, None] - spots[None], axis=2)
    for at in range(demands):
        row = reach.member[at]
        near = set(np.flatnonzero(walk[at] <= 300.0))
        if row < 0:
            assert not near
            continue
        low, high = reach.row_start[row], reach.row_start[row + 1]
        assert set(reach.row_site[low:high]) == near
        assert (np.diff(reach.row_m[low:high]) >= 0).all(), "nearest first"
    back = np.repeat(np.arange(sites), np.diff(reach.site_start))
    forth = np.repeat(np.arange(reach.rows), np.diff(reach.row_start))
    assert set(zip(reach.site_row, back, strict=True)) == set(
        zip(forth, reach.row_site, strict=True)
    )
    lost = reach.unreachable_kwh_day
    assert reach.weight_kwh.sum() + lost == pytest.approx(where.kwh_day.sum())


def test_a_point_exactly_at_the_radius_is_inside() -> None:
    pairs = find_pairs(np.array([[0.0, 0.0]]), np.array([[300.0, 0.0]]), radius_m=390.0, detour=1.3)
    assert pairs.metres.tolist() == pytest.approx([390.0])
    beyond = find_pairs(
        np.array([[0.0, 0.0]]), np.array([[300.001, 0.0]]), radius_m=390.0, detour=1.3
    )
    assert not beyond.metres.size


def test_rows_that_see_the_same_sites_are_merged_and_weighed() -> None:
    # Two demands of 1 and 3 kWh, 100 m and 20 m from the only site: 40 m on average.
    where = demands_at(np.array([[100.0, 0.0], [20.0, 0.0]]), np.array([1.0, 3.0]))
    pairs = find_pairs(where.xy, np.zeros((1, 2)), radius_m=300.0, detour=1.0)
    reach = build_reach(where, pairs, 1)
    assert reach.rows == 1
    assert reach.row_m.tolist() == pytest.approx([40.0])
    assert reach.share.tolist() == pytest.approx([0.25, 0.75])


def test_demand_nobody_reaches_is_reported_not_dropped() -> None:
    where = demands_at(np.array([[0.0, 0.0], [9_000.0, 0.0]]), np.array([5.0, 7.0]))
    reach = build_reach(where, find_pairs(where.xy, np.zeros((1, 2)), radius_m=300, detour=1.3), 1)
    assert reach.unreachable_kwh_day == 7.0
    assert reach.member.tolist() == [0, -1]


def test_all_at_one_place_works() -> None:
    where = demands_at(np.zeros((200, 2)), np.ones(200))
    reach = build_reach(where, find_pairs(where.xy, np.zeros((80, 2)), radius_m=1, detour=1.3), 80)
    assert reach.rows == 1
    assert reach.row_site.tolist() == list(range(80))


def test_no_dense_matrix_is_ever_made() -> None:
    rng = np.random.default_rng(0)
    where = demands_at(rng.uniform(0, 9_000, (20_000, 2)), np.ones(20_000))
    spots = rng.uniform(0, 9_000, (4_000, 2))  # dense: 640 MB
    tracemalloc.start()
    pairs = find_pairs(where.xy, spots, radius_m=200.0, detour=1.3)
    build_reach(where, pairs, 4_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 120e6
