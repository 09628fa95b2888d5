"""A person's own table at the terminal: CSV or Parquet, read by whole columns in this process.

Files from strangers go through the intake instead; this reader trusts who runs it, but no cell.
"""

import codecs
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from app.core.errors import InputError
from app.core.schema import Column
from app.settings import SETTINGS
from app.sources.own_columns import MISSING, convert, fold, found, wanted

PARQUET = b"PAR1"
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf8"}
OTHER = "cp1252"  # what a table of an office program is in, where it is not UTF-8
HEAD, BLOCK = 65_536, 2**22
SHOWN = 3
TEXTS = ("id", "text", "choice")
NO_CODES: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Refusals:
    """Every fault of one file, collected to be raised together."""

    file: str
    lines: list[str] = field(default_factory=list)

    def add(
        self, bad: npt.ArrayLike, column: str, there: Sequence[object], want: str, code: str
    ) -> None:
        """Note the rows where ``bad`` holds, as one sentence with the first of them."""
        rows = np.flatnonzero(np.asarray(bad))
        if not rows.size:
            return
        first = ", ".join(str(row + 1) for row in rows[:SHOWN])
        label = f"row {first}" if rows.size == 1 else f"rows {first}"
        more = f" and {rows.size - SHOWN:,} more" if rows.size > SHOWN else ""
        said = there[int(rows[0])]
        self.say(f"{label}{more}, column {column}: found {said}, wanted {want}", code)

    def say(self, sentence: str, code: str) -> None:
        """Note a fault in words."""
        self.lines.append(f"{self.file}, {sentence} [{code}]")

    def finish(self) -> None:
        """Raise what was noted; do nothing when the file is in order."""
        if self.lines:
            raise InputError("\n".join(self.lines))


@dataclass(frozen=True, slots=True, eq=False)
class OwnTable:
    """A table that was read.

    Attributes
    ----------
    frame
        Known columns that the file holds, in file order: numbers as float64 (NaN unknown), flags
        as int8 (-1 unknown), times as datetime64[s] in UTC, the rest as text ("" unknown).
    notices
        What was assumed, in sentences.
    """

    file: str
    frame: pd.DataFrame
    notices: tuple[str, ...]


def read_own_table(
    path: Path,
    columns: Sequence[Column],
    *,
    zone: str = "UTC",
    codes: Mapping[str, str] = NO_CODES,
) -> OwnTable:
    """Read the known columns of a table, or refuse with every fault at once.

    Parameters
    ----------
    columns
        What may stand in the file; those ``required`` must, in every row.
    zone
        Wall clock of times without an offset.
    codes
        Code per column for cells that are missing or unreadable; else ``value_unusable``.
    """
    table, notices = _open(path, {each.name for each in columns if each.type in TEXTS})
    refusals = Refusals(path.name)
    headers = _headers(table, refusals)
    frame: dict[str, object] = {}
    for spec in columns:
        if spec.name not in headers:
            if spec.required:
                meaning = f"column {spec.name} ({spec.meaning}) is missing"
                refusals.say(meaning, "column_missing")
            continue
        column = table.column(headers[spec.name])
        values, missing, bad, notice = convert(column, spec, zone)
        if spec.choices:
            bad = bad | (~missing & ~pd.Series(values).isin(spec.choices).to_numpy())
        bad = bad | (missing & spec.required)
        quoted = _Quoted(column)
        refusals.add(bad, spec.name, quoted, wanted(spec), codes.get(spec.name, "value_unusable"))
        frame[spec.name] = values
        notices += [f"{path.name}, column {spec.name}: {notice}"] if notice else []
    refusals.finish()
    unknown = [name for key, name in headers.items() if key not in {each.name for each in columns}]
    if unknown:
        notices.append(f"{path.name}: columns not used: {', '.join(map(str, unknown[:10]))}")
    return OwnTable(path.name, pd.DataFrame(frame), tuple(notices))


