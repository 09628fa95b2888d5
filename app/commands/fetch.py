"""``kerbwatt fetch``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.services.fetch import Haul

SURE = {"A": "address read at its source", "B": "second hand", "C": "to be confirmed"}


def fetch(  # noqa: PLR0913  # one per option
    what: Annotated[
        str | None, typer.Argument(help="Place (utrecht) or source (nl-districts-cbs).")
    ] = None,
    *,
    into: Annotated[
        Path | None, typer.Option(help="Project folder; made where there is none.")
    ] = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(help="Another address of the same service; SOURCE=ADDRESS for one of many."),
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="The place a single source is fetched for.")
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Show places and sources.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Bring open data of a place into a project: boundaries, charge points, parking, cars."""
    from app.commands.out_files import writing  # noqa: PLC0415
    from app.core.errors import InputError  # noqa: PLC0415

    if list_all:
        _list(as_json=as_json)
        return
    if what is None or into is None:
        raise InputError("say what to fetch and --into which folder; --list shows what there is")
    from app.services.fetch_folder import fetch_into  # noqa: PLC0415
    from app.services.fetch_place import wish  # noqa: PLC0415

    wanted = wish(what, endpoint or (), place)
    with writing(into):
        haul, left = fetch_into(wanted, into, _Progress())
    _say(haul, left, into, as_json=as_json)
    if not haul.complete:
        raise typer.Exit(2)


class _Progress:
    """Say what is being done, each thing once."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, progress: float, doing: str = "", partial: object = None) -> None:
        """Write one line to standard error."""
        del partial
        if doing and doing != self._last:
            self._last = doing
            typer.echo(f"{progress:4.0%}  {doing}", err=True)


def _say(haul: "Haul", left: dict[str, str | None], into: Path, *, as_json: bool) -> None:
    if as_json:
        import json  # noqa: PLC0415

        typer.echo(json.dumps(_document(haul, left, into), indent=2, ensure_ascii=False))
    for each in haul.outcomes:
        said = f"{each.rows:,} rows" if each.state == "kept" else f"{each.state}: {each.said}"
        typer.echo(f"{each.preset.title}: {said}", err=each.state != "kept" or as_json)
        for warning in each.warnings:
            typer.echo(f"  {warning}", err=True)
    for kind, date in left.items():
        copy = "the copy" if date == "unknown" else f"the copy of {date}"
        still = "missing" if date is None else f"{copy} is still there"
        typer.echo(f"{kind}: {still}", err=True)
    if not haul.layers:
        typer.echo(f"Nothing came; {into} is unchanged.", err=True)


def _document(haul: "Haul", left: dict[str, str | None], into: Path) -> dict[str, Any]:
    return {
        "status": "accepted" if haul.complete else "incomplete" if haul.layers else "refused",
        "folder": str(into),
        "layers": {kind: len(layer.frame) for kind, layer in haul.layers.items()},
        "left": left,
        "sources": [
            {
                "id": each.preset.id,
                "kind": each.preset.kind,
                "state": each.state,
                "rows": each.rows,
                "message": each.said,
                "warnings": list(each.warnings),
                "address": each.asked,
            }
            for each in haul.outcomes
        ],
    }


def _list(*, as_json: bool) -> None:
    """Show every place with its sources, and every source with how sure its address is."""
    from app.sources.presets import places, presets  # noqa: PLC0415

    if as_json:
        import json  # noqa: PLC0415

        found = {
            "places": [each.model_dump() for each in places().values()],
            "sources": [each.model_dump(by_alias=True) for each in presets().values()],
        }
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    typer.echo("Places")
    for place in places().values():
        typer.echo(f"  {place.id:<24}{place.title}: {', '.join(place.presets)}")
    typer.echo("Sources")
    for each in presets().values():
        state = "" if each.enabled else ", off"
        key = ", wants a key" if each.needs_key else ""
        typer.echo(f"  {each.id:<24}{each.kind:<11}{each.title}")
        typer.echo(f"  {'':<24}{each.host} ({SURE[each.confidence]}{key}{state})")
