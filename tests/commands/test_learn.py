"""``kerbwatt learn``."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from app.commands.learn import learn
from app.core.demand.learn import Rules
from app.core.errors import InputError, RefusedError
from app.services.learn_examples import example
from app.services.projects import load_project

cli = typer.Typer()
cli.command()(learn)


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.fixture(autouse=True)
def _one_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the city one way instead of five: it takes a third of the time."""
    usual = Rules.of
    monkeypatch.setattr(Rules, "of", staticmethod(lambda told: replace(usual(told), cuts=1)))


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("learn") / "places.csv"
    path.write_bytes(example(load_project("sampletown"), "noise"))
    return path


def test_noise_is_refused_in_one_document_and_every_factor_is_one(
    places: Path, tmp_path: Path
) -> None:
    # sixty fits take seconds
    out = tmp_path / "deep" / "factors.csv"
    found = _run("sampletown", "--sites", str(places), "--json", "--out", str(out))
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    assert document["schema"] == "kerbwatt.learn/1"
    assert not document["accepted"]
    assert document["districts"] == []
    assert document["verdict"].startswith("Refused")
    assert {row["model"] for row in document["models"]} == {
        "structural", "mean", "glm", "boosting", "forest",
    }  # fmt: skip
    assert set(document["notices"]) <= set(found.stderr.splitlines())
    assert (pd.read_csv(out)["demand_factor"] == 1).all()


def test_too_few_places_are_refused_and_nothing_is_written(places: Path, tmp_path: Path) -> None:
    few, out = tmp_path / "few.csv", tmp_path / "factors.csv"
    few.write_text("\n".join(places.read_text().splitlines()[:31]), encoding="utf-8")
    found = _run("sampletown", "--sites", str(few), "--out", str(out))
    assert isinstance(found.exception, InputError)
    assert "30 observed places" in str(found.exception)
    assert not out.exists()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    found = _run("sampletown", "--sites", str(tmp_path / "none.csv"))
    assert isinstance(found.exception, RefusedError)
    assert "no such file" in str(found.exception)
