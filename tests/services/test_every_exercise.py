"""Every exercise has an answer that is worked out, and nothing in a formula can run."""

import re

import pytest

from app.core.errors import InputError
from app.core.exercises import UNITS, Exercise, judge, work_out
from app.core.scenario import Scenario
from app.paths import PAGES
from app.services.exercises import TITLES, exercises, solve
from app.services.projects import bundled
from app.services.scenario_files import presets

ALL = list(exercises().values())
NAMES = [each.key for each in ALL]


def test_each_unit_has_at_least_two() -> None:
    for unit in UNITS:
        assert sum(each.unit == unit for each in ALL) >= 2, unit
    assert set(TITLES) == set(UNITS)


@pytest.mark.parametrize("exercise", ALL, ids=NAMES)
def test_its_answer_is_worked_out(exercise: Exercise) -> None:
    assert re.search(r"\b(city|fit|best|group|case|clauses)\(", exercise.answer)
    assert exercise.city in bundled()
    assert exercise.scenario in presets()
    assert (PAGES / f"{exercise.page}.py").exists()
    value = solve(exercise)
    if exercise.options:
        assert value in exercise.options
        wrong = next(key for key in exercise.options if key != value)
        assert not judge(exercise, wrong, value).right
        return
    assert isinstance(value, float)
    assert value > 0
    assert exercise.measure
    assert judge(exercise, value, value).right
    assert not judge(exercise, value * 1.5 + 1, value).right
    other = judge(exercise, value / 1000, value)
    assert (other.right, other.other_unit) == (False, True)


def test_another_question_has_another_answer() -> None:
    exercise = exercises()["points_planned"]
    assert solve(exercise) != solve(exercise, Scenario(year=2040))


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os')",
        "city.__class__",
        "(lambda: 1)()",
        "[1 for _ in city]",
        "city(**{})",
        "2 ** 9999",
        "True",
        "x",
        "f'{1}'",
        "1 if 1 else 2",
        "city(",
        "1+" * 200 + "1",
    ],
)
def test_a_formula_is_data(formula: str) -> None:
    with pytest.raises(InputError):
        work_out(formula, {"city": lambda: 1.0})
