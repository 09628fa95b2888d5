"""The half of ``kerbwatt sites`` that runs on a project."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from app.core.scenario import Scenario


@dataclass(frozen=True, slots=True)
class HowToPlan:
    """How a plan is made.

    Seconds for a proof, the years of a plan in years, the list of sites to hold to, and how many
    draws say how stable ranks are.
    """

    prove_s: float = 0.0
    years: tuple[int, ...] = ()
    listed: Path | None = None
    draws: int = 0


def _note(words: str) -> None:
    typer.echo(f"note: {words}", err=True)


def sites_project(
    project: str | None,
    scenario: Scenario,
    how: HowToPlan,
    *,
    out: Path | None,
    report: Path | None,
) -> dict[str, Any]:
    """Write the plan and its report; returns the report. Exit 1 where the verifier refuses it."""
    from app.commands.out_files import ready_file, write_file  # noqa: PLC0415
    from app.core.errors import InputError  # noqa: PLC0415
    from app.exports import EXPORTS  # noqa: PLC0415
    from app.services import results  # noqa: PLC0415
    from app.services.plan_report import carrying, plan_report  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.tender import pack_date  # noqa: PLC0415

    if project is None:
        raise InputError("name a project, such as utrecht, or give your own --demand tables")
    for path in (out, report):
        if path is not None:
            ready_file(path)
    city = load_project(project)
    scenario, listed = _held(city, scenario, how.listed)
    plan = _plan(city, scenario, how)
    full = plan_report(city, scenario, plan, listed)
    for notice in plan.notices:
        _note(notice)
    if not plan.verifier["ok"]:
        typer.echo("the verifier refuses this plan: nothing is written", err=True)
        raise typer.Exit(1)
    if out is not None:
        told = results.plan(city, scenario, plan, pack_date(city), listed)
        write_file(out, EXPORTS["gpkg"].write(carrying(told, full)))
    if report is not None:
        text = json.dumps(full, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=2)
        write_file(report, f"{text}\n".encode())
    total = plan.totals
    typer.echo(
        f"{total['sites']:.0f} places, {total['points']:.0f} new points, "
        f"{total['cost_eur']:,.0f} EUR; at least {1 - plan.gap:.1%} of the best possible",
        err=True,
    )
    return full


def _held(city: Any, scenario: Scenario, path: Path | None) -> tuple[Scenario, Any]:  # noqa: ANN401
    """Let the scenario hold to a list of sites, if there is one."""
    if path is None:
        return scenario, ()
    from app.core.errors import InputError  # noqa: PLC0415
    from app.services import site_list  # noqa: PLC0415
    from app.services.estimate import estimate  # noqa: PLC0415
    from app.services.recommend import places_of  # noqa: PLC0415

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    sites = site_list.read_list(city, content, path.name)
    places = places_of(city, estimate(city, scenario), scenario)
    return site_list.hold(scenario, sites, places), sites


def _plan(city: Any, scenario: Scenario, how: HowToPlan) -> Any:  # noqa: ANN401  # types cost time
    from app.services.futures import stability  # noqa: PLC0415
    from app.services.plan import plan_project  # noqa: PLC0415
    from app.services.prove import prover  # noqa: PLC0415
    from app.services.recommend import Effort  # noqa: PLC0415
    from app.services.years import plan_in_years, spread  # noqa: PLC0415

    if how.years:
        found = plan_in_years(city, scenario, spread(scenario, how.years))
    else:
        ending = prover(how.prove_s, _note, scenario.seed) if how.prove_s > 0 else None
        found = plan_project(city, scenario, Effort(prover=ending))
    return stability(city, scenario, draws=how.draws).on(found) if how.draws else found
