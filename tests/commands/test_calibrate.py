"""``kerbwatt calibrate`` says what the page says."""

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from app.commands.calibrate import calibrate
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services.observed_example import example_sessions
from app.services.projects import load_project

cli = typer.Typer()
cli.command()(calibrate)


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    path = tmp_path / "seen.csv"
    path.write_bytes(example_sessions(load_project("sampletown"), Scenario()))
    return path


def test_the_document_and_the_table_agree(seen: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "districts.csv"
    words = ["sampletown", "--sessions", str(seen), "--json", "--out", str(out)]
    found = CliRunner().invoke(cli, words)
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert told["schema"] == "kerbwatt.calibration/1"
    assert told["fits"]["kwh"]["factor"] == pytest.approx(0.8, abs=0.15)
    assert len(told["districts"]) == len(pd.read_csv(out))


def test_the_terminal_says_how_to_use_it(seen: Path) -> None:
    found = CliRunner().invoke(cli, ["sampletown", "--sessions", str(seen)])
    assert "--assume calibration_kwh=" in found.stdout


def test_one_kind_of_file_is_wanted(seen: Path) -> None:
    for words in ([], ["--sessions", str(seen), "--occupancy", str(seen)]):
        found = CliRunner().invoke(cli, ["sampletown", *words])
        assert isinstance(found.exception, InputError)
