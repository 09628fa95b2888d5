"""What a person said of a set of columns, as a file: used again, or carried elsewhere.

The file is TOML; its table ``[layers.<kind>]`` is the one a ``project.toml`` holds.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.core.errors import InputError
from app.core.schema import KINDS
from app.sources.answers import Answer, Answers
from app.sources.headers import fold
from app.sources.mapping import Mapping
from app.sources.plausible import synonyms

FINGERPRINT = 16
LARGEST = 200_000  # bytes; three hundred columns with long names are fifty thousand
ABOUT = (
    "# A Kerbwatt mapping: which column of a file is which, and how it is read.\n"
    "# Import it on the Data page, or put its [layers] table into a project.toml.\n"
)


def fingerprint(kind: str, headers: Iterable[str]) -> str:
    """Name a set of columns: files of one export share it, whatever order or case they are in."""
    folded = sorted({fold(header) for header in headers})
    said = json.dumps([kind, folded])
    return hashlib.sha256(said.encode()).hexdigest()[:FINGERPRINT] if folded else ""


def spelt_out(answers: Answers, mapping: Mapping) -> Answers:
    """Say outright what was guessed, so that another version guesses nothing else."""
    found = {c.column: Answer(c.header, c.unit) for c in mapping.columns if c.header}
    return reusable(replace(answers, columns={**found, **answers.columns}))


def reusable(answers: Answers) -> Answers:
    """Leave out what belongs to one file alone: the date of its figures."""
    return replace(answers, as_of=None)


def write_mapping(kind: str, headers: Iterable[str], answers: Answers) -> str:
    """Write a mapping as TOML."""
    names = [json.dumps(_plain(header), ensure_ascii=False) for header in headers]
    lines = [
        ABOUT,
        "[mapping]",
        f'kind = "{kind}"',
        f'fingerprint = "{fingerprint(kind, headers)}"',
        f"headers = [{', '.join(names)}]",
        "",
        f"[layers.{kind}]",
    ]
    table = answers.table()
    columns = table.pop("columns", {})
    lines += [f"{key} = {_value(value)}" for key, value in table.items()]
    if columns:
        lines += ["", f"[layers.{kind}.columns]"]
    for name, said in columns.items():
        parts = ", ".join(f"{key} = {_value(value)}" for key, value in said.items())
        lines.append(f"{name} = {{ {parts} }}")
    return "\n".join(lines) + "\n"


def read_mapping(content: bytes, kind: str) -> Answers:
    """Read a mapping for ``kind``; raises InputError with what is wrong with it."""
    if len(content) > LARGEST:
        raise InputError("This is too long for a mapping; was it a map?")
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError("This is not a mapping: it cannot be read as TOML.") from error
    layers = document.get("layers")
    said = layers.get(kind) if isinstance(layers, dict) else None
    if not isinstance(said, dict):
        there = ", ".join(sorted(layers)) if isinstance(layers, dict) and layers else "nothing"
        raise InputError(f"This mapping has no table [layers.{kind}]; it is for {there}.")
    if not isinstance(said.get("columns", {}), dict):
        raise InputError(f"layers.{kind}.columns must be a table.")
    answers = Answers.read(said)
    strange = sorted(set(answers.columns) - known_columns(kind, answers.columns))
    if strange:
        raise InputError(f"{KINDS[kind].title} has no column {', '.join(strange)}.")
    return reusable(answers)


def known_columns(kind: str, said: Iterable[str]) -> set[str]:
    """List what a mapping may speak of: the columns of a kind, and where its rows lie."""
    columns = KINDS[kind].with_years(said).columns
    return {column.name for column in columns} | set(synonyms("location"))


def _value(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(_plain(str(value)), ensure_ascii=False)


def _plain(text: str) -> str:
    """Keep to what both JSON and TOML write the same way: no lone surrogates, no DEL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x7f", "")
