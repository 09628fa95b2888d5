"""``kerbwatt check``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

WIDTH = 160  # columns of text where there is no terminal

if TYPE_CHECKING:
    from app.core.project import Project
    from app.sources.intake import Intake


def check(  # noqa: PLR0913  # the options of one command
    file: Annotated[Path, typer.Argument(help="Map or table to look at.")],
    *,
    as_kind: Annotated[str, typer.Option("--as", help="districts, grid, parking, chargers ...")],
    area: Annotated[
        str | None, typer.Option(help="Bundled city or project folder the map belongs to.")
    ] = None,
    join: Annotated[
        Path | None, typer.Option(help="Map of stations or postcodes, for a grid file without one.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping saved on the Data page (TOML).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Look at one file as the Data page would: what is understood, and every problem in words."""
    from app.services.load_layer import Join, load_layer, mapped, said_for  # noqa: PLC0415

    def where() -> "Project | None":
        from app.services.projects import load_project  # noqa: PLC0415  # loads geopandas

        return load_project(area) if area is not None else None

    second = Join(join, join.name) if join is not None else None
    said = said_for(area, as_kind)
    if mapping is not None:
        said = said.over(mapped(mapping, as_kind))
    intake = load_layer(file, as_kind, where, said, file.name, second)
    if as_json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(document(intake), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _show(intake, file.name)
    if not intake.accepted:
        raise typer.Exit(2)


def document(intake: "Intake") -> dict[str, Any]:
    """Say what became of a file, as the contract of the command line has it."""
    keys = ("code", "severity", "row", "column", "message")
    return {
        "status": "accepted" if intake.accepted else "refused",
        "kind": intake.kind,
        "rows": intake.rows,
        "crs": intake.mapping.crs,
        "digest": intake.layer.digest if intake.layer is not None else None,
        "problems": [{key: getattr(found, key) for key in keys} for found in intake.problems],
    }


def _show(intake: "Intake", name: str) -> None:
    """Print the verdict, and the problems as a table."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    width = None if sys.stdout.isatty() else WIDTH
    console = Console(markup=False, highlight=False, width=width)
    plain = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    counted = [f"{len(intake.of(s))} {s}s" for s in ("error", "warning", "notice")]
    verdict = f"{intake.rows:,} rows, {intake.mapping.crs or 'no map'}"
    word = f"accepted as {intake.kind}: {verdict}" if intake.accepted else "refused"
    console.print(f"{plain}: {word} ({', '.join(counted)})", soft_wrap=True)
    if intake.register is not None and intake.register.faults:
        dirty, total = intake.register.dirty, intake.register.total
        console.print(f"register: {dirty:,} of {total:,} locations have at least one fault")
    if not intake.problems:
        return
    table = Table("severity", "code", "row", "column", "what", "what to do", pad_edge=False)
    for found in intake.problems:
        row = "" if found.row is None else str(found.row)
        cells = (found.severity, found.code, row, found.column or "", found.message, found.hint)
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
