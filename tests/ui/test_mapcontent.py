"""What a preview leaves out, and what it must not."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from app.core.demand.result import STATISTICS, Demand
from app.core.layer import Layer
from app.ui import mapcontent, maps

RD = "EPSG:28992"


def layer(shapes: list[object]) -> Layer:
    ids = [f"P{n}" for n in range(len(shapes))]
    frame = gpd.GeoDataFrame({"parking_id": ids, "geometry": shapes}, crs=RD)
    return Layer(frame, "parking", "invented", "CC0-1.0", "2026")


def test_a_preview_is_in_degrees_to_ten_centimetres() -> None:
    square = box(136_000, 455_000, 136_100, 455_100)
    drawn = json.loads(mapcontent.preview(layer([square])))["features"][0]["geometry"]
    true = gpd.GeoSeries([square], crs=RD).to_crs(4326)
    assert shapely.hausdorff_distance(shapely.from_geojson(json.dumps(drawn)), true[0]) < 1e-6
    assert all(len(str(x).partition(".")[2]) <= 6 for x, _y in drawn["coordinates"][0])


@pytest.mark.parametrize(("corners", "thinned"), [(100_002, True), (50_000, False)])
def test_only_shapes_of_very_many_corners_lose_some(corners: int, thinned: bool) -> None:  # noqa: FBT001
    turn = np.linspace(0, 2 * np.pi, corners)
    circle = Polygon(np.column_stack([np.cos(turn), np.sin(turn)]) * 5000 + [136_000, 455_000])
    drawn = json.loads(mapcontent.preview(layer([circle])))["features"][0]["geometry"]
    assert (len(drawn["coordinates"][0]) < corners / 100) == thinned


def test_bays_keep_every_corner_however_many_bays_there_are() -> None:
    bays = [box(x, y, x + 2, y + 5) for x in range(0, 1500, 10) for y in range(0, 1500, 10)]
    moved = shapely.transform(np.array(bays), lambda xy: np.add(xy, (136_000, 455_000)))
    drawn = json.loads(mapcontent.preview(layer(list(moved))))["features"]
    assert len(drawn) == len(bays)
    assert {len(each["geometry"]["coordinates"][0]) for each in drawn} == {5}


def test_the_box_of_a_map_holds_all_of_it() -> None:
    places = gpd.GeoDataFrame(geometry=[Point(120_000, 440_000), Point(160_000, 470_000)], crs=RD)
    west, south, east, north = maps.bounds_of(places)
    true = places.to_crs(4326).total_bounds
    assert west <= true[0]
    assert south <= true[1]
    assert east >= true[2]
    assert north >= true[3]
    assert (west, south, east, north) == pytest.approx(true, abs=0.02)


def told(points: list[float]) -> Demand:
    """Tell a demand of some areas; NaN where nothing is known."""
    columns = {f"points_{each}": points for each in STATISTICS}
    ids = [f"Z{at}" for at in range(len(points))]
    rows = pd.DataFrame({"district_id": ids, "name": ids} | columns)
    return Demand(2030, 1, 1, rows, rows, np.zeros(0), np.zeros(0), {}, 0, 0.0, (), ())


def drawn(points: list[float]) -> list[dict[str, object]]:
    """Draw them in a row, and return what each area and its mark say."""
    shapes = gpd.GeoSeries([box(x, 0, x + 9, 9) for x in range(0, 10 * len(points), 10)], crs=RD)
    content = mapcontent.demand(told(points), mapcontent.cut_outlines(shapes), "points")
    return [each["properties"] for each in json.loads(content)["features"]]


def test_an_area_without_a_figure_is_grey_and_says_so_and_never_looks_like_much() -> None:
    known, _mark, unknown, mark = drawn([40.0, float("nan")])
    assert unknown["fill"][:3] == [*maps.QUIET] != known["fill"][:3]
    assert mark["mark"] == "?"
    assert "unknown" in str(unknown["facts"])


def test_a_crowd_of_areas_has_the_letters_of_the_legend_instead_of_numbers() -> None:
    few, many = ([each["mark"] for each in drawn([40.0] * n) if "mark" in each] for n in (2, 151))
    assert set(few) == {"40"}
    assert len(many) == 151
    assert set(many) <= set("abcdef")


def test_hatching_stays_on_the_ground_that_is_unknown() -> None:
    parts = gpd.GeoSeries([box(136_000, 455_000, 136_100, 455_100)], crs=RD)
    ground, lines = (
        shapely.from_geojson(json.dumps(each["geometry"]))
        for each in json.loads(mapcontent.unknown(parts))["features"]
    )
    assert lines.length > ground.length
    assert lines.within(ground.buffer(2e-6))
