"""``kerbwatt host``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.core.scenario import Scenario


def host(  # noqa: PLR0913  # one parameter per option of the command line
    project: Annotated[str | None, typer.Argument(help="Bundled city or project folder.")] = None,
    *,
    strategy: Annotated[str, typer.Option(help="Key of the charging strategy.")] = "uncontrolled",
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    year: Annotated[int | None, typer.Option(help="Year, over the scenario's.")] = None,
    sessions: Annotated[Path | None, typer.Option(help="Own sessions, CSV or Parquet.")] = None,
    base: Annotated[Path | None, typer.Option(help="Own base load.")] = None,
    limit_kw: Annotated[float | None, typer.Option(help="Limit of the transformer.")] = None,
    prices: Annotated[Path | None, typer.Option(help="Own prices.")] = None,
    contract: Annotated[Path | None, typer.Option(help="Own capacity contract.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="name=value, may be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(help="CSV per transformer.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Say how many charge points still fit, in a project or on one transformer of your own."""
    if sessions is not None:
        from app.commands.host_sessions import host_sessions  # noqa: PLC0415
        from app.commands.simulate_project import refuse_own  # noqa: PLC0415
        from app.commands.simulate_sessions import zone_of  # noqa: PLC0415

        refuse_own("on a project", {"scenario": scenario, "year": year, "out": out})
        host_sessions(
            sessions=sessions,
            base=base,
            limit_kw=limit_kw,
            strategy=strategy,
            prices=prices,
            contract=contract,
            option=option or [],
            timezone=zone_of(project),
            as_json=as_json,
        )
        return
    from app.commands.simulate_project import question, refuse_own  # noqa: PLC0415

    own = {"base": base, "limit_kw": limit_kw is not None, "prices": prices}
    refuse_own("on your own --sessions", own)
    light = None if contract is None else str(contract)
    asked = question(scenario, option or [], strategy=strategy, year=year, contract=light)
    document = _project(project, asked, out)
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(
            f"{document['fit']:.0f} more points fit with {strategy}, at {document['kappa_kw']:.2f} "
            f"kW each, on {document['transformers_known']} transformers of known limit."
        )


def _project(
    project: str | None, asked: "Scenario", out: Path | None
) -> dict[str, float | int | str]:
    from app.commands.out_files import ready_file, write_file  # noqa: PLC0415
    from app.core.errors import InputError  # noqa: PLC0415
    from app.services.estimate import estimate  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.room import room  # noqa: PLC0415
    from app.services.setting import peak_week, prepare  # noqa: PLC0415
    from app.services.simulate import headline  # noqa: PLC0415

    if project is None:
        raise InputError("name a project, such as utrecht, or give your own --sessions")
    if out is not None:
        ready_file(out)
    found, strategy = load_project(project), asked.strategy
    setting = prepare(found, estimate(found, asked), asked)
    rooms = room(headline(setting, peak_week(setting), strategy, asked))
    if out is not None:
        write_file(out, rooms.to_csv(index=False).encode())
    return {
        "schema": "kerbwatt.host/1",
        "project": project,
        "strategy": strategy,
        "method": "pooled coincidence on the week of the highest base load",
        "fit": float(rooms["fit"].sum()),
        "kappa_kw": float(rooms["kappa_kw"].iloc[0]),
        "transformers": len(rooms),
        "transformers_known": int(rooms["limit_kw"].notna().sum()),
        "transformers_full": int((rooms["fit"] == 0).sum()),
        "served_share": float(rooms["served_share"].iloc[0]),
        "leaves_cars_short": bool(rooms["leaves_short"].iloc[0]),
    }
