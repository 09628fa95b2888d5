"""Opening a city: by slug, by folder, and one sentence where there is neither."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.errors import InputError
from app.core.places import engine_rows
from app.paths import DATA
from app.services.load_layer import load_layer, read_answers
from app.services.projects import bundled, load_project, outline

ABOUT = 'name = "Own town"\ncountry = "NL"\ncrs = "EPSG:28992"\ntimezone = "Europe/Amsterdam"\n'
SAMPLE = DATA / "cities" / "sampletown"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project folder with the map of Sampletown's districts."""
    made = tmp_path / "own"
    made.mkdir()
    (made / "project.toml").write_text(ABOUT, "utf-8")
    shutil.copy(SAMPLE / "districts.geojson", made)
    return made


def test_what_was_drawn_by_us_is_another_question_to_a_cache() -> None:
    city = load_project("sampletown")
    assert city != replace(city, illustrative=False)
    assert city != replace(city, schematic=False)
    assert city == replace(city)


def test_utrecht_comes_first_and_loads_whole() -> None:
    assert bundled()[:2] == ("utrecht", "sampletown")
    city = load_project("utrecht")
    assert city.name == "Utrecht"
    assert city.schematic
    assert city.illustrative
    assert set(city.layers) == {"districts", "grid", "parking", "chargers"}
    assert "CBS" in city.layers["districts"].origin
    assert city.layers["grid"].origin.startswith("Illustrative")
    assert city.layers["districts"].source_crs == "EPSG:4326"


def test_the_same_city_twice_is_the_same_city() -> None:
    assert load_project("utrecht").digest == load_project("utrecht").digest


def test_a_slip_of_the_pen_gets_a_suggestion() -> None:
    with pytest.raises(InputError, match=r"utrect: no bundled city .* did you mean 'utrecht'"):
        load_project("utrect")
    with pytest.raises(InputError, match="choose from utrecht, sampletown"):
        load_project("nowhere at all")


def test_a_folder_needs_a_project_file_that_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no project\.toml"):
        load_project(tmp_path)
    (tmp_path / "project.toml").write_text("name = ", "utf-8")
    with pytest.raises(InputError, match="not a readable project file"):
        load_project(tmp_path)
    (tmp_path / "project.toml").write_text('name = "X"\ncrs = 28992\n', "utf-8")
    with pytest.raises(InputError, match=r"crs, timezone must be given as text"):
        load_project(tmp_path)


def test_a_folder_must_name_a_metric_system_and_a_zone_that_exist(tmp_path: Path) -> None:
    for old, new, words in (
        ("EPSG:28992", "EPSG:4326", "metric"),
        ("EPSG:28992", "EPSG:1", "coordinate system"),
        ("Europe/Amsterdam", "Europe/Atlantis", "time zone"),
    ):
        (tmp_path / "project.toml").write_text(ABOUT.replace(old, new), "utf-8")
        with pytest.raises(InputError, match=words):
            load_project(tmp_path)


def test_a_folder_with_maps_is_a_project(folder: Path) -> None:
    for kind in ("grid", "parking", "chargers"):
        shutil.copy(SAMPLE / f"{kind}.geojson", folder)
    city = load_project(str(folder))
    assert city.slug == "own"
    assert not city.schematic
    assert set(city.layers) == {"districts", "grid", "parking", "chargers"}
    assert len(city.layers["districts"].frame) == 13
    ours = engine_rows(load_project("sampletown"))
    assert engine_rows(city).asset_id.tolist() == ours.asset_id.tolist()
    assert outline(city).area == pytest.approx(outline(load_project("sampletown")).area)


@pytest.mark.parametrize("slug", bundled())
def test_bundled_maps_pass_the_intake_and_are_the_same_layers(slug: str) -> None:
    city = load_project(slug)
    for kind, layer in city.layers.items():
        found = load_layer(DATA / "cities" / slug / f"{kind}.geojson", kind, city)
        assert not found.of("error")
        assert found.layer == layer, f"{slug}: {kind} reads differently through the intake"


def test_a_project_may_start_without_any_map(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(ABOUT, "utf-8")
    city = load_project(tmp_path)
    assert dict(city.layers) == {}
    with pytest.raises(InputError, match="no map of districts"):
        outline(city)


def test_two_files_of_one_kind_ask_for_an_answer(folder: Path) -> None:
    shutil.copy(folder / "districts.geojson", folder / "districts.json")
    with pytest.raises(InputError, match=r"layers\.districts\.file"):
        load_project(folder)
    about = folder / "project.toml"
    about.write_text(ABOUT + '[layers.districts]\nfile = "districts.json"\n', "utf-8")
    assert len(load_project(folder).layers["districts"].frame) == 13


def test_an_answer_never_leads_out_of_the_folder(folder: Path) -> None:
    shutil.copy(folder / "districts.geojson", folder.parent / "elsewhere.geojson")
    about = folder / "project.toml"
    about.write_text(ABOUT + '[layers.districts]\nfile = "../elsewhere.geojson"\n', "utf-8")
    with pytest.raises(InputError, match="not in the folder"):
        load_project(folder)


def test_an_answer_for_a_kind_that_does_not_exist_is_refused(folder: Path) -> None:
    (folder / "project.toml").write_text(ABOUT + "[layers.roads]\n", "utf-8")
    with pytest.raises(InputError, match="roads"):
        load_project(folder)


def test_a_refused_map_names_its_file(folder: Path) -> None:
    (folder / "grid.geojson").write_text('{"type": "FeatureCollection"', "utf-8")
    with pytest.raises(InputError, match=r"grid\.geojson"):
        load_project(folder)


@pytest.mark.parametrize("layers", ["layers = 3", "layers = 'districts'"])
def test_layers_that_are_no_tables_are_refused(folder: Path, layers: str) -> None:
    (folder / "project.toml").write_text(f"{ABOUT}{layers}\n", "utf-8")
    with pytest.raises(InputError, match=r"\[layers\.districts\]"):
        load_project(folder)
    with pytest.raises(InputError, match=r"\[layers\.districts\]"):
        read_answers(folder / "project.toml", "grid")


def test_a_project_may_name_itself(folder: Path) -> None:
    about = folder / "project.toml"
    about.write_text('slug = "my-town"\n' + about.read_text("utf-8"), "utf-8")
    assert load_project(folder).slug == "my-town"
    about.write_text("slug = 3\n" + ABOUT, "utf-8")
    with pytest.raises(InputError, match="slug must be text"):
        load_project(folder)
