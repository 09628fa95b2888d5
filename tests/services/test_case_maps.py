"""The map of a city stands for the file of a case, with what nobody said left open."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.core.cases import CASES
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.services.case_maps import from_map, untold
from app.services.cases import answer
from app.services.projects import load_project


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


def changed(town: Project, kind: str, **columns: object) -> Project:
    before = town.layers[kind]
    frame = before.frame.assign(**columns)
    return town.with_layer(
        Layer(frame, kind, before.origin, before.licence, before.as_of, before.source_crs)
    )


def test_every_input_that_names_a_map_can_be_filled_from_it(town: Project) -> None:
    named = [(case, each) for case in CASES.values() for each in case.inputs if each.layer]
    assert {case.key for case, _ in named} >= {"afir", "parking-share"}
    for case, each in named:
        _, found = answer(case, {each.name: from_map(town, each.layer)})
        assert found.status in {"gap", "pass"}, case.key


def test_rapid_stations_deliver_what_they_say(town: Project) -> None:
    frame = town.layers["chargers"].frame
    rapid = np.where(np.arange(len(frame)) == 0, "DC", "AC")
    kw = np.where(rapid == "DC", 150.0, 11.0)
    some = changed(town, "chargers", points=2, power_kw=kw, current_type=rapid)
    found = answer(CASES["afir"], {"chargers": from_map(some, "chargers")})[1].results
    others = len(frame) - 1
    assert found["installed_nameplate_kw"] == 300 + 22 * others
    assert float(found["installed_deliverable_kw"]) == 300 + 17.25 * others


def test_the_street_can_be_left_out_and_a_row_that_says_nothing_is_counted(town: Project) -> None:
    garages = answer(CASES["parking-share"], {
        "facilities": from_map(town, "parking"), "scope": "off_street", "min_spaces": "100",
    })[1].results  # fmt: skip
    told = {each["facility"]: each for each in garages["facilities"]}
    assert told["Market garage"]["required"] == 25
    assert told["Market garage"]["missing"] == 21
    assert told["kerb-ST01-001"]["status"] == "not_applicable"
    frame = town.layers["parking"].frame
    silent = changed(town, "parking", spaces=frame["spaces"].where(frame["kind"] == "on_street"))
    assert untold(silent, "parking") == 2
    assert "Market garage" not in from_map(silent, "parking").text


def test_a_city_without_the_map_is_told_so(town: Project) -> None:
    bare = replace(town, layers={})
    with pytest.raises(InputError, match="Sampletown has no map of charge points"):
        from_map(bare, "chargers")


def test_the_command_reads_the_map_unless_a_file_is_given(tmp_path: Path) -> None:
    run = CliRunner().invoke(cli, ["case", "afir", "--project", "sampletown", "--json"])
    found = json.loads(run.stdout)
    assert found["installed_nameplate_kw"] == 990.0
    echoed = {each["name"]: each["value"] for each in found["inputs"]}
    assert echoed["chargers"] == "chargers of sampletown"
    path = tmp_path / "own.csv"
    path.write_text("station,kw\nA,11\n", "utf-8")
    words = ["case", "afir", "--project", "sampletown", "--chargers", str(path), "--json"]
    own = json.loads(CliRunner().invoke(cli, words).stdout)
    assert own["installed_nameplate_kw"] == 11.0
