"""What the Data page says of a register and of a capacity map, in words and tables."""

import io

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from app.core.layer import Layer
from app.sources.codes import TEMPLATES
from app.sources.register import CODES, Fault, Register
from app.ui import capacity_view, mapcontent, maps, register_view

FAULTS = (
    Fault(1, "a", "=Kade", "REG-POWER", "0"),
    Fault(3, "c", "Plein", "REG-POWER", "nothing"),
    Fault(3, "c", "Plein", "REG-STALE", "2026-01-01"),
)


def test_every_fault_has_words() -> None:
    assert set(register_view.FAULTS) == set(CODES)
    assert set(CODES) <= set(TEMPLATES)


def test_the_sentence_counts_locations_once() -> None:
    register = Register(10, FAULTS, "2026-06-07", points=30, points_again=10)
    said = register_view.sentence(register)
    assert said.startswith("2 of 10 locations (20%) have at least one fault.")
    assert "10 of the 30 charge points it lists repeat another" in said
    assert "50% too many" in said  # 10 beside the 20 that there are
    assert register_view.sentence(Register(10, ())).startswith("Nothing is wrong")


def test_the_table_lists_only_what_occurs() -> None:
    shown = register_view.table(Register(10, FAULTS))
    assert shown["Code"].tolist() == ["REG-POWER", "REG-STALE"]
    assert shown["Locations"].tolist() == [2, 1]
    assert shown["Rows"].tolist() == ["1, 3", "3"]


def test_the_download_holds_every_row_and_runs_nothing() -> None:
    body = register_view.csv(Register(10, FAULTS)).decode("utf-8-sig")
    lines = pd.read_csv(io.StringIO(body))
    assert len(lines) == 3
    assert lines["name"].tolist()[0] == "'=Kade"


def _layer() -> Layer:
    facts = {
        "asset_id": ["WEST", "EAST", "3511AB"],
        "name": ["West", "East", "3511AB"],
        "area_type": ["energy_area", "energy_area", "postcode_area"],
        "headroom_kw": [-11_000.0, np.nan, np.nan],
        "queue_kw": [3_000.0, 2_000.0, np.nan],
        "available_year": [2031.0, np.nan, np.nan],
        "constraint": ["red", None, "amber"],
        "status": ["estimated", "unknown", "unknown"],
    }
    shapes = [shapely.box(130_000, 450_000, 131_000, 451_000), None, None]
    return Layer(gpd.GeoDataFrame(facts, geometry=shapes, crs="EPSG:28992"), "grid", "", "", "")


def test_what_the_operator_says_is_said_without_guessing() -> None:
    said = capacity_view.sentence(_layer())
    assert said == (
        "Stations and areas: 2, of which without room: 1; without a figure: 1. 5,000 kW wait in "
        "their queues. 1 name the year from which there is room: 2031. Red: 1. "
        "Without a place on the map: 1."
    )
    shown = capacity_view.table(_layer())
    assert shown["On the map"].tolist() == ["no", "yes", "no"]  # areas first, by code
    assert shown["Room [kW]"].isna().tolist() == [True, False, True]
    assert "Works" not in shown  # nobody fills it


def test_a_map_of_limits_alone_says_nothing_more() -> None:
    frame = _layer().map.drop(columns=["constraint", "queue_kw", "available_year"])
    assert not capacity_view.speaks(Layer(frame, "grid", "", "", ""))


def test_the_preview_draws_what_has_a_place_in_its_colour() -> None:
    drawn = mapcontent.preview(_layer()).decode()
    assert drawn.count('"Feature"') == 1
    assert '"mark": "R"' in drawn or '"mark":"R"' in drawn
    assert "2031" in drawn


def test_districts_take_the_worst_colour_of_their_postcodes() -> None:
    facts = {"district_id": ["3511", "3512"], "name": ["West", "East"]}
    shapes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    wards = gpd.GeoDataFrame(facts, geometry=shapes, crs="EPSG:28992")
    codes = {
        "asset_id": ["a", "b"],
        "district_id": ["3511", "3511"],
        "constraint": ["red", "green"],
    }
    grid = gpd.GeoDataFrame(codes, geometry=[None, None], crs="EPSG:28992")
    layers = [Layer(grid, "grid", "", "", ""), Layer(wards, "districts", "", "", "")]
    drawn = mapcontent.postcode_colours(*layers, maps.outlines(wards)).decode()
    assert "1 green, 1 red" in drawn
    assert drawn.count('"mark"') == 1  # nothing is said of the other district
