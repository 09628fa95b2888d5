"""Lots on a map of districts: in one piece each, and within grid operators."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.errors import InputError
from app.core.siting.borders import Land, borders, gather, ground, pieces, together
from app.core.siting.lot_plan import lots_within
from app.core.siting.lots import make_lots

SIDE_M = 1_000.0


def squares(wide: int, high: int) -> np.ndarray:
    return np.array(
        [
            shapely.box(x * SIDE_M, y * SIDE_M, (x + 1) * SIDE_M, (y + 1) * SIDE_M)
            for y in range(high)
            for x in range(wide)
        ]
    )


def land_of(shapes: np.ndarray, xy: np.ndarray) -> Land:
    district = shapely.STRtree(shapes).query(shapely.points(xy), predicate="intersects")[1]
    return Land(district, shapely.get_coordinates(shapely.centroid(shapes)), borders(shapes))


def test_islands_are_tied_to_the_nearest_part_and_empty_land_counts_to_a_neighbour() -> None:
    row = squares(3, 1)
    shapes = np.append(row, shapely.box(9_000, 0, 9_500, 500))
    assert {tuple(each) for each in borders(shapes).tolist()} == {(0, 1), (1, 2), (2, 3)}
    ends = Land(
        np.array([0, 3]), shapely.get_coordinates(shapely.centroid(shapes)), borders(shapes)
    )
    assert ground(ends).beside.all()  # nobody lives between them
    all_but_one = Land(np.array([0, 1, 3]), ends.spots, ends.pairs)
    np.testing.assert_array_equal(
        ground(all_but_one).beside, [[True, True, False], [True, True, True], [False, True, True]]
    )


def test_a_part_that_lies_apart_goes_to_the_lot_around_it() -> None:
    """Lot 0 has districts 0 and 3 of a row of four; 3 can only go to lot 1, in 1 and 2."""
    shapes = squares(4, 1)
    xy = np.array([[500.0, 500], [600, 500], [1_500, 500], [2_500, 500], [3_500, 500]])
    on = ground(land_of(shapes, xy))
    lot = np.array([0, 0, 1, 1, 0])
    assert pieces(lot, on, 2).tolist() == [2, 1]
    far = np.abs(xy[:, :1] - np.array([[0.0, 2_000.0]]))
    found = gather(lot, np.ones(5), far, on)
    assert found.tolist() == [0, 0, 1, 1, 1]
    assert lot.tolist() == [0, 0, 1, 1, 0]  # what was handed in stays


@given(seed=some.integers(0, 10_000), count=some.integers(2, 4))
@settings(derandomize=True, deadline=None, max_examples=8)
def test_lots_hang_together_or_equal_worth_is_said_to_forbid_it(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = squares(5, 4)
    hearts = rng.uniform(0, 4_000, (6, 2))
    xy = np.clip(hearts[rng.integers(0, 6, 90)] + rng.normal(0, 400, (90, 2)), 1, 3_999)
    land = land_of(shapes, xy)
    lots = make_lots(xy, rng.gamma(3, 20, 90), count, seed=1, land=land)
    torn = pieces(lots.lot - 1, ground(land), count)
    assert tuple(torn) == lots.pieces
    assert (torn == 1).all() or lots.joined_ratio > 1.15
    assert lots.ratio <= 1.15


def test_equal_worth_counts_more_where_both_cannot_be_had() -> None:
    """Worth 10, 20, 10 in a row: two even lots must have both ends in one of them."""
    shapes = squares(3, 1)
    xy = np.array([[500.0, 500], [1_500, 500], [2_500, 500]])
    land = land_of(shapes, xy)
    lots = make_lots(xy, np.array([10.0, 20, 10]), 2, seed=0, land=land)
    assert lots.ratio == 1.0
    assert sorted(lots.pieces) == [1, 2]
    assert lots.joined_ratio == pytest.approx(3.0)
    assert not together(lots.lot == lots.lot[0], ground(land))


def test_no_lot_crosses_a_grid_operators_border() -> None:
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 4_000, (120, 2))
    owner = (xy[:, 0] > np.quantile(xy[:, 0], 0.75)).astype(np.int64)
    kwh = rng.gamma(4, 10, 120)
    lots = lots_within(xy, kwh, 4, owner, seed=0, land=land_of(squares(4, 4), xy))
    assert {len(set(owner[lots.lot == each])) for each in (1, 2, 3, 4)} == {1}
    assert set(owner[lots.lot == 4]) == {1}  # three lots for three quarters of the energy
    assert lots.ratio <= 1.25
    with pytest.raises(InputError, match="1 lots cannot keep 2 grid operators apart"):
        lots_within(xy, kwh, 1, owner, seed=0)
