"""Every preset keeps what its story promises, on a bundled city."""

import operator
import re
from functools import cache

import pytest

from app.paths import PAGES
from app.services.compare import INDICATORS, answer
from app.services.projects import load_project
from app.services.scenario_files import Expectation, presets
from app.services.stories import FIELD, sees

CITY = "sampletown"
RELATIONS = {"<=": operator.le, ">=": operator.ge}
PROMISES = [
    pytest.param(key, promise, id=f"{key}: {promise.indicator} {promise.relation} {promise.than}")
    for key, preset in presets().items()
    for promise in preset.expected
]


@cache
def column(key: str) -> dict[str, float | None]:
    """Answer a preset once, on its own city or the small one."""
    preset = presets()[key]
    return answer(load_project(preset.city or CITY), preset.scenario)


@pytest.mark.parametrize(("key", "promise"), PROMISES)
def test_a_promise_holds(key: str, promise: Expectation) -> None:
    assert promise.indicator in INDICATORS
    ours, theirs = (column(name)[promise.indicator] for name in (key, promise.than))
    assert ours is not None
    assert theirs is not None
    slack = 1e-9 * max(abs(ours), abs(theirs))  # sums in another order
    holds = RELATIONS[promise.relation]
    assert holds(ours, theirs) or abs(ours - theirs) <= slack


@pytest.mark.parametrize("key", presets())
def test_a_preset_has_an_answer(key: str) -> None:
    found = column(key)
    assert found["peak_kw"] is not None
    assert found["peak_kw"] >= (found["ev_peak_kw"] or 0) > 0


@pytest.mark.parametrize("key", [key for key, preset in presets().items() if preset.case])
def test_a_story_of_a_case_says_what_the_case_finds(key: str) -> None:
    story = presets()[key]
    given = {"99"}  # what the story asks about is no figure it finds
    assert set(re.findall(r"\d+", FIELD.sub("", story.sees))) <= given
    said = sees(story)
    assert "{" not in said
    assert all((PAGES / f"{step.page}.py").exists() for step in story.steps)
    assert story.steps[0].page == "practices"


@pytest.mark.parametrize("key", presets())
def test_a_story_is_three_sentences_at_most(key: str) -> None:
    assert len(re.findall(r"[.?!:](?:\s|$)", presets()[key].story)) <= 4
