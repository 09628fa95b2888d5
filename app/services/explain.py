"""Use-case: how the number of points of one district comes about, and what an own number does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from math import isfinite
from typing import Any

import pandas as pd

from app.core.demand import explain as chains
from app.core.demand.chain import STAGES, Chain, Step, in_digits, moved
from app.core.demand.result import Demand
from app.core.demand.titles import title_of
from app.core.demand.uncertainty import pinned
from app.core.errors import InputError
from app.core.parameters import Parameter, limits
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.cash_inputs import FROM_PLAN, PREFIX
from app.core.words import summary
from app.exports import Result
from app.services.estimate import estimate, facts_of, scenario_digest
from app.services.parameters import (
    assumptions,
    checked,
    load_parameters,
    load_sources,
    numbers_of,
)

SCHEMA = "kerbwatt.explain/1"
NOTE = "Every number at its value; ranges are the model's."
RANGE = ("p10", "p50", "p90")


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The chain of one district, beside the one with every number as usual.

    Attributes
    ----------
    before
        The step as it is with the usual numbers, for each step that own numbers move.
    """

    chain: Chain
    answer: Demand
    before: Mapping[str, Step]
    usual: Demand


def explain(project: Project, scenario: Scenario, district_id: str) -> Explanation:
    """Follow one district from cars to points, with own numbers and with the usual ones."""
    answer = estimate(project, scenario)
    plain = as_usual(scenario)
    usual = answer if plain == scenario else estimate(project, plain)
    return explained(project, scenario, district_id, answer, usual)


def explained(
    project: Project, scenario: Scenario, district_id: str, answer: Demand, usual: Demand
) -> Explanation:
    """Explain answers that are there: to this question, and to it with the usual numbers."""
    frame = facts_of(project)
    plain = as_usual(scenario)
    chain = chains.explain(frame, scenario, numbers_of(scenario), district_id, answer)
    before = chain
    if plain != scenario:
        before = chains.explain(frame, plain, numbers_of(plain), district_id, usual)
    return Explanation(chain, answer, moved(before, chain), usual)


def as_usual(scenario: Scenario) -> Scenario:
    """Ask the same with every number as usual."""
    return scenario.but(assumptions=())


def usual_numbers(scenario: Scenario) -> Mapping[str, Parameter]:
    """Return every number as it is used where the planner sets none."""
    return pinned(load_parameters(), scenario)


def with_number(scenario: Scenario, name: str, value: float | None) -> Scenario:
    """Set a number over ours, or take ours again (None, or what is used anyway)."""
    own = {key: number for key, number in scenario.assumptions if key != name}
    fed = name.removeprefix(PREFIX) in FROM_PLAN  # our usual value would not come back
    if value is not None and (fed or value != usual_numbers(scenario)[name].value):
        own[name] = float(value)
    return scenario.but(assumptions=tuple(sorted(own.items())))


def with_words(scenario: Scenario, entries: Iterable[str]) -> Scenario:
    """Set numbers that the command line names: ``kwh_km=0.19``."""
    found = scenario
    for entry in entries:
        name, sign, text = entry.partition("=")
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not sign or not isfinite(value):
            raise InputError(f"--assume {entry!r}: this is no name=number, such as kwh_km=0.19")
        if name not in assumptions():
            near = [each for each in assumptions() if name and name in each][:3]
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            raise InputError(f"--assume {entry!r}: there is no assumption {name!r}{hint}")
        found = with_number(found, name, value)
    return checked(found)


def confidence(parameter: Parameter) -> str:
    """Say how sure the source of a number is: A, B or C."""
    return str(load_sources()[parameter.source].get("confidence", "C"))


def source_title(parameter: Parameter) -> str:
    """Name the source of a number."""
    return str(load_sources()[parameter.source]["title"])


def document(project: Project, scenario: Scenario, found: Explanation) -> dict[str, Any]:
    """Return the chain as plain data: what ``--explain ... --json`` prints."""
    chain = found.chain
    return {
        "schema": SCHEMA,
        "project": project.slug,
        "district_id": chain.district_id,
        "name": chain.name,
        "year": chain.year,
        "scenario": {"digest": scenario_digest(scenario), "label": summary(scenario)},
        "version": version("kerbwatt"),
        "steps": [_step(each, found.before.get(each.key)) for each in chain.steps],
        "parameters": [_parameter(each, scenario) for each in chain.numbers.values()],
        "points_plan": {
            "district": int(chain["points_plan"].value),
            "district_usual": int(found.before.get("points_plan", chain["points_plan"]).value),
            "city": found.answer.points_plan,
            "city_usual": found.usual.points_plan,
        },
        "notices": list(found.answer.notices),
    }


