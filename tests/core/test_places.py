"""From maps to engine rows: the finest level with a limit, and what is unknown stays unknown."""

from math import nan
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from app.core.engine.keys import text_keys
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.places import attach, engine_rows, points_per_row, rates
from app.core.project import Project

CRS = "EPSG:28992"
EAST, NORTH = 136_000, 455_000  # Utrecht, in metres of the Dutch grid


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(EAST + x, NORTH + y)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def layer(kind: str, rows: list[dict[str, Any]]) -> Layer:
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    return Layer(frame, kind, origin="test", licence="CC0-1.0", as_of="2025-01-01")


def town(*layers: Layer) -> Project:
    """Two districts of a kilometre: D1 with 400 homes, D2 with 100."""
    districts = [
        {"district_id": "D1", "name": "West", "dwellings": 400.0, "electricity_kwh": 2_500.0},
        {"district_id": "D2", "name": "East", "dwellings": 100.0, "electricity_kwh": nan},
    ]
    cells = [box(0, 0, 1_000, 1_000), box(1_000, 0, 2_000, 1_000)]
    rows = [row | {"geometry": cell} for row, cell in zip(districts, cells, strict=True)]
    layers = {each.kind: each for each in (layer("districts", rows), *layers)}
    return Project("town", "Town", "NL", CRS, "Europe/Amsterdam", layers)


def asset(name: str, place: shapely.Geometry, **said: object) -> dict[str, Any]:
    return {"asset_id": name, "level": "transformer", "geometry": place, **said}


def test_rows_are_sorted_named_and_placed() -> None:
    grid = layer(
        "grid",
        [
            asset("T2", at(800, 500), capacity_kw=200.0, peak_load_kw=100.0, dwellings=100.0),
            asset("T1", at(200, 500), capacity_kw=400.0, peak_load_kw=300.0, dwellings=300.0),
        ],
    )
    rows = engine_rows(town(grid))
    assert rows.asset_id.tolist() == ["T1", "T2", "unknown:D2"]
    assert rows.name.tolist() == ["T1", "T2", "East"]
    assert rows.limit_kw[:2].tolist() == [400, 200]
    assert np.isnan(rows.limit_kw[2])
    assert rows.status.tolist() == ["measured", "measured", "unknown"]
    assert rows.link_weight.tolist() == [0.75, 0.25, 1.0]
    assert rows.district.tolist() == [0, 0, 1]
    assert (rows.row_key == text_keys(rows.asset_id)).all()
    assert rows.x[0] == EAST + 200
    assert rows.lon[0] == pytest.approx(5.11, abs=0.02)
    assert rows.lat[0] == pytest.approx(52.08, abs=0.02)
    assert "1 of 2 districts" in rows.notices[0]
    with pytest.raises(ValueError, match="read-only"):
        rows.limit_kw[0] = 1


def test_the_finest_level_with_a_limit_is_the_row() -> None:
    blind = asset("T1", at(500, 500), constraint="green")
    feeder = asset("F1", at(-3_000, 0), headroom_kw=50.0, peak_load_kw=450.0) | {"level": "feeder"}
    area = asset("A1", box(0, 0, 2_000, 1_000), capacity_kw=9_000.0) | {"level": "area"}
    rows = engine_rows(town(layer("grid", [blind, feeder, area])))
    assert rows.level == "feeder"
    assert rows.asset_id.tolist() == ["F1"]
    assert rows.limit_kw.tolist() == [500]
    assert rows.status.tolist() == ["estimated"]  # the nearest point is a guess
    assert rows.link_weight.tolist() == [1, 1]


def test_a_colour_alone_is_no_number() -> None:
    rows = engine_rows(town(layer("grid", [asset("T1", at(500, 500), constraint="green")])))
    assert rows.asset_id.tolist() == ["T1", "unknown:D2"]
    assert np.isnan(rows.limit_kw).all()
    assert rows.status.tolist() == ["unknown", "unknown"]


def test_a_peak_follows_from_homes_where_no_map_says_it() -> None:
    """400 homes x 2,500 kWh x 0.0003 kW per kWh = 300 kW; 60 kW of headroom makes 360 kW."""
    project = town(layer("grid", [asset("T1", at(500, 500), headroom_kw=60.0)]))
    rows = engine_rows(project, 0.0003)
    assert rows.peak_kw[0] == pytest.approx(300)
    assert rows.limit_kw[0] == pytest.approx(360)
    assert rows.status[0] == "default"
    assert np.isnan(rows.peak_kw[1])  # D2 never said its use
    assert np.isnan(engine_rows(project).limit_kw).all()  # headroom over nothing known is nothing


