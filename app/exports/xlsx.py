"""Excel workbook: a sheet per table, and a sheet that says where it comes from."""

import io
import re
from datetime import datetime
from typing import Any

import pandas as pd
import xlsxwriter

from app.exports.base import Export, Result
from app.exports.cells import with_coordinates

NO_SURPRISES = {  # text stays text: no formula, no link, no leading zero lost
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MANY_ROWS = 2_000  # beyond them, rows go to a file as they are written
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DAY_FORM = "yyyy-mm-dd"
FIRST_YEAR = 1900
LONGEST_CELL = 32_767  # of the format
LONGEST_SHEET_NAME = 31
NARROW, WIDE = 9, 60
SAMPLE = 200


def write(result: Result, *, about: bool = True) -> bytes:
    """Write every table and, unless told not to, the sheet ``About``."""
    buffer = io.BytesIO()
    longest = max(len(frame) for frame in result.tables.values())
    memory = "constant_memory" if longest > MANY_ROWS else "in_memory"
    with xlsxwriter.Workbook(buffer, {**NO_SURPRISES, memory: True}) as book:
        book.set_properties(
            {"title": result.title, "created": datetime.fromisoformat(f"{result.date}T00:00:00")}
        )
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF2"})
        day = book.add_format({"num_format": DAY_FORM, "align": "left"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for name, frame in result.tables.items():
            sheet = book.add_worksheet(name[:LONGEST_SHEET_NAME])
            _table(sheet, with_coordinates(frame), head, day)
        if about:
            _about(book.add_worksheet("About"), result, head, wrap)
    return buffer.getvalue()


def _table(sheet: Any, table: pd.DataFrame, head: Any, day: Any) -> None:  # noqa: ANN401
    """Write row by row: a long sheet keeps no row behind."""
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(table.columns):
        sheet.set_column(place, place, _width(str(name), table[name]))
    for place, name in enumerate(table.columns):
        sheet.write_string(0, place, str(name), head)
    dated = [_is_dated(str(name)) for name in table.columns]
    columns = [table[name].tolist() for name in table.columns]
    for row, cells in enumerate(zip(*columns, strict=True), start=1):
        for place, value in enumerate(cells):
            _write_cell(sheet, (row, place), value, day if dated[place] else None)
    if len(table.columns):
        sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)


def _is_dated(name: str) -> bool:
    return name in {"date", "as_of"} or name.endswith(("_date", "_on"))


def _write_cell(sheet: Any, at: tuple[int, int], value: Any, day: Any) -> None:  # noqa: ANN401
    if isinstance(value, str):
        when = _moment(value) if day is not None else None
        if when is None:
            sheet.write_string(*at, value[:LONGEST_CELL])
        else:
            sheet.write_datetime(*at, when, day)
    elif pd.isna(value):
        return
    elif isinstance(value, bool):
        sheet.write_boolean(*at, value)
    else:
        sheet.write_number(*at, value)


def _moment(text: str) -> datetime | None:
    """Return a day that the format can hold: it begins in 1900."""
    try:
        when = datetime.fromisoformat(f"{text}T00:00:00") if DAY.fullmatch(text) else None
    except ValueError:
        return None
    return when if when is not None and when.year > FIRST_YEAR else None


def _width(name: str, column: pd.Series) -> int:
    longest = max((len(str(value)) for value in column.head(SAMPLE)), default=0)
    return min(max(longest, len(name), NARROW) + 2, WIDE)


def _about(sheet: Any, result: Result, head: Any, wrap: Any) -> None:  # noqa: ANN401
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, "About", head)
    sheet.write_string(0, 1, result.title[:LONGEST_CELL], head)
    for row, (key, value) in enumerate(result.meta.items(), start=1):
        sheet.write_string(row, 0, key.replace("_", " ")[:LONGEST_CELL], wrap)
        sheet.write_string(row, 1, value[:LONGEST_CELL], wrap)
    sheet.freeze_panes(1, 0)


EXPORT = Export(
    key="xlsx",
    title="Excel workbook",
    suffix=".xlsx",
    mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write=write,
    order=30,
)