def result(project: Project, scenario: Scenario, found: Explanation, day: str = "") -> Result:
    """Return the chain as a file to be: the steps, then the numbers they take."""
    steps = pd.DataFrame([_flat(each, found) for each in found.chain.steps])
    numbers = pd.DataFrame([_parameter(each, scenario) for each in found.chain.numbers.values()])
    meta = {
        "city": project.name,
        "district": f"{found.chain.name} ({found.chain.district_id})",
        "scenario": summary(scenario),
        "year": str(scenario.year),
        **({"date": day} if day else {}),
        "sources": "; ".join(
            dict.fromkeys([project.layers["districts"].origin, *numbers["source_title"]])
        ),
        "program": f"Kerbwatt {version('kerbwatt')}",
        "note": " ".join([NOTE, *found.answer.notices]),
    }
    title = f"From cars to points, {found.chain.name} {scenario.year}"
    return Result("explanation", title, {"steps": steps, "numbers": numbers}, meta)


def _step(step: Step, before: Step | None) -> dict[str, Any]:
    band = step.band
    return {
        "key": step.key,
        "stage": step.stage,
        "label": step.label,
        "value": step.value,
        "unit": step.unit,
        "formula": step.formula,
        "parameters": list(step.names),
        "status": step.status,
        **{name: getattr(band, name) if band else None for name in RANGE},
        "usual": before.value if before else step.value,
    }


def _flat(step: Step, found: Explanation) -> dict[str, Any]:
    """Say a step in one row, its numbers with range and source in one cell."""
    row = _step(step, found.before.get(step.key))
    cells = (said(found.chain.numbers[name]) for name in step.names)
    return {**row, "stage": STAGES[step.stage], "parameters": "; ".join(cells)}


def lines(found: Explanation, city: str) -> list[str]:
    """Say the chain for a terminal: a line per step, then what own numbers do."""
    chain = found.chain
    told = [f"From cars to points: {chain.name} ({chain.district_id}), {chain.year}"]
    stage = ""
    for step in chain.steps:
        if step.stage != stage:
            stage = step.stage
            told += ["", STAGES[stage]]
        told += _lines_of(step, found)
    if found.before:
        before = found.before.get("points_plan", chain["points_plan"])
        said_all = (
            f"With {len(found.before)} steps moved by own numbers, {chain.name} plans"
            f" {chain['points_plan'].text} instead of {in_digits(before.value)},"
            f" {city} {found.answer.points_plan:,} instead of {found.usual.points_plan:,}."
        )
        told += ["", said_all]
    return told


def _lines_of(step: Step, found: Explanation) -> list[str]:
    band, before = step.band, found.before.get(step.key)
    spread = f"  P10 to P90 {in_digits(band.p10)} to {in_digits(band.p90)}" if band else ""
    was = f"  (usual {before.text})" if before else ""
    status = f"  [{step.status}]" if step.status else ""
    told = [
        f"  {step.label}: {step.text}{spread}{status}{was}",
        f"    {'' if step.status else '= '}{step.formula}",
    ]
    return told + [f"      {said(found.chain.numbers[name])}" for name in step.names]


def said(number: Parameter) -> str:
    """Say a number with its range and source, in English."""
    value = f"{title_of(number.name)} {number.value:g} {number.unit}"
    source = f"{source_title(number)}, {confidence(number)}"
    return f"{value} ({number.low:g} to {number.high:g}; {source})"


def _parameter(number: Parameter, scenario: Scenario) -> dict[str, Any]:
    least, most = limits(load_parameters()[number.name])
    return {
        "name": number.name,
        "title": title_of(number.name),
        "value": number.value,
        "low": number.low,
        "high": number.high,
        "unit": number.unit,
        "source": number.source,
        "source_title": source_title(number),
        "confidence": confidence(number),
        "usual": usual_numbers(scenario)[number.name].value,
        "least": least,
        "most": most,
        "note": number.note,
    }
