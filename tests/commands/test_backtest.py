"""``kerbwatt backtest``."""

import json
from pathlib import Path

import typer
from typer.testing import CliRunner, Result

from app.commands.backtest import backtest
from app.core.errors import InputError
from app.services.forecast_files import EXAMPLE

cli = typer.Typer()
cli.command()(backtest)


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_a_person_reads_the_halving_and_how_many_counts_lay_inside() -> None:
    lines = _run("utrecht").stdout.splitlines()
    assert lines[0].startswith("ev_share   2030: 0.44 made 2018, 0.2 made 2022 (x 0.45)")
    assert lines[-1].startswith("0 of 1 ")


def test_json_prints_one_document_and_nothing_else() -> None:
    found = _run("utrecht", "--forecasts", str(EXAMPLE), "--json")
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    assert document["coverage"] == {"inside": 2, "of": 4}
    assert set(document["notices"]) <= set(found.stderr.splitlines())


def test_bad_rows_are_each_named_and_nothing_is_computed(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    lines = EXAMPLE.read_text("utf-8").replace("0.25", "25").replace("6500", "many")
    bad.write_text(lines, "utf-8")
    found = _run("utrecht", "--forecasts", str(bad))
    assert isinstance(found.exception, InputError)
    said = str(found.exception).splitlines()
    assert [line.split(":")[0] for line in said] == [
        "bad.csv, row 1, value",
        "bad.csv, row 3, value",
    ]
    assert found.stdout == ""


def test_a_file_that_is_not_there_is_a_sentence() -> None:
    found = _run("utrecht", "--forecasts", "nowhere.csv")
    assert isinstance(found.exception, InputError)
    assert "nowhere.csv" in str(found.exception)
