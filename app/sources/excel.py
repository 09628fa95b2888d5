"""Excel workbooks: values only; a formula without a saved value is refused by its cell."""

import io
import math
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.sources.archive import check_entries
from app.sources.child import read_in_child
from app.sources.csv_table import find_header
from app.sources.problems import refuse
from app.sources.raw import Raw
from app.sources.task import Task
from app.sources.text import unquote

ACTIVE = ("xl/vbaproject.bin", "xl/embeddings/", "xl/activex/", "xl/ctrlprops/", "xl/macrosheets/")
LINKS = "xl/externallinks/"
SHOWN = 20


def read_excel(content: bytes, task: Task) -> Raw:
    """Read the one sheet with rows, or the one that was asked for."""
    check_workbook(content, task)
    facts = read_in_child("XLSX", {".xlsx": content}, task).facts
    empty = [str(cell) for cell in facts.get("empty", ())]
    if empty:
        more = f" and {len(empty) - SHOWN} more" if len(empty) > SHOWN else ""
        task.findings.add("XLS-FORMULA", cells="Cells " + ", ".join(empty[:SHOWN]) + more)
    if facts.get("computed"):
        task.findings.add("XLS-COMPUTED", n=facts["computed"])
    rows = [[_value(cell) for cell in row] for row in facts.get("rows", ())]
    filled = [row for row in rows if any(_text(cell) for cell in row)]
    grid = find_header([[_text(cell) for cell in row] for row in filled], task.findings)
    below = filled[grid.skipped + 1 :]
    for number, row in enumerate(below, start=1):
        if any(len(_text(cell)) > task.limits.cell_characters for cell in row):
            limit = f"{task.limits.cell_characters:,}"
            raise refuse("TAB-CELL", row=number, limit=limit)
    width = len(grid.headers)
    cells = {
        header: [_at(row, place) for row in below]
        for place, header in enumerate(grid.headers)
        if not header.startswith("column ") or any(_text(_at(row, place)) for row in below)
    }
    _beyond(below, width, task)
    return Raw(cells, len(below), format="XLSX")


def check_workbook(content: bytes, task: Task) -> None:
    """Refuse a workbook that holds programs or points to other files, from its directory alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise refuse("FILE-DAMAGED", format="XLSX", where="it cannot be unpacked") from error
    check_entries(entries, task)
    names = [entry.filename.lower() for entry in entries]
    if any(name.startswith(ACTIVE) for name in names):
        raise refuse("FILE-UNSUPPORTED", found="A workbook with programs or embedded objects")
    if any(name.startswith(LINKS) for name in names):
        raise refuse("XLS-LINK")


def _value(cell: object) -> Any:  # noqa: ANN401
    """Take dates back out of the child's answer."""
    if isinstance(cell, dict):
        stamp = datetime.fromisoformat(str(cell.get("date")))
        return stamp if stamp.time() != datetime.min.time() else date(*stamp.timetuple()[:3])
    if isinstance(cell, str):
        return unquote(cell)
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _at(row: Sequence[Any], place: int) -> Any:  # noqa: ANN401
    return row[place] if place < len(row) else None


def _beyond(rows: Sequence[Sequence[Any]], width: int, task: Task) -> None:
    """Report cells to the right of the last header."""
    for number, row in enumerate(rows, start=1):
        if any(_text(cell) for cell in row[width:]):
            task.findings.add("TAB-RAGGED", row=number, n=len(row), expected=width)
