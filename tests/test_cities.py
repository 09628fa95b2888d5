"""The bundled cities: rebuilt byte for byte, complete, and honest about what is unknown."""

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from app.core.project import Project
from app.core.schema import KINDS
from app.paths import DATA, ROOT
from app.services.projects import about, bundled, load_project, outline

CITIES = DATA / "cities"
TINY = {"3528", "3542", "3546", "3565", "3566", "3585"}
TRAPS = {"cars_total", "cars_electric", "woz_keur"}


@pytest.fixture(scope="module")
def utrecht() -> Project:
    return load_project("utrecht")


@pytest.fixture(scope="module")
def transformers(utrecht: Project) -> gpd.GeoDataFrame:
    grid = utrecht.layers["grid"].map
    return grid[grid["level"] == "transformer"]


def test_the_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    tool = ROOT / "tools" / "make_city.py"
    if not tool.exists():
        pytest.skip("the generator is not part of an installed wheel")
    subprocess.run(  # noqa: S603  # our own program, no words from outside
        [sys.executable, str(tool), "--into", str(tmp_path)], check=True, capture_output=True
    )
    for made in sorted(tmp_path.glob("*/*.geojson")):
        kept = CITIES / made.parent.name / made.name
        assert made.read_bytes() == kept.read_bytes(), f"rebuild {kept} with tools/make_city.py"
    assert {path.name for path in tmp_path.iterdir()} == {
        path.parent.name for path in CITIES.glob("*/figures.csv")
    }


@pytest.mark.parametrize("slug", bundled())
def test_every_city_is_whole_and_says_where_it_is_from(slug: str) -> None:
    city = load_project(slug)
    assert (CITIES / slug / "SOURCES.md").is_file()
    for kind, layer in city.layers.items():
        wanted = [column.name for column in KINDS[kind].columns if column.required]
        assert set(wanted) <= set(layer.frame.columns)
        assert layer.map[KINDS[kind].id].is_unique
        assert layer.map.geometry.is_valid.all()
        assert str(layer.map.crs) == city.crs
        assert sum(layer.status_shares.values()) == pytest.approx(1)
        assert layer.origin
        assert layer.licence
    assert about(slug)["headline"]


@pytest.mark.parametrize("slug", bundled())
def test_numbers_stay_within_what_the_schema_allows(slug: str) -> None:
    for kind, layer in load_project(slug).layers.items():
        for column in KINDS[kind].columns:
            if column.name in layer.frame and column.type in {"number", "whole", "share"}:
                values = layer.frame[column.name].dropna()
                assert values.between(column.low, column.high).all(), column.name
            if column.choices and column.name in layer.frame:
                assert set(layer.frame[column.name].dropna()) <= set(column.choices)


def test_utrecht_has_the_published_sums(utrecht: Project) -> None:
    districts = utrecht.layers["districts"].map
    assert len(districts) == 47
    sums = {
        "population": 357_355,
        "households": 181_445,
        "dwellings": 156_675,
        "cars": 108_381,
        "charge_locations_2026": 1_862,
    }
    assert {name: districts[name].sum() for name in sums} == sums
    assert (districts["cars_bev"] + districts["cars_phev"]).sum() == 2_742
    assert districts["wijk"].nunique() == 10
    assert districts["name"].is_unique
    assert "3561 Overvecht" in set(districts["name"])


