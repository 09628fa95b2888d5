"""``kerbwatt backup``."""

import json
from pathlib import Path
from typing import Annotated

import typer


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Write the whole store into one file: projects, scenarios, lists of sites, layers."""
    from app.services.backup import backup as run  # noqa: PLC0415
    from app.services.store import store  # noqa: PLC0415

    found = run(store(), file)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in found["rows"].items())
    typer.echo(f"Kept: {counts}, {found['layers']} layers.")
