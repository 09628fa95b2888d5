"""Use-case: hold a tender to the plan it is made of: its question, its maps and its verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import geopandas as gpd
import pandas as pd

from app.core.changes import from_changes
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario, choices, knobs
from app.services.parameters import checked
from app.sources.plan_file import PlanFile

OF_THE_TENDER = (
    "model",
    "v2g_phase",
    "power_class",
    "country",
    "clauses",
)  # what a tender may ask anew of the same plan
DIGEST_SHOWN = 12
HAND_MADE = "the plan carries no report and does not say its scenario: {taken} scenario is taken"
GIVEN, DEFAULT = "the given", "the default"


@dataclass(frozen=True, slots=True)
class Truth:
    """The question a plan answers, and what a reader of its tender must know before anything."""

    scenario: Scenario
    notices: tuple[str, ...] = ()


def truth(
    project: Project,
    plan: PlanFile,
    given: Scenario | None = None,
    *,
    accept_old_layers: bool = False,
) -> Truth:
    """Return the scenario of a plan; refuses a plan that is not this project's or was refused.

    Parameters
    ----------
    given
        The scenario a person says it is; it must agree, but for what the tender may choose:
        operating model, V2G phase, power class, country, and changes to clauses.
    accept_old_layers
        Tender a plan that was made on other maps than the project's, and say so.
    """
    report = plan.report
    if report is None:
        words = HAND_MADE.format(taken=DEFAULT if given is None else GIVEN)
        return Truth(given or Scenario(), (words,))
    _check_project(project, report, plan.name)
    _check_verdict(report, plan.name)
    scenario = checked(from_changes(report.get("scenario")))
    if given is not None:
        _check_given(scenario, given, plan.name)
        scenario = scenario.but(**{name: getattr(given, name) for name in OF_THE_TENDER})
    old = _old_layers(project, report, plan.name)
    if old and not accept_old_layers:
        raise InputError(
            f"{plan.name}: {'; '.join(old)}. Plan again, or say --accept-old-layers to tender it "
            "with this notice"
        )
    return Truth(scenario, (*old, *_by_hand(plan.sites, report)))


def _check_project(project: Project, report: Mapping[str, Any], name: str) -> None:
    made_for = str(report.get("project", "")).partition("--")[0]
    if made_for != project.slug.partition("--")[0]:
        raise InputError(
            f"{name}: the plan was made for project {made_for or 'unknown'!r}, "
            f"not for {project.slug.partition('--')[0]!r}"
        )


def _check_verdict(report: Mapping[str, Any], name: str) -> None:
    verdict = report.get("verifier")
    if isinstance(verdict, Mapping) and verdict.get("ok") is True:
        return
    checks = verdict.get("checks") if isinstance(verdict, Mapping) else None
    failed = [
        str(each.get("detail", each.get("name", "")))
        for each in checks or ()
        if isinstance(each, Mapping) and each.get("ok") is not True
    ]
    why = f": {'; '.join(failed)}" if failed else ""
    raise InputError(f"{name}: the check of the plan did not accept it{why}; plan again")


def _check_given(own: Scenario, given: Scenario, name: str) -> None:
    labels = {name: knob.label for name, knob in knobs().items()}
    labels |= {name: choice.label for name, choice in choices().items()}
    other = [
        f"{labels.get(each.name, each.name)} "
        f"{_said(getattr(given, each.name))} instead of {_said(getattr(own, each.name))}"
        for each in fields(Scenario)
        if each.name not in OF_THE_TENDER and getattr(given, each.name) != getattr(own, each.name)
    ]
    if other:
        raise InputError(
            f"--scenario: not the scenario {name} was made with: {'; '.join(other)}. "
            "Leave --scenario out: the plan carries its own"
        )


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} entries" if value else "none"
    return f"{value:,}" if isinstance(value, (int, float)) else repr(value)


def _old_layers(project: Project, report: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Say which maps of the plan are not those of the project."""
    made_on = report.get("inputs")
    if not isinstance(made_on, Mapping):
        return (f"{name} does not say on which layers the plan was made",)
    now = {kind: layer.digest for kind, layer in project.layers.items()}
    found = []
    for kind in sorted({*map(str, made_on), *now}):
        then = str(made_on.get(kind, ""))
        if then == now.get(kind, ""):
            continue
        if not then:
            found.append(f"the plan was made without the {kind} layer the project has now")
        elif kind not in now:
            found.append(f"the plan was made with a {kind} layer the project no longer has")
        else:
            mark = then[:DIGEST_SHOWN]
            found.append(f"the plan was made with another {kind} layer (digest {mark})")
    return tuple(found)


def _by_hand(sites: gpd.GeoDataFrame, report: Mapping[str, Any]) -> tuple[str, ...]:
    """Say for how many places the list differs from the report: edited after planning."""
    if not {"candidate_id", "points"} <= set(sites):
        return ()
    rows = [*_listed(report, "chosen"), *_listed(report, "conditional")]
    told = {str(row.get("candidate_id")): row.get("points") for row in rows}
    points = pd.to_numeric(sites["points"], errors="coerce").astype(float)
    listed = dict(zip(sites["candidate_id"].astype(str), points, strict=True))
    other = sum(told.get(key) != listed.get(key) for key in {*told, *listed})
    if not other:
        return ()
    return (f"the list differs from the plan's own report at {other} places: edited afterwards",)


def _listed(report: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = report.get(name)
    return [each for each in rows if isinstance(each, Mapping)] if isinstance(rows, list) else []
