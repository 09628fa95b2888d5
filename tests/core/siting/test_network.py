"""Walks over streets: rivers, bridges, dead ends, and what no street is near."""

import heapq
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.siting.network import find_walks, streets_of
from app.core.siting.problem import Demands, Grid, Problem, Sites, Streets, Terms
from app.core.siting.verify import Claim, verify
from app.core.siting.verify_walks import walks

Path = list[tuple[float, float]]


def drawn(*paths: Path) -> Streets:
    lines = np.array([shapely.LineString(each) for each in paths], object)
    return streets_of(lines, snap_m=100.0, join_m=0.5)


def walked(streets: Streets, demand: Path, site: Path, radius_m: float = 300.0) -> np.ndarray:
    """Fill in a small table of walks; infinite where there is none."""
    found = find_walks(
        streets, np.array(demand, float), np.array(site, float), radius_m=radius_m, detour=1.3
    )
    table = np.full((len(demand), len(site)), np.inf)
    table[found.pairs.demand, found.pairs.site] = found.pairs.metres
    return table


RIVER = drawn([(0, 0), (1000, 0)], [(0, 50), (1000, 50)], [(400, 0), (400, 50)])


def test_a_river_is_crossed_at_its_bridge_only() -> None:
    # The quays lie 50 m apart, the bridge at 400 m. From (500, -10) to (500, 60): 10 m to the
    # quay, 100 m to the bridge, 50 m over it, 100 m back, 10 m: 270 m. At 600 m it is 470 m,
    # although the straight line is 70 m: 91 m at 1.3.
    table = walked(RIVER, [(500, -10), (600, -10)], [(500, 60), (600, 60)])
    np.testing.assert_allclose(table, [[270, np.inf], [np.inf, np.inf]])
    far = walked(RIVER, [(600, -10)], [(600, 60), (500, 60)], radius_m=470.0)
    np.testing.assert_allclose(far, [[470, 370]], err_msg="exactly at the radius is inside")


def test_streets_meet_where_they_are_drawn_to_meet_and_not_where_they_cross() -> None:
    # A side street ends 0.3 m before the main street: it meets it. A bridge crosses: it does not.
    side = drawn([(0, 0), (200, 0)], [(100, 0.3), (100, 80)])
    bridge = drawn([(0, 0), (200, 0)], [(100, -80), (100, 80)])
    np.testing.assert_allclose(walked(side, [(0, 0)], [(100, 80)]), [[180.0]])
    assert np.isinf(walked(bridge, [(0, 0)], [(100, 80)])).all()


def test_two_on_one_piece_walk_straight_along_it() -> None:
    table = walked(drawn([(0, 0), (1000, 0)]), [(400, 3)], [(450, -4), (700, 0)])
    np.testing.assert_allclose(table, [[57.0, np.inf]])


def test_an_end_without_a_street_walks_the_line_times_the_detour_and_is_marked() -> None:
    streets = drawn([(0, 0), (1000, 0)])
    demand, site = np.array([[500.0, 150.0], [500.0, 90.0]]), np.array([[500.0, 0.0]])
    found = find_walks(streets, demand, site, radius_m=300.0, detour=1.3)
    assert found.far_demand.tolist() == [True, False]
    assert found.far_site.tolist() == [False]
    np.testing.assert_allclose(found.pairs.metres, [195.0, 90.0])


def test_no_streets_no_demand_and_no_sites_are_no_fault() -> None:
    spot, nobody = np.zeros((1, 2)), np.zeros((0, 2))
    alone = find_walks(drawn(), spot, spot, radius_m=300, detour=1.3)
    assert alone.far_demand.all()
    assert alone.pairs.metres.tolist() == [0.0]
    for demand, site in ((nobody, spot), (spot, nobody)):
        assert not find_walks(RIVER, demand, site, radius_m=300, detour=1.3).pairs.metres.size


