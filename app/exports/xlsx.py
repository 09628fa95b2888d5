"""Excel workbook: a sheet per table, and a sheet that says where it comes from."""

import io
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
    "in_memory": True,
}
LONGEST_CELL = 32_767  # of the format
LONGEST_SHEET_NAME = 31
NARROW, WIDE = 9, 60
SAMPLE = 200


def write(result: Result, *, about: bool = True) -> bytes:
    """Write every table and, unless told not to, the sheet ``About``."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, NO_SURPRISES) as book:
        book.set_properties(
            {"title": result.title, "created": datetime.fromisoformat(f"{result.date}T00:00:00")}
        )
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8EEF2"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for name, frame in result.tables.items():
            _table(book.add_worksheet(name[:LONGEST_SHEET_NAME]), with_coordinates(frame), head)
        if about:
            _about(book.add_worksheet("About"), result, head, wrap)
    return buffer.getvalue()


def _table(sheet: Any, table: pd.DataFrame, head: Any) -> None:  # noqa: ANN401
    for place, name in enumerate(table.columns):
        sheet.write_string(0, place, str(name), head)
        sheet.set_column(place, place, _width(str(name), table[name]))
        for row, value in enumerate(table[name], start=1):
            _write_cell(sheet, row, place, value)
    sheet.freeze_panes(1, 0)
    if len(table.columns):
        sheet.autofilter(0, 0, max(len(table), 1), len(table.columns) - 1)


def _write_cell(sheet: Any, row: int, column: int, value: Any) -> None:  # noqa: ANN401
    if isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST_CELL])
    elif pd.isna(value):
        return
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    else:
        sheet.write_number(row, column, value)


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
