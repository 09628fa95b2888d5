"""``kerbwatt equity``."""

from pathlib import Path
from typing import Annotated, Any

import typer


def equity(
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    *,
    year: Annotated[int | None, typer.Option(help="Year, over the scenario's.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    out: Annotated[Path | None, typer.Option(help="File: .csv, .xlsx, .gpkg ...")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Who has no own parking, who is far from a point, plug-in cars by income, coverage norm."""
    import json  # noqa: PLC0415

    from app.commands.out_files import write_result  # noqa: PLC0415
    from app.commands.simulate_project import question  # noqa: PLC0415
    from app.services import equity as lens  # noqa: PLC0415
    from app.services import results  # noqa: PLC0415
    from app.services.estimate import estimate  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.tender import pack_date  # noqa: PLC0415

    city = load_project(project)
    asked = question(scenario, year=year)
    found = lens.lens(city, asked, estimate(city, asked))
    for words in found.notices:
        typer.echo(words, err=True)
    if out is not None:
        write_result(out, results.equity(city, asked, found, pack_date(city)))
    if as_json:
        document = lens.document(city, asked, found)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    elif out is None:
        for line in _lines(found):
            typer.echo(line)


def _lines(found: Any) -> list[str]:  # noqa: ANN401  # its type would cost the import
    city = found.city
    lines = [
        f"{city['homes_no_own_parking']:,.0f} of {city['homes']:,.0f} homes have no own parking",
        f"{city['homes_far']:,.0f} homes lie more than {found.walk_m:g} m on foot from a point",
        f"{city['cells_met']:,.0f} of {city['cells_busy']:,.0f} busy squares hold a point",
        f"{'income fifth':>12} {'districts':>9} {'plug-in':>8} {found.year:>8} {'no parking':>10}",
    ]
    lines += [
        f"{row['quintile']:12d} {row['districts']:9d} {row['plugin_share']:8.1%}"
        f" {row['ev_share']:8.1%} {row['no_own_parking']:10.0%}"
        for row in found.quintiles.to_dict("records")
    ]
    return [line.replace("nan", "unknown") for line in lines]
