"""Numbers as people write them: which mark is the decimal one is decided per column."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPACES = str.maketrans(
    {" ": "", "\u00a0": "", "\u2009": "", "\u202f": "", "'": "", "\u2019": "", "\u2212": "-"}
)
WHOLE = re.compile(r"\A[+-]?\d+\Z")
POINT = re.compile(r"\A[+-]?(?:\d*\.\d+|\d+\.|\d{1,3}(?:,\d{3})+\.\d*)(?:[eE][+-]?\d+)?\Z")
COMMA = re.compile(r"\A[+-]?(?:\d*,\d+|\d+,|\d{1,3}(?:\.\d{3})+,\d*)\Z")
THOUSANDS_COMMA = re.compile(r"\A[+-]?\d{1,3}(?:,\d{3}){2,}\Z")
THOUSANDS_POINT = re.compile(r"\A[+-]?\d{1,3}(?:\.\d{3}){2,}\Z")
EITHER = re.compile(r"\A[+-]?[1-9]\d{0,2}[.,]\d{3}\Z")
POWER = re.compile(r"\A[+-]?\d+(?:\.\d*)?[eE][+-]?\d+\Z")
MISSING = frozenset(
    (
        *("", "-", "\N{EN DASH}", ".", "..", "n/a", "na", "nan", "null", "none", "unknown"),
        *("onbekend", "k. a.", "k.a.", "#n/a", "#ref!", "#value!", "#div/0!", "#null!"),
        *("-99997", "-99999", "-99997.0", "-99999.0"),  # secret, in Dutch official statistics
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A column read as numbers.

    Attributes
    ----------
    values
        (row,) numbers; NaN where there is none.
    from_text
        Rows (from 0) whose number stood there as text.
    unusable
        Rows without a usable number, missing ones included.
    doubtful
        The first row that could be two numbers, and both; None where all is clear.
    """

    values: NDArray[np.float64]
    from_text: tuple[int, ...]
    unusable: tuple[int, ...]
    doubtful: tuple[int, str, float, float] | None = None


def is_missing(value: object) -> bool:
    """Tell whether a cell says that there is no value."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and value.strip().casefold() in MISSING


def decimal_of(cells: Iterable[Any]) -> str | None:
    """Find the decimal mark these cells agree on; None where they show none, or both."""
    marks = {mark for cell in cells if isinstance(cell, str) and (mark := _mark(_bare(cell)))}
    return marks.pop() if len(marks) == 1 else None


def read_numbers(
    cells: Sequence[Any], *, decimal: str | None = None, hint: str | None = None
) -> Numbers:
    """Read a column. ``decimal`` was said by a person; ``hint`` is what the rest of the file shows.

    Never another number than the one written: what could be two numbers is a question.
    """
    own = decimal or decimal_of(cells)
    mark = own or hint
    values = np.full(len(cells), np.nan)
    from_text, unusable, doubtful = [], [], None
    for row, cell in enumerate(cells):
        if isinstance(cell, str):
            text = _bare(cell)
            doubtful = doubtful or _either(text, row, cell, mark)
            number = None if is_missing(cell) else _number(text, mark)
            if number is not None:
                from_text.append(row)
        else:
            number = _plain(cell)
        if number is None or not math.isfinite(number):
            unusable.append(row)
        else:
            values[row] = number
    return Numbers(values, tuple(from_text), tuple(unusable), doubtful)


def _bare(cell: str) -> str:
    """Take spaces, apostrophes and the percent sign out."""
    text = cell.strip().translate(SPACES)
    return text.removesuffix("%")


def _mark(text: str) -> str | None:
    """Name the decimal mark one number shows beyond doubt."""
    if EITHER.match(text) or WHOLE.match(text):
        return None
    if POINT.match(text) or THOUSANDS_COMMA.match(text):
        return "."
    return "," if COMMA.match(text) or THOUSANDS_POINT.match(text) else None


def _either(
    text: str, row: int, cell: str, mark: str | None
) -> tuple[int, str, float, float] | None:
    """Say both readings of a number such as 1.234, unless the column shows its mark."""
    if mark or not EITHER.match(text):
        return None
    plain = text.replace(",", ".")
    return row, cell.strip(), float(plain), float(plain.replace(".", ""))


def _number(text: str, mark: str | None) -> float | None:
    """Read one number under the mark of its column."""
    if not text or len(text) > 40:  # noqa: PLR2004  # no number of this world is longer
        return None
    if WHOLE.match(text) or POWER.match(text):
        return float(text)
    shown = _mark(text)
    if shown and mark and shown != mark:
        return None
    mark = shown or mark
    if mark is None or not (shown or EITHER.match(text)):
        return None
    thousands = "," if mark == "." else "."
    return float(text.replace(thousands, "").replace(mark, "."))


def _plain(cell: object) -> float | None:
    if isinstance(cell, bool) or is_missing(cell):
        return None
    if isinstance(cell, (int, float)):
        number = float(cell) if abs(cell) < 1e300 else math.inf  # noqa: PLR2004  # a huge integer
        return None if number in {-99997.0, -99999.0} else number
    return None
