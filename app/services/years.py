"""Use-case: which places come in which year, each year with its demand, room and money."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.core.engine.arrays import Ints
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.answer import given
from app.core.siting.phase_checks import check_years
from app.core.siting.phasing import FORWARD, Phases, Year, phase
from app.core.siting.plan import Plan
from app.core.siting.question import Question
from app.core.siting.verify import Verdict
from app.services.given_plan import question_of, simulated
from app.services.jobs import Report, silent
from app.services.parameters import load_parameters
from app.services.plan import ROUNDS, Stage, stage, tighter, verdict
from app.services.recommend import Effort, solve

MOST_YEARS = 8


@dataclass(frozen=True, slots=True, eq=False)
class YearsPlan:
    """A plan in years.

    Attributes
    ----------
    places
        ``candidate_id, name, district, transformer_id, x, y, first_year`` and per year y
        ``points_y``: all new points there by its end; in the order they are built.
    years
        Per year ``year, points`` (new in it), ``places`` (opened in it), ``cost_eur``,
        ``served_kwh_day`` (weighted by the score's pull), ``demand_kwh_day``, ``checks_held,
        checks`` (conditions of the independent check that hold, and all of them).
    way
        "forward" or "backward": which of the two ways served more.
    plan
        What stands in the last year, simulated, checked and explained as any plan: ``sites`` says
        in ``phase`` (from 1) and ``year`` when a place gets its first new point, and in
        ``points_y`` how many stand there by the end of year y. The bound is that of the last year
        with all the money at once: no plan in years can beat it.
    """

    places: pd.DataFrame
    years: pd.DataFrame
    way: str
    plan: Plan


@dataclass(slots=True, eq=False)
class _Step:
    """One year on the way: its scenario, how the city stands in it, and its room."""

    scenario: Scenario
    stage: Stage
    rooms: pd.DataFrame
    question: Question

    @property
    def year(self) -> Year:
        """The year's question as the solver of years takes it."""
        return Year(self.scenario.year, self.question.problem, self.stage.places.reach)


def in_years(
    project: Project,
    scenario: Scenario,
    years: Sequence[tuple[int, float]],
    *,
    report: Report = silent,
) -> YearsPlan:
    """Plan the years given as (year, EUR that may be spent in it).

    Places stay once built. A transformer whose map says ``available_year`` has no room before.
    Every year is put back through the engine, and its room shrinks where that was too much.
    """
    steps = _steps(project, scenario, years, report)
    last = steps[-1]
    near = (last.stage.places.near_start, last.stage.places.near)
    for at in range(ROUNDS + 1):
        report(0.6 + 0.1 * at, "Choosing places")
        asked = [step.year for step in steps]
        phases = phase(asked, near, load_parameters()["discount_rate"].value)
        checked = [
            _simulated(step, points) for step, points in zip(steps, phases.points, strict=True)
        ]
        if not any(each["over"].any() for each in checked):
            break
        steps = [_tightened(step, each) for step, each in zip(steps, checked, strict=True)]
    report(0.9, "Checking every year")
    verdicts = check_years(asked, phases, near)
    plan = _checked(phases, last, verdicts, _whole(scenario, years))
    said = [f"{each.year}: {verdict(told)}" for each, told in zip(asked, checked, strict=True)]
    way = f"Planned {'year by year' if phases.way == FORWARD else 'back from the last year'}."
    plan = replace(plan, notices=(*plan.notices, way, *said))
    return YearsPlan(_places(phases, last.stage), _years(phases, asked, verdicts), phases.way, plan)


def plan_in_years(
    project: Project,
    scenario: Scenario,
    years: Sequence[tuple[int, float]],
    *,
    report: Report = silent,
) -> Plan:
    """Plan the years and return what stands in the last one; see ``YearsPlan.plan``."""
    return in_years(project, scenario, years, report=report).plan


def _whole(scenario: Scenario, years: Sequence[tuple[int, float]]) -> Scenario:
    """Ask for the last year with all the money."""
    return scenario.but(year=years[-1][0], budget_eur=round(sum(money for _, money in years)))


def _checked(phases: Phases, last: _Step, verdicts: Sequence[Verdict], whole: Scenario) -> Plan:
    """Explain what stands in the last year; what any year breaks is told, and refuses the plan."""
    effort = Effort(prover=given(phases.points[-1]))
    found = solve(last.stage.places, whole, last.rooms, effort)
    table = _places(phases, last.stage).set_index("candidate_id")
    here = table.reindex(found.sites["candidate_id"])
    year = here["first_year"].fillna(phases.years[-1]).astype(int).to_numpy()
    more = {
        f"points_{each}": here[f"points_{each}"].fillna(0).astype(int).to_numpy()
        for each in phases.years
    }
    index = np.searchsorted(phases.years, year) + 1
    broken = [
        {"id": f"{each}: {check.id}", "ok": False, "detail": f"{each}: {check.detail}"}
        for each, told in zip(phases.years, verdicts, strict=True)
        for check in told.checks
        if not check.ok
    ]
    verifier = {
        **found.verifier,
        "ok": found.verifier["ok"] and not broken,
        "checks": [*found.verifier["checks"], *broken],
    }
    sites = found.sites.assign(phase=index, year=year, **more)
    return replace(found, sites=sites, verifier=verifier)


def _steps(
    project: Project, scenario: Scenario, years: Sequence[tuple[int, float]], report: Report
) -> list[_Step]:
    """Put every year's question."""
    _check(years)
    steps: list[_Step] = []
    for at, (year, budget_eur) in enumerate(years):
        report(0.6 * at / len(years), f"Demand and room in {year}")
        now = scenario.but(year=year, budget_eur=round(budget_eur))
        found = stage(project, now)
        rooms = _available(project, found.rooms, year)
        steps.append(_Step(now, found, rooms, question_of(found.places, rooms, now)[0]))
    return steps


def _simulated(step: _Step, points: Ints) -> pd.DataFrame:
    return simulated(step.stage, step.scenario, step.rooms, step.question, points)


def _tightened(step: _Step, checked: pd.DataFrame) -> _Step:
    if not checked["over"].any():
        return step
    rooms = tighter(step.rooms, checked)
    question = question_of(step.stage.places, rooms, step.scenario)[0]
    return replace(step, rooms=rooms, question=question)


def spread(scenario: Scenario, years: Sequence[int]) -> list[tuple[int, float]]:
    """Give every year an equal part of the scenario's budget."""
    if not years:
        raise InputError("name at least one year")
    return [(year, scenario.budget_eur / len(years)) for year in years]


def _check(years: Sequence[tuple[int, float]]) -> None:
    if not 1 <= len(years) <= MOST_YEARS:
        raise InputError(f"a plan has 1 to {MOST_YEARS} years, not {len(years)}")
    order = [year for year, _ in years]
    if order != sorted(set(order)):
        raise InputError(f"the years of a plan must rise: {', '.join(map(str, order))}")


def _available(project: Project, rooms: pd.DataFrame, year: int) -> pd.DataFrame:
    """Take away the room of transformers that get it only later."""
    layer = project.layers.get("grid")
    if layer is None or "available_year" not in layer.frame:
        return rooms
    when = pd.to_numeric(layer.frame["available_year"], errors="coerce")
    late = set(layer.frame.loc[when > year, "asset_id"].astype(str))
    waits = rooms["asset_id"].astype(str).isin(late)
    room_kw, fit = rooms["headroom_kw"].mask(waits, 0.0), rooms["fit"].mask(waits, 0.0)
    return rooms.assign(headroom_kw=room_kw, fit=fit)


def _places(plan: Phases, last: Stage) -> pd.DataFrame:
    rows = np.flatnonzero(plan.points[-1] > 0)
    table = last.places.places.iloc[rows]
    names = np.array([*last.places.assets, "unknown"], object)
    frame = pd.DataFrame(
        {
            "candidate_id": table["candidate_id"].to_numpy(),
            "name": table["name"].to_numpy(),
            "district": last.places.districts["name"].to_numpy()[table["district"].to_numpy(int)],
            "transformer_id": names[table["transformer"].to_numpy(int)],
            "x": table["x"].to_numpy(float),
            "y": table["y"].to_numpy(float),
            "first_year": np.array(plan.years)[plan.first[rows]],
        }
    )
    for year, points in zip(plan.years, plan.points, strict=True):
        frame[f"points_{year}"] = points[rows]
    order = ["first_year", "candidate_id"]
    return frame.sort_values(order, ignore_index=True)


def _years(plan: Phases, asked: Sequence[Year], verdicts: Sequence[Verdict]) -> pd.DataFrame:
    before = np.zeros_like(plan.points[0])
    rows = []
    for at, each in enumerate(asked):
        now, sites = plan.points[at], each.problem.sites
        added = now - before
        opened = (now > 0) & (before == 0)
        rows.append(
            {
                "year": each.year,
                "places": int(opened.sum()),
                "points": int(added.sum()),
                "cost_eur": float(
                    sites.fixed_eur @ (opened & (sites.existing == 0)) + sites.point_eur @ added
                ),
                "budget_eur": each.problem.terms.budget_eur,
                "served_kwh_day": float(plan.value[at]),
                "demand_kwh_day": float(each.problem.demands.kwh_day.sum()),
                "checks_held": sum(check.ok for check in verdicts[at].checks),
                "checks": len(verdicts[at].checks),
            }
        )
        before = now
    return pd.DataFrame(rows)
