"""The cells of a file as values of our columns: text first, a type is decided per column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from app.core.schema import Column
from app.sources.columns import Match
from app.sources.figures import is_missing, read_numbers
from app.sources.headers import fold, parse_header
from app.sources.plausible import synonyms
from app.sources.problems import Fields, Findings, Question, rows_text
from app.sources.raw import Raw
from app.sources.text import begins_like_formula, clean, has_markup
from app.sources.times import Way, read_times, start_of_interval
from app.sources.units import factor

PERCENT_FROM = 1.5  # a share above this is in percent
SERIES = "time"  # the column of kinds that are rows of intervals, such as prices
EXACT = 2**53  # larger whole numbers lose digits as floats
LEADING_ZERO = re.compile(r"\A0\d+\Z")
ZERO_TAIL = re.compile(r"\A-?\d+\.0\Z")
ZERO_IS_UNKNOWN = ("power_kw", "capacity_kw")


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Reads columns of one file: the rows that are kept, and what was said about the file."""

    kind: str
    raw: Raw
    rows: Any
    decimal: str | None
    dayfirst: bool | None
    timezone: str
    findings: Findings

    def cells(self, header: str) -> list[Any]:
        """Return the kept cells of one header."""
        column = self.raw.cells[header]
        return list(column) if len(self.rows) == self.raw.rows else [column[r] for r in self.rows]

    def numbered(self, positions: Sequence[int]) -> str:
        """Say positions among the kept rows as row numbers of the file."""
        return rows_text([int(self.rows[at]) + 1 for at in positions])

    def read(self, match: Match) -> "pd.Series[Any]":
        """Read one of our columns."""
        column, cells = match.column, self.cells(match.header)
        if column.type in {"number", "whole", "share"}:
            return pd.Series(self._numbers(match, cells))
        if column.type == "choice":
            return self._choices(column, cells)
        if column.type == "flag":
            return _flags(cells)
        if column.type == "time":
            way = Way(column.name, self.timezone, self.dayfirst)
            times = read_times(cells, way, self.findings)
            if column.name != SERIES:
                return times
            return start_of_interval(times, match.header, self.findings)
        return self.text(column.name, cells)

    def text(self, name: str, cells: Sequence[Any]) -> "pd.Series[Any]":
        """Read text, taking out and reporting what deceives."""
        made: list[str | None] = []
        for at, cell in enumerate(cells):
            text = as_text(cell)
            if text is not None and not text.isalnum():
                text = self._clean(name, at, text)
            made.append(text or None)
        return pd.Series(_without_tails(made, typed=self.raw.typed), dtype="str")

    def _clean(self, name: str, at: int, text: str) -> str:
        plain, deceived = clean(text)
        row = int(self.rows[at]) + 1
        if deceived:
            self.findings.add("TXT-CONTROL", row=row, column=name)
        if has_markup(plain):
            self.findings.add("TXT-MARKUP", row=row, column=name)
        if begins_like_formula(plain):
            self.findings.add("TXT-FORMULA", row=row, column=name)
        return plain

    def _numbers(self, match: Match, cells: Sequence[Any]) -> Any:  # noqa: ANN401
        column = match.column
        values = self.numbers(column.name, cells)
        if column.type == "share":
            return self._share(match, values)
        times = factor(column.unit, match.unit)
        if times not in {None, 1.0}:
            fields: Fields = {"unit": match.unit, "factor": f"{times:g}"}
            self.findings.add("COL-UNIT", column=column.name, **fields)
            values = values * times
        if column.name in ZERO_IS_UNKNOWN:
            none = np.flatnonzero(values <= 0) if column.low < 0 else np.flatnonzero(values == 0)
            values[none] = np.nan
            self._unusable(column.name, none.tolist())
        return values

    def numbers(self, name: str, cells: Sequence[Any]) -> Any:  # noqa: ANN401
        """Read numbers, reporting text among them and rows without one."""
        found = read_numbers(cells, decimal=self.decimal, hint=self.raw.decimal)
        if found.doubtful is not None:
            at, value, a, b = found.doubtful
            fields: Fields = {"value": value, "a": f"{a:g}", "b": f"{b:g}"}
            self.findings.add("VAL-DECIMAL", row=int(self.rows[at]) + 1, column=name, **fields)
            text = f"{name}: is {value} {a:g}, or {b:g}?"
            self.findings.ask(Question("VAL-DECIMAL", "decimal", text, (".", ",")))
        if self.raw.typed:
            for at in found.from_text:
                said: Fields = {"value": cells[at], "number": f"{found.values[at]:.10g}"}
                self.findings.add("VAL-NUMBER", row=int(self.rows[at]) + 1, column=name, **said)
        self._unusable(name, found.unusable)
        return found.values

    def _unusable(self, name: str, positions: Sequence[int]) -> None:
        if self.raw.bare is not None:
            positions = [at for at in positions if not self.raw.bare[self.rows[at]]]
        if len(positions) > 0:
            self.findings.add("VAL-UNUSABLE", column=name, rows=self.numbered(positions))

    def _share(self, match: Match, values: Any) -> Any:  # noqa: ANN401
        percent = match.unit == "%" or np.nanmax(values, initial=0) > PERCENT_FROM
        if percent:
            self.findings.add("VAL-PERCENT", column=match.column.name)
        return values / 100 if percent else values

    def _choices(self, column: Column, cells: Sequence[Any]) -> "pd.Series[Any]":
        """Read words of any language as one of our own."""
        known = {word: value for value, words in synonyms(f"{self.kind}:{column.name}").items()
                 for word in words}  # fmt: skip
        known |= {choice: choice for choice in column.choices}
        made: list[str | None] = []
        strange: dict[str, list[int]] = {}
        seen: dict[str, str | None] = {}  # the same few words, twenty thousand times
        for at, cell in enumerate(cells):
            text = as_text(cell)
            if text and text not in seen:
                seen[text] = known.get(fold(text))
            value = seen[text] if text else None
            if text and value is None:
                strange.setdefault(text, []).append(at)
            made.append(value)
        for text, positions in strange.items():
            fields: Fields = {"value": text, "choices": ", ".join(column.choices)}
            self.findings.add(
                "VAL-CHOICE", column=column.name, rows=self.numbered(positions), **fields
            )
        return pd.Series(made, dtype="str")

    def keep(self, header: str) -> "pd.Series[Any]":
        """Keep a column of the file under its own name: as numbers, yes or no, or text."""
        cells = self.cells(header)
        known = [cell for cell in cells if not _is_nothing(cell)]
        if known and self._is_number(header, known):
            return pd.Series(self.numbers(header, cells))
        if known and all(isinstance(cell, bool) for cell in known):
            return pd.Series([None if _is_nothing(c) else c for c in cells], dtype="boolean")
        if known and all(_is_float(cell) for cell in known):
            values = [np.nan if _is_nothing(cell) else float(cell) for cell in cells]
            return pd.Series(values, dtype=float)
        if not self.raw.typed and any(LEADING_ZERO.match(str(cell).strip()) for cell in known):
            self.findings.add("TAB-LEADINGZERO", column=header)
        return self.text(header, cells)

    def _is_number(self, header: str, known: Sequence[Any]) -> bool:
        """Tell whether a header is nothing but a unit, and holds anything like a number."""
        return parse_header(header).only_unit and not all(isinstance(c, bool) for c in known)


