"""``kerbwatt restore``."""

import json
from pathlib import Path
from typing import Annotated

import typer


def restore(
    file: Annotated[Path, typer.Argument(help="A file that kerbwatt backup wrote.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Fill an empty store from a backup; nothing is changed where something is stored already."""
    from app.services.backup import restore as run  # noqa: PLC0415
    from app.services.store import store  # noqa: PLC0415

    found = run(store(), file)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in found["rows"].items())
    typer.echo(f"Restored: {counts}, {found['layers']} layers.")