@given(seed=some.integers(0, 10_000), demands=some.integers(1, 12), sites=some.integers(1, 12))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_equals_brute_force_on_small_towns(seed: int, demands: int, sites: int) -> None:
    """A town of blocks of 100 m with a third of its streets missing."""
    rng = np.random.default_rng(seed)
    steps = [((x, y), (x + dx, y + 1 - dx)) for x in range(5) for y in range(5) for dx in (0, 1)]
    kept = [steps[at] for at in rng.permutation(len(steps))[: 2 * len(steps) // 3]]
    streets = drawn(
        *[[(100.0 * a[0], 100.0 * a[1]), (100.0 * b[0], 100.0 * b[1])] for a, b in kept]
    )
    demand, site = (rng.uniform(-60, 560, (n, 2)) for n in (demands, sites))
    found = find_walks(streets, demand, site, radius_m=400.0, detour=1.3)
    table = np.full((demands, sites), np.inf)
    table[found.pairs.demand, found.pairs.site] = found.pairs.metres
    wanted = np.array([_by_hand(kept, each, site) for each in demand])
    straight = 1.3 * np.linalg.norm(demand[:, None] - site[None], axis=2)
    wanted = np.where(found.far_demand[:, None] | found.far_site[None], straight, wanted)
    np.testing.assert_allclose(table, np.where(wanted <= 400.0, wanted, np.inf), atol=1e-6)
    assert (table >= np.linalg.norm(demand[:, None] - site[None], axis=2) - 1e-6).all()
    assert (np.diff(found.pairs.demand) >= 0).all()


def _by_hand(kept: list, point: np.ndarray, sites: np.ndarray) -> list[float]:
    """Walk with a plain queue over corners, feet measured one by one."""
    near: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one, two in kept:
        near.setdefault(one, []).append(two)
        near.setdefault(two, []).append(one)
    street, along, away = _foot(kept, point)
    one, two = kept[street]
    queue, done = [(away + along, one), (away + 100 - along, two)], {}
    while queue:
        metres, corner = heapq.heappop(queue)
        if corner in done:
            continue
        done[corner] = metres
        for other in near[corner]:
            heapq.heappush(queue, (metres + 100, other))
    walks = []
    for spot in sites:
        other, place, off = _foot(kept, spot)
        first, last = kept[other]
        ways = [done.get(first, np.inf) + place, done.get(last, np.inf) + 100 - place]
        if other == street:
            ways.append(away + abs(place - along))
        walks.append(min(ways) + off)
    return walks


def _foot(kept: list, point: np.ndarray) -> tuple[int, float, float]:
    best = []
    for at, (one, two) in enumerate(kept):
        start, step = 100.0 * np.array(one), np.array(two, float) - np.array(one)
        along = float(np.clip((point - start) @ step, 0, 100))
        best.append((float(np.linalg.norm(point - start - along * step)), at, along))
    away, street, along = min(best)
    return street, along, away


@pytest.mark.parametrize("turned", [False, True])
def test_the_smaller_side_walks_and_the_answer_stays(turned: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(3)
    many, few = rng.uniform(0, 1000, (450, 2)) * (1, 0.1), rng.uniform(0, 1000, (9, 2)) * (1, 0.1)
    there = walked(RIVER, many.tolist(), few.tolist())
    back = walked(RIVER, few.tolist(), many.tolist())
    np.testing.assert_allclose(there if turned else there.T, back.T if turned else back)


def puzzle(streets: Streets, demand: np.ndarray, site: np.ndarray) -> Problem:
    count, names = len(site), tuple(f"c{at}" for at in range(len(site)))
    whole, flag = np.ones(count, np.int32), np.zeros(count, bool)
    return Problem(
        Demands(
            tuple(f"d{at}" for at in range(len(demand))), demand, np.ones(len(demand)),
            np.zeros(len(demand), np.int32),
        ),
        Sites(
            names, site, whole, 0 * whole, 0.0 * whole, 0.0 * whole, 9.0 * whole, 1.0 * whole,
            0 * whole, 0 * whole, flag, flag,
        ),
        Grid(("t",), np.array([np.inf]), np.array([1.0]), np.array([99])),
        Terms(radius_m=300.0, detour=1.3),
        ("d",),
        streets,
    )  # fmt: skip


@given(seed=some.integers(0, 10_000))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_the_verifier_measures_the_same_walks_its_own_way(seed: int) -> None:
    """Crooked streets that end just beside one another, and feet anywhere."""
    rng = np.random.default_rng(seed)
    paths = [
        np.cumsum(np.vstack([rng.uniform(0, 500, 2), rng.normal(0, 60, (3, 2))]), axis=0)
        for _ in range(12)
    ]
    ends = [each[-1] + rng.normal(0, 0.2, 2) for each in paths]
    middle = [(each[0] + each[1]) / 2 + rng.normal(0, 0.2, 2) for each in paths]
    twigs = [np.array([a, b]) for a, b in zip(ends, np.roll(middle, 2, axis=0), strict=True)]
    streets = drawn(*[[tuple(xy) for xy in each] for each in [*paths, *twigs]])
    demand, site = rng.uniform(0, 500, (25, 2)), rng.uniform(0, 500, (8, 2))
    found = find_walks(streets, demand, site, radius_m=300.0, detour=1.3)
    one, two, metres = walks(puzzle(streets, demand, site), np.arange(25), np.arange(8), 1e-9)
    mine, theirs = np.full((25, 8), np.inf), np.full((25, 8), np.inf)
    mine[found.pairs.demand, found.pairs.site] = found.pairs.metres
    theirs[one, two] = metres
    np.testing.assert_allclose(mine, theirs, atol=1e-6)


def test_a_plan_that_swims_is_found_out() -> None:
    """Serving over the river is 91 m of straight line at 1.3, and 470 m of walking."""
    demand, site = np.array([[600.0, -10.0]]), np.array([[600.0, 60.0]])
    one = np.zeros(1, np.int32)
    claim = Claim(("c0",), (1.0,), ("ac11",), one, one, np.ones(1), 1.0, 1.0, 0.0, np.zeros(1))
    dry = puzzle(RIVER, demand, site)
    failed = {check.id for check in verify(dry, claim).checks if not check.ok}
    assert failed == {"V7", "V9"}
    assert verify(replace(dry, streets=None), claim).ok
