"""A scenario file opens as what was written, or says why not."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.scenario import Scenario, knobs
from app.paths import PAGES
from app.services.scenario_files import (
    Preset,
    file_name,
    find_scenario,
    open_file,
    presets,
    read_preset,
    read_scenario,
    write_scenario,
)

MOVED = Scenario(year=2035, v2g_share=0.3, weights=(("walk", 2.0),), locked=("p1", "é"))
KEPT = Path(__file__).parent / "scenarios"


def changed(**facts: Any) -> bytes:  # noqa: ANN401
    """Write a file and change it by hand."""
    document = {**json.loads(write_scenario(MOVED)), **facts}
    return json.dumps(document, indent=2).encode()


@settings(derandomize=True, deadline=None, max_examples=40)
@given(
    st.builds(
        Scenario,
        year=st.integers(2022, 2050),
        v2g_share=st.floats(0, 1),
        excluded=st.lists(st.text(max_size=9), max_size=4).map(tuple),
    ),
    st.text(max_size=20),
)
def test_a_file_opens_as_what_was_written(scenario: Scenario, name: str) -> None:
    content = write_scenario(scenario, name=name, layers={"grid": "ab"})
    found = open_file(content)
    assert (found.scenario, found.name, found.notices) == (scenario, name, ())
    assert write_scenario(found.scenario, name=name, layers=found.layers) == content


def test_a_file_holds_only_what_differs() -> None:
    document = json.loads(write_scenario(MOVED))
    assert document["scenario"] == {
        "year": 2035,
        "v2g_share": 0.3,
        "weights": [["walk", 2.0]],
        "locked": ["p1", "é"],
    }
    assert (document["format"], document["version"]) == ("kerbwatt-scenario", 1)


def test_a_path_and_its_bytes_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / file_name("Plan A")
    path.write_bytes(write_scenario(MOVED))
    assert read_scenario(path) == (MOVED, ())
    assert read_scenario(path) == read_scenario(path.read_bytes())


def test_other_spacing_is_the_same_file_and_another_number_is_noticed() -> None:
    assert read_scenario(changed()) == (MOVED, ())
    scenario, notices = read_scenario(changed(scenario={"year": 2036}))
    assert scenario == Scenario(year=2036)
    assert "edited outside" in notices[0]


def test_a_file_of_an_older_program_names_the_levers_it_did_not_know() -> None:
    older = [name for name in knobs() if name not in {"radius_m", "lots"}]
    _, notices = read_scenario(changed(levers=older))
    assert any("radius_m" in notice and "lots" in notice for notice in notices)


def test_the_first_version_still_opens() -> None:
    for path in sorted(KEPT.glob("*.scenario.json")):
        scenario, notices = read_scenario(path)
        assert scenario == MOVED.but(strategy="pause")
        assert not any("edited" in notice for notice in notices)
    assert list(KEPT.glob("v1.*"))


def test_layers_that_are_not_here_are_named() -> None:
    content = write_scenario(MOVED, layers={"grid": "a", "parking": "b"})
    notices = open_file(content, {"grid": "a"}).notices
    assert notices == ("Results will differ: the parking layer is missing here.",)


@pytest.mark.parametrize("name", knobs())
def test_a_value_outside_its_range_is_refused_with_knob_value_and_range(name: str) -> None:
    spec = knobs()[name]
    with pytest.raises(InputError) as refusal:
        read_scenario(changed(scenario={name: spec.high + 1}))
    text = str(refusal.value)
    assert spec.label in text
    assert f"{spec.high + 1:g}" in text.replace("_", "") or str(spec.high + 1) in text
    assert f"{spec.low:g} to {spec.high:g}" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "JSON"),
        (b"\x89PNG\xff", "not text"),
        (b"[]", "not a scenario file"),
        (b"{}", "not a scenario file"),
        (b'{"type": "FeatureCollection"}', "not a scenario file"),
        (b" " * 1_100_000, "too large"),
        (changed(version=2), "newer version"),
        (changed(version="1"), "not known"),
        (changed(version=True), "not known"),
        (changed(version=0), "not known"),
        (changed(scenario=None), "something else"),
        (changed(scenario={"warp_factor": 9}), "'warp_factor'"),
        (changed(scenario={"year": "2030"}), "Year: '2030' is not a number"),
        (changed(scenario={"strategy": "magic"}), "choose from"),
        (changed(scenario={"locked": ["\ud800"]}), "JSON"),
        (changed(layers=[]), "must be text"),
        (changed(name={}), "must be text"),
    ],
    ids=lambda each: str(each)[:24],
)
def test_what_is_no_scenario_is_refused_in_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_scenario(content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_scenario(tmp_path / "nowhere.scenario.json")
    with pytest.raises(InputError, match="no-such-preset"):
        find_scenario("no-such-preset")


def test_file_names_hold_letters_and_digits_only() -> None:
    assert file_name("../Plan: Zuilen & Øst/2") == "plan-zuilen-øst-2.scenario.json"
    assert file_name("***") == "scenario.scenario.json"
    assert "/" not in file_name("/" * 200 + "a")


@pytest.mark.parametrize("preset", presets().values(), ids=lambda preset: preset.key)
def test_every_preset_tells_a_short_story_and_opens(preset: Preset) -> None:
    assert preset.story.count(". ") + preset.story.count("? ") < 3
    assert preset.title
    assert 2 <= len(preset.steps) <= 7
    assert {step.page for step in preset.steps} <= {path.stem for path in PAGES.glob("*.py")}
    assert all(step.question.endswith("?") for step in preset.steps if step.question)
    assert find_scenario(preset.key) == (preset.scenario, ())
    assert read_scenario(write_scenario(preset.scenario)) == (preset.scenario, ())


def test_no_two_presets_ask_the_same() -> None:
    found = list(presets().values())
    assert found[0].key == "start"
    assert found[0].scenario == Scenario()
    asked = {(preset.scenario, preset.case) for preset in found}  # a story may ask a case
    assert len(asked) == len(found)
    assert len({preset.order for preset in found}) == len(found)


@pytest.mark.parametrize(
    ("change", "says"),
    [("knobs = { warp = 1 }", "warp"), ("typo = 1", "typo"), ("", "'story' is missing")],
)
def test_a_preset_with_a_mistake_names_its_file(tmp_path: Path, change: str, says: str) -> None:
    story = 'story = "Once."' if change else ""
    path = tmp_path / "mine.toml"
    path.write_text(f'title = "Mine"\norder = 99\n{story}\n{change}\n')
    with pytest.raises(InputError, match=f"mine.toml: .*{says}"):
        read_preset(path)


def test_a_preset_of_ones_own_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "start.toml"
    path.write_text('title = "T"\norder = 1\nstory = "S."\n[knobs]\nlots = 2\n')
    found = read_preset(path)
    assert replace(found, scenario=Scenario()).scenario == Scenario()
    assert (found.scenario.lots, found.city, found.steps) == (2, "", ())
