"""``kerbwatt case NAME``: one sub-command per case, its options made of the case's inputs."""

from collections.abc import Callable
from inspect import Parameter, Signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    from app.core.cases.base import Answer, Case
    from app.core.cases.given import Given
    from app.core.cases.inputs import Input

WIDE = 34  # letters of a column of the table


class Cases(TyperGroup):
    """The cases by name, loaded when somebody asks for them: other commands need none."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  # typer's own, private type
        """Name every case."""
        from app.core.cases import CASES  # noqa: PLC0415

        return list(CASES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002  # see above
        """Make the command of one case."""
        from app.core.cases import CASES  # noqa: PLC0415

        return _command(CASES[cmd_name]) if cmd_name in CASES else None


case = typer.Typer(
    cls=Cases,
    help="Answer a special case of a city or of a law; each names its units, sources and limits.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@case.callback()
def _group() -> None:
    """Let typer take this for a group."""


def _command(asked: "Case") -> Any:  # noqa: ANN401  # typer's own, private type
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(name=asked.key, help=_help(asked))(_function(asked))
    made = get_command(alone)
    made.name = asked.key
    return made


def _help(asked: "Case") -> str:
    place = f" ({asked.city})" if asked.city else ""
    return "\n\n".join([f"{asked.question}{place}", *asked.limits])


def _function(asked: "Case") -> Callable[..., None]:
    """Make the function of a case: one keyword per input, as typer reads it."""

    def run(**typed: Any) -> None:  # noqa: ANN401  # what the signature below says
        as_json, out = typed.pop("as_json"), typed.pop("out", None)
        slug = typed.pop("project", None)
        typed |= _set(typed.pop("other_way") or [], typed)
        _answer(asked, typed | (_of_map(asked, slug, typed) if slug else {}), out, as_json=as_json)

    options = [_option(each) for each in asked.inputs]
    other = typer.Option("--set", help="name=value: any input by its name, once for each.")
    options.append(_keyword("other_way", list[str] | None, None, other))
    if any(each.layer for each in asked.inputs):
        city = typer.Option("--project", help="Bundled city or project folder: its maps are read.")
        options.append(_keyword("project", str | None, None, city))
    if asked.writes:
        help_out = f"Write {asked.writes}."
        options.append(_keyword("out", Path | None, None, typer.Option("--out", help=help_out)))
    as_json = typer.Option("--json", help="One JSON document.")
    options.append(_keyword("as_json", bool, False, as_json))  # noqa: FBT003
    run.__signature__ = Signature(options)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in options}
    return run


def _option(each: "Input") -> Parameter:
    unit = f" [{each.unit}]" if each.unit else ""
    shown = ",".join(each.value) if isinstance(each.value, tuple) else each.value
    usual = f" Default {shown} ({each.source}, {each.confidence})." if shown else ""
    names = f" One of {', '.join(each.names)}." if each.names and each.kind == "choice" else ""
    words = f"{each.label}{unit}.{names}{usual} {each.help}".strip()
    kinds: dict[str, Any] = {"flag": bool, "parts": list[str] | None, "file": Path | None}
    usually = False if each.kind == "flag" else None
    option = typer.Option(each.option, help=words, show_default=False)
    return _keyword(each.name, kinds.get(each.kind, str | None), usually, option)


def _keyword(name: str, kind: Any, usual: Any, option: Any) -> Parameter:  # noqa: ANN401
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=usual, annotation=Annotated[kind, option]
    )


def _answer(asked: "Case", typed: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    import json  # noqa: PLC0415

    from app.commands.out_files import ready_file, write_file  # noqa: PLC0415
    from app.core.cases.base import document  # noqa: PLC0415
    from app.services import cases  # noqa: PLC0415

    if out is not None:
        ready_file(out)
    said = {name: _typed(each, cases.opened) for name, each in typed.items()}
    given, found = cases.answer(asked, said)
    if out is not None:
        write_file(out, found.file.encode("utf-8"))
        typer.echo(f"wrote {out}", err=True)
    if as_json:
        written = document(given, found)
        typer.echo(json.dumps(written, indent=2, ensure_ascii=False, allow_nan=False))
        return
    for line in _lines(asked, given, found):
        typer.echo(line)


def _of_map(asked: "Case", slug: str, typed: dict[str, Any]) -> dict[str, Any]:
    """Read the maps of a city for the files nobody gave."""
    from app.services.case_maps import from_map  # noqa: PLC0415  # loads geopandas
    from app.services.projects import load_project  # noqa: PLC0415

    city = load_project(slug)
    return {
        each.name: from_map(city, each.layer)
        for each in asked.inputs
        if each.layer and typed.get(each.name) is None
    }


def _set(entries: list[str], typed: dict[str, Any]) -> dict[str, Any]:
    """Read ``--set name=value``; an input that is named twice is refused."""
    from app.core.errors import InputError  # noqa: PLC0415

    found: dict[str, Any] = {}
    for entry in entries:
        name, sign, value = (each.strip() for each in entry.partition("="))
        if not sign or not name or not value:
            raise InputError(f"--set {entry!r}: this is no name=value, such as u=8")
        if name in found or typed.get(name):
            raise InputError(f"--set {entry!r}: {name} is given twice")
        found[name] = value
    return found


def _typed(each: Any, opened: Callable[[Path], Any]) -> Any:  # noqa: ANN401
    if isinstance(each, Path):
        return opened(each)
    if isinstance(each, list):
        return tuple(each)
    return each or None


def _lines(asked: "Case", given: "Given", found: "Answer") -> list[str]:
    """Say the answer, its table, what was used and what is left out."""
    lines = [found.sentence.text, *(note.text for note in found.notes), ""]
    rows = (found.table.columns, *found.table.rows)
    wide = [
        min(WIDE, max(len(_cell(row[at])) for row in rows))
        for at in range(len(found.table.columns))
    ]
    lines += [
        "  ".join(_cell(c).ljust(w) for c, w in zip(row, wide, strict=True)).rstrip()
        for row in rows
    ]
    lines += ["", "Used:"]
    for each in given.echo():
        value = "open" if each["value"] is None else each["value"]
        lines.append(
            f"  {each['name']} = {value} {each['unit']} ({each['source']}, {each['confidence']})"
        )
    return [*lines, "", *asked.limits]


def _cell(value: object) -> str:
    from app.core.cases.base import written  # noqa: PLC0415

    return "" if value is None else written(value)
