"""Beside the map: the sums, and the legend as a drawing and in words."""

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import geopandas as gpd
import pandas as pd
from matplotlib.patches import Rectangle

from app.exports.paper import drawing
from app.exports.paper.page import BODY, LINE, STRONG, Page, blank, wrap
from app.exports.paper.sheet import STATES, MapSheet

Sign = Callable[[float, float], None]
MOVED = "Pins that would hide each other are moved apart; the exact places are in the files."
SIGN_MM, HIGHEST_MM = 7.0, 160.0
COUNT = re.compile(r" \([\d,]+\)$|, [\d,]+ places$")
MOST_KW = 9_999  # above it a planner reads MW


def legend(sheet: MapSheet, width_mm: float, *, counted: bool = True) -> tuple[bytes, str]:
    """Draw the signs of the map with their meaning, and give the same in words.

    ``counted`` says how many there are of each.
    """
    page = blank(width_mm, HIGHEST_MM)
    entries = [
        (sign, words if counted else COUNT.sub("", words)) for sign, words in _entries(page, sheet)
    ]
    y = HIGHEST_MM - BODY.line_mm
    for sign, words in entries:
        sign(2.3, y + 0.95)
        for line in wrap(words, width_mm - SIGN_MM, BODY):
            page.words(SIGN_MM, y, line)
            y -= BODY.line_mm
        y -= 0.9
    y = _classes(page, sheet, 0.0, y)
    page.crop(y, HIGHEST_MM)
    told = [words for _, words in entries]
    told += [f"districts filled by {sheet.value_title}"] if drawing.fills(sheet)[1] else []
    return page.svg(), f"Legend: {'; '.join(told)}."


def power(total_kw: float) -> tuple[str, str]:
    """Write power as a number and a unit: kW up to 9,999, then MW."""
    if total_kw <= MOST_KW:
        return f"{total_kw:,.0f}", "kW"
    return f"{total_kw / 1000:,.1f}", "MW"


def sums(sheet: MapSheet) -> list[tuple[str, str]]:
    """Count what is chosen: places, points, power."""
    sites = sheet.sites
    found = [(f"{len(sites):,}", "places"), (f"{int(sites['points'].sum()):,}", "charge points")]
    if "kw" in sites:
        found.append(power(float(pd.to_numeric(sites["kw"]).sum())))
    return found


def _entries(page: Page, sheet: MapSheet) -> list[tuple[Sign, str]]:
    count = len(sheet.sites)
    numbered = min(count, drawing.MOST_NUMBERED)
    words = f"Chosen place, numbered as in the list ({numbered:,})"
    found: list[tuple[Sign, str]] = [(partial(drawing.pin, page, text="1"), words)]
    if count > numbered:
        dots = {"color": drawing.PIN_COLOUR, "s": 12}
        words = f"Chosen place further down the list ({count - numbered:,})"
        found.append((partial(_mark, page, dots), words))
    if sheet.others is not None and len(sheet.others):
        words = f"Another chosen place ({len(sheet.others):,})"
        found.append((partial(_mark, page, drawing.OTHER), words))
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
