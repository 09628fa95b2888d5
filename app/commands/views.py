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
    from app.services.three_views import three_views  # noqa: PLC0415

    city = load_project(project)
    asked = question(scenario, year=year)
    ready_folder(out)
    ready = stage(city, asked)
    plan = choose(ready.places, asked, ready.setting, ready.answer)
    day = pack_date(city)
    found = three_views(city, asked, plan, ready.answer, day)
    files = []
    for key, result in found.items():
        for suffix in ("xlsx", "csv"):
            export = EXPORTS[suffix]
            path = out / file_name(city.slug, f"view-{key}", day, export.suffix)
            write_file(path, export.write(result))
            files.append(path.name)
            typer.echo(f"wrote {path}", err=True)
    document = {
        "views": {
            key: {
                "totals": dict(result.tables["totals"].itertuples(index=False, name=None)),
                "left_out": result.meta["left_out"],
            }
            for key, result in found.items()
        },
        "files": files,
    }
    if as_json:
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for key, view in document["views"].items():  # type: ignore[attr-defined]
        told = ", ".join(f"{value:,.0f} {name}" for name, value in view["totals"].items())
        typer.echo(f"{key}: {told}. {view['left_out']}")
