"""A capacity map without geometry becomes a grid that the engine can run on."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.core.errors import InputError
from app.core.places import engine_rows
from app.services.load_layer import Join, load_layer
from app.services.new_project import Wishes, new_project
from app.services.projects import load_project


def _area(code: str, postcodes: tuple[str, ...], available: float) -> dict[str, object]:
    colours = {"demand_constraint": "red", "generation_constraint": "red"}
    inner = [{"postcode": each, **colours} for each in postcodes]
    figures = {"demand_available_capacity": available, "demand_quoted_capacity": 40}
    return {"short_code": code, **figures, "works": [], "postcode_areas": inner}


@pytest.fixture
def capacity_map(tmp_path: Path) -> Path:
    areas = [
        _area("WEST", ("3511AA", "3511AB"), 47),
        _area("EAST", ("3512AA",), 30),
        _area("FAR", ("9999ZZ",), 90),
    ]
    path = tmp_path / "map.json"
    path.write_text(json.dumps({"conforms_to": "x/v1.3.0", "energy_areas": areas}))
    return path


@pytest.fixture
def wards(tmp_path: Path) -> Path:
    path = tmp_path / "wards.geojson"
    features = []
    for code, west in (("3511", 5.10), ("3512", 5.12)):
        ring = [[west, 52.1], [west + 0.02, 52.1], [west + 0.02, 52.12], [west, 52.12]]
        shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        facts = {"district_id": code, "name": f"Ward {code}", "dwellings": 1000}
        facts["electricity_kwh"] = 2500
        features.append({"type": "Feature", "properties": facts, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_a_project_from_a_capacity_map_opens_again_and_runs(
    capacity_map: Path, wards: Path, tmp_path: Path
) -> None:
    wishes = Wishes(crs="EPSG:28992", timezone="Europe/Amsterdam", country="NL")
    files = {"districts": wards, "grid": capacity_map}
    made = new_project("town", tmp_path / "town", files, wishes)
    assert made.accepted
    written = made.intakes["grid"].layer
    project = load_project(tmp_path / "town")
    grid = project.layers["grid"].map.set_index("asset_id")
    assert written is not None
    assert project.layers["grid"].digest == written.digest
    assert grid.loc["WEST", "headroom_kw"] == 7_000
    assert grid.geometry.isna().to_dict() == {
        "WEST": False,
        "EAST": False,
        "FAR": True,
        "3511AA": True,
        "3511AB": True,
        "3512AA": True,
    }
    rows = engine_rows(project, 0.0005)
    assert rows.asset_id.tolist() == ["EAST", "WEST"]  # neither a postcode nor what lies nowhere
    assert np.allclose(rows.link_weight, 1.0)
    # by hand: 1,000 homes x 2,500 kWh x 0.0005 kW/kWh = 1,250 kW today; the limit is that and the
    # room: 30 - 40 MW in the east, 47 - 40 MW in the west
    assert rows.peak_kw.tolist() == pytest.approx([1_250, 1_250])
    assert rows.limit_kw.tolist() == pytest.approx([-8_750, 8_250])


def test_a_folder_may_hold_the_files_as_they_came(
    capacity_map: Path, wards: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    wards.rename(folder / "districts.geojson")
    capacity_map.rename(folder / "grid.json")
    at = {"latitude": "52.11", "longitude": "5.11"}
    evses = [{"evse_id": "E1", "status": "AVAILABLE", "connectors": []}]
    posts = [{"id": each, "coordinates": at, "evses": evses} for each in ("a", "b")]
    (folder / "chargers.json").write_text(json.dumps(posts))
    facts = 'name = "Town"\ncrs = "EPSG:28992"\ntimezone = "Europe/Amsterdam"\n'
    (folder / "project.toml").write_text(facts + "[layers.chargers]\npoints_once = true\n")
    project = load_project(folder)
    assert project.layers["grid"].map.geometry.notna().sum() == 2
    assert project.layers["chargers"].frame["points"].tolist() == [1, 0]


def test_a_second_map_lends_its_places(capacity_map: Path, wards: Path, tmp_path: Path) -> None:
    stations = tmp_path / "stations.csv"
    stations.write_text("station,lon,lat\nwest,5.11,52.11\nfar,5.13,52.11\n")
    found = load_layer(capacity_map, "grid", None, None, "map.json", Join(stations, "stations.csv"))
    assert found.layer is not None
    frame = found.layer.map.set_index("asset_id")
    assert frame.loc["WEST", "joined_by"] == "station"
    assert frame.geometry.notna().sum() == 2
    both = load_layer(capacity_map, "grid", None, None, "map.json", Join(wards, "wards.geojson"))
    assert both.layer is not None
    assert both.layer.map.set_index("asset_id").loc["EAST", "joined_by"] == "postcode"


def test_without_any_place_there_is_no_project(capacity_map: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"map\.json: none of its rows has a place"):
        new_project("town", tmp_path / "town", {"grid": capacity_map})
    assert not (tmp_path / "town").exists()


def test_a_second_map_that_is_refused_is_named(capacity_map: Path, tmp_path: Path) -> None:
    page = tmp_path / "stations.geojson"
    page.write_text("<html>")
    with pytest.raises(InputError, match=r"stations\.geojson, the map to join to: This is a web"):
        load_layer(capacity_map, "grid", None, None, "map.json", Join(page, page.name))


def test_a_project_folder_names_its_second_map(capacity_map: Path, tmp_path: Path) -> None:
    folder = tmp_path / "town"
    folder.mkdir()
    capacity_map.rename(folder / "grid.json")
    facts = 'name = "Town"\ncrs = "EPSG:28992"\ntimezone = "Europe/Amsterdam"\n'
    (folder / "project.toml").write_text(facts + '[layers.grid]\njoin = "../stations.csv"\n')
    with pytest.raises(InputError, match=r"layers\.grid\.join names stations\.csv, which is not"):
        load_project(folder)
    rows = "station,lon,lat\nwest,5.11,52.11\n"
    (tmp_path / "stations.csv").write_text(rows)  # outside the folder: never reached
    with pytest.raises(InputError, match="which is not there"):
        load_project(folder)
    (folder / "stations.csv").write_text(rows)
    frame = load_project(folder).layers["grid"].map.set_index("asset_id")
    assert frame.loc["WEST", "joined_by"] == "station"
