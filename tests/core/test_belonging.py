"""Who belongs to whom: containment first, reach second, and nothing is lost or counted twice."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.belonging import (
    REACH_M,
    containing,
    largest_remainder,
    link,
    middles,
    nearest,
    polygons,
)

SIDE = 1_000.0


def row_of_cells(count: int) -> np.ndarray:
    """Squares of a kilometre, side by side."""
    return np.array([shapely.box(i * SIDE, 0, (i + 1) * SIDE, SIDE) for i in range(count)])


def points(*places: tuple[float, float]) -> np.ndarray:
    return np.array([shapely.Point(*each) for each in places], dtype=object)


def unsaid(count: int) -> np.ndarray:
    return np.full(count, np.nan)


places = st.tuples(
    st.floats(-600, 4 * SIDE + 600, allow_nan=False), st.floats(-600, SIDE + 600, allow_nan=False)
)
homes = st.one_of(st.just(float("nan")), st.integers(0, 500).map(float))


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(places, homes), max_size=14),
    st.lists(st.tuples(places, st.floats(50, 2_500)), max_size=4),
    st.booleans(),
)
def test_every_district_is_shared_out_exactly(
    dots: list[tuple[tuple[float, float], float]],
    zones: list[tuple[tuple[float, float], float]],
    bounded: bool,  # noqa: FBT001
) -> None:
    cells = row_of_cells(4)
    shapes = [shapely.Point(at) for at, _ in dots]
    shapes += [shapely.box(x, y, x + size, y + size) for (x, y), size in zones]
    dwellings = np.array([count for _, count in dots] + [np.nan] * len(zones))
    found = link(cells, np.array(shapes, dtype=object), dwellings, bounded=bounded)
    sums = np.bincount(found.district, found.weight, len(cells)) + found.rest
    assert sums == pytest.approx(np.ones(4), abs=1e-9)
    assert (found.weight >= 0).all()
    assert (found.rest >= 0).all()
    pairs = list(zip(found.asset, found.district, strict=True))
    assert pairs == sorted(set(pairs))


def test_homes_decide_and_an_uncounted_transformer_gets_the_usual() -> None:
    """Homes 100, 300, unknown: the unknown counts as 200, so 1/6, 1/2, 1/3."""
    found = link(
        row_of_cells(1),
        points((100, 100), (500, 500), (900, 900)),
        np.array([100.0, 300.0, np.nan]),
        bounded=True,
    )
    assert found.weight == pytest.approx([1 / 6, 1 / 2, 1 / 3])


def test_without_any_count_transformers_share_equally() -> None:
    found = link(row_of_cells(1), points((1, 1), (2, 2)), unsaid(2), bounded=True)
    assert found.weight == pytest.approx([0.5, 0.5])


def test_a_transformer_outside_reaches_400_metres_and_no_further() -> None:
    cells = row_of_cells(1)
    near = link(cells, points((-REACH_M + 1, 500)), unsaid(1), bounded=True)
    far = link(cells, points((-REACH_M - 1, 500)), unsaid(1), bounded=True)
    assert near.weight.tolist() == [1.0]
    assert far.weight.size == 0
    assert far.rest.tolist() == [1.0]  # its demand stays, with an unknown limit


def test_a_district_without_a_transformer_takes_its_neighbours_within_reach() -> None:
    """600 m from the middle of a wide neighbour is too far; 350 m from a slim one is not."""
    wide = link(row_of_cells(2), points((900, 500)), unsaid(1), bounded=True)
    assert wide.rest.tolist() == [0.0, 1.0]
    slim = np.array([shapely.box(0, 0, 500, 500), shapely.box(500, 0, 1_000, 500)])
    helped = link(slim, points((400, 250)), unsaid(1), bounded=True)
    assert helped.rest.tolist() == [0.0, 0.0]
    assert helped.weight.tolist() == [1.0, 1.0]


def test_a_distant_substation_serves_all_it_is_nearest_to() -> None:
    found = link(row_of_cells(3), points((-5_000, 0), (9_000, 0)), unsaid(2), bounded=False)
    assert found.asset.tolist() == [0, 0, 1]
    assert found.weight.tolist() == [1.0, 1.0, 1.0]


def test_areas_share_by_surface_and_leave_the_uncovered_rest_unknown() -> None:
    """One area covers three quarters of the cell; a second only its border, a drawing error."""
    areas = np.array([shapely.box(0, 0, 750, SIDE), shapely.box(-500, -500, 5, SIDE)])
    found = link(row_of_cells(1), areas, unsaid(2), bounded=False)
    assert found.asset.tolist() == [0]
    assert found.weight == pytest.approx([0.75])
    assert found.rest == pytest.approx([0.25])


def test_a_gap_of_a_pencils_width_is_no_unknown_district() -> None:
    areas = np.array([shapely.box(0, 0, 500, SIDE), shapely.box(530, 0, SIDE, SIDE)])
    found = link(row_of_cells(1), areas, unsaid(2), bounded=False)
    assert found.rest.tolist() == [0.0]
    assert found.weight.sum() == pytest.approx(1)


def test_overlapping_areas_do_not_count_demand_twice() -> None:
    areas = np.array([shapely.box(0, 0, SIDE, SIDE)] * 2)
    found = link(row_of_cells(1), areas, unsaid(2), bounded=False)
    assert found.weight == pytest.approx([0.5, 0.5])


def test_nothing_to_link_leaves_everything_unknown() -> None:
    found = link(row_of_cells(3), np.empty(0, object), np.empty(0), bounded=True)
    assert found.rest.tolist() == [1.0, 1.0, 1.0]


def test_the_first_of_equals_wins() -> None:
    at = points((0, 0))
    assert nearest(points((1, 0), (-1, 0)), at, 5).tolist() == [0]
    assert containing(np.array([shapely.box(-1, -1, 1, 1)] * 2), at).tolist() == [0]
    assert nearest(np.empty(0, object), at, 5).tolist() == [-1]


def test_middles_lie_inside() -> None:
    horseshoe = shapely.box(0, 0, 10, 10) - shapely.box(1, 2, 9, 10)
    kerb = shapely.LineString([(0, 0), (4, 0)])
    shapes = np.array([horseshoe, kerb, shapely.Point(7, 7)], dtype=object)
    found = middles(shapes)
    assert horseshoe.contains(found[0])
    assert found[1].equals(shapely.Point(2, 0))
    assert polygons(shapes).tolist() == [True, False, False]


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.lists(st.floats(0.01, 1), min_size=1, max_size=6)),
        min_size=1,
        max_size=6,
    )
)
def test_parts_add_up_and_stay_within_one_of_their_share(
    groups: list[tuple[int, list[float]]],
) -> None:
    total = np.array([count for count, _ in groups])
    group = np.repeat(np.arange(len(groups)), [len(weights) for _, weights in groups])
    weight = np.concatenate([np.array(w) / sum(w) for _, w in groups])
    parts = largest_remainder(total, group, weight)
    assert np.bincount(group, parts, len(groups)).tolist() == total.tolist()
    assert (np.abs(parts - total[group] * weight) < 1 + 1e-9).all()
    assert (parts >= 0).all()


def test_seven_points_on_three_transformers() -> None:
    """7 x (0.5, 0.3, 0.2) = 3.5, 2.1, 1.4: whole parts 3, 2, 1 and the last goes to 3.5."""
    parts = largest_remainder(np.array([7]), np.zeros(3, np.int64), np.array([0.5, 0.3, 0.2]))
    assert parts.tolist() == [4, 2, 1]
