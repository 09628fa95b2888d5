"""The terminal compares with the numbers of the page."""

import json
import sys
from pathlib import Path

import pytest

from app import cli
from app.core.scenario import Scenario
from app.services.compare import compare_scenarios, indicators_of
from app.services.estimate import estimate
from app.services.projects import load_project
from app.services.scenario_files import presets, write_scenario
from app.services.simulate import simulate_all

CITY = "sampletown"


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["kerbwatt", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def test_json_is_one_document_with_the_numbers_of_each_scenario_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "mine.scenario.json"
    path.write_bytes(write_scenario(Scenario(strategy="pause"), project=CITY))
    words = ("compare", str(path), "uncontrolled", "--project", CITY, "--json")
    assert run(monkeypatch, *words) == 0
    answer = json.loads(capsys.readouterr().out)
    rows = {row["key"]: row for row in answer["rows"]}
    project = load_project(CITY)
    for scenario, side in ((Scenario(strategy="pause"), "before"), (None, "after")):
        asked = scenario or presets()["uncontrolled"].scenario
        impact = simulate_all(project, asked, "peak_week", strategies=(asked.strategy,))
        alone = indicators_of(estimate(project, asked), impact[asked.strategy])
        assert {key: row[side] for key, row in rows.items()} == alone
    assert answer["assumptions"][0].startswith("Strategy: ")
    assert rows["peak_kw"]["verdict"] in {"worse", "neutral"}
    assert "seconds" not in rows


def test_a_scenario_against_itself_differs_in_nothing() -> None:
    found = compare_scenarios(load_project(CITY), Scenario(), Scenario())
    assert found.assumptions == ("Same assumptions.",)
    assert found.differences == ()
    assert all(row.verdict == "neutral" and not row.difference for row in found.rows)


def test_the_table_names_both_and_says_what_is_worse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "compare", "pause-only", "uncontrolled", "--project", CITY) == 0
    out = capsys.readouterr().out
    assert "Strategy: " in out
    assert "City peak [kW]" in out
    assert "Nothing else differs." in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("atlantis", "start"), "atlantis"),
        (("start", "start", "--project", "atlantis"), "atlantis"),
        (("start", "start", "--horizon", "decade"), "decade"),
    ],
)
def test_refuses_with_status_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    says: str,
) -> None:
    assert run(monkeypatch, "compare", *words) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert says in caught.err


def test_two_cities_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("utrecht", "sampletown"):
        (tmp_path / name).write_bytes(write_scenario(Scenario(), project=name))
    paths = [str(tmp_path / name) for name in ("utrecht", "sampletown")]
    assert run(monkeypatch, "compare", *paths) == 2
    assert "one city" in capsys.readouterr().err
