"""Choose sites from a person's own tables: the part of ``sites`` that needs no project."""

import json
from pathlib import Path

import typer

from app.commands.out_files import ready_file
from app.services.own_sites import OwnPlan, SitesOptions, SitesPaths, sites_own, write_plan


def sites_tables(
    paths: SitesPaths,
    options: SitesOptions,
    *,
    out: Path | None = None,
    report: Path | None = None,
    as_json: bool = False,
) -> None:
    """Write ``plan.gpkg`` and ``report.json``; exit 1 where the verifier refuses the plan.

    Progress and notices go to standard error; with ``as_json`` standard output is the report,
    else a few lines.
    """
    for path in (out, report):
        if path is not None:
            ready_file(path)
    plan = sites_own(paths, options, say=lambda words: typer.echo(words, err=True))
    full = write_plan(plan, out, report)
    for notice in full["notices"]:
        typer.echo(f"note: {notice}", err=True)
    if as_json:
        typer.echo(json.dumps(full, sort_keys=True, ensure_ascii=False, allow_nan=False))
    else:
        _tell(full)
    if not plan.ok:
        _complain(plan)
        raise typer.Exit(1)


def _tell(full: dict[str, object]) -> None:
    totals = full["totals"]
    assert isinstance(totals, dict)  # noqa: S101  # our own report
    lines = {
        "status": full["status"],
        "sites": f"{totals['sites']:,} with {totals['points']:,} new points",
        "cost": f"{totals['cost_eur']:,.0f} EUR",
        "served": f"{full['served_kwh_day']:,.1f} of {totals['demand_kwh_day']:,.1f} kWh a day",
        "value": f"{full['value']:,.1f}, at most {full['bound']:,.1f} ({full['bound_method']})",
        "gap": f"{full['gap']:.2%}",
    }
    for name, said in lines.items():
        typer.echo(f"{name:>8}  {said}")


def _complain(plan: OwnPlan) -> None:
    for check in plan.report["verifier"]["checks"]:
        if not check["ok"]:
            typer.echo(f"the verifier refuses the plan: {check['id']} {check['detail']}", err=True)
