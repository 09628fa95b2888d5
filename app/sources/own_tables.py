"""A person's own table: CSV or Parquet, read by whole columns, never cell by cell."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa

from app.core.schema import Column
from app.sources.own_columns import convert, fold, found, wanted
from app.sources.own_notices import Notice, Refusals
from app.sources.own_open import Source, open_table

TEXTS = ("id", "text", "choice")
LISTED = 10
NO_CODES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class OwnTable:
    """A table that was read.

    Attributes
    ----------
    frame
        Known columns that the file holds, in file order: numbers as float64 (NaN unknown), flags
        as int8 (-1 unknown), times as datetime64[s] in UTC, the rest as text ("" unknown).
    said
        What was assumed.
    cells
        Every column as it stands in the file, to be quoted in a refusal.
    """

    file: str
    frame: pd.DataFrame
    said: tuple[Notice, ...]
    cells: Mapping[str, Sequence[object]]

    @property
    def notices(self) -> tuple[str, ...]:
        """What was assumed, in sentences."""
        return tuple(notice.message for notice in self.said)


def read_own_table(  # noqa: PLR0913  # what a table may hold, and how strictly
    source: Source,
    columns: Sequence[Column],
    *,
    zone: str = "UTC",
    codes: Mapping[str, str] = NO_CODES,
    names: Mapping[str, str] = NO_CODES,
    blank: Collection[str] = (),
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
    names
        Other headers that are read as one of the columns.
    blank
        Columns whose unreadable cells become unknown, and are told, unless all are.
    """
    texts = {each.name for each in columns if each.type in TEXTS}
    texts |= {other for other, name in names.items() if name in texts}
    table, notices = open_table(source, texts)
    refusals = Refusals(source.name)
    headers = _headers(table, refusals, names)
    frame: dict[str, object] = {}
    cells: dict[str, Sequence[object]] = {}
    for spec in columns:
        if spec.name not in headers:
            if spec.required:
                meaning = f"column {spec.name} ({spec.meaning}) is missing"
                refusals.say(meaning, "column_missing", spec.name)
            continue
        column = table.column(headers[spec.name])
        values, missing, bad, notice = convert(column, spec, zone)
        if spec.choices:
            bad = bad | (~missing & ~pd.Series(values).isin(spec.choices).to_numpy())
        bad = bad | (missing & spec.required)
        if spec.name in blank and bad.any() and not (bad | missing).all():
            notices.append(_left_blank(source.name, spec.name, int(bad.sum())))
            bad = np.zeros_like(bad)
        quoted = _Quoted(column, zone)
        refusals.add(bad, spec.name, quoted, wanted(spec), codes.get(spec.name, "value_unusable"))
        frame[spec.name], cells[spec.name] = values, quoted
        if notice is not None:
            message = f"{source.name}, column {spec.name}: {notice.message}"
            notices.append(replace(notice, message=message))
    refusals.finish()
    unknown = [name for key, name in headers.items() if key not in {each.name for each in columns}]
    if unknown:
        listed = ", ".join(map(str, unknown[:LISTED]))
        message = f"{source.name}: columns not used: {listed}"
        notices.append(Notice("columns_unused", message, len(unknown)))
    return OwnTable(source.name, pd.DataFrame(frame), tuple(notices), cells)


def _left_blank(file: str, column: str, cells: int) -> Notice:
    message = f"{file}, column {column}: {cells:,} cells cannot be read and are left out"
    return Notice("cells_unreadable", message, cells)


@dataclass(frozen=True, slots=True, eq=False)
class _Quoted(Sequence[object]):
    """Cells as they stand in the file; only those that are shown are looked at."""

    column: pa.ChunkedArray
    zone: str

    def __getitem__(self, row: int) -> str:  # type: ignore[override]
        return found(self.column, row, self.zone)

    def __len__(self) -> int:
        return len(self.column)


def _headers(table: pa.Table, refusals: Refusals, others: Mapping[str, str]) -> dict[str, str]:
    names = [fold(name) for name in table.column_names]
    names = [others.get(name, name) for name in names]
    for name in sorted({name for name in names if names.count(name) > 1}):
        refusals.say(f"two columns are called {name}", "column_duplicate")
    refusals.finish()
    return dict(zip(names, table.column_names, strict=True))
