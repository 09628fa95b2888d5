"""Comma-separated text: encoding, delimiter and header are found, shown, and can be corrected."""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.core.errors import InputError
from app.sources.answers import Answers
from app.sources.figures import decimal_of
from app.sources.headers import fold
from app.sources.limits import Limits
from app.sources.problems import Findings, refuse
from app.sources.raw import Raw
from app.sources.task import Task
from app.sources.text import decode, unquote

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
MARKS = {".": "a point", ",": "a comma"}
SAMPLE = 200
HEADER_WITHIN = 20
NUMBER = re.compile(r"\A[+-]?\d+(?:[.,]\d+)*\Z")
UTF8 = ("utf-8", "utf-8-sig")


@dataclass(frozen=True, slots=True)
class Grid:
    """A header and the rows below it, all text."""

    headers: tuple[str, ...]
    rows: list[list[str]]
    skipped: int


def read_csv(content: bytes, task: Task) -> Raw:
    """Read a table of text."""
    answers, limits, findings = task.answers, task.limits, task.findings
    text, encoding = _decoded(content, answers, task.country)
    if encoding not in UTF8:
        findings.add("TAB-ENCODING", encoding=encoding)
    text, told = _told_delimiter(text.lstrip("\ufeff"))
    delimiter = answers.delimiter or told or _delimiter(text)
    records = list(_records(text, delimiter, limits))
    grid = find_header(records, findings)
    if len(grid.headers) > limits.columns:
        raise refuse("FILE-ROWS", n=len(grid.headers), what="columns", limit=limits.columns)
    rows = _even(grid, findings)
    most = limits.rows(on_map=bool(task.kind.geometry))
    if len(rows) > most:
        raise refuse("FILE-ROWS", n=f"{len(rows):,}", what="rows", limit=f"{most:,}")
    decimal = answers.decimal or decimal_of(cell for row in rows[:1000] for cell in row)
    if delimiter != "," or decimal == ",":
        spoken = DELIMITERS.get(delimiter, repr(delimiter))
        findings.add("TAB-DIALECT", delimiter=spoken, decimal=MARKS.get(decimal or ".", "a point"))
    cells = {
        header: [unquote(cell) for cell in column]
        for header, column in zip(grid.headers, zip(*rows, strict=True), strict=True)
    }
    return Raw(
        drop_blank(cells), len(rows), typed=False, decimal=decimal, format=f"CSV ({encoding})"
    )


def find_header(records: Sequence[Sequence[str]], findings: Findings) -> Grid:
    """Find the header within the first twenty lines; a title above it is skipped and said."""
    filled = [list(record) for record in records if any(cell.strip() for cell in record)]
    if not filled:
        raise refuse("FILE-EMPTY")
    width = Counter(len(_trim(record)) for record in filled[:SAMPLE]).most_common(1)[0][0]
    for skipped, record in enumerate(filled[:HEADER_WITHIN]):
        names = [cell.strip() for cell in _trim(record)]
        if len(names) < width or any(NUMBER.match(name) for name in names):
            continue
        if skipped:
            findings.add("TAB-TITLE", n=skipped)
        _repeats(names, findings)
        named = tuple(name or f"column {i}" for i, name in enumerate(names, start=1))
        if len(filled) == skipped + 1:
            raise refuse("GEO-NONE")
        return Grid(_told_apart(named), filled[skipped + 1 :], skipped)
    raise refuse("TAB-HEADER")


def drop_blank(cells: dict[str, list[str]]) -> dict[str, list[str]]:
    """Drop columns that have neither a name nor a value."""
    return {
        header: column
        for header, column in cells.items()
        if not header.startswith("column ") or any(column)
    }


def _decoded(content: bytes, answers: Answers, country: str) -> tuple[str, str]:
    try:
        return decode(content, said=answers.encoding, country=country)
    except LookupError as error:
        raise InputError(f"encoding {answers.encoding!r} is not known") from error


def _told_delimiter(text: str) -> tuple[str, str | None]:
    """Honour the ``sep=;`` line with which Excel names its delimiter."""
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"')
    sep = "sep="
    if told.lower().startswith(sep) and len(told) == len(sep) + 1:
        return rest, told[-1]
    return text, None


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the first lines into the most constant number of columns."""
    best: tuple[float, int, str] = (0.0, 0, "")
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            counts = Counter(len(r) for r in itertools.islice(reader, SAMPLE) if any(r))
        except csv.Error:
            continue
        wide = Counter({n: times for n, times in counts.items() if n > 1})
        if wide:
            columns, times = max(wide.items(), key=lambda found: (found[1], found[0]))
            best = max(best, (times / counts.total(), columns, delimiter))
    if not best[1]:
        raise refuse("FILE-UNSUPPORTED", found="Text without columns")
    return best[2]


def _records(text: str, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    """Cut the text into records, watching the limits and the quotes."""
    strict = not _loose(text, delimiter)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    number = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise refuse("TAB-QUOTE", row=number) from error
        if any(len(cell) > limits.cell_characters for cell in record):
            code = "TAB-QUOTE" if any("\n" in cell for cell in record) else "TAB-CELL"
            raise refuse(code, row=number, limit=f"{limits.cell_characters:,}")
        if any(record):
            number += 1
        if number > limits.table_rows + HEADER_WITHIN:
            raise refuse("FILE-ROWS", n=f"more than {limits.table_rows:,}", what="rows", limit="it")
        yield record


def _loose(text: str, delimiter: str) -> bool:
    """Tell whether a quote inside a cell breaks the strict grammar, though all are closed."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return "expected after" in str(error)
    return False


def _trim(record: Sequence[str]) -> list[str]:
    cells = list(record)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _repeats(names: Sequence[str], findings: Findings) -> None:
    counted = Counter(fold(name) for name in names if name)
    for name, times in counted.items():
        if times > 1:
            findings.add("COL-DUPLICATE", column=name)


def _told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Keep repeated headers as separate columns until the refusal is said."""
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(made)


def _even(grid: Grid, findings: Findings) -> list[list[str]]:
    """Report rows that are shorter or longer than the header."""
    expected = len(grid.headers)
    even = []
    for number, row in enumerate(grid.rows, start=1):
        if len(row) < expected or any(cell.strip() for cell in row[expected:]):
            findings.add("TAB-RAGGED", row=number, n=len(_trim(row)), expected=expected)
        even.append((row + [""] * expected)[:expected])
    return even
