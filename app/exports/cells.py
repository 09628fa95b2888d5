"""What may stand in a cell of a file that leaves the house."""

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from app.exports.base import has_places

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
STARTS_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
GUARDED = re.compile(r"'+[=+\-@\t\r\n]")
WGS84 = 4326
DECIMALS = 7  # of a degree: about 1 cm


def guard(text: str) -> str:
    """Put a ``'`` before text that a spreadsheet would run as a formula. Numbers never get one."""
    if STARTS_A_FORMULA.match(text) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguard(text: str) -> str:
    """Undo ``guard`` exactly: what was written is what is read."""
    return text[1:] if GUARDED.match(text) else text


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without geometry, every cell a number, a truth value, text or missing.

    Lists become text joined by "; ", records become JSON, times ISO 8601; a number that is not
    finite is missing, because no reader agrees on how to write it.
    """
    bare = frame.drop(columns=frame.geometry.name) if has_places(frame) else frame
    table = pd.DataFrame(bare).reset_index(drop=True)
    columns = {str(name): _plain(table[name]) for name in table}
    return pd.DataFrame(columns, index=table.index)


def with_coordinates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a point each: ``lon`` and ``lat``, or ``x`` and ``y`` without CRS."""
    table = flat(frame)
    if not has_places(frame):
        return table
    points = frame.geometry.representative_point()
    names = ("x", "y")
    if frame.crs is not None:
        points, names = points.to_crs(WGS84), ("lon", "lat")
    if set(names) <= set(table):  # it says so itself
        return table
    for name, values in zip(names, (points.x, points.y), strict=True):
        table[name] = values.round(DECIMALS).to_numpy()
    return table


def _plain(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_integer_dtype(column):
        return column
    if pd.api.types.is_float_dtype(column):
        return column.where(np.isfinite(column.astype("float64")))
    return pd.Series([_cell(value) for value in column], index=column.index, dtype=object)


def _cell(value: Any) -> Any:  # noqa: ANN401, PLR0911
    if isinstance(value, str):
        return value.replace("\0", "")  # ends a text early in C libraries
    if isinstance(value, Mapping):
        return json.dumps(dict(value), sort_keys=True, ensure_ascii=False)
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        parts = sorted(value) if isinstance(value, (set, frozenset)) else value
        return "; ".join(str(part) for part in parts)
    if pd.isna(value):
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.number)):
        return value.item() if isinstance(value, np.number) else value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