def as_text(cell: object) -> str | None:
    """Write one cell as text, without the ``.0`` of a whole number."""
    if _is_nothing(cell):
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    return cell.hex() if isinstance(cell, bytes) else str(cell)


def samples(cells: Sequence[Any], most: int) -> tuple[str, ...]:
    """Return the first few values, for the table a person checks."""
    shown: list[str] = []
    for cell in cells:
        text = as_text(cell)
        if text:
            shown.append(clean(text)[0][:40])
        if len(shown) == most:
            break
    return tuple(shown)


def _is_nothing(cell: object) -> bool:
    return cell is None or cell == "" or (isinstance(cell, float) and np.isnan(cell))


def _is_float(cell: object) -> bool:
    if not isinstance(cell, (int, float)) or isinstance(cell, bool):
        return False
    return abs(cell) < EXACT


def _flags(cells: Sequence[Any]) -> "pd.Series[Any]":
    """Read yes and no in any of our languages; anything else stays unknown."""
    words = synonyms("flag")
    known = {word: flag == "true" for flag, listed in words.items() for word in listed}
    made = [None if is_missing(c) else known.get(fold(as_text(c) or "")) for c in cells]
    return pd.Series(made, dtype="boolean")


def _without_tails(texts: list[str | None], *, typed: bool) -> list[str | None]:
    """Take the ``.0`` off codes that went through a spreadsheet, if every one has it."""
    known = [text for text in texts if text]
    if typed or not known or not all(ZERO_TAIL.match(text) for text in known):
        return texts
    return [text[:-2] if text else text for text in texts]