def test_columns_that_mislead_are_not_carried(utrecht: Project) -> None:
    with (CITIES / "utrecht" / "figures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert not TRAPS & set(rows[0])
    assert not TRAPS & set(utrecht.layers["districts"].frame.columns)
    codes = {row["pc4"] for row in rows}
    assert codes >= TINY
    assert not any("3500" <= code <= "3509" for code in codes)  # boxes at the post office
    cars = utrecht.layers["districts"].frame.set_index("district_id")["cars"]
    assert cars["3526"] == 3_234  # not the 16,549 that lease firms register there


def test_secret_figures_stay_blank(utrecht: Project) -> None:
    districts = utrecht.layers["districts"].frame.set_index("district_id")
    assert np.isnan(districts.loc["3528", "electricity_kwh"])
    assert np.isnan(districts.loc["3565", "income_eur"])
    blank = districts[districts["status"] == "estimated"].index
    assert set(blank) <= TINY
    assert districts.loc["3561", "status"] == "measured"


@pytest.mark.parametrize("slug", bundled())
def test_cells_tile_the_city(slug: str) -> None:
    city = load_project(slug)
    cells = city.layers["districts"].map.geometry
    whole = outline(city)
    assert (cells.geom_type == "Polygon").all()
    assert cells.area.sum() == pytest.approx(whole.area, rel=1e-6)
    assert whole.geom_type == "Polygon"
    assert not shapely.get_num_interior_rings(whole)


def test_every_centroid_lies_in_its_own_cell(utrecht: Project) -> None:
    districts = utrecht.layers["districts"].map
    at = gpd.GeoSeries(gpd.points_from_xy(districts["lon"], districts["lat"]), crs=4326)
    assert districts.geometry.contains(at.to_crs(utrecht.crs), align=False).all()


def test_chargers_are_as_many_as_counted_and_inside_their_cell(utrecht: Project) -> None:
    chargers = utrecht.layers["chargers"].map
    districts = utrecht.layers["districts"].map.set_index("district_id")
    code = chargers["charger_id"].str.split("-").str[1]
    assert len(chargers) == 1_862
    counted = code.value_counts().reindex(districts.index, fill_value=0)
    assert (counted == districts["charge_locations_2026"]).all()
    cells = districts.geometry.loc[list(code)].to_numpy()
    assert shapely.contains(cells, chargers.geometry.to_numpy()).all()
    assert set(chargers["points"]) == {2}
    assert chargers["charger_id"].iloc[0] == "demo-3451-001"


def test_garages_are_as_registered_and_none_meets_one_in_ten(utrecht: Project) -> None:
    parking = utrecht.layers["parking"].map
    garages = parking[parking["kind"] == "garage"]
    assert len(garages) == 10
    assert garages["spaces"].sum() == 3_667
    assert garages["ev_spaces"].sum() == 32
    assert (garages["ev_spaces"] < garages["spaces"] / 10).all()
    assert set(garages["status"]) == {"measured"}


def test_kerbs_hold_the_cars_without_a_place_of_their_own(utrecht: Project) -> None:
    """3561: 2,702 cars x 1.05 = 2,837.1; own places 1,210 x 0.35 + 2,950 x 0.08 = 659.5; 2,178."""
    parking = utrecht.layers["parking"].map
    kerbs = parking[parking["kind"] == "on_street"]
    code = kerbs["parking_id"].str.split("-").str[1]
    assert kerbs.loc[code == "3561", "spaces"].sum() == 2_178
    assert kerbs["spaces"].max() <= 30
    assert (kerbs["spaces"] < 9).sum() <= len(TINY)  # a handful of cars makes one short stretch
    cells = utrecht.layers["districts"].map.set_index("district_id").geometry.loc[list(code)]
    assert shapely.contains(cells.to_numpy(), kerbs.geometry.to_numpy()).all()


def test_the_areas_are_250_megawatts_short(utrecht: Project) -> None:
    grid = utrecht.layers["grid"].map
    areas = grid[grid["level"] == "area"]
    assert len(areas) == 3
    short_kw = (areas["peak_load_kw"] - areas["capacity_kw"]).sum()
    assert short_kw == pytest.approx(250_000, abs=500)
    assert set(grid["status"]) == {"estimated", "unknown"}  # nothing here is measured


def test_transformers_are_used_as_a_measured_fleet_is(transformers: gpd.GeoDataFrame) -> None:
    use = transformers["peak_load_kw"] / transformers["capacity_kw"]
    assert len(transformers) == pytest.approx(1_008, abs=30)
    assert use.median() == pytest.approx(0.62, abs=0.02)
    assert use.quantile(0.7) == pytest.approx(0.90, abs=0.03)
    assert use.max() <= 1.021
    assert use.isna().sum() == 2
    assert (transformers.loc[use.isna(), "status"] == "unknown").all()


def test_every_home_hangs_on_one_transformer_of_its_district(
    utrecht: Project, transformers: gpd.GeoDataFrame
) -> None:
    districts = utrecht.layers["districts"].map.set_index("district_id")
    homes = transformers.groupby("district_id")["dwellings"].sum()
    assert (homes == districts["dwellings"].reindex(homes.index)).all()
    assert set(homes.index) == set(districts.index)
    cells = districts.geometry.loc[list(transformers["district_id"])].to_numpy()
    assert shapely.contains(cells, transformers.geometry.to_numpy()).all()


def test_the_outline_is_the_city(utrecht: Project, testdata: Callable[[str], Path]) -> None:
    official = gpd.read_file(testdata("utrecht/utrecht_wijken_cbs.geojson")).to_crs(utrecht.crs)
    real, ours = official.union_all(), outline(utrecht)
    overlap = real.intersection(ours).area / real.union(ours).area
    assert overlap == pytest.approx(0.89, abs=0.005)  # as SOURCES.md says
    assert ours.area == pytest.approx(real.area, rel=0.05)
    assert set(official["wijk"]) == set(utrecht.layers["districts"].map["wijk"])


def test_sampletown_is_small_and_has_one_unknown() -> None:
    city = load_project("sampletown")
    grid = city.layers["grid"].map
    assert len(city.layers["districts"].map) == 13
    assert (grid["status"] == "unknown").sum() == 1
    assert len(grid) <= 70
    assert set(city.layers["districts"].frame["status"]) == {"default"}
