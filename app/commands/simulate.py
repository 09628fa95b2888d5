"""``kerbwatt simulate``."""

from pathlib import Path
from typing import Annotated

import typer


def simulate(  # noqa: PLR0913  # one parameter per option of the command line
    project: Annotated[str | None, typer.Argument(help="Bundled city or project folder.")] = None,
    *,
    strategy: Annotated[str, typer.Option(help="Key of the charging strategy.")] = "uncontrolled",
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    year: Annotated[int | None, typer.Option(help="Year, over the scenario's.")] = None,
    full_year: Annotated[
        bool, typer.Option("--full-year", help="Every day, not design weeks.")
    ] = False,
    sessions: Annotated[Path | None, typer.Option(help="Own sessions, CSV or Parquet.")] = None,
    base: Annotated[Path | None, typer.Option(help="Own base load.")] = None,
    limits: Annotated[Path | None, typer.Option(help="Own limits per transformer.")] = None,
    prices: Annotated[Path | None, typer.Option(help="Own prices.")] = None,
    contract: Annotated[Path | None, typer.Option(help="Own capacity contract.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="name=value, may be repeated.")] = None,
    profiles: Annotated[
        bool, typer.Option("--profiles", help="Write every session's power.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the results.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Load and indicators per transformer, for a project or for your own sessions."""
    if sessions is not None:
        from app.commands.simulate_project import refuse_own  # noqa: PLC0415
        from app.commands.simulate_sessions import simulate_sessions, zone_of  # noqa: PLC0415

        not_here = {"scenario": scenario, "year": year, "full_year": full_year}
        refuse_own("on a project", not_here)
        simulate_sessions(
            sessions=sessions,
            base=base,
            limits=limits,
            prices=prices,
            contract=contract,
            strategy=strategy,
            option=option or [],
            timezone=zone_of(project),
            profiles=profiles,
            out=out,
            as_json=as_json,
        )
        return
    from app.commands.simulate_project import refuse_own, simulate_project  # noqa: PLC0415

    not_here = {"base": base, "limits": limits, "prices": prices, "profiles": profiles}
    refuse_own("on your own --sessions", not_here)
    simulate_project(
        project,
        strategy=strategy,
        scenario=scenario,
        year=year,
        full_year=full_year,
        out=out,
        as_json=as_json,
        option=option or [],
        contract=contract,
    )
