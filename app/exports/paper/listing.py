"""The list of the chosen places: as many pages as it takes, the head on each."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from matplotlib.patches import Rectangle

from app.exports.paper.page import (
    ACCENT,
    HEIGHT_MM,
    MARGIN_MM,
    SMALL,
    WIDTH_MM,
    Page,
    Type,
    blank,
    wrap,
)
from app.exports.paper.sheet import MapSheet

CELL, HEAD = Type(7.2), Type(7.2, bold=True, colour="#FFFFFF")
TOP_MM, BOTTOM_MM = HEIGHT_MM - 34, 20.0
ROW_MM, BASE_MM, PAD_MM, MOST_LINES = 5.4, 3.65, 1.6, 3
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: its head, its share of the width, and how a value is written."""

    name: str
    head: str
    share: float
    form: str = ""

    @property
    def number(self) -> bool:
        """Whether it stands to the right."""
        return bool(self.form)


COLUMNS = (
    Column("rank", "No.", 5, "{:,.0f}"),
    Column("place", "Place", 20),
    Column("district", "District", 18),
    Column("points", "Points", 8, "{:,.0f}"),
    Column("kw", "kW", 8, "{:,.4g}"),
    Column("transformer", "Transformer", 11),
    Column("cost_eur", "Cost, EUR", 12, "{:,.0f}"),
    Column("score", "Score", 8, "{:,.1f}"),
    Column("reason", "Why here", 64),
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A column and the strip of the page it stands in."""

    column: Column
    left_mm: float
    width_mm: float


def listing(sheet: MapSheet) -> Iterator[Page]:
    """Yield the pages of the list; none where no place was chosen."""
    sites = pd.DataFrame(sheet.sites.drop(columns=sheet.sites.geometry.name)).reset_index(drop=True)
    sites["rank"] = range(1, len(sites) + 1)
    slots = _slots(
        [each for each in COLUMNS if each.name in sites and sites[each.name].notna().any()]
    )
    page, y_mm = None, 0.0
    for row in sites.to_dict("records"):
        cells = [_lines(slot, row[slot.column.name]) for slot in slots]
        height = ROW_MM + (max(map(len, cells)) - 1) * CELL.line_mm
        if page is None or y_mm - height < BOTTOM_MM:
            if page is not None:
                yield page
            page, y_mm = _start(slots), TOP_MM - ROW_MM
        _row(page, y_mm, slots, cells)
        y_mm -= height
        page.rule(y_mm, MARGIN_MM, WIDTH_MM - MARGIN_MM)
    if page is not None:
        yield page


def _slots(columns: list[Column]) -> list[Slot]:
    whole = WIDTH_MM - 2 * MARGIN_MM
    total = sum(column.share for column in columns)
    slots, left = [], MARGIN_MM
    for column in columns:
        width = column.share / total * whole
        slots.append(Slot(column, left, width))
        left += width
    return slots


def _lines(slot: Slot, value: object) -> list[str]:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return [UNKNOWN]
    if slot.column.number:
        return [slot.column.form.format(value)]
    return wrap(str(value), slot.width_mm - 2 * PAD_MM, CELL, MOST_LINES) or [UNKNOWN]


def _start(slots: list[Slot]) -> Page:
    page = blank()
    corner = (MARGIN_MM, TOP_MM - ROW_MM)
    page.area.add_patch(Rectangle(corner, WIDTH_MM - 2 * MARGIN_MM, ROW_MM, fc=ACCENT, ec="none"))
    _row(page, TOP_MM, slots, [[slot.column.head] for slot in slots], HEAD)
    return page


def _row(
    page: Page, top_mm: float, slots: list[Slot], cells: list[list[str]], face: Type = CELL
) -> None:
    for slot, lines in zip(slots, cells, strict=True):
        right = slot.column.number
        x = slot.left_mm + (slot.width_mm - PAD_MM if right else PAD_MM)
        for place, line in enumerate(lines):
            y = top_mm - BASE_MM - place * face.line_mm
            colour = SMALL.colour if line == UNKNOWN else face.colour
            page.words(x, y, line, face, ha="right" if right else "left", color=colour)
