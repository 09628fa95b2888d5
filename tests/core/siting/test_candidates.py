"""Where points could stand."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pytest
import shapely

from app.core.layer import Layer
from app.core.parameters import Parameter
from app.core.siting.candidates import Added, beside_assets, find_candidates, hexagons, merge
from app.core.siting.lattice import spread
from app.core.siting.stretches import cut

CRS = "EPSG:28992"
Numbers = Mapping[str, Parameter]


def layer(kind: str, columns: dict[str, list[object]], shapes: list[shapely.Geometry]) -> Layer:
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
    return Layer(frame, kind, "test", "CC0", "2026-01-01")


@pytest.fixture
def districts() -> Layer:
    return layer("districts", {"district_id": ["a"], "name": ["A"]}, [shapely.box(0, 0, 600, 600)])


def line(length_m: float, y: float = 0.0) -> shapely.LineString:
    return shapely.LineString([(0.0, y), (length_m, y)])


def test_a_row_of_bays_gives_one_candidate_every_forty_metres() -> None:
    # 110 m: stretches of 40, 40 and 30 m with candidates at 20, 60 and 100 m; 22 bays are 8, 8, 6.
    found = cut(np.array([line(110.0)], object), np.array([22.0]), 40.0)
    assert shapely.get_x(found.point).tolist() == pytest.approx([20.0, 60.0, 100.0])
    assert found.spaces.tolist() == [8.0, 8.0, 6.0]


@pytest.mark.parametrize(("length_m", "at"), [(30.0, [15.0]), (40.0, [20.0]), (59.0, [20.0])])
def test_a_short_row_gives_one(length_m: float, at: list[float]) -> None:
    found = cut(np.array([line(length_m)], object), np.array([9.0]), 40.0)
    assert shapely.get_x(found.point).tolist() == pytest.approx(at)
    assert found.spaces.tolist() == [9.0]


def test_bays_are_kept_whole_over_rows_of_several_parts() -> None:
    both = shapely.MultiLineString([line(100.0), line(30.0, 50.0)])
    found = cut(np.array([both, line(35.0, 90.0)], object), np.array([17.0, 4.0]), 40.0)
    assert np.bincount(found.source, found.spaces).tolist() == [17.0, 4.0]
    assert found.place.tolist() == [0, 1, 2, 3, 0]


def test_garages_give_a_tenth_of_their_spaces(districts: Layer, numbers: Numbers) -> None:
    parking = layer(
        "parking",
        {"parking_id": ["g", "l", "p"], "kind": ["garage", "lot", "private"],
         "spaces": [170, 6, 50], "ev_spaces": [3, 0, 0]},
        [shapely.Point(10, 10), shapely.box(100, 100, 140, 140), shapely.Point(300, 300)],
    )  # fmt: skip
    found = find_candidates(parking, None, districts, numbers)
    points = dict(zip(found["origin"], found["max_points"], strict=True))
    assert points == {"garage": 14, "lot": 2}  # 17 less 3 that stand there; at least a post


def test_today_points_come_first_and_learn_from_the_bays(
    districts: Layer, numbers: Numbers
) -> None:
    parking = layer(
        "parking",
        {"parking_id": ["s"], "kind": ["on_street"], "spaces": [12], "layout": ["parallel"]},
        [line(30.0, 100.0)],
    )
    chargers = layer(
        "chargers", {"charger_id": ["c1"], "points": [2.0]}, [shapely.Point(15.0, 105.0)]
    )
    found = find_candidates(parking, chargers, districts, numbers)
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["origin"], row["existing_points"], row["max_points"]) == ("existing", 2, 6)
    assert row["layout"] == "parallel"
    assert row["merged_from"].startswith("c")


def test_names_do_not_depend_on_the_order_of_rows(districts: Layer, numbers: Numbers) -> None:
    columns = {"parking_id": ["s", "t"], "kind": ["on_street"] * 2, "spaces": [12, 9]}
    shapes = [line(100.0, 10.0), line(90.0, 200.0)]
    one = find_candidates(layer("parking", columns, shapes), None, districts, numbers)
    turned = {name: values[::-1] for name, values in columns.items()}
    two = find_candidates(layer("parking", turned, shapes[::-1]), None, districts, numbers)
    assert one["candidate_id"].tolist() == two["candidate_id"].tolist()
    assert one["candidate_id"].is_unique


def test_without_parking_a_lattice_stands_in(districts: Layer, numbers: Numbers) -> None:
    found = find_candidates(None, None, districts, numbers)
    assert set(found["status"]) == {"estimated"}
    assert set(found["precision"]) == {"area"}
    assert len(found) == pytest.approx(600**2 / (60**2 * np.sqrt(3) / 2), rel=0.1)


def test_the_lattice_is_anchored_to_the_map_not_to_the_area() -> None:
    small = {tuple(p) for p in hexagons(shapely.box(100, 100, 400, 400), 60.0)[2]}
    large = {tuple(p) for p in hexagons(shapely.box(0, 0, 600, 600), 60.0)[2]}
    assert small
    assert small <= large


def test_places_by_hand_survive_their_neighbours(districts: Layer, numbers: Numbers) -> None:
    parking = layer(
        "parking", {"parking_id": ["s"], "kind": ["on_street"], "spaces": [30]}, [line(30.0)]
    )
    found = find_candidates(parking, None, districts, numbers, [Added("Square", 20.0, 0.0, 6)])
    assert found["origin"].tolist() == ["user"]
    assert found["max_points"].tolist() == [12]


def test_merging_keeps_the_place_with_more_bays_and_far_ones_alone(
    districts: Layer, numbers: Numbers
) -> None:
    parking = layer(
        "parking",
        {"parking_id": ["s", "t", "u"], "kind": ["on_street"] * 3, "spaces": [6, 20, 8]},
        [shapely.Point(0, 0), shapely.Point(10, 0), shapely.Point(40, 0)],
    )
    found = find_candidates(parking, None, districts, numbers)
    assert sorted(found["spaces"]) == [8.0, 20.0]
    again = merge(found, 15.0)
    assert again["candidate_id"].tolist() == found["candidate_id"].tolist()


def test_an_asset_far_from_parking_is_a_candidate(districts: Layer, numbers: Numbers) -> None:
    parking = layer(
        "parking", {"parking_id": ["s"], "kind": ["on_street"], "spaces": [6]}, [line(30.0)]
    )
    found = find_candidates(parking, None, districts, numbers)
    assets = gpd.pd.DataFrame({"asset_id": ["near", "far"], "x": [50.0, 500.0], "y": [0.0, 500.0]})
    more = beside_assets(found, assets, numbers)
    assert sorted(more["origin"]) == ["grid", "on_street"]


def test_the_demand_of_a_district_is_kept_to_the_watt_hour() -> None:
    shapes = np.array([shapely.box(0, 0, 730, 410), shapely.box(730, 0, 760, 20)], object)
    kwh = np.array([123.4567, 0.75])
    found = spread(shapes, ["a", "b"], kwh, 100.0)
    sums = np.bincount(found.district, found.kwh_day)
    np.testing.assert_allclose(sums, kwh.round(3), atol=1e-9)
    assert np.bincount(found.district).tolist() == [28, 1]
    assert list(found.id) == sorted(found.id)


def test_an_area_to_search_in_is_filled_and_nothing_else_is(
    districts: Layer, numbers: Numbers
) -> None:
    # The lattice of 60 m: rows 52 m apart, every second one shifted by 30 m; a box of 200 m by
    # 110 m at the origin holds rows 0 (its edge, outside), 1 (y = 52) and 2 (y = 104).
    bays = layer(
        "parking",
        {"parking_id": ["s"], "kind": ["on_street"], "spaces": [8]},
        [shapely.LineString([(400, 400), (440, 400)])],
    )
    drawn = layer(
        "places",
        {
            "place_id": ["1", "2", "3"],
            "kind": ["Search_Area", "school", "search_area"],
            "name": ["Dock", "School", ""],
        },
        [shapely.box(0, 0, 200, 110), shapely.box(300, 0, 500, 110), shapely.Point(500, 500)],
    )
    found = find_candidates(bays, None, districts, numbers, places=drawn)
    areas = found[found["origin"] == "area"]
    wanted = {(30, 52), (90, 52), (150, 52), (60, 104), (120, 104), (180, 104)}
    assert {(round(x), round(y)) for x, y in zip(areas["x"], areas["y"], strict=True)} == wanted
    assert set(areas["precision"]) == {"area"}
    assert set(areas["status"]) == {"estimated"}
    assert areas["name"].str.startswith("Dock: ").all()
    assert (found["origin"] == "on_street").sum() == 1
    moved = shapely.box(10, 10, 190, 109)
    again = layer("places", {"place_id": ["9"], "kind": ["search area"], "name": ["x"]}, [moved])
    same = find_candidates(bays, None, districts, numbers, places=again)
    assert set(same["candidate_id"]) <= set(found["candidate_id"]), "anchored: the same points"
