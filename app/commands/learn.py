"""``kerbwatt learn``."""

from pathlib import Path
from typing import Annotated, Any

import typer


def learn(  # noqa: PLR0913  # one parameter per option of the command line
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    *,
    sites: Annotated[Path, typer.Option(help="Observed places, CSV or Parquet.")],
    year: Annotated[int | None, typer.Option(help="Year, over the scenario's.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    out: Annotated[Path | None, typer.Option(help="CSV: factor per district.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Ask whether observed counts say more than the demand model; refused unless they do."""
    import json  # noqa: PLC0415

    from app.commands.out_files import ready_file, write_file  # noqa: PLC0415
    from app.commands.simulate_project import question  # noqa: PLC0415
    from app.services import learn as learning  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415

    city = load_project(project)
    asked = question(scenario, year=year)
    if out is not None:
        ready_file(out)
    found = learning.learn(city, asked, sites)
    for words in found.notices:
        typer.echo(words, err=True)
    if out is not None:
        write_file(out, learning.written(found))
        typer.echo(f"wrote {out}", err=True)
    if as_json:
        document = learning.document(found)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
        return
    typer.echo(learning.verdict(found.judgement))
    typer.echo(learning.because(found.judgement))
    for line in _lines(found.judgement):
        typer.echo(line)


def _lines(found: Any) -> list[str]:  # noqa: ANN401  # its type would cost the import
    """Say the figures of every model in a table."""
    columns = f"{'blocks':>8} {'random':>8} {'lead':>8} {'sure':>6} {'parts':>6}"
    return [
        f"{'deviance explained':22} {columns}",
        *(
            f"{score.title:22} {score.blocks.explained:8.2f} {score.random.explained:8.2f}"
            f" {score.gain:8.2f} {score.sure:6.0%} {score.parts:6.0%}"
            for score in found.scores
        ),
    ]
