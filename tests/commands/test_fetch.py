"""``kerbwatt fetch`` against a real server, in processes of their own; nothing of the internet."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer
from typer.testing import CliRunner

from app.commands.fetch import fetch as command
from app.core.errors import InputError
from app.paths import ROOT
from app.services.fetch import fetch
from app.settings import Settings
from app.sources.presets import places, presets
from app.sources.web_parts import Means
from tests.sources.connectors.conftest import features_server

__all__ = ["features_server"]
CODE = "from app.cli import main; main()"
OPEN = {"KERBWATT_ALLOW_PRIVATE": "1", "KERBWATT_ALLOW_HOSTS": '["127.0.0.1"]'}
cli = typer.Typer()
cli.command()(command)


def _run(home: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KERBWATT_")}
    return subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-c", CODE, *words],
        cwd=ROOT,
        env={**kept, "KERBWATT_HOME": str(home), **more},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_place_from_a_real_server_is_a_project_for_demand(
    features_server: Callable[[int], str],  # pytest hands it in
    tmp_path: Path,
) -> None:
    """Over two seconds: two processes and a server of its own."""
    address, folder = features_server(6), tmp_path / "mine"
    got = _run(tmp_path, "fetch", "utrecht", "--into", str(folder), "--endpoint", address, **OPEN)
    assert got.returncode == 0, got.stderr
    assert "6 of 10 rows" in got.stderr  # progress, page by page
    assert got.stdout == "Districts (CBS, wijken 2025): 10 rows\n"
    text = (folder / "SOURCES.md").read_text("utf-8")
    assert "| nl-districts-cbs | districts |" in text
    assert address in text
    assert "CC-BY-4.0 | 2025-01-01" in text
    told = _run(tmp_path, "demand", str(folder), "--year", "2030", "--json")
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    assert len(document["districts"]) == 10
    assert document["city"]["points"]["mean"] > 1000


def test_an_own_network_is_refused_unless_the_operator_allows_it(
    features_server: Callable[[int], str],  # pytest hands it in
    tmp_path: Path,
) -> None:
    folder = tmp_path / "mine"
    words = ("fetch", "nl-districts-cbs", "--into", str(folder), "--endpoint", features_server(6))
    got = _run(tmp_path, *words, "--json")
    assert got.returncode == 2
    document = json.loads(got.stdout)
    assert document["status"] == "refused"
    assert "only https" in document["sources"][0]["message"]
    assert document["left"] == {"districts": None}
    assert not folder.exists()


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Fetch from services of which those in the list are up; the rest answers 503."""
    up: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.headers["host"] not in up:
            return httpx2.Response(503)
        ring = [[5.05, 52.08], [5.1, 52.08], [5.1, 52.1], [5.05, 52.1], [5.05, 52.08]]
        cells = {"wijkcode": "WK034401", "wijknaam": "West", "gemeentecode": "GM0344"}
        cells |= {"aantal_huishoudens": 4000, "aantal_inwoners": 9000}
        shape = {"type": "Polygon", "coordinates": [ring]}
        each = {"type": "Feature", "id": 1, "geometry": shape, "properties": cells}
        return httpx2.Response(200, json={"type": "FeatureCollection", "features": [each]})

    means = Means(
        resolve=lambda *_: ["93.184.216.34"],
        transport=httpx2.MockTransport(answer),
        sleep=lambda _: None,
    )

    def play(*args: Any, **more: Any) -> Any:  # noqa: ANN401
        return fetch(*args, **more, settings=Settings(home=tmp_path, cache=None), means=means)

    monkeypatch.setattr("app.services.fetch_folder.fetch", play)
    return up


def test_a_source_that_is_down_is_named_with_what_is_kept(
    played: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    played.append("api.pdok.nl")
    first = CliRunner().invoke(cli, ["utrecht", "--into", str(folder)])
    assert first.exit_code == 2  # not complete, and said so
    assert "Districts (CBS, wijken 2025): 1 rows" in first.stdout
    assert "opendata.ndw.nu answered with status 503 (tried 4 times)" in first.stderr
    assert "chargers: missing" in first.stderr
    before = (folder / "districts.parquet").read_bytes()
    played.clear()
    later = CliRunner().invoke(
        cli, ["nl-neighbourhoods-cbs", "--place", "utrecht", "--into", str(folder)]
    )
    assert later.exit_code == 2
    assert "districts: the copy of 2025-01-01 is still there" in later.stderr
    assert "is unchanged" in later.stderr
    assert (folder / "districts.parquet").read_bytes() == before


def test_fetching_again_keeps_one_row_per_source(played: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    played.append("api.pdok.nl")
    CliRunner().invoke(cli, ["utrecht", "--into", str(folder)])
    path = folder / "SOURCES.md"
    path.write_text(path.read_text("utf-8") + "\nOur own note.\n", "utf-8")
    CliRunner().invoke(cli, ["nl-districts-cbs", "--into", str(folder)])
    text = path.read_text("utf-8")
    assert text.count("| nl-districts-cbs |") == 1
    assert "Our own note." in text


def test_places_and_sources_are_listed_with_how_sure_they_are() -> None:
    text = CliRunner().invoke(cli, ["--list"]).stdout
    for each in (*places(), *presets()):
        assert each in text
    assert "second hand" in text
    document = json.loads(CliRunner().invoke(cli, ["--list", "--json"]).stdout)
    assert {each["id"] for each in document["sources"]} == set(presets())


def test_a_fetch_without_a_folder_is_told_what_is_missing() -> None:
    found = CliRunner().invoke(cli, ["utrecht"])
    assert isinstance(found.exception, InputError)
    assert "--into" in str(found.exception)
