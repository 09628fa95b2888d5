"""The sheet for the wall and the meeting: a map of the chosen places and the list behind it."""

from app.exports.paper.sheet import MapSheet

__all__ = ["MapSheet", "map_sheet"]


def map_sheet(sheet: MapSheet) -> bytes:
    """Draw the sheet as PDF: A4 landscape, vectors, equal bytes for equal content."""
    from app.exports.paper.document import draw  # noqa: PLC0415  # loads the drawing library

    return draw(sheet)
