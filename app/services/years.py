"""Use-case: which places come in which year, each year with its demand, room and money."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.answer import given
from app.core.siting.phasing import FORWARD, Phases, Year, phase
from app.core.siting.plan import Plan
from app.core.siting.question import ask, grid_of
from app.services.jobs import Report, silent
from app.services.parameters import load_parameters
from app.services.plan import Stage, stage
from app.services.recommend import Effort, point_types, solve

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
        ``served_kwh_day`` (weighted by the score's pull), ``demand_kwh_day``.
    way
        "forward" or "backward": which of the two ways served more.
    """

    places: pd.DataFrame
    years: pd.DataFrame
    way: str


def in_years(
    project: Project,
    scenario: Scenario,
    years: Sequence[tuple[int, float]],
    *,
    report: Report = silent,
) -> YearsPlan:
    """Plan the years given as (year, EUR that may be spent in it).

    Places stay once built. A transformer whose map says ``available_year`` has no room before.
    """
    asked, last, _ = _questions(project, scenario, years, report)
    plan = _phases(asked, last)
    return YearsPlan(_places(plan, last), _years(plan, asked), plan.way)


def plan_in_years(
    project: Project,
    scenario: Scenario,
    years: Sequence[tuple[int, float]],
    *,
    report: Report = silent,
) -> Plan:
    """Plan the years and return what stands in the last one, checked and explained as any plan.

    ``sites`` says in ``phase`` in which year a place gets its first new point, and in ``points_y``
    how many stand there by the end of year y. The bound is that of the last year with all the
    money at once: no plan in years can beat it.
    """
    asked, last, rooms = _questions(project, scenario, years, report)
    plan = _phases(asked, last)
    whole = scenario.but(year=years[-1][0], budget_eur=round(sum(money for _, money in years)))
    found = solve(last.places, whole, rooms, Effort(prover=given(plan.points[-1])))
    table = _places(plan, last).set_index("candidate_id")
    sites = found.sites.copy()
    firm = sites["candidate_id"].isin(table.index)
    here = table.reindex(sites["candidate_id"])
    sites["phase"] = here["first_year"].fillna(plan.years[-1]).astype(int).to_numpy()
    for year in plan.years:
        sites[f"points_{year}"] = here[f"points_{year}"].fillna(0).astype(int).to_numpy()
    words = f"Planned {'year by year' if plan.way == FORWARD else 'back from the last year'}."
    assert firm.sum() == len(found.firm)  # noqa: S101  # both are the same plan
    return replace(found, sites=sites, notices=(*found.notices, words))


def _questions(
    project: Project, scenario: Scenario, years: Sequence[tuple[int, float]], report: Report
) -> tuple[list[Year], Stage, pd.DataFrame]:
    """Put every year's question; with the last year's stage and its room."""
    _check(years)
    asked: list[Year] = []
    for at, (year, budget_eur) in enumerate(years):
        report(0.9 * at / len(years), f"Demand and room in {year}")
        now = scenario.but(year=year, budget_eur=round(budget_eur))
        found = stage(project, now)
        rooms = _available(project, found.rooms, year)
        question = ask(found.places, now, grid_of(found.places, rooms), point_types())
        asked.append(Year(year, question.problem, found.places.reach))
    report(0.9, "Choosing places")
    return asked, found, rooms


def _phases(asked: Sequence[Year], last: Stage) -> Phases:
    near = (last.places.near_start, last.places.near)
    return phase(asked, near, load_parameters()["discount_rate"].value)


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


def _years(plan: Phases, asked: Sequence[Year]) -> pd.DataFrame:
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
            }
        )
        before = now
    return pd.DataFrame(rows)
