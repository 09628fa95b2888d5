"""``kerbwatt calibrate``."""

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from app.commands.calibrate import calibrate
from app.core.demand.calibration import ERRORS
from app.core.errors import InputError, RefusedError
from app.services.calibrate_examples import example
from app.services.projects import load_project

cli = typer.Typer()
cli.command()(calibrate)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("observed")
    town = load_project("sampletown")
    found = {}
    for kind in ("sessions", "occupancy"):
        (folder / f"{kind}.csv").write_bytes(example(town, kind))
        found[kind] = str(folder / f"{kind}.csv")
    return found


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.mark.parametrize("kind", ["sessions", "occupancy"])
def test_a_person_reads_the_verdict_and_how_to_use_it(files: dict[str, str], kind: str) -> None:
    lines = _run("sampletown", f"--{kind}", files[kind]).stdout.splitlines()
    assert lines[0].startswith("Model against measured: ")
    assert lines[1].startswith("left out: duplicate ")
    assert "kerbwatt demand sampletown --assume calibration_" in lines[-1]


def test_json_prints_one_document_and_nothing_else(files: dict[str, str]) -> None:
    found = _run("sampletown", "--sessions", files["sessions"], "--json")
    document = json.loads(found.stdout)
    assert document["schema"] == "kerbwatt.calibration/1"
    assert document["assumptions"].keys() == {"calibration_kwh", "calibration_hours"}
    for fit in document["fits"].values():
        assert fit["before"].keys() == fit["after"].keys() == set(ERRORS)
        assert fit["after"]["mae"] < fit["before"]["mae"]
    assert set(document["notices"]) <= set(found.stderr.splitlines())


def test_out_writes_every_district(files: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    found = _run("sampletown", "--sessions", files["sessions"], "--out", str(out))
    assert found.exit_code == 0
    assert found.stdout == ""
    assert len(pd.read_csv(out)) == 13


def test_none_or_both_files_are_refused(files: dict[str, str]) -> None:
    both = ("--sessions", files["sessions"], "--occupancy", files["occupancy"])
    for words in ((), both):
        found = _run("sampletown", *words)
        assert isinstance(found.exception, InputError)
        assert "--sessions or --occupancy" in str(found.exception)


def test_the_wrong_kind_of_file_names_what_is_missing(files: dict[str, str]) -> None:
    found = _run("sampletown", "--sessions", files["occupancy"])
    assert isinstance(found.exception, RefusedError)
    assert "column arrival" in str(found.exception)
    assert found.stdout == ""
