"""``kerbwatt compare``."""

from typing import Annotated, Any

import typer

from app.settings import SETTINGS

PACK = ".zip"
MARKS = {"better": "better", "worse": "worse", "neutral": ""}


def compare(
    a: Annotated[str, typer.Argument(help="Scenario file, key of a preset, or tender pack (zip).")],
    b: Annotated[str, typer.Argument(help="The one to set beside it.")],
    *,
    project: Annotated[
        str | None, typer.Option(help="Bundled city or project folder; default: the file's.")
    ] = None,
    horizon: Annotated[str, typer.Option(help="peak_week, design_weeks or year.")] = "peak_week",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Two scenarios or two packs: what differs, in words, and the figures side by side."""
    import json  # noqa: PLC0415

    if PACK in {a[-len(PACK) :].lower(), b[-len(PACK) :].lower()}:
        _packs(a, b, as_json=as_json)
        return

    from app.core.errors import InputError  # noqa: PLC0415
    from app.services.compare import compare_scenarios, refuse_other_project  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.scenario_files import find_file  # noqa: PLC0415
    from app.services.simulate import HORIZONS  # noqa: PLC0415

    if horizon not in HORIZONS:
        raise InputError(f"--horizon: no {horizon!r}; choose from {', '.join(HORIZONS)}")
    first, second = find_file(a), find_file(b)
    if project is None:
        refuse_other_project(first.project, second.project)
    city = load_project(project or first.project or second.project or SETTINGS.city)
    for name, found in (("A", first), ("B", second)):
        for notice in found.notices:
            typer.echo(f"{name}: {notice}", err=True)
    answer = compare_scenarios(city, first.scenario, second.scenario, horizon)
    if as_json:
        typer.echo(json.dumps(_document(answer), indent=2, ensure_ascii=False, allow_nan=False))
        return
    for line in (*answer.assumptions, "", *_table(answer)):
        typer.echo(line)


def _packs(a: str, b: str, *, as_json: bool) -> None:
    """Say what changed from one tender pack to another."""
    import json  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from app.core.errors import InputError  # noqa: PLC0415
    from app.core.tender.revision import changes  # noqa: PLC0415
    from app.services.pack_changes import document, open_pack  # noqa: PLC0415

    for name in (a, b):
        if not name.lower().endswith(PACK):
            raise InputError(f"{name} is no tender pack: two packs or two scenarios are compared")
    found = changes(open_pack(Path(a)), open_pack(Path(b)))
    if as_json:
        typer.echo(json.dumps(document(found), indent=2, ensure_ascii=False, allow_nan=False))
        return
    typer.echo("\n".join(found.words) if found.words else "nothing changed")
    for name, (was, now) in found.totals.items():
        typer.echo(f"{name:8} {was:>12,g} {now:>12,g} {now - was:>+12,g}")


def _document(answer: Any) -> dict[str, Any]:  # noqa: ANN401  # its type would cost the import
    from dataclasses import asdict  # noqa: PLC0415

    return {"schema": "kerbwatt.compare/1", **asdict(answer)}


def _table(answer: Any) -> list[str]:  # noqa: ANN401  # see above
    lines = [f"{'':38} {'A':>14} {'B':>14} {'B - A':>14}"]
    for row in answer.rows:
        figures = " ".join(f"{_figure(n):>14}" for n in (row.before, row.after, row.difference))
        title = f"{row.label} [{row.unit}]" if row.unit else row.label
        lines.append(f"{title[:38]:38} {figures}  {MARKS[row.verdict]}".rstrip())
    return lines


def _figure(value: float | None) -> str:
    from app.core.words import number_text  # noqa: PLC0415

    return "unknown" if value is None else number_text(value, 5)
