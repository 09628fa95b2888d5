"""``kerbwatt sites``."""

import json
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

PROJECT, TABLES = "On a project", "On your own tables"


def sites(  # noqa: PLR0913  # one parameter per option of the command line
    ctx: typer.Context,
    project: Annotated[str | None, typer.Argument(help="Bundled city or project folder.")] = None,
    *,
    budget_eur: Annotated[float | None, typer.Option(help="Money for new places.")] = None,
    points: Annotated[int | None, typer.Option(help="Most new points.")] = None,
    lock: Annotated[list[str] | None, typer.Option(help="Place that must be in.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Place that must not.")] = None,
    years: Annotated[
        str | None, typer.Option(help="Years, as 2026,2030, sharing the budget.")
    ] = None,
    lots: Annotated[int | None, typer.Option(help="Number of lots.")] = None,
    lots_per_dso: Annotated[
        bool, typer.Option("--lots-per-dso", help=f"{PROJECT}: each lot on one operator's grid.")
    ] = False,
    stability: Annotated[
        int, typer.Option(help=f"{PROJECT}: draws that say how stable ranks are.", min=0)
    ] = 0,
    radius_m: Annotated[float | None, typer.Option(help="Walking distance [m].")] = None,
    floor: Annotated[float | None, typer.Option(help="Share served in every district.")] = None,
    prove: Annotated[float, typer.Option(help="Seconds to prove the plan with HiGHS.")] = 0.0,
    seed: Annotated[int | None, typer.Option(help="Seed of all draws.")] = None,
    out: Annotated[Path | None, typer.Option(help="The plan: a GeoPackage.")] = None,
    report: Annotated[Path | None, typer.Option(help="The report: JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report on standard output.")] = False,
    scenario: Annotated[Path | None, typer.Option(help=f"{PROJECT}: scenario file.")] = None,
    site_list: Annotated[
        Path | None, typer.Option("--list", help=f"{PROJECT}: sites with statuses, CSV.")
    ] = None,
    year: Annotated[int | None, typer.Option(help=f"{PROJECT}: year.")] = None,
    strategy: Annotated[str | None, typer.Option(help=f"{PROJECT}: charging strategy.")] = None,
    demand: Annotated[Path | None, typer.Option(help=f"{TABLES}: demand points.")] = None,
    candidates: Annotated[Path | None, typer.Option(help=f"{TABLES}: candidates.")] = None,
    limits: Annotated[Path | None, typer.Option(help=f"{TABLES}: room per transformer.")] = None,
    detour: Annotated[float, typer.Option(help=f"{TABLES}: walk over straight line.")] = 1.3,
    kwh_point_day: Annotated[float, typer.Option(help=f"{TABLES}: kWh of a point a day.")] = 16.0,
    kw_point: Annotated[float, typer.Option(help=f"{TABLES}: kW of a point.")] = 11.0,
    coincidence: Annotated[float, typer.Option(help=f"{TABLES}: share at the peak.")] = 1.0,
    floor_price: Annotated[float, typer.Option(help=f"{TABLES}: kWh per kWh short.")] = 2.0,
    objective: Annotated[str, typer.Option(help=f"{TABLES}: served or coverage.")] = "served",
    min_spacing_m: Annotated[float, typer.Option(help=f"{TABLES}: between new places.")] = 0.0,
    seconds: Annotated[float, typer.Option(help=f"{TABLES}: time for search and bound.")] = 5.0,
    crs: Annotated[str | None, typer.Option(help=f"{TABLES}: EPSG:n of x and y.")] = None,
) -> None:
    """Choose places for charge points under budget, parking and grid, with reasons."""
    shared = {"budget_eur": budget_eur, "points": points, "radius_m": radius_m, "seed": seed}
    given = {name: value for name, value in shared.items() if value is not None}
    by_hand = {"lock": tuple(lock or ()), "exclude": tuple(exclude or ())}
    on_tables = demand is not None or candidates is not None
    if unheard := _unheard(ctx, tables=on_tables):
        typer.echo(unheard, err=True)
    if not on_tables:
        from app.commands.simulate_project import question  # noqa: PLC0415
        from app.commands.sites_project import HowToPlan, sites_project  # noqa: PLC0415

        levers = {**given, "year": year, "strategy": strategy, "lots": lots, "floor_share": floor}
        if lots_per_dso:
            levers["lots_per_dso"] = "on"
        asked = question(scenario, **_whole(levers))
        asked = asked.but(
            locked=(*asked.locked, *by_hand["lock"]),
            excluded=(*asked.excluded, *by_hand["exclude"]),
        )
        how = HowToPlan(prove, _years(years), site_list, stability)
        full = sites_project(project, asked, how, out=out, report=report)
        if as_json:
            typer.echo(json.dumps(full, sort_keys=True, ensure_ascii=False, allow_nan=False))
        return
    from app.commands.sites_tables import sites_tables  # noqa: PLC0415
    from app.core.errors import InputError  # noqa: PLC0415
    from app.services.own_sites import SitesOptions, SitesPaths  # noqa: PLC0415

    if demand is None or candidates is None or radius_m is None:
        raise InputError("own tables need --demand, --candidates and --radius-m together")
    options = SitesOptions(
        radius_m,
        budget_eur=budget_eur,
        points=points,
        lots=1 if lots is None else lots,
        floor=floor,
        seed=1 if seed is None else seed,
        lock=by_hand["lock"],
        exclude=by_hand["exclude"],
        detour=detour,
        kwh_point_day=kwh_point_day,
        kw_point=kw_point,
        coincidence=coincidence,
        floor_price=floor_price,
        objective=objective,
        min_spacing_m=min_spacing_m,
        seconds=seconds,
        prove=prove,
        crs=crs,
        years=_years(years),
    )
    paths = SitesPaths(demand, candidates, limits)
    sites_tables(paths, options, out=out, report=report, as_json=as_json)


def _years(text: str | None) -> tuple[int, ...]:
    """Read years, such as ``2026,2028,2030``."""
    from app.core.errors import InputError  # noqa: PLC0415

    try:
        return tuple(int(each) for each in text.split(",")) if text else ()
    except ValueError as error:
        raise InputError(f"--years {text}: wanted years such as 2026,2028,2030") from error


def _whole(levers: dict[str, float | int | str | None]) -> dict[str, float | int | str | None]:
    """Give whole levers whole numbers: a budget may be typed as 5e6; the scenario judges others."""
    whole = ("budget_eur", "radius_m", "points", "seed", "lots", "year")
    return {
        name: round(value)
        if name in whole and isinstance(value, float) and isfinite(value)
        else value
        for name, value in levers.items()
    }


def _unheard(ctx: typer.Context, *, tables: bool) -> str:
    """Say which options on the command line act in the other use of this command only."""
    other = PROJECT if tables else TABLES
    given = [
        found.opts[0]
        for found in ctx.command.params
        if str(getattr(found, "help", "")).startswith(other)
        and found.name
        and getattr(ctx.get_parameter_source(found.name), "name", "") == "COMMANDLINE"
    ]
    return f"note: {other[0].lower()}{other[1:]} only: {', '.join(given)}" if given else ""
