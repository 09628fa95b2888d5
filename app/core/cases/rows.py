"""Rows of a small table somebody gave a case."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.core.cases.inputs import File, exact
from app.core.errors import InputError

MOST = 200_000  # rows a case reads


@dataclass(frozen=True, slots=True)
class Row:
    """A row, with its place in the file for refusals; counted from 1 below the header."""

    file: str
    number: int
    cells: Mapping[str, str]

    def number_in(self, column: str, usual: Fraction | None = None) -> Fraction:
        """Return the number in a column; ``usual`` where the cell or column is empty."""
        text = self.cells.get(column, "")
        if not text and usual is not None:
            return usual
        if not text:
            raise InputError(
                f"{self.file}, row {self.number}, column {column}: a number is missing"
            )
        return exact(text, f"{self.file}, row {self.number}, column {column}")

    def whole_in(self, column: str, usual: Fraction | None = None) -> int:
        """Return the count in a column."""
        found = self.number_in(column, usual)
        if found.denominator != 1:
            where = f"{self.file}, row {self.number}, column {column}"
            raise InputError(f"{where}: {float(found):g} is not a whole number")
        return int(found)


def rows_of(file: File, needed: Sequence[str], known: Mapping[str, Sequence[str]]) -> list[Row]:
    """Read comma or semicolon separated rows; ``known`` gives other names of a column.

    All faults of numbers are the caller's: this refuses an empty file and missing columns.
    """
    lines = file.text.splitlines()
    if not lines:
        raise InputError(f"{file.name}: the file is empty")
    comma = ";" if lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.DictReader(lines, delimiter=comma)
    names = {name: _own(name, known) for name in reader.fieldnames or ()}
    missing = [each for each in needed if each not in names.values()]
    if missing:
        found = ", ".join(names)
        raise InputError(f"{file.name}: column {', '.join(missing)} is missing; found {found}")
    rows = []
    for at, cells in enumerate(reader, 1):
        if at > MOST:
            raise InputError(f"{file.name}: more than {MOST:,} rows")
        kept = {names[name]: (cell or "").strip() for name, cell in cells.items() if name in names}
        rows.append(Row(file.name, at, kept))
    if not rows:
        raise InputError(f"{file.name}: there are no rows below the header")
    return rows


def _own(name: str, known: Mapping[str, Sequence[str]]) -> str:
    low = name.strip().casefold().replace(" ", "_")
    return next((own for own, others in known.items() if low == own or low in others), low)
