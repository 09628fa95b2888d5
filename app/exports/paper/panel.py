"""Beside the map: the sum, the legend in words, what not to overlook, and the sources."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import geopandas as gpd
import pandas as pd
from matplotlib.patches import Rectangle

from app.exports.paper import drawing
from app.exports.paper.page import BODY, HEADING, LINE, SMALL, STRONG, Page, Type, wrap
from app.exports.paper.sheet import STATES, MapSheet

Sign = Callable[[float, float], None]
MOVED = "Pins that would hide each other are moved apart; the exact places are in the files."
FIGURE = Type(15, bold=True)
SIGN_MM, GAP_MM, LOWEST_MM = 7.0, 3.2, 14.0
MOST_KW = 9_999  # above it a planner reads MW


def draw_panel(  # noqa: PLR0913
    page: Page, sheet: MapSheet, left_mm: float, top_mm: float, width_mm: float, *, moved: bool
) -> None:
    """Fill the column from ``top_mm`` down; ``moved`` pins are confessed."""
    y = _sums(page, sheet, left_mm, top_mm)
    y = _legend(page, sheet, left_mm, y - GAP_MM, width_mm)
    y = _lines(
        page,
        ("Please note", (*sheet.notices, *([MOVED] if moved else [])), BODY),
        left_mm,
        y,
        width_mm,
    )
    _lines(page, ("Sources", sheet.sources, SMALL), left_mm, y, width_mm)


def _lines(
    page: Page, block: tuple[str, tuple[str, ...], Type], x: float, y: float, width: float
) -> float:
    """Put a heading and paragraphs; where the page ends, say how many are left out."""
    heading, lines, face = block
    if not lines:
        return y
    page.words(x, y - GAP_MM, heading, HEADING)
    y -= GAP_MM + HEADING.line_mm
    for place, line in enumerate(lines):
        if y - len(wrap(line, width, face)) * face.line_mm < LOWEST_MM:
            page.words(x, y, f"and {len(lines) - place} more, in the downloaded table", face)
            return y - face.line_mm
        y = page.paragraph(x, y, line, width, face) - 0.8
    return y


def power(total_kw: float) -> tuple[str, str]:
    """Write power as a number and a unit: kW up to 9,999, then MW."""
    if total_kw <= MOST_KW:
        return f"{total_kw:,.0f}", "kW"
    return f"{total_kw / 1000:,.1f}", "MW"


def _sums(page: Page, sheet: MapSheet, x: float, y: float) -> float:
    sites = sheet.sites
    found = [(f"{len(sites):,}", "places"), (f"{int(sites['points'].sum()):,}", "charge points")]
    if "kw" in sites:
        found.append(power(float(pd.to_numeric(sites["kw"]).sum())))
    for place, (number, unit) in enumerate(found):
        page.words(x + 22 * place, y - 5, number, FIGURE)
        page.words(x + 22 * place, y - 9.2, unit, SMALL)
    page.rule(y - 12.2, x, x + 66)
    return y - 13


def _legend(page: Page, sheet: MapSheet, x: float, y: float, width: float) -> float:
    page.words(x, y - 2, "Legend", HEADING)
    y -= 2 + HEADING.line_mm
    for sign, words in _entries(page, sheet):
        sign(x + 2.3, y + 0.95)
        for line in wrap(words, width - SIGN_MM, BODY):
            page.words(x + SIGN_MM, y, line)
            y -= BODY.line_mm
        y -= 0.9
    return _classes(page, sheet, x, y)


def _entries(page: Page, sheet: MapSheet) -> list[tuple[Sign, str]]:
    count = len(sheet.sites)
    numbered = min(count, drawing.MOST_NUMBERED)
    words = f"Chosen place, numbered as in the list ({numbered:,})"
    found: list[tuple[Sign, str]] = [(partial(drawing.pin, page, text="1"), words)]
    if count > numbered:
        dots = {"color": drawing.PIN_COLOUR, "s": 12}
        words = f"Chosen place further down the list ({count - numbered:,})"
        found.append((partial(_mark, page, dots), words))
    if sheet.existing is not None and len(sheet.existing):
        square = {"marker": "s", "s": 9, "color": drawing.EXISTING_COLOUR}
        words = f"Charge points that stand today, {len(sheet.existing):,} places"
        found.append((partial(_mark, page, square), words))
    if sheet.grid is not None and len(sheet.grid):
        found += _states(page, sheet.grid)
    return found


def _states(page: Page, grid: gpd.GeoDataFrame) -> list[tuple[Sign, str]]:
    lettered = len(grid) <= drawing.MOST_LETTERED
    counts = grid["state"].value_counts()
    found: list[tuple[Sign, str]] = []
    for state in (each for each in STATES if counts.get(each, 0)):
        marks = {**drawing.state_marks(state), "s": 22}
        words = f"Transformer, {drawing.STATE_WORDS[state]} ({counts[state]:,})"
        lettered_sign = partial(drawing.badge, page, state=state)
        found.append((lettered_sign if lettered else partial(_mark, page, marks), words))
    return found


def _mark(page: Page, marks: dict[str, Any], x_mm: float, y_mm: float) -> None:
    page.area.scatter(x_mm, y_mm, **{"linewidths": 0, "clip_on": False, **marks})


def _classes(page: Page, sheet: MapSheet, x: float, y: float) -> float:
    limits, colours = drawing.fills(sheet)
    if not colours:
        return y
    y -= 0.8
    page.words(x, y, sheet.value_title, STRONG)
    y -= BODY.line_mm + 0.6
    names = [f"{low:,.6g}\N{EN DASH}{high:,.6g}" for low, high in pairwise(limits)]
    names = names if limits[0] < limits[-1] else [f"{limits[0]:,.6g}"]
    entries = list(zip(names, colours, strict=True))
    if sheet.districts["value"].isna().any():
        entries.append(("unknown", drawing.NO_VALUE))
    for name, colour in entries:
        page.area.add_patch(Rectangle((x, y - 0.6), 4.6, 3, fc=colour, ec=LINE, lw=0.4))
        page.words(x + SIGN_MM, y, name)
        y -= BODY.line_mm + 0.3
    return y
