"""Points for a load."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand.sizing import MANY, blocked, highest_load, points_needed, waiting_h

# points in reach: (load per point, occupied) in percent at 1, 5 and 10 % turned away
TABLE = {
    1: ((1, 1), (5, 5), (11, 10)),
    2: ((8, 8), (19, 18), (30, 27)),
    4: ((22, 22), (38, 36), (51, 46)),
    6: ((32, 32), (49, 47), (63, 56)),
    8: ((39, 39), (57, 54), (70, 63)),
    12: ((49, 48), (66, 63), (79, 71)),
    20: ((60, 60), (76, 72), (88, 79)),
    30: ((68, 67), (83, 79), (94, 84)),
}


@pytest.mark.parametrize("points", TABLE)
def test_the_published_table_of_loads(points: int) -> None:
    for target, (per_point, occupied) in zip((0.01, 0.05, 0.10), TABLE[points], strict=True):
        load = highest_load(points, target)
        assert 100 * load / points == pytest.approx(per_point, abs=0.51)
        assert 100 * load * (1 - blocked(points, load)) / points == pytest.approx(
            occupied, abs=0.51
        )


def test_three_clusters_by_hand() -> None:
    # B(6, 2.32480) = 0.0217 and B(5) = 0.0571; B(8, 4.23284) = 0.0382; B(4, 1.45878) = 0.0446
    loads = np.array([2.32480, 4.23284, 1.45878])
    assert points_needed(loads, 0.05).tolist() == [6, 8, 4]
    assert [blocked(c, a) for c, a in zip((6, 8, 4), loads, strict=True)] == pytest.approx(
        [0.0217, 0.0382, 0.0446], abs=5e-5
    )
    assert [blocked(c, a) for c, a in zip((5, 7, 3), loads, strict=True)] == pytest.approx(
        [0.0571, 0.0751, 0.1281], abs=5e-5
    )


@given(
    load=st.one_of(st.floats(1e-12, 50), st.floats(MANY - 60, MANY + 400)),
    target=st.floats(0.01, 0.2),
)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_the_answer_is_the_smallest_that_fits(load: float, target: float) -> None:
    found = int(points_needed(np.array([load]), target)[0])
    assert found >= 1
    assert blocked(found, load) <= target * (1 + 1e-9)
    assert blocked(found - 1, load) > target * (1 - 1e-9)


def test_no_load_needs_no_points() -> None:
    assert points_needed(np.zeros((2, 3)), 0.05).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_a_stricter_target_or_more_load_never_gives_fewer_points() -> None:
    loads = np.linspace(0, 400, 2001)
    before = points_needed(loads, 0.10)
    assert np.all(np.diff(before) >= 0)
    assert np.all(points_needed(loads, 0.02) >= before)


def test_a_queue_of_fast_chargers_matches_a_simulation() -> None:
    points, load, stay_h, variation = 4, 3.0, 0.5, 0.5
    rng = np.random.default_rng(4)
    count = 120_000
    arrivals = np.cumsum(rng.exponential(stay_h / load, count))
    stays = rng.gamma(1 / variation**2, stay_h * variation**2, count)
    free = [0.0] * points
    waited = 0.0
    for arrival, stay in zip(arrivals.tolist(), stays.tolist(), strict=True):
        start = max(arrival, heapq.heappop(free))
        waited += start - arrival
        heapq.heappush(free, start + stay)
    expected = waiting_h(points, load, stay_h=stay_h, variation=variation)
    assert waited / count == pytest.approx(expected, rel=0.15)


def test_a_day_of_a_charging_hub_matches_the_formula() -> None:
    # 24 hours of eight fast chargers, morning to morning, on 300 days that start empty
    points, load, stay_h, variation = 8, 6.4, 0.5, 0.6
    rng = np.random.default_rng(7)
    waits: list[float] = []
    for _ in range(300):
        count = rng.poisson(24 * load / stay_h)
        arrivals = np.sort(rng.uniform(0, 24, count))
        stays = rng.gamma(1 / variation**2, stay_h * variation**2, count)
        free = [0.0] * points
        for arrival, stay in zip(arrivals.tolist(), stays.tolist(), strict=True):
            start = max(arrival, heapq.heappop(free))
            waits.append(start - arrival)
            heapq.heappush(free, start + stay)
    expected = waiting_h(points, load, stay_h=stay_h, variation=variation)
    assert np.mean(waits) == pytest.approx(expected, rel=0.15)
    assert expected > 1.3 * waiting_h(points, load, stay_h=stay_h, variation=0.2)


def test_a_queue_that_cannot_keep_up_waits_for_ever() -> None:
    assert waiting_h(2, 2.0, stay_h=1, variation=1) == float("inf")
    # one server, exponential stays: the textbook's rho / (1 - rho) x stay
    assert waiting_h(1, 0.5, stay_h=1, variation=1) == pytest.approx(1.0)


@pytest.mark.parametrize("load", [5e3, 1e5, 3e6])
def test_huge_loads_are_answered_too(load: float) -> None:
    found = points_needed(np.array([load]), 0.1)[0]
    assert 0.9 * load <= found <= 0.9 * load + 20
