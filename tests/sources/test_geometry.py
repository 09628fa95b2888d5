"""Shapes are repaired where that is safe, and refused by row where it is not."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sources.limits import Limits

Collection = Callable[..., dict[str, Any]]
HERE = {"type": "Point", "coordinates": [5.1, 52.1]}


def box(x: float, y: float, size: float = 0.01) -> dict[str, Any]:
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def district(at: int) -> dict[str, Any]:
    return {"district_id": f"d{at}", "name": f"District {at}"}


def asset(at: int = 1) -> dict[str, Any]:
    return {"asset_id": f"t{at}", "headroom_kw": 50}


@pytest.fixture
def codes(take: Any, collection: Collection) -> Callable[..., list[str]]:  # noqa: ANN401
    def of(*features: Any, kind: str = "grid", **more: Any) -> list[str]:  # noqa: ANN401
        found = take(collection(*features), kind, **more)
        return [problem.code for problem in found.of("error")]

    return of


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"type": "Point", "coordinates": [5.1, float("nan")]}, "GEO-NAN"),
        ({"type": "Point", "coordinates": [1e400, 52.1]}, "GEO-NAN"),
        ({"type": "Point", "coordinates": ["5.1", "52.1"]}, "GEO-DAMAGED"),
        ({"type": "Point", "coordinates": [5.1]}, "GEO-DAMAGED"),
        ({"type": "Point", "coordinates": {"x": 5}}, "GEO-DAMAGED"),
        ({"type": "Point"}, "GEO-DAMAGED"),
        ({"type": "Circle", "coordinates": [5, 52]}, "GEO-DAMAGED"),
        ({"type": "Polygon", "coordinates": [[[5, 52], [5.1, 52], [5, 52]]]}, "GEO-RING"),
        ({"type": "Polygon", "coordinates": [[[5, 52], [5.1, 52], [5, 52.1], [5, 52.2]]]},
         "GEO-RING"),
        ({"type": "GeometryCollection", "geometries": []}, "GEO-COLLECTION"),
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_is_named_by_row(
    geometry: dict[str, Any],
    code: str,
    collection: Collection,
    take: Any,  # noqa: ANN401
) -> None:
    found = take(collection((asset(1), HERE), (asset(2), geometry)))
    (problem,) = [problem for problem in found.of("error") if problem.code == code]
    assert problem.row == 2


def test_missing_shapes_up_to_a_fifth_are_set_aside(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    four = [(asset(at), {"type": "Point", "coordinates": [5.1 + at / 100, 52.1]}) for at in "1234"
            for at in [int(at)]]  # fmt: skip
    found = take(collection(*four, (asset(5), None)))
    assert found.rows == 4
    assert found.mapping.set_aside == (5,)
    assert not take(collection(*four[:3], (asset(5), None))).accepted


def test_heights_are_dropped_with_a_word(take: Any, collection: Collection) -> None:  # noqa: ANN401
    high = {"type": "Point", "coordinates": [5.1, 52.1, 12.5]}
    found = take(collection((asset(1), high), (asset(2), {**HERE, "coordinates": [5.2, 52.1]})))
    assert not found.layer.map.has_z.any()
    said = [problem.message for problem in found.problems if problem.code == "GEO-Z"]
    assert said == ["Heights were dropped (up to 12.5 m)."]


def test_one_part_becomes_single_and_several_points_are_asked(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    one = {"type": "MultiPoint", "coordinates": [[5.1, 52.1]]}
    two = {"type": "MultiPoint", "coordinates": [[5.1, 52.1], [5.12, 52.1]]}
    charger = {"charger_id": "c", "points": 2}
    found = take(collection((charger, one)), "chargers")
    assert found.layer.map.geom_type.tolist() == ["Point"]
    asked = take(collection((charger, two)), "chargers")
    assert [problem.code for problem in asked.of("error")] == ["GEO-TYPE"]
    said = take(collection((charger, two)), "chargers", several_points="centroid")
    assert said.layer.map.geom_type.tolist() == ["Point"]


def test_vertices_have_a_limit(codes: Callable[..., list[str]]) -> None:
    five = Limits(vertices_feature=5)
    assert codes((asset(), box(5.1, 52.1)), limits=five) == []
    four = Limits(vertices_feature=4)
    assert codes((asset(), box(5.1, 52.1)), limits=four) == ["GEO-VERTICES"]
    assert codes((asset(), box(5.1, 52.1)), limits=Limits(vertices_layer=4)) == ["FILE-ROWS"]
    assert codes((asset(), HERE), (asset(2), HERE), limits=Limits(map_rows=1)) == ["FILE-ROWS"]


@settings(derandomize=True, deadline=None, max_examples=20)
@given(
    ring=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=9),
)
def test_no_repair_leaves_an_invalid_or_foreign_shape(
    ring: list[tuple[int, int]],
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    points = [[5.1 + x / 1000, 52.1 + y / 1000] for x, y in [*ring, ring[0]]]
    geometry = {"type": "Polygon", "coordinates": [points]}
    found = take(collection((district(1), geometry)), "districts")
    if not found.accepted:
        assert {"GEO-VANISHED", "GEO-RING"} & {problem.code for problem in found.of("error")}
        return
    shapes = found.layer.map.geometry
    assert shapes.is_valid.all()
    assert shapes.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    assert (shapes.area > 0).all()
    assert np.array_equal(shapely.get_coordinates(shapes).round(3), shapely.get_coordinates(shapes))


def test_overlaps_are_weighed(take: Any, collection: Collection) -> None:  # noqa: ANN401
    def pair(shift: float) -> Any:  # noqa: ANN401
        document = collection(
            (district(1), box(5, 52, 0.1)), (district(2), box(5 + shift, 52, 0.1))
        )
        found = take(document, "districts", area=None)
        return [(p.code, p.severity) for p in found.problems if "OVERLAP" in p.code]

    assert pair(0.1) == []
    assert pair(0.0995) == [("GEO-OVERLAPS", "notice")]
    assert pair(0.09) == [("GEO-OVERLAP", "warning")]
    assert pair(0.03) == [("GEO-OVERLAP", "error")]


def test_a_hole_between_districts_is_measured(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    """Eight of nine equal squares: one eighth of what is covered is missing."""
    cells = [(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    features = [(district(at), box(5 + x * 0.01, 52 + y * 0.01)) for at, (x, y) in enumerate(cells)]
    found = take(collection(*features), "districts", area=None)
    (gap,) = [problem for problem in found.problems if problem.code == "GEO-GAP"]
    assert gap.severity == "warning"
    assert gap.message.startswith("12.5 %")


def test_the_same_shape_twice_is_said(take: Any, collection: Collection) -> None:  # noqa: ANN401
    parking = [({"parking_id": f"p{at}", "spaces": 4}, HERE) for at in range(2)]
    found = take(collection(*parking), "parking")
    assert [p.message for p in found.problems if p.code == "GEO-DUPLICATE"] == [
        "Rows 1–2 have the same shape."
    ]


def test_a_district_across_the_globe_is_refused(codes: Callable[..., list[str]]) -> None:
    ring = [[179.5, -17], [-179.5, -17], [-179.5, -16], [179.5, -16], [179.5, -17]]
    wide = {"type": "Polygon", "coordinates": [ring]}
    assert "GEO-WIDE" in codes((district(1), wide), kind="districts", area=None)


def test_a_part_of_the_city_without_a_district_is_said(take: Any, collection: Any) -> None:  # noqa: ANN401
    """The box around Utrecht is 18 km x 16 km; one district of 9 km x 16 km covers half of it."""
    frame = gpd.GeoSeries([shapely.box(126_000, 447_000, 135_000, 463_000)], crs="EPSG:28992")
    shape = frame.to_crs(4326).iloc[0].__geo_interface__
    row = {"district_id": "a", "name": "A", "households": 5}
    found = take(collection((row, shape)), "districts")
    said = [p for p in found.problems if p.code == "GEO-COVER"]
    assert [p.severity for p in said] == ["warning"]
    assert said[0].message.startswith("50 % of Utrecht")
    alone = take(collection((row, shape)), "districts", area=None)
    assert "GEO-COVER" not in {p.code for p in alone.problems}
