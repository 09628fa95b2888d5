"""What is said about a person's own table: what was assumed, and every fault at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.core.errors import Fault, RefusedError

SHOWN, SPANS = 3, 40
Rows: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was assumed, in words, and of how many cells or rows."""

    code: str
    message: str
    count: int = 1


@dataclass(slots=True)
class Refusals:
    """Every fault of one file, collected to be raised together."""

    file: str
    faults: list[Fault] = field(default_factory=list)

    def add(
        self, bad: npt.ArrayLike, column: str, there: Sequence[object], want: str, code: str
    ) -> None:
        """Note the rows where ``bad`` holds, as one sentence with the first of them."""
        rows = np.flatnonzero(np.asarray(bad))
        if rows.size:
            said = f"column {column}: found {there[int(rows[0])]}, wanted {want}"
            self.at(rows, f", {said}", code, column)

    def at(self, rows: Rows, said: str, code: str, column: str | None = None) -> None:
        """Note a fault of some rows, which are counted from 0."""
        first = ", ".join(str(row + 1) for row in rows[:SHOWN])
        label = f"row {first}" if rows.size == 1 else f"rows {first}"
        more = f" and {rows.size - SHOWN:,} more" if rows.size > SHOWN else ""
        self.faults.append(
            Fault(
                code,
                f"{label}{more}{said}",
                self.file,
                column,
                row=int(rows[0]) + 1,
                count=int(rows.size),
                rows=rows_in_short(rows),
            )
        )

    def say(self, sentence: str, code: str, column: str | None = None) -> None:
        """Note a fault in words."""
        self.faults.append(Fault(code, sentence, self.file, column))

    def finish(self) -> None:
        """Raise what was noted; do nothing when the file is in order."""
        if self.faults:
            raise RefusedError(self.faults)


def rows_in_short(rows: Rows) -> str:
    """Say which rows, counted from 0, in short and from 1: ``3, 7-12``; nothing of none."""
    if not rows.size:
        return ""
    breaks = np.flatnonzero(np.diff(rows) > 1) + 1
    first = rows[np.concatenate(([0], breaks))] + 1
    last = rows[np.concatenate((breaks - 1, [rows.size - 1]))] + 1
    pairs = zip(first[:SPANS].tolist(), last[:SPANS].tolist(), strict=True)
    said = ", ".join(f"{a}–{b}" if b > a else f"{a}" for a, b in pairs)
    left = int((last - first + 1)[SPANS:].sum())
    return said + (f" and {left:,} more" if left else "")
