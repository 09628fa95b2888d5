"""``kerbwatt tender``."""

from pathlib import Path
from typing import Annotated, Any

import typer


def tender(  # noqa: PLR0913, PLR0917  # one option each
    project: Annotated[str, typer.Argument(help="Bundled city or project folder.")],
    plan: Annotated[Path, typer.Option(help="Plan written by `kerbwatt sites` (GeoPackage).")],
    out: Annotated[Path, typer.Option(help="The pack: a .zip file.")],
    model: Annotated[
        str | None, typer.Option(help="direct, concession, hybrid, licence, ppp or subsidy.")
    ] = None,
    v2g_phase: Annotated[int | None, typer.Option(help="0 none, 1 bonus, 2 ready, 3 used.")] = None,
    edition: Annotated[str, typer.Option(help="public or internal.")] = "public",
    scenario: Annotated[
        Path | None, typer.Option(help="Scenario file; must be the plan's own.")
    ] = None,
    clauses: Annotated[Path | None, typer.Option(help="Changes to clauses (TOML).")] = None,
    date: Annotated[
        str | None, typer.Option(help="Date of the pack; default: of the maps.")
    ] = None,
    signing_note: Annotated[
        str | None, typer.Option(help="Words of whoever signs, for the README.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Earlier pack: its places keep their numbers.")
    ] = None,
    revision: Annotated[int | None, typer.Option(help="Number of this issue.")] = None,
    lots: Annotated[int | None, typer.Option(help="Lots for a plan that has none.")] = None,
    *,
    final: Annotated[
        bool, typer.Option("--final", help="Final edition; refused while anything is open.")
    ] = False,
    accept_old_layers: Annotated[
        bool, typer.Option(help="Tender a plan that was made on other maps, with a notice.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Write the tender pack of a plan: list, lots, clauses, map, sealed with checksums."""
    import json  # noqa: PLC0415

    from app.commands.out_files import ready_file, write_file  # noqa: PLC0415
    from app.services import freezing, requirements  # noqa: PLC0415
    from app.services import tender as use_case  # noqa: PLC0415
    from app.services.pack_changes import open_pack  # noqa: PLC0415
    from app.services.plan_truth import truth  # noqa: PLC0415
    from app.services.projects import load_project  # noqa: PLC0415
    from app.services.scenario_files import find_scenario  # noqa: PLC0415
    from app.settings import SETTINGS  # noqa: PLC0415
    from app.sources.plan_file import read_plan  # noqa: PLC0415

    ready_file(out)
    city = load_project(project)
    given, said = find_scenario(str(scenario)) if scenario else (None, ())
    for words in said:
        typer.echo(words, err=True)
    most = SETTINGS.limit_upload_mb * 1024 * 1024
    read = read_plan(plan, most_bytes=most, most_rows=SETTINGS.limit_rows)
    told = truth(city, read, given, accept_old_layers=accept_old_layers)
    chosen = {"model": model, "v2g_phase": v2g_phase}
    asked = told.scenario.but(**{name: each for name, each in chosen.items() if each is not None})
    draft = use_case.tender(
        city,
        read.sites,
        requirements.from_file(asked, _read(clauses)) if clauses else asked,
        day=date,
        edition=edition,
        notices=told.notices,
        before=open_pack(against) if against else None,
        revision=revision,
        lots=lots,
    )
    draft = freezing.with_note(draft, signing_note) if signing_note is not None else draft
    draft = freezing.final(draft) if final else draft
    data = use_case.pack(draft)
    write_file(out, data)
    for item in draft.open_items:
        typer.echo(f"open: {item}", err=True)
    found = _document(out, data, draft)
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        typer.echo(
            f"{out}: {found['sites']} places, {found['points']} points, {found['lots']} lots, "
            f"{found['requirements']} requirements, {len(draft.open_items)} open items"
        )


def _read(path: Path) -> str:
    from app.core.errors import InputError  # noqa: PLC0415

    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: this file is not text; write it as TOML in UTF-8") from error


def _document(out: Path, data: bytes, draft: Any) -> dict[str, Any]:  # noqa: ANN401
    import hashlib  # noqa: PLC0415
    import io  # noqa: PLC0415
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    return {
        "pack": str(out),
        "sha256": hashlib.sha256(data).hexdigest(),
        "edition": draft.edition,
        "status": draft.status,
        "revision": draft.revision,
        "sites": len(draft.sites),
        "points": draft.points,
        "lots": len(draft.lots),
        "requirements": len(draft.selection.included),
        "open_items": list(draft.open_items),
        "files": names,
    }
