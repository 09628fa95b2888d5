"""Turn one column of a person's own table into numbers, times or text, and say what is not."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from app.core.schema import Column
from app.sources.own_notices import Notice
from app.sources.own_times import to_times

Mask: TypeAlias = npt.NDArray[np.bool_]
Read: TypeAlias = tuple[Any, Mask, Notice | None]

MISSING = (
    "", "-", "\u2013", ".", "..", "n/a", "na", "nan", "null", "none", "onbekend", "k. A.", "#N/A",
    "#REF!", "#VALUE!", "-99997", "-99999", "N/A", "NA", "NaN", "NULL", "None", "<NA>",
)  # fmt: skip
COMMA = r"^-?\d{1,3}(\.\d{3})+(,\d+)?$|^-?\d+,\d+$|^-?\d+$"
YES = ("true", "1", "1.0", "yes", "ja", "oui", "kyllä", "evet", "igen", "x")
NO = ("false", "0", "0.0", "no", "nee", "non", "nein", "ei", "hay\u0131r", "nem")
WANTED = MappingProxyType(
    {
        "number": "a number",
        "whole": "a whole number",
        "share": "a share from 0 to 1",
        "time": "a time such as 2026-01-31T17:45:00+01:00",
        "flag": "true or false",
    }
)


def convert(
    column: pa.ChunkedArray, spec: Column, zone: str
) -> tuple[Any, Mask, Mask, Notice | None]:
    """Read one column as its kind.

    Returns
    -------
    values
        float64, int8 (1, 0, -1 unknown), datetime64[s] in UTC, or text; unusable cells are
        NaN, -1, NaT and "".
    missing, bad : (row,)
        Empty cells, and cells that hold something else than wanted.
    notice
        What was assumed on the way; None when nothing was.
    """
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    missing = _missing(column)
    values, unusable, notice = READERS.get(spec.type, _text)(column, zone)
    if spec.type in {"number", "whole", "share"}:
        unusable = unusable | _outside(values, spec)
    return values, missing, unusable & ~missing, notice


def wanted(spec: Column) -> str:
    """Say what a cell of this column should hold."""
    words = WANTED.get(spec.type, "text")
    if spec.type in {"number", "whole"} and spec.low > -np.inf:
        words += f" of {spec.low:g} or more"
        words += f", {spec.high:g} at most" if spec.high < np.inf else ""
    return " or ".join(spec.choices) or words


def found(column: pa.ChunkedArray, row: int, zone: str) -> str:
    """Quote one cell, cut short; moments on the wall clock of the place."""
    value = column[row].as_py()
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(ZoneInfo(zone)).isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "nothing" if value is None or value == "" else repr(str(value)[:40])


def _missing(column: pa.ChunkedArray) -> Mask:
    empty = pc.is_null(column, nan_is_null=True)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        stripped = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
        empty = pc.is_in(stripped, value_set=pa.array(MISSING, column.type))
    return np.asarray(empty.to_numpy(), dtype=bool)


def _outside(values: npt.NDArray[np.float64], spec: Column) -> Mask:
    low, high = (0.0, 1.0) if spec.type == "share" else (spec.low, spec.high)
    with np.errstate(invalid="ignore"):
        outside: Mask = (values < low) | (values > high) | np.isinf(values)
        if spec.type == "whole":
            outside |= (values % 1 != 0) & np.isfinite(values)
        return outside


def _numbers(column: pa.ChunkedArray, _zone: str) -> Read:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        if not _is_number(column.type):
            values = np.full(len(column), np.nan)
            return values, np.ones(len(column), dtype=bool), None
        values = pc.cast(column, pa.float64(), safe=False).to_numpy().astype(np.float64)
        return values, np.isnan(values), None
    text = column.to_pandas().astype("str").fillna("").str.strip()
    text = text.str.replace("\u2212", "-", regex=False)
    text = text.str.replace("[\u00a0\u2009\u202f '\u2019]", "", regex=True)
    filled = text[~text.isin(MISSING)]
    comma = bool(filled.str.match(COMMA).all() and filled.str.contains(",").any())
    if comma:
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    values = pd.to_numeric(text, errors="coerce").to_numpy(np.float64)
    said = Notice("decimal_comma", "read with a comma as decimal mark", len(text))
    return values, np.isnan(values), said if comma else None


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    return any(test(kind) for test in tests)


def _flags(column: pa.ChunkedArray, _zone: str) -> Read:
    if pa.types.is_boolean(column.type):
        known = pc.fill_null(pc.cast(column, pa.int8()), -1).to_numpy().astype(np.int8)
        return known, known < 0, None
    text = pc.cast(column, pa.string()).to_pandas().astype("str").fillna("")
    text = text.str.strip().str.casefold()
    values = np.where(text.isin(YES), 1, np.where(text.isin(NO), 0, -1)).astype(np.int8)
    return values, values < 0, None


def _text(column: pa.ChunkedArray, _zone: str) -> Read:
    if pa.types.is_floating(column.type):  # spreadsheets turn 17 into 17.0
        column = pc.cast(column, pa.int64(), safe=False)
    text = pc.utf8_trim_whitespace(pc.fill_null(pc.cast(column, pa.string()), ""))
    return text.to_pandas().astype("str"), np.zeros(len(column), dtype=bool), None


def _choices(column: pa.ChunkedArray, _zone: str) -> Read:
    text, bad, notice = _text(column, _zone)
    return text.str.casefold(), bad, notice


READERS: Mapping[str, Callable[[pa.ChunkedArray, str], Read]] = MappingProxyType(
    {
        "number": _numbers,
        "whole": _numbers,
        "share": _numbers,
        "flag": _flags,
        "choice": _choices,
        "time": to_times,
    }
)


def fold(header: str) -> str:
    """Compare headers without case, spaces and hyphens."""
    return re.sub(r"[\s-]+", "_", header.strip().casefold())
