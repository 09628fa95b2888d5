"""Squares of the grid."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.core.demand.cells import cover
from app.core.errors import InputError


def boxes(*corners: tuple[float, float, float, float]) -> np.ndarray:
    """Areas that are boxes."""
    return np.array([shapely.box(*each) for each in corners], dtype=object)


def test_a_square_is_named_by_its_south_west_corner_in_hectometres() -> None:
    # Utrecht's tower stands at 136,6 km and 455,9 km: in the square from 136.5 and 455.5 km.
    found = cover(boxes((136_600, 455_900, 136_610, 455_910)))
    assert found.ids.tolist() == ["E1365N4555"]
    assert found.shapes[0].equals(shapely.box(136_500, 455_500, 137_000, 456_000))


def test_squares_go_from_west_to_east_and_then_north() -> None:
    found = cover(boxes((400, 400, 600, 600)))
    assert found.ids.tolist() == ["E0000N0000", "E0005N0000", "E0000N0005", "E0005N0005"]


def test_what_only_touches_a_square_does_not_bring_it_in() -> None:
    assert cover(boxes((500, 500, 1000, 1000))).ids.tolist() == ["E0005N0005"]


def test_west_and_south_of_the_origin_have_names_of_their_own() -> None:
    found = cover(boxes((-100, -100, 100, 100)))
    assert found.ids.tolist() == ["W0005S0005", "E0000S0005", "W0005N0000", "E0000N0000"]


def test_a_side_that_has_no_name_is_refused() -> None:
    with pytest.raises(InputError, match="multiple of 100 m"):
        cover(boxes((0, 0, 1, 1)), size_m=250)


def test_more_squares_than_can_be_drawn_are_refused() -> None:
    with pytest.raises(InputError, match="at most 1,000,000"):
        cover(boxes((0, 0, 1e6, 1e6)))


areas = st.lists(
    st.tuples(st.integers(-5_000, 5_000), st.integers(-5_000, 5_000), st.integers(1, 3_000)),
    min_size=1,
    max_size=8,
)


@given(areas)
def test_squares_hold_every_area_and_never_share_ground(found: list[tuple[int, int, int]]) -> None:
    shapes = boxes(*((x, y, x + side, y + side) for x, y, side in found))
    cells = cover(shapes)
    assert len(set(cells.ids)) == len(cells.ids)
    whole = shapely.union_all(cells.shapes)
    assert whole.area == pytest.approx(cells.ids.size * 500 * 500)
    assert shapely.covers(whole, shapes).all()


@given(areas)
def test_a_map_that_grows_keeps_the_squares_it_had(found: list[tuple[int, int, int]]) -> None:
    shapes = boxes(*((x, y, x + side, y + side) for x, y, side in found))
    assert set(cover(shapes[:1]).ids) <= set(cover(shapes).ids)


def test_utrecht(testdata: Callable[[str], Path]) -> None:
    path = testdata("utrecht/utrecht_pc4_voronoi_cbs.geojson")
    areas = gpd.read_file(path).to_crs(28992).geometry.to_numpy()
    found = cover(areas)
    inside = shapely.intersection(shapely.union_all(areas), shapely.union_all(found.shapes))
    assert inside.area == pytest.approx(shapely.union_all(areas).area)
