"""A project folder made from own files opens as what was accepted."""

from pathlib import Path

import pytest

from app.core.errors import InputError
from app.services.new_project import Wishes, nearest_zone, new_project
from app.services.projects import load_project
from app.services.templates import example_file


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {}
    for kind in ("grid", "districts"):
        made[kind] = tmp_path / f"my {kind}.csv"
        made[kind].write_bytes(example_file(kind, "csv"))
    return made


def test_a_new_project_opens_with_the_layers_that_were_accepted(
    files: dict[str, Path], tmp_path: Path
) -> None:
    made = new_project("mytown", tmp_path / "a" / "mytown", files)
    assert made.accepted
    assert (made.crs, made.timezone) == ("EPSG:32631", "Europe/Amsterdam")
    project = load_project(made.folder)
    assert project.crs == made.crs
    assert {kind: layer.digest for kind, layer in project.layers.items()} == {
        kind: intake.layer.digest for kind, intake in made.intakes.items() if intake.layer
    }
    assert project.layers["grid"].origin == "my grid.csv"
    assert sorted(path.name for path in made.folder.iterdir()) == [
        "districts.parquet",
        "grid.parquet",
        "project.toml",
    ]


def test_wishes_win_over_what_is_found(files: dict[str, Path], tmp_path: Path) -> None:
    wishes = Wishes('The "Town"', "EPSG:28992", "Europe/Brussels", "BE")
    made = new_project("mytown", tmp_path / "mytown", files, wishes)
    project = load_project(made.folder)
    found = (project.name, project.crs, project.timezone, project.country)
    assert found == ('The "Town"', "EPSG:28992", "Europe/Brussels", "BE")
    assert str(project.layers["grid"].map.crs) == "EPSG:28992"


def test_nothing_is_written_when_one_file_is_refused(
    files: dict[str, Path], tmp_path: Path
) -> None:
    files["grid"].write_text("<html>")
    made = new_project("mytown", tmp_path / "mytown", files)
    assert not made.accepted
    assert not (tmp_path / "mytown").exists()


def test_all_wrong_wishes_are_named_at_once(tmp_path: Path) -> None:
    wishes = Wishes(crs="RD", timezone="Mars/Olympus")
    with pytest.raises(InputError) as error:
        new_project("My Town", tmp_path, {}, wishes)
    assert len(str(error.value).splitlines()) == 4


def test_a_system_in_degrees_is_refused(files: dict[str, Path], tmp_path: Path) -> None:
    for crs in ("EPSG:4326", "EPSG:999999"):
        with pytest.raises(InputError, match="crs"):
            new_project("mytown", tmp_path / "mytown", files, Wishes(crs=crs))


def test_an_existing_project_is_not_written_over(files: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "mytown"
    new_project("mytown", folder, files)
    before = (folder / "project.toml").read_bytes()
    with pytest.raises(InputError, match="already"):
        new_project("mytown", folder, files)
    assert (folder / "project.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ((5.1, 52.1), ("Europe/Amsterdam", "NL")),
        ((18.07, 59.33), ("Europe/Stockholm", "SE")),
        ((29.0, 41.0), ("Europe/Istanbul", "TR")),
    ],
)
def test_the_zone_is_that_of_the_nearest_principal_city(
    place: tuple[float, float], zone: tuple[str, str]
) -> None:
    assert nearest_zone(*place) == zone
