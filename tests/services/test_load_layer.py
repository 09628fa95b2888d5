"""Layers come in by one door, on the page, in a folder and in the terminal alike."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import InputError
from app.services.load_layer import limits, load_folder_layers, load_layer
from app.settings import Settings
from app.sources.answers import Answer, Answers
from app.sources.area import Area

FACTS = {"name": "Here", "crs": "EPSG:28992", "country": "NL", "timezone": "Europe/Amsterdam"}


def square(x: float, **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    ring = [[x, 52.1], [x + 0.01, 52.1], [x + 0.01, 52.11], [x, 52.11], [x, 52.1]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def document(*features: dict[str, Any]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    districts = document(square(5.1, district_id="a", name="A", cars=900))
    (tmp_path / "districts.geojson").write_text(districts)
    (tmp_path / "grid.csv").write_text("id;Ruimte;lon;lat\nt1;0,25;5,105;52,105\n")
    return tmp_path


def test_the_limits_of_the_operator_are_kept() -> None:
    found = limits(Settings(limit_upload_mb=1, limit_rows=7, limit_child_s=3))
    assert (found.upload_bytes, found.map_rows, found.child_wall_s) == (1_000_000, 7, 3)
    assert limits().upload_bytes == 100_000_000


def test_an_uploaded_file_is_taken_in_by_its_name() -> None:
    text = document(square(5.1, district_id="a", name="A")).encode()
    found = load_layer(io.BytesIO(text), "districts", name="../../etc/wards.geojson")
    assert found.rows == 1
    assert found.layer is not None
    assert found.layer.origin == "../../etc/wards.geojson"  # shown, never opened
    refused = load_layer(io.BytesIO(text), "districts", name="wards.gpkg")
    assert [problem.code for problem in refused.problems] == ["FILE-TYPE"]


def test_an_unknown_kind_is_an_error_in_one_sentence() -> None:
    with pytest.raises(InputError, match="choose from districts"):
        load_layer(io.BytesIO(b"x"), "roads")


def test_a_folder_is_read_with_its_answers(folder: Path) -> None:
    said = {"layers": {"grid": {"columns": {"headroom_kw": {"from": "Ruimte", "unit": "MW"}}}}}
    found = load_folder_layers(folder, FACTS | said | {"licence": "CC0-1.0"}, **FACTS)
    assert sorted(found) == ["districts", "grid"]
    assert found["grid"].frame["headroom_kw"].tolist() == [250]
    assert {layer.licence for layer in found.values()} == {"CC0-1.0"}
    assert {str(layer.map.crs) for layer in found.values()} == {"EPSG:28992"}


def test_every_fault_of_every_layer_is_one_sentence(folder: Path) -> None:
    (folder / "grid.csv").write_text("id,kw\nt1,5\n")
    (folder / "parking.geojson").write_text("<html>")
    with pytest.raises(InputError) as error:
        load_folder_layers(folder, FACTS, **FACTS)
    lines = str(error.value).splitlines()
    assert any(line.startswith("grid.csv: ") for line in lines)
    assert any(line.startswith("parking.geojson: This is a web page") for line in lines)


def test_two_files_for_one_layer_are_not_chosen_between(folder: Path) -> None:
    (folder / "grid.geojson").write_text("{}")
    with pytest.raises(InputError, match="could both be grid"):
        load_folder_layers(folder, FACTS, **FACTS)


def test_a_named_file_stays_inside_the_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path.parent / "outside.geojson").write_text("{}")
    said = {"layers": {"grid": {"file": "../outside.geojson"}}}
    with pytest.raises(InputError, match="not in the folder"):
        load_folder_layers(folder, FACTS | said, **FACTS)


@pytest.mark.parametrize(
    "said",
    [
        {"crs": 28992},
        {"swap_xy": "yes"},
        {"sheet": "x"},
        {"columns": {"headroom_kw": 5}},
        [],
    ],
)
def test_an_answer_that_is_none_is_named(folder: Path, said: Any) -> None:  # noqa: ANN401
    with pytest.raises(InputError, match=r"layers\.grid"):
        load_folder_layers(folder, FACTS | {"layers": {"grid": said}}, **FACTS)


def test_answers_written_and_read_are_the_same() -> None:
    said = Answers(
        crs="EPSG:28992",
        swap_xy=True,
        dayfirst=False,
        columns={"headroom_kw": Answer("Ruimte (MW)", "MW"), "name": Answer("")},
        licence="CC0-1.0",
    )
    assert Answers.read(said.table()) == said


def test_the_area_is_found_only_for_a_file_that_comes_that_far() -> None:
    asked: list[int] = []

    def where() -> Area | None:
        asked.append(1)
        return None

    load_layer(io.BytesIO(b"<html>"), "grid", where)
    assert asked == []
    load_layer(io.BytesIO(document(square(5.1)).encode()), "grid", where)
    assert asked == [1]


def test_a_refusal_at_first_look_loads_no_map_library(tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    path.write_text("<!doctype html><p>log in")
    code = (
        "import sys; from pathlib import Path; from app.services.load_layer import load_layer\n"
        "found = load_layer(Path(sys.argv[1]), 'grid')\n"
        "print(found.problems[0].code, {'geopandas', 'pandas', 'shapely'} & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "FILE-HTML set()"


def test_real_maps_of_a_folder_make_a_project(
    testdata: Callable[[str], Path], tmp_path: Path
) -> None:
    for kind, name in (
        ("districts", "utrecht/utrecht_wijken_cbs.geojson"),
        ("chargers", "chargers/utrecht_chargers.geojson"),
    ):
        (tmp_path / f"{kind}.geojson").write_bytes(testdata(name).read_bytes())
    found = load_folder_layers(tmp_path, FACTS, **FACTS)
    assert {kind: len(layer.frame) for kind, layer in found.items()} == {
        "districts": 10,
        "chargers": 1860,
    }


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"encoding": "rot13"}, "encoding"),
        ({"encoding": "undefined"}, "encoding"),
        ({"encoding": "klingon"}, "encoding"),
        ({"delimiter": "ab"}, "one character"),
        ({"delimiter": ""}, "one character"),
        ({"delimiter": "\n"}, "one character"),
        ({"decimal": ";"}, "a point or a comma"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"several_points": "first"}, "centroid"),
    ],
)
def test_an_answer_no_file_can_be_read_by_is_refused_before_the_file(
    answer: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        Answers.read(answer)
    known = {"encoding": "latin-1", "delimiter": ";", "decimal": ",", "timezone": "Europe/Oslo"}
    assert Answers.read(known).encoding == "latin-1"


def test_streets_and_cables_come_in_as_lines_and_need_no_numbers() -> None:
    path = {"type": "LineString", "coordinates": [[5.1, 52.1], [5.11, 52.1], [5.11, 52.11]]}
    text = document({"type": "Feature", "properties": {"name": "Quay"}, "geometry": path}).encode()
    for kind in ("network", "cables"):
        found = load_layer(io.BytesIO(text), kind, name="lines.geojson")
        assert found.layer is not None, found.problems
        assert found.layer.map.geom_type.tolist() == ["LineString"]
    wrong = load_layer(
        io.BytesIO(document(square(5.1, name="A")).encode()), "network", name="x.json"
    )
    assert wrong.layer is None, "areas are no streets"
