"""``kerbwatt demand``."""

from pathlib import Path
from typing import Annotated, Any

import typer

MWH = 1000


def demand(  # noqa: PLR0913  # options of the command
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    *,
    year: Annotated[int | None, typer.Option(help="Year, over the scenario's.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    by: Annotated[
        str, typer.Option(help="cells (500 m), a column of the districts, or a map of areas.")
    ] = "",
    assume: Annotated[
        list[str] | None, typer.Option(help="Own number, name=value; may be repeated.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option(help="district_id: the chain from its cars to its points.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File: .csv, .xlsx, .gpkg ...")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Cars, kWh, sessions and points of each district, with P10, P50 and P90.

    With --explain, the chain from cars to points of one district.
    """
    import json  # noqa: PLC0415

    from app.commands.out_files import write_result  # noqa: PLC0415
    from app.commands.simulate_project import question  # noqa: PLC0415
    from app.services import estimate, zonings  # noqa: PLC0415
    from app.services.explain import with_words  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415

    city = load_project(project)
    asked = with_words(question(scenario, year=year), assume or ())
    if explain is not None:
        _explain(city, asked, explain, by=by, out=out, as_json=as_json)
        return
    answer = estimate.estimate(city, asked)
    for words in answer.notices:
        typer.echo(words, err=True)
    told, zoning = _told(city, asked, answer, by)
    if out is not None:
        given = zoning and zonings.result(city, asked, told, zoning)
        write_result(out, given or estimate.result(city, asked, answer))
    if as_json:
        found = estimate.document(city, asked, answer)
        found |= zonings.document(answer, told, zoning) if zoning else {}
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
    elif out is None:
        for line in _lines(told):
            typer.echo(line)


def _explain(  # noqa: PLR0913  # options of the command
    city: Any,  # noqa: ANN401  # as below
    asked: Any,  # noqa: ANN401
    district_id: str,
    *,
    by: str,
    out: Path | None,
    as_json: bool,
) -> None:
    """Print the chain of one district, or write it."""
    import json  # noqa: PLC0415

    from app.commands.out_files import write_result  # noqa: PLC0415
    from app.core.errors import InputError  # noqa: PLC0415
    from app.services import explain  # noqa: PLC0415

    if by:
        raise InputError("--explain tells of one district of the map: leave out --by")
    found = explain.explain(city, asked, district_id)
    for words in found.answer.notices:
        typer.echo(words, err=True)
    if out is not None:
        write_result(out, explain.result(city, asked, found))
    if as_json:
        document = explain.document(city, asked, found)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    elif out is None:
        for line in explain.lines(found, city.name):
            typer.echo(line)


def _told(city: Any, asked: Any, answer: Any, by: str) -> tuple[Any, Any]:  # noqa: ANN401  # as below
    """Tell the answer by other areas, where some are named, and say how they were made."""
    from app.services import zonings  # noqa: PLC0415

    if not by:
        return answer, None
    zoning = zonings.named(city, by)
    told = zonings.demand(city, asked, answer, zoning)
    for words in (*zonings.cautions(answer, told, zoning), *zoning.notices):
        typer.echo(words, err=True)
    return told, zoning


def _lines(answer: Any) -> list[str]:  # noqa: ANN401  # its type would cost the import
    """Say the answer in a table: middle estimates, then the city with its range."""
    import pandas as pd  # noqa: PLC0415

    titles = f"{'electric':>9} {'cars':>9} {'MWh/year':>10} {'sessions':>9} {'points':>7}"
    found = [f"{'district':32} {titles}"]
    for _, row in answer.districts.iterrows():
        if pd.isna(row["points_plan"]):
            found.append(f"{row['name'][:32]:32} unknown: no district is there")
            continue
        found.append(
            f"{row['name'][:32]:32} {row['ev_share']:9.1%} {row['ev_p50']:9,.0f}"
            f" {row['kwh_year_p50'] / MWH:10,.0f} {row['sessions_day_p50']:9,.0f}"
            f" {row['points_plan']:7,d}"
        )
    for name, scale in (("ev", 1), ("kwh_year", MWH), ("sessions_day", 1), ("points", 1)):
        band = answer.city[name]
        low, middle, high = (f"{each / scale:,.0f}" for each in (band.p10, band.p50, band.p90))
        title = {"ev": "electric cars", "kwh_year": "MWh a year", "sessions_day": "sessions a day"}
        found.append(f"{title.get(name, name):32} {middle} ({low} to {high})")
    return found
