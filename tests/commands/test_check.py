"""``kerbwatt check`` and ``kerbwatt new`` answer scripts as their contract says."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import cli
from app.services.templates import example_file

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def words(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kerbwatt", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        caught = capsys.readouterr()
        return int(end.value.code or 0), caught.out, caught.err

    return words


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    path = tmp_path / "grid.csv"
    path.write_bytes(example_file("grid", "csv"))
    return path


def test_an_accepted_file_is_one_json_document(run: Run, grid: Path) -> None:
    status, out, err = run("check", grid, "--as", "grid", "--json")
    answer = json.loads(out)
    assert (status, err) == (0, "")
    assert list(answer) == ["status", "kind", "rows", "crs", "digest", "problems"]
    assert (answer["status"], answer["rows"], answer["crs"]) == ("accepted", 2, "EPSG:4326")
    assert len(answer["digest"]) == 64
    for problem in answer["problems"]:
        assert list(problem) == ["code", "severity", "row", "column", "message"]
        assert problem["severity"] == "notice"


def test_a_refused_file_is_status_2_with_the_same_document(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    path.write_text("<html>")
    for argument in (path, tmp_path, tmp_path / "missing.csv"):
        status, out, _ = run("check", argument, "--as", "grid", "--json")
        answer = json.loads(out)
        assert status == 2
        assert (answer["status"], answer["rows"], answer["digest"]) == ("refused", 0, None)
        assert answer["problems"][0]["severity"] == "error"


def test_an_unknown_kind_or_project_is_status_2_with_a_sentence(run: Run, grid: Path) -> None:
    for words in (("--as", "roads"), ("--as", "grid", "--area", "atlantis")):
        status, out, err = run("check", grid, *words)
        assert (status, out) == (2, "")
        assert "choose from" in err


def test_a_file_far_from_the_project_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_text("asset_id,headroom_kw,lon,lat\na,50,4.85,45.75\n")
    status, out, _ = run("check", path, "--as", "grid", "--area", "utrecht", "--json")
    assert status == 2
    codes = [problem["code"] for problem in json.loads(out)["problems"]]
    assert codes[0] == "AREA-OUTSIDE"


def test_for_people_it_is_a_table_on_standard_output(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.geojson"
    path.write_text("<html>")
    status, out, err = run("check", path, "--as", "grid")
    assert (status, err) == (2, "")
    assert out.startswith("x.geojson: refused (1 errors, 0 warnings, 0 notices)")
    assert "FILE-HTML" in out


def test_markup_of_a_stranger_is_printed_as_text(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_text("asset_id,[red]kw[/red],lon,lat\na,50,5.1,52.1\n")
    status, out, _ = run("check", path, "--as", "grid")
    assert status == 2
    assert "\x1b" not in out


def test_a_new_project_is_made_and_can_be_checked_against(
    run: Run, grid: Path, tmp_path: Path
) -> None:
    districts = tmp_path / "wards.geojson"
    districts.write_bytes(example_file("districts", "geojson"))
    into = tmp_path / "town"
    words = ("new", "town", "--into", into, "--districts", districts, "--grid", grid)
    status, out, _ = run(*words, "--name", "Town", "--json")
    answer = json.loads(out)
    assert status == 0
    assert (answer["status"], answer["crs"]) == ("accepted", "EPSG:32631")
    assert {kind: found["rows"] for kind, found in answer["layers"].items()} == {
        "districts": 2,
        "grid": 2,
    }
    status, out, _ = run("check", grid, "--as", "grid", "--area", into, "--json")
    assert json.loads(out)["digest"] == answer["layers"]["grid"]["digest"]


def test_a_refused_layer_makes_no_project(run: Run, grid: Path, tmp_path: Path) -> None:
    grid.write_text("<html>")
    status, out, err = run("new", "town", "--into", tmp_path / "town", "--grid", grid)
    assert (status, out) == (2, "")
    assert "grid.csv: error: This is a web page" in err
    assert not (tmp_path / "town").exists()


def test_a_saved_mapping_says_which_column_is_which(run: Run, tmp_path: Path) -> None:
    table, mapping = tmp_path / "own.csv", tmp_path / "mapping.toml"
    table.write_text("nr;Q;lon;lat\nt1;2.4;5.1;52.1\n")
    assert run("check", table, "--as", "grid", "--json")[0] == 2
    said = '[layers.grid.columns]\nasset_id = "nr"\nheadroom_kw = {from = "Q", unit = "MW"}\n'
    mapping.write_text(said)
    status, out, _ = run("check", table, "--as", "grid", "--mapping", mapping, "--json")
    assert (status, json.loads(out)["rows"]) == (0, 1)
    for bad in (tmp_path / "missing.toml", table):
        status, out, err = run("check", table, "--as", "grid", "--mapping", bad)
        assert (status, out) == (2, "")
        assert bad.name in err
        assert "Traceback" not in err
