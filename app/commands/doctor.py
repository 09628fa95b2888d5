"""``kerbwatt doctor``."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

MARKS = {"ok": "ok", "slow": "SLOW", "missing": "MISSING", "broken": "BROKEN"}


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Say what is installed, missing or slow here; status 0 when the main job can run."""
    from app.services.doctor import examine, healthy  # noqa: PLC0415  # loads every library

    checks = examine()
    well = healthy(checks)
    if as_json:
        found = [asdict(check) for check in checks]
        typer.echo(json.dumps({"status": "ok" if well else "broken", "checks": found}, indent=2))
    else:
        for check in checks:
            advice = f" ({check.advice})" if check.advice and check.state != "ok" else ""
            typer.echo(f"{MARKS[check.state]:>8}  {check.title}: {check.found}{advice}")
        typer.echo("Kerbwatt can run here." if well else "Kerbwatt cannot run here.", err=True)
    if not well:
        raise typer.Exit(1)
