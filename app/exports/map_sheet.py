"""Paper for the wall, the meeting and the street: maps with the list, and a sheet per place."""

from collections.abc import Sequence

from app.core.tender.document import Figure
from app.exports.paper.sheet import MapSheet

__all__ = ["MapSheet", "map_sheet", "overview", "site_sheets"]


def map_sheet(sheet: MapSheet) -> bytes:
    """Draw maps and list as PDF/UA-1: A4 landscape, vectors, equal bytes for equal content."""
    from app.exports.paper.document import draw  # noqa: PLC0415  # loads the drawing library

    return draw(sheet)


def overview(sheet: MapSheet) -> Figure:
    """Draw the whole as one picture for a document."""
    from app.exports.paper.document import overview as draw_overview  # noqa: PLC0415

    return draw_overview(sheet)


def site_sheets(sheet: MapSheet, facts: Sequence[Sequence[tuple[str, str]]]) -> bytes:
    """Draw a page per place, with ``facts`` (name, value) in the order of ``sheet.sites``."""
    from app.exports.paper.site_sheets import draw  # noqa: PLC0415

    return draw(sheet, facts)
