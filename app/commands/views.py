"""``kerbwatt views``."""

from pathlib import Path
from typing import Annotated

import typer


def views(
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    out: Annotated[Path, typer.Option(help="Folder: an XLSX and a CSV for each of the three.")],
    *,
    year: Annotated[int | None, typer.Option(help="Year, over the scenario's.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show one plan to the city, the grid operator and the operator of points: same totals."""
    import json  # noqa: PLC0415

    from app.commands.out_files import ready_folder, write_file  # noqa: PLC0415
    from app.commands.simulate_project import question  # noqa: PLC0415
    from app.exports import EXPORTS, file_name  # noqa: PLC0415
    from app.services.plan import plan as choose  # noqa: PLC0415
    from app.services.plan import stage  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.tender import pack_date  # noqa: PLC0415
    from app.services.views import LEFT_OUT, result, three_views, totals  # noqa: PLC0415

    city = load_project(project)
    asked = question(scenario, year=year)
    ready_folder(out)
    ready = stage(city, asked)
    plan = choose(ready.places, asked, ready.setting, ready.answer)
    day = pack_date(city)
    sums = totals(three_views(city, asked, plan)).set_index("view")
    files = []
    for reader in sums.index:
        view = result(city, asked, plan, reader, day, ready.answer)
        for suffix in ("xlsx", "csv"):
            export = EXPORTS[suffix]
            path = out / file_name(city.slug, f"view-{reader}", day, export.suffix)
            write_file(path, export.write(view))
            files.append(path.name)
            typer.echo(f"wrote {path}", err=True)
    figures = {
        str(key): {str(name): float(value) for name, value in each.items()}
        for key, each in sums.to_dict("index").items()
    }
    if as_json:
        seen = {key: {"totals": each, "left_out": LEFT_OUT[key]} for key, each in figures.items()}
        document = {"views": seen, "files": files}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for key, each in figures.items():
        told = ", ".join(f"{value:,.0f} {name}" for name, value in each.items())
        typer.echo(f"{key}: {told}. {LEFT_OUT[key]}")