@dataclass(frozen=True, slots=True, eq=False)
class _Quoted(Sequence[object]):
    """Cells as they stand in the file; only those that are shown are looked at."""

    column: pa.ChunkedArray

    def __getitem__(self, row: int) -> str:  # type: ignore[override]
        return found(self.column, row)

    def __len__(self) -> int:
        return len(self.column)


def _headers(table: pa.Table, refusals: Refusals) -> dict[str, str]:
    names = [fold(name) for name in table.column_names]
    for name in sorted({name for name in names if names.count(name) > 1}):
        refusals.say(f"two columns are called {name}", "column_duplicate")
    refusals.finish()
    return dict(zip(names, table.column_names, strict=True))


def _open(path: Path, texts: Collection[str]) -> tuple[pa.Table, list[str]]:
    if path.is_dir():
        raise InputError(f"{path}: this is a folder, not a file")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    size_mb = path.stat().st_size / 2**20
    if size_mb > SETTINGS.limit_own_mb:
        raise InputError(f"{path.name}: {size_mb:,.0f} MB; the limit is {SETTINGS.limit_own_mb}")
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise InputError(f"{path.name}: the file is empty")
    table, notices = _parquet(path) if head.startswith(PARQUET) else _csv(path, head, texts)
    if table.num_rows > SETTINGS.limit_own_rows:
        rows = f"{table.num_rows:,} rows; the limit is {SETTINGS.limit_own_rows:,}"
        raise InputError(f"{path.name}: {rows}")
    return table, notices


def _parquet(path: Path) -> tuple[pa.Table, list[str]]:
    try:
        with pq.ParquetFile(path) as file:
            return file.read(), []
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path.name}: the Parquet file is damaged") from error


def _csv(path: Path, head: bytes, texts: Collection[str]) -> tuple[pa.Table, list[str]]:
    encoding = next((name for mark, name in MARKS.items() if head.startswith(mark)), "")
    if not encoding and b"\0" in head:
        raise InputError(f"{path.name}: this file is not text; wanted CSV or Parquet")
    encoding = encoding or ("utf8" if _is_utf8(path) else OTHER)
    line = head.decode(encoding, errors="replace").lstrip("\ufeff").splitlines()[0]
    delimiter = max(",;\t|", key=line.count)
    names = [name.strip().strip('"') for name in line.split(delimiter)]
    kinds = {name: pa.string() for name in names if fold(name) in texts}
    try:
        table = _parse(path, encoding, delimiter, kinds)
    except UnicodeError as error:
        raise InputError(f"{path.name}: the text is not valid {encoding}") from error
    plain = encoding == "utf8" and delimiter == ","
    said = [] if plain else [f"{path.name}: read as {encoding}, {delimiter!r} between columns"]
    if not any(fold(name).isidentifier() for name in names):
        raise InputError(f"{path.name}: no header row was found")
    return table, said


def _is_utf8(path: Path) -> bool:
    """Say whether all of a file is UTF-8; told beforehand, as pyarrow stumbles in the middle."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _parse(path: Path, encoding: str, delimiter: str, kinds: Mapping[str, pa.DataType]) -> pa.Table:
    """Let pyarrow guess numbers and times; what is text stays text."""
    ragged: list[str] = []

    def note(row: pacsv.InvalidRow) -> str:
        at = f"row {row.number - 1}" if row.number else "a row"
        columns = f"{row.actual_columns} columns; {row.expected_columns} expected"
        ragged.append(f"{path.name}, {at} has {columns} [row_ragged]")
        return "skip"

    try:
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(encoding=encoding, use_threads=False),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, invalid_row_handler=note),
            convert_options=pacsv.ConvertOptions(column_types=kinds, null_values=list(MISSING)),
        )
    except pa.ArrowInvalid as error:
        raise InputError(f"{path.name}: not a readable table ({error})") from error
    if ragged:
        raise InputError("\n".join(ragged[:SHOWN]))
    return table
