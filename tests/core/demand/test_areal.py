"""Figures moved between divisions of a city."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.core.demand import areal, cells
from app.core.demand.areal import AREA, HOMES, LAND, WHOLE, Ground, dissolve, transfer


def boxes(*corners: tuple[float, float, float, float]) -> np.ndarray:
    """Areas that are boxes."""
    return np.array([shapely.box(*each) for each in corners], dtype=object)


def strips(cuts: list[float], top: float = 100.0) -> np.ndarray:
    """Cut a field of 1,000 m into strips."""
    edges = [0.0, *sorted(set(cuts)), 1000.0]
    return boxes(*((a, 0.0, b, top) for a, b in pairwise(edges)))


LEFT_RIGHT = boxes((0, 0, 100, 100), (100, 0, 200, 100))
# The middle half of the two: 50 m of the left and 50 m of the right, and the rest of each.
THREE = boxes((0, 0, 50, 100), (50, 0, 150, 100), (150, 0, 200, 100))


def test_a_case_by_hand() -> None:
    # 80 people left, 20 right, cut in half each: 40, 40 + 10, 10. Cars per head 0.5 and 0.2: the
    # middle has 40 x 0.5 + 10 x 0.2 = 22 cars on 50 people, 0.44, not the (0.5 + 0.2) / 2 of area.
    found = transfer(LEFT_RIGHT, THREE)
    people = np.array([80.0, 20.0])
    assert found.counts(people).tolist() == [40.0, 50.0, 10.0]
    assert found.rates(np.array([0.5, 0.2]), people).tolist() == pytest.approx([0.5, 0.44, 0.2])
    assert found.basis.tolist() == [AREA, AREA]
    assert found.covered.tolist() == [1.0, 1.0, 1.0]
    assert (found.overlap, found.gap, found.contested) == (0.0, 0.0, 0.0)


def test_homes_say_where_people_are_before_land_and_land_before_area() -> None:
    source = boxes((0, 0, 100, 100), (100, 0, 200, 100), (200, 0, 300, 100))
    target = boxes((0, 0, 300, 20), (0, 20, 300, 100))
    homes = np.array([shapely.Point(10, 10), shapely.Point(10, 50)], dtype=object)
    land = boxes((0, 0, 100, 20), (100, 0, 200, 40))  # half of the second's land is low
    found = transfer(source, target, Ground(homes, np.array([30.0, 10.0]), land))
    assert found.basis.tolist() == [HOMES, LAND, AREA]
    assert found.weights.toarray() == pytest.approx(np.array([[0.75, 0.5, 0.2], [0.25, 0.5, 0.8]]))


def test_ground_without_homes_has_nobody_but_is_not_unknown() -> None:
    homes = np.array([shapely.Point(10, 10)], dtype=object)
    found = transfer(LEFT_RIGHT[:1], THREE[:2], Ground(homes, np.array([5.0])))
    assert found.counts(np.array([8.0])).tolist() == [8.0, 0.0]


def test_a_zone_without_a_district_is_unknown_not_zero() -> None:
    found = transfer(LEFT_RIGHT, np.append(THREE, boxes((500, 0, 600, 100))))
    counts = found.counts(np.array([80.0, 20.0]))
    assert np.isnan(counts[3])
    assert np.isnan(found.rates(np.array([0.5, 0.2]), np.array([80.0, 20.0]))[3])
    assert np.nansum(counts) == 100.0


def test_a_district_split_by_one_home_is_still_split() -> None:
    home = Ground(np.array([shapely.Point(10, 10)], dtype=object), np.array([5.0]))
    found = transfer(LEFT_RIGHT[:1], THREE[:2], home)
    assert found.basis.tolist() == [HOMES]
    assert found.split.tolist() == [True, False]


def test_what_lies_in_no_zone_is_kept_apart() -> None:
    found = transfer(LEFT_RIGHT, LEFT_RIGHT[:1])
    values = np.array([80.0, 20.0])
    assert found.counts(values).tolist() == [80.0]
    assert found.left(values) == 20.0
    half = transfer(LEFT_RIGHT, boxes((0, 0, 150, 100)))
    assert half.left(values) == pytest.approx(10.0)


def test_two_drawings_of_one_border_move_nobody_outside() -> None:
    found = transfer(LEFT_RIGHT, boxes((0, 0, 198, 100)))
    assert found.outside.tolist() == [0.0, 0.0]
    assert found.counts(np.array([80.0, 20.0])).tolist() == pytest.approx([100.0])
    assert found.basis.tolist() == [WHOLE, WHOLE]
    assert not found.split.any()


def test_ground_that_two_zones_claim_goes_to_the_first_and_is_never_counted_twice() -> None:
    found = transfer(LEFT_RIGHT[:1], boxes((0, 0, 60, 100), (40, 0, 100, 100)))
    assert found.counts(np.array([10.0])).tolist() == pytest.approx([6.0, 4.0])
    assert found.contested == pytest.approx(20 / 120)
    twice = transfer(LEFT_RIGHT[:1], boxes((0, 0, 50, 100), (0, 0, 50, 100)))
    assert twice.left(np.array([10.0])) == pytest.approx(5.0)


def test_overlaps_and_gaps_of_the_source_are_measured() -> None:
    ring = shapely.difference(shapely.box(0, 0, 100, 100), shapely.box(40, 40, 60, 60))
    overlap, gap = areal.faults(np.array([ring], dtype=object))
    assert (overlap, gap) == pytest.approx((0.0, 400 / 9_600))
    assert areal.faults(boxes((0, 0, 100, 100), (90, 0, 190, 100)))[0] == pytest.approx(1 / 19)
    assert areal.faults(LEFT_RIGHT) == (0.0, 0.0)


def test_dissolving_keeps_districts_whole() -> None:
    found = dissolve(np.array([1, 0, 1]), 2)
    assert found.counts(np.array([1.0, 2.0, 4.0])).tolist() == [2.0, 5.0]
    assert not found.split.any()


def test_whole_numbers_add_up_and_unknown_stays_unknown() -> None:
    found = areal.whole(np.array([1.5, np.nan, 0.3, 0.3]), outside=0.9)
    assert found[[0, 2, 3]].tolist() == [2.0, 0.0, 0.0]  # 3 in all, and the one outside
    assert np.isnan(found[1])
    assert areal.whole(np.zeros(2)).tolist() == [0.0, 0.0]


edges = st.lists(st.floats(1, 999).map(lambda x: round(x, 2)), max_size=8)
amounts = st.lists(st.floats(0, 1e6).map(lambda x: round(x, 3)), min_size=9, max_size=9)


@given(edges, edges, amounts)
def test_totals_are_kept_there_and_back(
    first: list[float], second: list[float], amount: list[float]
) -> None:
    source, target = strips(first), strips(second)
    values = np.array(amount[: len(source)])
    there = transfer(source, target).counts(values)
    back = transfer(target, source).counts(there)
    assert there.sum() == pytest.approx(values.sum(), rel=1e-9)
    assert back.sum() == pytest.approx(values.sum(), rel=1e-9)


@given(edges, edges, amounts)
def test_a_rate_stays_between_the_rates_it_came_from(
    first: list[float], second: list[float], amount: list[float]
) -> None:
    source = strips(first)
    values = np.linspace(0.1, 0.9, len(source))
    found = transfer(source, strips(second)).rates(values, np.array(amount[: len(source)]))
    assert np.nanmin(found, initial=0.1) >= 0.1 - 1e-12
    assert np.nanmax(found, initial=0.9) <= 0.9 + 1e-12


@given(edges, edges, amounts)
def test_parts_and_outside_add_up_even_where_zones_reach_nowhere(
    first: list[float], second: list[float], amount: list[float]
) -> None:
    source, target = strips(first), strips(second)[::2]
    found = transfer(source, target)
    values = np.array(amount[: len(source)])
    assert np.nansum(found.counts(values)) + found.left(values) == pytest.approx(values.sum())
    assert (found.outside >= 0).all()


@given(st.lists(st.floats(0, 50), min_size=1, max_size=20))
def test_rounding_moves_no_zone_by_more_than_one(values: list[float]) -> None:
    found = areal.whole(np.array(values))
    assert found.sum() == round(sum(values))
    assert (np.abs(found - values) <= 1 + 1e-6).all()


def test_utrechts_postcodes_to_its_wards(testdata: Callable[[str], Path]) -> None:
    # Postcode 4 areas lie in one ward each but for drawing; the wards' own counts are known.
    codes = gpd.read_file(testdata("utrecht/utrecht_pc4_voronoi_cbs.geojson")).to_crs(28992)
    wards = gpd.read_file(testdata("utrecht/utrecht_wijken_cbs.geojson")).to_crs(28992)
    found = transfer(codes.geometry.to_numpy(), wards.geometry.to_numpy())
    for name in ("population", "private_cars_2022", "charge_locations_2026"):
        values = np.nan_to_num(codes[name].to_numpy(float))
        moved = found.counts(values)
        assert moved.sum() == pytest.approx(values.sum(), rel=1e-9)
        assert moved == pytest.approx(wards[name].to_numpy(float), rel=0.005)


@pytest.mark.parametrize("city", ["amsterdam", "paris", "rotterdam", "zurich-city"])
def test_real_districts_to_squares_and_back(testdata: Callable[[str], Path], city: str) -> None:
    frame = gpd.read_file(testdata(f"districts/cth_{city}.geojson"))
    shapes = shapely.make_valid(frame.to_crs(frame.estimate_utm_crs()).geometry.to_numpy())
    squares = shapely.intersection(cells.cover(shapes).shapes, shapely.union_all(shapes))
    values = np.arange(1.0, len(shapes) + 1)
    there = transfer(shapes, squares).counts(values)
    back = transfer(squares, shapes).counts(np.nan_to_num(there))
    assert np.nansum(there) == pytest.approx(values.sum(), rel=1e-9)
    assert back.sum() == pytest.approx(values.sum(), rel=1e-9)
