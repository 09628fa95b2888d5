"""``kerbwatt fetch``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.services.fetch import Haul


def fetch(
    what: Annotated[str, typer.Argument(help="Place (utrecht) or source (nl-districts-cbs).")],
    *,
    into: Annotated[Path, typer.Option(help="Project folder; made where there is none.")],
    endpoint: Annotated[
        str | None, typer.Option(help="Another address of the same service.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Bring open data of a place into a project: boundaries, charge points, parking, cars."""
    from app.commands.out_files import writing  # noqa: PLC0415
    from app.services.fetch_folder import fetch_into  # noqa: PLC0415

    with writing(into):
        haul = fetch_into(what, into, endpoint)
    if as_json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(_document(haul, into), indent=2, ensure_ascii=False))
    for each in haul.outcomes:
        said = f"{each.rows:,} rows" if each.state == "kept" else f"{each.state}: {each.said}"
        typer.echo(f"{each.preset.title}: {said}", err=each.state != "kept" or as_json)
        for warning in each.warnings:
            typer.echo(f"  {warning}", err=True)
    if not haul.layers:
        typer.echo(f"Nothing came; {into} is unchanged.", err=True)
    if not haul.complete:
        raise typer.Exit(2)


def _document(haul: "Haul", into: Path) -> dict[str, Any]:
    return {
        "status": "accepted" if haul.complete else "incomplete" if haul.layers else "refused",
        "folder": str(into),
        "layers": {kind: len(layer.frame) for kind, layer in haul.layers.items()},
        "sources": [
            {
                "id": each.preset.id,
                "kind": each.preset.kind,
                "state": each.state,
                "rows": each.rows,
                "message": each.said,
                "warnings": list(each.warnings),
            }
            for each in haul.outcomes
        ],
    }
