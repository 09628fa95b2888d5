"""``kerbwatt demand``."""

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from app.commands.demand import demand
from app.core.errors import InputError

cli = typer.Typer()
cli.command()(demand)


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_json_prints_one_document_and_nothing_else() -> None:
    found = _run("utrecht", "--year", "2026", "--json")
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    assert document["year"] == 2026
    assert len(document["districts"]) == 47
    assert document["city"]["cars"]["mean"] == pytest.approx(108_381)
    assert set(document["notices"]) <= set(found.stderr.splitlines())


def test_a_person_reads_a_line_per_district_and_the_citys_range() -> None:
    lines = _run("utrecht").stdout.splitlines()
    assert len(lines) == 1 + 47 + 4
    assert lines[-1].startswith("points")
    assert " to " in lines[-1]


@pytest.mark.parametrize("name", ["demand.csv", "deep/er/demand.XLSX", "demand.gpkg"])
def test_out_writes_the_format_of_its_ending(tmp_path: Path, name: str) -> None:
    found = _run("utrecht", "--out", str(tmp_path / name))
    assert found.exit_code == 0
    assert found.stdout == ""
    assert (tmp_path / name).stat().st_size > 1000
    if name.endswith("csv"):
        rows = pd.read_csv(tmp_path / name, dtype={"district_id": str})
        assert rows["district_id"][0] == "3451"


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    found = _run("utrecht", "--out", str(tmp_path / "demand.doc"))
    assert isinstance(found.exception, InputError)
    assert ".gpkg" in str(found.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("year", ["2021", "2051"])
def test_a_year_outside_the_forecast_is_refused(year: str) -> None:
    found = _run("utrecht", "--year", year)
    assert isinstance(found.exception, InputError)
    assert year in str(found.exception)
    assert "2022" in str(found.exception)
    assert "2050" in str(found.exception)


def test_an_unknown_city_is_refused() -> None:
    assert isinstance(_run("utrech").exception, InputError)
