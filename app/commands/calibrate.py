"""``kerbwatt calibrate``."""

from pathlib import Path
from typing import Annotated, Any

import typer


def calibrate(  # noqa: PLR0913  # one parameter per option
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    *,
    sessions: Annotated[Path | None, typer.Option(help="Measured sessions: CSV, Parquet.")] = None,
    occupancy: Annotated[Path | None, typer.Option(help="Snapshots of points taken.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="Scenario file.")] = None,
    out: Annotated[Path | None, typer.Option(help="District table: CSV.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Hold the demand model against sessions or occupancy, and say what would set it right."""
    import json  # noqa: PLC0415

    from app.commands.out_files import write_file  # noqa: PLC0415
    from app.core.errors import InputError  # noqa: PLC0415
    from app.core.scenario import Scenario  # noqa: PLC0415
    from app.services import calibrate as use_case  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.scenario_files import find_scenario  # noqa: PLC0415

    if (sessions is None) == (occupancy is None):
        raise InputError("give either --sessions or --occupancy")
    city = load_project(project)
    asked, said = find_scenario(str(scenario)) if scenario else (Scenario(), ())
    if sessions is not None:
        found = use_case.from_sessions(city, asked, sessions)
    else:
        assert occupancy is not None  # noqa: S101  # one of the two is given
        found = use_case.from_occupancy(city, asked, occupancy)
    for words in (*said, *found.notices):
        typer.echo(words, err=True)
    if out is not None:
        write_file(out, found.districts.to_csv(index=False).encode())
    if as_json:
        document = use_case.document(city, found)
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    elif out is None:
        for line in _lines(found):
            typer.echo(line)


def _lines(found: Any) -> list[str]:  # noqa: ANN401  # its type would cost the import
    lines = [f"{'':8} {'factor':>8} {'bias':>8} {'MAPE':>8} {'R2':>8} {'inside':>8}"]
    for key, fit in found.fits.items():
        if fit is None:
            continue
        for when, errors, factor in (("before", fit.before, 1.0), ("after", fit.after, fit.factor)):
            lines.append(
                f"{key + ' ' + when:14.14} {factor:6.3f} {errors.bias:8.1%} {errors.mape:8.1%}"
                f" {errors.r2:8.2f} {errors.inside:8.0%}"
            )
    lines += [f"left out: {count} {reason}" for reason, count in found.dropped.items() if count]
    lines.append("use: " + " ".join(f"--assume {k}={v:g}" for k, v in found.levers.items()))
    return lines
