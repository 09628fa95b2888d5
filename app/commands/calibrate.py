"""``kerbwatt calibrate``."""

from pathlib import Path
from typing import Annotated, Any

import typer


def calibrate(  # noqa: PLR0913  # options of the command
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    *,
    sessions: Annotated[Path | None, typer.Option(help="Sessions, CSV or Parquet.")] = None,
    occupancy: Annotated[Path | None, typer.Option(help="Snapshots, CSV or Parquet.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    out: Annotated[Path | None, typer.Option(help="File: .csv, .xlsx, .gpkg ...")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Hold the demand model against what was measured; its error before and after, two factors."""
    import json  # noqa: PLC0415

    from app.commands.out_files import write_result  # noqa: PLC0415
    from app.commands.simulate_project import question  # noqa: PLC0415
    from app.services import calibrate as use_case  # noqa: PLC0415
    from app.services import calibrate_told as told  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415

    file, kind = _observed(sessions, occupancy)
    city = load_project(project)
    asked = question(scenario)
    found = use_case.answer(city, asked, file, kind)
    for words in found.notices:
        typer.echo(words, err=True)
    if out is not None:
        write_result(out, told.result(found))
    if as_json:
        document = told.document(found)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    elif out is None:
        for line in _lines(found):
            typer.echo(line)


def _observed(sessions: Path | None, occupancy: Path | None) -> tuple[Path, Any]:
    """Say which of the two files was given."""
    from app.core.errors import InputError  # noqa: PLC0415

    if sessions is not None and occupancy is None:
        return sessions, "sessions"
    if occupancy is not None and sessions is None:
        return occupancy, "occupancy"
    raise InputError("give one file of observations: --sessions or --occupancy")


def _lines(found: Any) -> list[str]:  # noqa: ANN401  # its type would cost the import
    from app.services.calibrate import occupied  # noqa: PLC0415
    from app.services.calibrate_told import verdict  # noqa: PLC0415

    dropped = ", ".join(f"{name} {count:,}" for name, count in found.reading.dropped.items())
    lines = [verdict(found), f"left out: {dropped}"]
    lines += [
        f"{each.title}: measured {each.measured:.2f}, ours {each.ours:g} ({each.low:g} to"
        f" {each.high:g}) {each.unit}"
        for each in found.numbers
    ]
    if taken := occupied(found):
        lines.append(
            f"points taken: measured {taken['measured']:.1%}, Erlang {taken['before']:.1%} before,"
            f" {taken['after']:.1%} after"
        )
    if found.factors:
        assumed = " ".join(f"--assume {name}={value:.4f}" for name, value in found.factors.items())
        lines.append(f"to use it: kerbwatt demand {found.project.slug} {assumed}")
    return lines
