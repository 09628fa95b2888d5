"""``kerbwatt pool``."""

from pathlib import Path
from typing import Annotated

import typer


def pool(
    packs: Annotated[list[Path], typer.Argument(help="Public tender packs of 2 to 30 cities.")],
    out: Annotated[Path, typer.Option(help="The joint pack: a .zip file.")],
    *,
    rule: Annotated[str, typer.Option(help="strictest or majority.")] = "strictest",
    without: Annotated[str | None, typer.Option(help="A city that leaves.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Buy together: the clauses all cities ask for, what differs, and the sums."""
    import json  # noqa: PLC0415

    from app.commands.out_files import ready_file, write_file  # noqa: PLC0415
    from app.services import pool as use_case  # noqa: PLC0415
    from app.services.pack_changes import open_pack  # noqa: PLC0415

    ready_file(out)
    joint = use_case.pool([open_pack(path) for path in packs], rule)
    if without is not None:
        joint = use_case.leave(joint, without)
    write_file(out, use_case.joint_pack(joint))
    if as_json:
        found = {"pack": str(out), **use_case.facts(joint)}
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
        return
    total = use_case.totals(joint)
    typer.echo(
        f"{out}: {len(joint.names)} cities, {total['sites']} places, {total['points']} points, "
        f"{total['kw']} kW; {len(joint.common)} clauses in common, "
        f"{len(joint.deviations)} deviations"
    )
