"""The guide to calibration names every column, reason and key, and none that is not there."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.demand.observed import FAULTS, STUCK
from app.core.scenario import Scenario
from app.paths import APP
from app.services import calibrate, calibrate_told
from app.services.calibrate_examples import example
from app.services.calibrate_files import ALIASES, OCCUPANCY, SESSIONS
from app.services.parameters import load_parameters
from app.services.projects import load_project
from app.services.validation import load_checks
from app.ui.calibration_view import LEFT_OUT

GUIDE = (APP.parent / "docs" / "calibration.md").read_text("utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", GUIDE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


@pytest.mark.parametrize(("title", "columns"), [("Sessions", SESSIONS), ("Occupancy", OCCUPANCY)])
def test_every_column_is_said(title: str, columns: tuple[object, ...]) -> None:
    cells = [line.split("|")[1] for line in section(title).splitlines() if line.startswith("| `")]
    said = {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}
    assert said == {each.name for each in columns}  # type: ignore[attr-defined]


def test_every_other_header_and_every_reason_is_said() -> None:
    for other in ALIASES:
        assert f"`{other}`" in section("Occupancy")
    for reason in FAULTS:
        assert f"`{reason}`" in section("Sessions")
    for reason in STUCK:
        assert f"`{reason}`" in section("Occupancy")
    assert set(FAULTS) | set(STUCK) <= LEFT_OUT.keys()


def test_every_key_of_the_document_is_said(tmp_path: Path) -> None:
    town = load_project("sampletown")
    (tmp_path / "s.csv").write_bytes(example(town, "sessions"))
    found = calibrate.answer(town, Scenario(), tmp_path / "s.csv", "sessions")
    for key in calibrate_told.document(found):
        assert key in {"schema", "project", "version"} or re.search(rf"\b{key}\b", GUIDE), key
    assert replace(found, refusal="x").factors == {}


def test_the_figures_of_the_real_cases_are_those_computed() -> None:
    checks = {check.published.key: check for check in load_checks()}
    table = section("Real cases")
    for key, words in (
        ("occupancy_taken", "Erlang says {:.1%}"),
        ("occupancy_inside", "in {:.0%} of the postcodes"),
    ):
        assert words.format(checks[key].ours).replace("%", " %") in table, key
    for key, words in (
        ("session_kwh_nl", "{:.1f} kWh (ours 15.7"),
        ("session_hours_nl", "{:.1f} h (ours 7"),
        ("session_kwh_no", "{:.1f} kWh (inside)"),
        ("session_hours_no", "{:.1f} h (outside: cars"),
        ("session_kwh_fr", "{:.1f} kWh, "),
        ("session_hours_fr", "{:.1f} h (both"),
    ):
        assert words.format(checks[key].published.value) in table, key


def test_its_thresholds_are_parameters() -> None:
    assert load_parameters()["calibration_least"].value == 200
    assert load_parameters()["calibration_seen"].value == 0.2
