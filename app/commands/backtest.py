"""``kerbwatt backtest``."""

from pathlib import Path
from typing import Annotated, Any

import typer


def backtest(
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    *,
    forecasts: Annotated[
        Path | None, typer.Option(help="Own forecasts and counts, a CSV file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Earlier forecasts of a city against what happened and against ours."""
    import json  # noqa: PLC0415

    from app.core.scenario import Scenario  # noqa: PLC0415
    from app.services import backtest as use_case  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415

    city, asked = load_project(project), Scenario()
    found = use_case.compare(city, asked, _own(forecasts, city) if forecasts else ())
    for words in use_case.notices(found):
        typer.echo(words, err=True)
    if as_json:
        document = use_case.document(city, asked, found)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for line in _lines(found, use_case.judged(found)):
        typer.echo(line)


def _own(path: Path, city: Any) -> Any:  # noqa: ANN401  # their types would cost the import
    from app.core.errors import InputError  # noqa: PLC0415
    from app.services.forecast_files import read_own  # noqa: PLC0415

    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    return read_own(content, file=path.name, project=city)


def _lines(found: Any, judged: Any) -> list[str]:  # noqa: ANN401  # their types would cost the import
    """Say revisions, then verdicts, then how many counts lay inside."""
    said = [
        f"{each.first.quantity:10} {each.first.for_year}: {each.first.value:g} made"
        f" {each.first.made_on}, {each.last.value:g} made {each.last.made_on} (x {each.ratio:.2f})"
        for each in found.revisions
    ]
    said += [
        f"{row['quantity']:10} {row['made_on']}: P10-P90 {row['p10']:.4g} to {row['p90']:.4g},"
        f" counted {row['fact']:g} {row['fact_unit']} on {row['fact_on']}:"
        f" {row['verdict']}" + (f" ({row['reason']})" if row["reason"] else "")
        for _, row in judged.iterrows()
    ]
    inside, all_of = found.coverage
    return [*said, f"{inside} of {all_of} comparable later counts inside P10-P90 of their day"]
