"""Simulate charging on a person's own sessions: the part of ``simulate`` that needs no project."""

import json
import time
from collections.abc import Sequence
from pathlib import Path

import typer

from app.commands.out_files import ready_folder, writing
from app.core.engine.contract import Contract
from app.core.errors import InputError, RefusedError
from app.services.own_files import OwnPaths
from app.services.own_refusal import refusal_document
from app.services.own_sessions import ZONE, simulate_own, write_own


def simulate_sessions(  # noqa: PLR0913  # one per option of the command
    sessions: Path,
    *,
    strategy: str,
    out: Path | None,
    base: Path | None = None,
    limits: Path | None = None,
    prices: Path | None = None,
    contract: str | Path | None = None,
    option: Sequence[str] = (),
    timezone: str = ZONE,
    profiles: bool = False,
    as_json: bool = False,
) -> None:
    """Run the engine on own sessions and write ``kpis.json``, ``load.csv``, ``profiles.parquet``.

    Notices go to standard error; with ``as_json`` standard output is the document of
    ``kpis.json``, else a few lines.
    """
    begun = time.perf_counter()
    if out is None:
        raise InputError("give --out, the folder for the results")
    ready_folder(out)
    try:
        found = simulate_own(
            OwnPaths(sessions, base, limits, prices),
            strategy=strategy,
            pairs=option,
            contract=_contract(contract),
            zone=timezone,
            profiles=profiles,
        )
    except RefusedError as error:
        if as_json:
            typer.echo(json.dumps(refusal_document(error.faults), ensure_ascii=False))
        raise
    with writing(out):
        kpis = write_own(found, out, begun=begun)
    for warning in kpis["warnings"]:
        count = f" ({warning['count']:,})" if warning["count"] > 1 else ""
        typer.echo(f"note: {warning['message']}{count}", err=True)
    if as_json:
        typer.echo(json.dumps(kpis, ensure_ascii=False))
        return
    lines = {
        "sessions": f"{kpis['sessions']:,}",
        "peak": f"{kpis['peak_kw']:,.1f} kW at {kpis['peak_time']}",
        "without charging": f"{kpis['base_peak_kw']:,.1f} kW",
        "delivered": f"{kpis['energy_delivered_kwh']:,.1f} kWh",
        "not delivered": f"{kpis['energy_unserved_kwh']:,.1f} kWh",
        "engine": f"{kpis['engine_seconds']:.3f} s of {kpis['wall_seconds']:.2f} s",
    }
    for name, said in lines.items():
        typer.echo(f"{name:>18}  {said}")
    typer.echo(f"written to {out}", err=True)


def zone_of(project: str | None) -> str:
    """Read local times without an offset in the zone of the project, where one is named."""
    if project is None:
        return ZONE
    from app.services.projects import load_project  # noqa: PLC0415  # loads geopandas

    return load_project(project).timezone


def _contract(name: str | Path | None) -> Contract | None:
    if name is None:
        return None
    from app.services.own_contract import find_contract  # noqa: PLC0415  # few runs need one

    return find_contract(name)
