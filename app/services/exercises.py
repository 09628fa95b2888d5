"""Use-case: the exercises of the course, and what their formulas may ask of the engine."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from app.core.errors import InputError
from app.core.exercises import UNITS, Exercise, Functions, Value, work_out
from app.core.project import Project
from app.core.scenario import Scenario
from app.paths import DATA
from app.services.cases import answer as answer_case
from app.services.cases import find_case
from app.services.compare import indicators_of
from app.services.estimate import estimate
from app.services.projects import load_project
from app.services.room import room
from app.services.scenario_files import presets
from app.services.setting import peak_week, prepare
from app.services.simulate import headline
from app.services.tender import library

Engine = Callable[[Project, Scenario, str], Mapping[str, float | None]]
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "basics": "Charging one way, both ways, and for whom",
        "users": "Who relies on public charging",
        "policy": "Law and targets",
        "value_chain": "Who earns what",
        "services": "New services",
        "infrastructure": "Types of infrastructure",
        "sharing": "Shared mobility",
        "planning": "Needs and places",
        "procurement": "Procurement",
        "funding": "Funding and budget",
    }
)
USUAL = {"tolerance": 0.01, "city": "sampletown", "scenario": "start", "measure": "", "options": {}}


@cache
def exercises() -> Mapping[str, Exercise]:
    """Read every exercise, in the order of the course."""
    found: dict[str, Exercise] = {}
    for unit in UNITS:
        table = tomllib.loads((DATA / "exercises" / f"{unit}.toml").read_text("utf-8"))
        for key, each in table.items():
            if key in found:
                raise InputError(
                    f"{unit}.toml: the exercise {key!r} stands in another file already"
                )
            try:
                found[key] = Exercise(key=key, unit=unit, **{**USUAL, **each})
            except TypeError as error:
                raise InputError(f"{unit}.toml, {key}: {error}") from error
    return MappingProxyType(found)


def solve(exercise: Exercise, scenario: Scenario | None = None) -> Value:
    """Work an answer out, on the city and scenario of the exercise, or on another scenario."""
    project = load_project(exercise.city)
    asked = presets()[exercise.scenario].scenario if scenario is None else scenario
    return work_out(exercise.answer, functions(project, asked))


def functions(project: Project, scenario: Scenario) -> Functions:
    """List what a formula may ask: of a city, of a case, of the tender's clauses."""

    def of_city(name: str, strategy: str = "") -> float:
        found = _indicators(project, scenario, strategy or scenario.strategy).get(name)
        if found is None:
            raise InputError(f"{project.name} has no figure {name!r} under this scenario")
        return float(found)

    def fit(strategy: str = "") -> float:
        return float(_room(project, scenario, strategy or scenario.strategy))

    def best(name: str, way: str, *strategies: str) -> str:
        sign = {"low": 1, "high": -1}[way]
        return min(strategies, key=lambda key: sign * of_city(name, key))

    def group(name: str) -> float:
        frame = estimate(project, scenario).groups.set_index("group")["kwh_year_mean"]
        return float(frame[name] / frame.sum())

    return MappingProxyType(
        {
            "city": of_city,
            "fit": fit,
            "best": best,
            "group": group,
            "case": of_case,
            "clauses": clauses,
        }
    )


def of_case(key: str, result: str, **typed: Any) -> Value:  # noqa: ANN401
    """Answer a case; ``result`` is a name, or a path such as ``options.0.points``."""
    _given, answer = answer_case(
        find_case(key), {name: str(value) for name, value in typed.items()}
    )
    found: Any = answer.results
    for part in result.split("."):
        found = found[int(part)] if part.isdigit() else found[part]
    return found if isinstance(found, str) else float(found)


def clauses(model: str, phase: int, topic: str = "") -> float:
    """Count the clauses of a model up to a V2G phase, of one topic or of all."""
    return float(
        sum(
            model in each.models and each.v2g_phase <= phase and topic in {"", each.topic}
            for each in library()
        )
    )


def _scene(project: Project, scenario: Scenario, strategy: str) -> Any:  # noqa: ANN401
    setting = prepare(project, estimate(project, scenario), scenario)
    return headline(setting, peak_week(setting), strategy, scenario)


def _indicators(project: Project, scenario: Scenario, strategy: str) -> Mapping[str, float | None]:
    return indicators_of(estimate(project, scenario), _scene(project, scenario, strategy))


def _room(project: Project, scenario: Scenario, strategy: str) -> float:
    return float(room(_scene(project, scenario, strategy))["fit"].sum())
