"""Use-case: own tables in years, each with its own room and an even part of the money."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.core.errors import InputError
from app.core.siting.answer import given
from app.core.siting.instance import Instance, neighbours
from app.core.siting.phase_checks import check_years
from app.core.siting.phasing import FORWARD, Phases, Year, phase
from app.core.siting.reach import Reach
from app.core.siting.solve import Solution
from app.core.siting.verify import Verdict
from app.services.own_sites_files import OwnTables
from app.services.parameters import load_parameters


@dataclass(frozen=True, slots=True, eq=False)
class OwnYears:
    """A plan on own tables in years: how it grows, and what the judge says of each year."""

    phases: Phases
    verdicts: tuple[Verdict, ...]
    rows: tuple[dict[str, Any], ...]

    @property
    def broken(self) -> list[dict[str, Any]]:
        """What any year breaks, as checks of the report."""
        return [
            {"id": f"{year}: {check.id}", "ok": False, "detail": f"{year}: {check.detail}"}
            for year, told in zip(self.phases.years, self.verdicts, strict=True)
            for check in told.checks
            if not check.ok
        ]

    @property
    def way(self) -> str:
        """Say which of the two ways served more."""
        return (
            "planned year by year"
            if self.phases.way == FORWARD
            else "planned back from the last year"
        )

    def on(self, rows: list[dict[str, Any]], ids: tuple[str, ...]) -> list[dict[str, Any]]:
        """Say of each chosen site when it begins and how many points stand there by each year."""
        at, first = {name: each for each, name in enumerate(ids)}, self.phases.first
        found = []
        for row in rows:
            site = at[row["candidate_id"]]
            begun = int(first[site])
            points = {
                f"points_{year}": int(now[site])
                for year, now in zip(self.phases.years, self.phases.points, strict=True)
            }
            when = {"phase": begun + 1, "year": self.phases.years[begun]}
            found.append({**row, **when, **points})
        return found


def last_year(tables: OwnTables) -> OwnTables:
    """Ask for the last year: its room, and all the money."""
    if not tables.yearly:
        return tables
    return replace(tables, problem=replace(tables.problem, grid=tables.yearly[-1]))


def in_years(
    tables: OwnTables, years: tuple[int, ...], reach: Reach, instance: Instance, best: Solution
) -> tuple[Solution, OwnYears]:
    """Plan the years; ``best`` lends the bound: no plan in years beats the last year at once."""
    problem = tables.problem
    terms = replace(problem.terms, budget_eur=problem.terms.budget_eur / len(years))
    asked = [
        Year(year, replace(problem, grid=grid, terms=terms), reach)
        for year, grid in zip(years, tables.yearly, strict=True)
    ]
    near = neighbours(problem.sites.xy, problem.terms.spacing_m)
    try:
        phases = phase(asked, near, load_parameters()["discount_rate"].value)
    except InputError as error:
        said = f"with the budget in {len(years)} parts: {error}"
        raise InputError(said) from error
    solution, _ = given(phases.points[-1])(instance, best)
    verdicts = check_years(asked, phases, near)
    return solution, OwnYears(phases, verdicts, tuple(_rows(phases, asked)))


def _rows(phases: Phases, asked: list[Year]) -> list[dict[str, Any]]:
    before, rows = np.zeros_like(phases.points[0]), []
    for each, now, value in zip(asked, phases.points, phases.value, strict=True):
        sites, added = each.problem.sites, now - before
        opened = (now > 0) & (before == 0)
        fixed = sites.fixed_eur @ (opened & (sites.existing == 0))
        rows.append(
            {
                "year": each.year,
                "sites": int(opened.sum()),
                "points": int(added.sum()),
                "cost_eur": float(fixed + sites.point_eur @ added),
                "value": float(value),
            }
        )
        before = now
    return rows
