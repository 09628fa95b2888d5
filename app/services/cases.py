"""Use-case: answer a special case, from the terminal or a page."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from app.core.cases import CASES, Case
from app.core.cases.base import Answer
from app.core.cases.given import Given, read
from app.core.cases.inputs import File, Input, Typed
from app.core.errors import InputError

LARGEST = 20 * 1024 * 1024  # bytes of a file a case reads


def find_case(key: str) -> Case:
    """Find a case by its name."""
    if key not in CASES:
        raise InputError(f"there is no case {key!r}; choose from {', '.join(CASES)}")
    return CASES[key]


def answer(case: Case, typed: Mapping[str, Typed | None]) -> tuple[Given, Answer]:
    """Answer a case with what was typed over its defaults."""
    given = read(case.inputs, typed)
    return given, case.solve(given)


def opened(path: Path) -> File:
    """Read a text file for a case; refuse in one sentence what is no text."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    return as_file(path.name, content)


def as_file(name: str, content: bytes) -> File:
    """Take the bytes of a file as text."""
    if len(content) > LARGEST:
        raise InputError(f"{name}: larger than {LARGEST // 1024 // 1024} MB")
    try:
        return File(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: this file is not text; write it as CSV in UTF-8") from error


def table_csv(answer: Answer) -> str:
    """Write the table of an answer as CSV; nothing in it runs in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in (answer.table.columns, *answer.table.rows):
        writer.writerow([_safe(cell) for cell in row])
    return text.getvalue()


def _safe(cell: object) -> object:
    risky = isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{cell}" if risky else "" if cell is None else cell


def changed(case: Case, typed: Mapping[str, Typed | None]) -> dict[str, Typed]:
    """Keep what differs from our defaults: the rest nobody has said."""
    found = {}
    for each in case.inputs:
        said = typed.get(each.name)
        if said is not None and said not in {"", ()} and not _same(each, said):
            found[each.name] = said
    return found


def _same(each: Input, said: Typed) -> bool:
    if each.value is None:
        return each.kind == "flag" and said is False
    try:
        return each.read(said) == each.read(each.value)
    except InputError:
        return False


def command(case: Case, typed: Mapping[str, Typed | None]) -> str:
    """Write the line that answers the same in a terminal."""
    words = ["kerbwatt", "case", case.key]
    for each in case.inputs:
        said = typed.get(each.name)
        if said is None or said is False or said in {"", ()}:
            continue
        if isinstance(said, File) and said.project:
            words += ["--project", quote(said.project)]
            continue
        words.append(each.option)
        if isinstance(said, File):
            words.append(quote(said.name))
        elif said is not True:
            words.append(quote(said if isinstance(said, str) else ",".join(said)))
    return " ".join([*words, "--json"])
