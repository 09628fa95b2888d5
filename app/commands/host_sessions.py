"""Say how many points fit, from a person's own sessions: the part of ``host`` without a project."""

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from app.core.engine.contract import Contract
from app.core.errors import InputError
from app.services.own_files import OwnPaths
from app.services.own_hosting import host_own
from app.services.own_sessions import ZONE


def host_sessions(  # noqa: PLR0913  # one per option of the command
    sessions: Path,
    *,
    limit_kw: float | None,
    strategy: str,
    base: Path | None = None,
    prices: Path | None = None,
    contract: str | Path | None = None,
    option: Sequence[str] = (),
    timezone: str = ZONE,
    samples: int | None = None,
    hours: float = 0.0,
    as_json: bool = False,
) -> None:
    """Draw charge points from own sessions until the limit is met; print how many fit."""
    if limit_kw is None:
        raise InputError("give --limit-kw, what the transformer can carry")
    found = host_own(
        OwnPaths(sessions, base, prices=prices),
        limit_kw=limit_kw,
        strategy=strategy,
        pairs=option,
        contract=_contract(contract),
        zone=timezone,
        samples=samples,
        hours=hours,
    )
    for notice in found.case.notices:
        typer.echo(f"note: {notice['message']}", err=True)
    document = found.document
    if as_json:
        typer.echo(json.dumps(document))
        return
    points = document["points"]
    typer.echo(f"{points['p50']} points fit under {limit_kw:g} kW with {strategy}")
    typer.echo(f"between {points['p10']} and {points['p90']} in 8 of 10 draws")
    typer.echo(f"the next point breaks: {document['binding']}")


def _contract(name: str | Path | None) -> Contract | None:
    if name is None:
        return None
    from app.services.own_contract import find_contract  # noqa: PLC0415  # few runs need one

    return find_contract(name)
