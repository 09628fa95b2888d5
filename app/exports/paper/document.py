"""The pages put together: one head, one foot, numbered, and the same bytes each time."""

import io

from matplotlib.backends.backend_pdf import PdfPages

from app.exports.paper.drawing import draw_map, window
from app.exports.paper.listing import listing
from app.exports.paper.page import (
    HEIGHT_MM,
    MARGIN_MM,
    SMALL,
    TITLE,
    WIDTH_MM,
    Page,
    Type,
    blank,
    shorten,
    wrap,
)
from app.exports.paper.panel import draw_panel
from app.exports.paper.sheet import MapSheet

SUBTITLE = Type(8.4, colour="#3B454D")
PANEL_MM, FOOT_MM = 66.0, 9.0
TOP_MM = HEIGHT_MM - 30


def draw(sheet: MapSheet) -> bytes:
    """Draw the map page and the list, as one document."""
    pages = [_map_page(sheet), *listing(sheet)]
    buffer = io.BytesIO()
    facts = {
        "Title": f"{sheet.title}, {sheet.city}",
        "Subject": sheet.scenario,
        "Creator": sheet.version,
        "CreationDate": None,  # the date of the data is on the page; the clock is nobody's business
    }
    with PdfPages(buffer, metadata=facts) as document:
        for number, page in enumerate(pages, start=1):
            _head_and_foot(page, sheet, number, len(pages))
            document.savefig(page.figure)
    return buffer.getvalue()


def _map_page(sheet: MapSheet) -> Page:
    page = blank()
    width = WIDTH_MM - 2 * MARGIN_MM - PANEL_MM - 6
    bottom = FOOT_MM + 6
    moved = draw_map(page, sheet, window(sheet, MARGIN_MM, bottom, width, TOP_MM - bottom))
    draw_panel(page, sheet, WIDTH_MM - MARGIN_MM - PANEL_MM, TOP_MM, PANEL_MM, moved=moved)
    return page


def _head_and_foot(page: Page, sheet: MapSheet, number: int, count: int) -> None:
    right, whole = WIDTH_MM - MARGIN_MM, WIDTH_MM - 2 * MARGIN_MM
    heading = shorten(f"{sheet.city}: {sheet.title}", whole, TITLE)
    page.words(MARGIN_MM, HEIGHT_MM - 18.5, heading, TITLE)
    for place, line in enumerate(wrap(sheet.scenario, whole, SUBTITLE, most=1)):
        page.words(MARGIN_MM, HEIGHT_MM - 25 - place * SUBTITLE.line_mm, line, SUBTITLE)
    page.rule(FOOT_MM + 2.6, MARGIN_MM, right)
    page.words(MARGIN_MM, FOOT_MM - 1, f"{sheet.version} · data of {sheet.date}", SMALL)
    page.words(right, FOOT_MM - 1, f"Page {number} of {count}", SMALL, ha="right")