def test_capacity_and_headroom_tell_the_peak() -> None:
    grid = layer("grid", [asset("T1", at(500, 500), capacity_kw=400.0, headroom_kw=150.0)])
    assert engine_rows(town(grid)).peak_kw[0] == 250


def test_without_a_grid_map_each_district_is_an_unknown_row() -> None:
    rows = engine_rows(town(), 0.0003)
    assert rows.asset_id.tolist() == ["unknown:D1", "unknown:D2"]
    assert rows.level == ""
    assert rows.peak_kw[0] == pytest.approx(300)
    assert np.isnan(rows.limit_kw).all()
    assert "no grid map" in rows.notices[0]
    assert attach(np.array([at(1_500, 10), at(9_000, 0)]), rows).tolist() == [1, -1]


def test_an_empty_grid_map_is_no_grid_map() -> None:
    grid = layer("grid", [asset("T1", at(500, 500), capacity_kw=1.0)])
    empty = Layer(grid.map.iloc[:0], "grid", origin="", licence="", as_of="unknown")
    assert engine_rows(town(empty)).asset_id.tolist() == ["unknown:D1", "unknown:D2"]


def test_without_districts_there_is_nothing_to_feed() -> None:
    bare = town().without_layer("districts")
    with pytest.raises(InputError, match="districts"):
        engine_rows(bare)


def test_assets_far_from_every_district_are_counted_not_used() -> None:
    grid = [
        asset("T1", at(500, 500), capacity_kw=1.0),
        asset("T2", at(1_500, 500), capacity_kw=1.0),
        asset("T3", at(5_000, 500), capacity_kw=1.0),
    ]
    rows = engine_rows(town(layer("grid", grid)))
    assert rows.asset_id.tolist() == ["T1", "T2"]
    assert "1 of the grid map's assets feed" in rows.notices[0]


def test_places_go_to_the_polygon_that_holds_them_else_to_the_nearest_within_reach() -> None:
    zone = asset("T0", box(0, 0, 300, 1_000), capacity_kw=1.0)
    dot = asset("T1", at(310, 500), capacity_kw=1.0)
    rows = engine_rows(town(layer("grid", [zone, dot])))
    where = np.array([at(299, 500), at(500, 500), at(950, 500), at(1_500, 500)])
    found = [rows.asset_id[i] if i >= 0 else None for i in attach(where, rows)]
    assert found == ["T0", "T1", None, "unknown:D2"]


def test_todays_points_are_counted_per_row() -> None:
    grid = layer("grid", [asset("T1", at(500, 500), capacity_kw=1.0)])
    chargers = layer(
        "chargers",
        [
            {"charger_id": "a", "points": 2.0, "geometry": at(500, 600)},
            {"charger_id": "b", "points": nan, "geometry": at(400, 500)},
            {"charger_id": "c", "points": 4.0, "geometry": at(1_500, 500)},
            {"charger_id": "d", "points": 9.0, "geometry": at(500, 5_000)},
        ],
    )
    rows = engine_rows(town(grid, chargers))
    assert rows.points_now.tolist() == [3, 4]
    assert "1 of today's charge locations" in rows.notices[-1]


def test_demand_and_points_of_a_district_reach_its_rows_whole() -> None:
    grid = [
        asset("T1", at(200, 500), capacity_kw=1.0, dwellings=300.0),
        asset("T2", at(800, 500), capacity_kw=1.0, dwellings=100.0),
    ]
    rows = engine_rows(town(layer("grid", grid)))
    sessions = np.array([[8.0, 4.0], [1.0, 0.0]])
    assert rates(rows, sessions).tolist() == [[6, 3], [2, 1], [1, 0]]
    assert rates(rows, np.array([8.0, 1.0])).tolist() == [6, 2, 1]
    assert points_per_row(rows, np.array([10, 3])).tolist() == [8, 2, 3]


def test_the_order_of_the_maps_rows_does_not_matter() -> None:
    grid = [asset(f"T{i}", at(60 * i, 500), capacity_kw=float(i + 1)) for i in range(12)]
    one = engine_rows(town(layer("grid", grid)))
    other = engine_rows(town(layer("grid", grid[::-1])))
    assert one.asset_id.tolist() == other.asset_id.tolist()
    assert one.limit_kw[:12].tolist() == other.limit_kw[:12].tolist()
    assert one.link_weight == pytest.approx(other.link_weight)
