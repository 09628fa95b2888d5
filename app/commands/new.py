"""``kerbwatt new``."""

from pathlib import Path
from typing import Annotated

import typer

KINDS = ("districts", "grid", "parking", "chargers", "exclusions", "places", "network", "cables")


def new(  # noqa: PLR0913  # one option per kind of map
    slug: Annotated[str, typer.Argument(help="Short name in links and files: mytown.")],
    *,
    into: Annotated[Path, typer.Option(help="Folder to make the project in.")],
    districts: Annotated[Path | None, typer.Option(help="Map of districts.")] = None,
    grid: Annotated[Path | None, typer.Option(help="Map of grid capacity.")] = None,
    parking: Annotated[Path | None, typer.Option(help="Map of parking.")] = None,
    chargers: Annotated[Path | None, typer.Option(help="Map of charge points.")] = None,
    exclusions: Annotated[Path | None, typer.Option(help="Map of excluded areas.")] = None,
    places: Annotated[Path | None, typer.Option(help="Map of shelters, schools, hubs.")] = None,
    network: Annotated[Path | None, typer.Option(help="Map of streets and paths.")] = None,
    cables: Annotated[Path | None, typer.Option(help="Map of low-voltage cables.")] = None,
    join: Annotated[
        Path | None, typer.Option(help="Map of stations or postcodes, for a grid file without one.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name people use; default: the slug.")] = None,
    crs: Annotated[str | None, typer.Option(help="Metric system; default: UTM zone.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Default: the nearest city's.")] = None,
    country: Annotated[str | None, typer.Option(help="Two letters.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Make a project folder from your own maps; each goes through the same checks as ``check``."""
    from app.commands.out_files import writing  # noqa: PLC0415
    from app.services.new_project import Wishes, new_project  # noqa: PLC0415

    given = (districts, grid, parking, chargers, exclusions, places, network, cables)
    files = {kind: path for kind, path in zip(KINDS, given, strict=True) if path is not None}
    with writing(into):
        made = new_project(slug, into, files, Wishes(name, crs, timezone, country), join)
    for kind, intake in made.intakes.items():
        for found in intake.problems:
            words = f"{files[kind].name}: {found.severity}: {found.message} {found.hint}"
            typer.echo(words.rstrip(), err=True)
    if as_json:
        import json  # noqa: PLC0415

        from app.commands.check import document  # noqa: PLC0415

        layers = {kind: document(intake) for kind, intake in made.intakes.items()}
        facts = {"status": "accepted" if made.accepted else "refused", "slug": slug}
        facts |= {"folder": str(into), "crs": made.crs, "timezone": made.timezone}
        answer = facts | {"layers": layers}
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))
    elif made.accepted:
        rows = ", ".join(f"{kind} {intake.rows:,}" for kind, intake in made.intakes.items())
        typer.echo(f"{into}: {rows}; {made.crs}, {made.timezone}")
    if not made.accepted:
        raise typer.Exit(2)
