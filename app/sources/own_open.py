"""Open a person's own CSV or Parquet as one Arrow table.

A path is named by whoever runs the command, who is trusted with the size; what a stranger dropped
on a page is looked at first like every file of the quarantine, and Parquet is read in the child.
"""

import codecs
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from app.core.errors import Fault, RefusedError, refusal
from app.core.schema import KINDS
from app.settings import SETTINGS
from app.sources.answers import Answers
from app.sources.limits import Limits, size_text
from app.sources.own_columns import MISSING, fold
from app.sources.own_notices import Notice, Refusals
from app.sources.problems import Findings, Refused
from app.sources.sniff import sniff
from app.sources.task import Task

PARQUET = b"PAR1"
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf8"}
OTHER = "cp1252"  # what a table of an office program is in, where it is not UTF-8
HEAD, BLOCK = 65_536, 2**22
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Dropped:
    """A file that a stranger dropped on a page; ``digest`` names its content."""

    name: str
    content: bytes
    digest: str
    limits: Limits


Source: TypeAlias = Path | Dropped
Opened: TypeAlias = tuple[pa.Table, list[Notice]]


def open_table(source: Source, texts: Collection[str]) -> Opened:
    """Read all columns; those in ``texts`` stay text, the others may become numbers or times."""
    if isinstance(source, Dropped):
        table, notices = _dropped(source, texts)
        most = source.limits.table_rows
    else:
        table, notices = _named(source, texts)
        most = SETTINGS.limit_own_rows
    if table.num_rows > most:
        rows = f"{table.num_rows:,} rows; the limit is {most:,}"
        raise refusal("file_too_large", rows, file=source.name)
    return table, notices


def _named(path: Path, texts: Collection[str]) -> Opened:
    if path.is_dir():
        raise refusal("file_missing", "this is a folder, not a file", file=str(path))
    if not path.is_file():
        raise refusal("file_missing", "there is no such file", file=str(path))
    size_mb = path.stat().st_size / MEGABYTE
    if size_mb > SETTINGS.limit_own_mb:
        said = f"{size_mb:,.0f} MB; the limit is {SETTINGS.limit_own_mb} MB"
        raise refusal("file_too_large", said, file=path.name)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise refusal("file_empty", "the file is empty", file=path.name)
    if not head.startswith(PARQUET):
        return _csv(path, head, texts)
    try:
        with pq.ParquetFile(path) as opened:
            return opened.read(), []
    except (pa.ArrowException, OSError) as error:
        raise refusal("file_damaged", "the Parquet file is damaged", file=path.name) from error


def _dropped(source: Dropped, texts: Collection[str]) -> Opened:
    limits = source.limits
    if len(source.content) > limits.upload_bytes:
        said = f"{size_text(len(source.content))}; the limit is {size_text(limits.upload_bytes)}"
        raise refusal("file_too_large", said, file=source.name)
    if not source.content.strip():
        raise refusal("file_empty", "the file is empty", file=source.name)
    try:
        found = sniff(source.content, PurePath(source.name.lower()).suffix).format
        if found == "Parquet":
            from app.sources.child import read_in_child  # noqa: PLC0415  # few files need one

            answers, findings = Answers(), Findings()
            task = Task(KINDS["sessions"], None, answers, limits, source.name, findings)
            return read_in_child("Parquet", {".parquet": source.content}, task).table, []
    except Refused as refused:
        faults = [Fault(each.code, each.message, source.name) for each in refused.problems]
        raise RefusedError(faults) from refused
    if found != "CSV":
        said = f"this is {found}; save the table as CSV or Parquet"
        raise refusal("file_type", said, file=source.name)
    table, notices = _csv(source, source.content[:HEAD], texts)
    _bound(table, source)
    return table, notices


def _bound(table: pa.Table, source: Dropped) -> None:
    """Refuse a table that is wider, or a cell that is longer, than anybody's own."""
    limits = source.limits
    if table.num_columns > limits.columns:
        said = f"{table.num_columns:,} columns; the limit is {limits.columns}"
        raise refusal("file_too_large", said, file=source.name)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_string(column.type):
            longest = pc.max(pc.binary_length(column)).as_py() or 0
            if longest > limits.cell_characters:
                said = f"column {name[:40]} has a cell of {longest:,} bytes"
                raise refusal("file_too_large", said, file=source.name)


def _csv(source: Source, head: bytes, texts: Collection[str]) -> Opened:
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), "")
    if not encoding and b"\0" in head:
        said = "this file is not text; wanted CSV or Parquet"
        raise refusal("file_type", said, file=source.name)
    encoding = encoding or ("utf8" if _is_utf8(source) else OTHER)
    line = head.decode(encoding, errors="replace").lstrip("\ufeff").splitlines()[0]
    delimiter = max(",;\t|", key=line.count)
    names = [name.strip().strip('"') for name in line.split(delimiter)]
    kinds = {name: pa.string() for name in names if fold(name) in texts}
    try:
        table = _parse(source, encoding, delimiter, kinds)
    except UnicodeError as error:
        said = f"the text is not valid {encoding}"
        raise refusal("file_damaged", said, file=source.name) from error
    plain = encoding == "utf8" and delimiter == ","
    message = f"{source.name}: read as {encoding}, {delimiter!r} between columns"
    said_so = [] if plain else [Notice("table_read_as", message)]
    if not any(fold(name).isidentifier() for name in names):
        raise refusal("header_missing", "no header row was found", file=source.name)
    return table, said_so


def _is_utf8(source: Source) -> bool:
    """Say whether all of a file is UTF-8; told beforehand, as pyarrow stumbles in the middle."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(source):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(source: Source) -> Iterator[bytes]:
    if isinstance(source, Dropped):
        yield source.content
        return
    with source.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _parse(
    source: Source, encoding: str, delimiter: str, kinds: Mapping[str, pa.DataType]
) -> pa.Table:
    """Let pyarrow guess numbers and times; what is text stays text."""
    ragged: list[tuple[int, int, int]] = []

    def note(row: pacsv.InvalidRow) -> str:
        ragged.append((row.number or 2, row.actual_columns, row.expected_columns))
        return "skip"

    content: Any = pa.BufferReader(source.content) if isinstance(source, Dropped) else source
    try:
        table = pacsv.read_csv(
            content,
            read_options=pacsv.ReadOptions(encoding=encoding, use_threads=False),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, invalid_row_handler=note),
            convert_options=pacsv.ConvertOptions(column_types=kinds, null_values=list(MISSING)),
        )
    except pa.ArrowInvalid as error:
        said = f"not a readable table ({error})"
        raise refusal("file_damaged", said, file=source.name) from error
    if ragged:
        refusals = Refusals(source.name)
        rows = np.array([number - 2 for number, _, _ in ragged], np.int64)
        said = f" has {ragged[0][1]} columns; {ragged[0][2]} expected"
        refusals.at(rows, said, "row_ragged")
        refusals.finish()
    return table
