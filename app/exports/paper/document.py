"""The pages put together: the whole city, each lot, the list behind them; equal bytes each time."""

from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np

from app.core.tender.document import Figure
from app.exports.paper.drawing import cut, draw_map, window
from app.exports.paper.listing import listing
from app.exports.paper.page import blank
from app.exports.paper.panel import MOVED, legend, sums
from app.exports.paper.place import Floats
from app.exports.paper.sheet import MapSheet
from app.exports.typeset.compile import tagged_pdf

MAP_MM, PANEL_MM = (201.0, 160.0), 66.0
CITY_RIM, LOT_RIM = 1.04, 1.2  # of what must be seen: pins at its edge need room
MOST_LINES = 12  # of sources on a page


def draw(sheet: MapSheet) -> bytes:
    """Draw the map pages and the list, as one document."""
    ranked = sheet.sites.assign(rank=np.arange(1, len(sheet.sites) + 1))
    sheet = replace(sheet, sites=ranked)
    pictures: dict[str, bytes] = {}
    pages = [_page(sheet, _around(sheet.districts, sheet.sites), "", pictures)]
    pages += [_page(each, _around(each.sites), name, pictures) for name, each in _lots(sheet)]
    told = {
        "title": f"{sheet.city}: {sheet.title}",
        "scenario": sheet.scenario,
        "day": sheet.date,
        "program": sheet.version,
        "pages": pages,
        "list": listing(sheet),
    }
    return tagged_pdf("maps", told, pictures)


def overview(sheet: MapSheet) -> Figure:
    """Draw the whole as one picture for a document."""
    ranked = sheet.sites.assign(rank=np.arange(1, len(sheet.sites) + 1))
    view = window(_around(sheet.districts, ranked), *MAP_MM, rim=CITY_RIM)
    shown = cut(replace(sheet, sites=ranked, grid=None, existing=None), view)
    page = blank(*MAP_MM)
    draw_map(page, shown, view)
    told = ", ".join(f"{figure} {unit}" for figure, unit in sums(shown))
    alt = f"Map of {sheet.city} with the places of this tender: {told}. The table lists them."
    caption = "The places, numbered in the order of the table. Maps at a scale are in map.pdf."
    return Figure(caption, alt, {"svg": page.svg(), "png": page.png()})


def _lots(sheet: MapSheet) -> Iterator[tuple[str, MapSheet]]:
    """Give each lot as a sheet of its own, the others' places around it."""
    if "lot" not in sheet.sites or sheet.sites["lot"].isna().any():
        return
    for name in sorted(set(sheet.sites["lot"])):
        own = sheet.sites["lot"] == name
        yield str(name), replace(sheet, sites=sheet.sites[own], others=sheet.sites[~own])


def _around(*layers: gpd.GeoDataFrame) -> Floats:
    bounds = [layer.total_bounds for layer in layers if len(layer)]
    low, high = np.min([b[:2] for b in bounds], axis=0), np.max([b[2:] for b in bounds], axis=0)
    return np.concatenate([low, high])


def _page(
    sheet: MapSheet, bounds: Floats, lot: str, pictures: dict[str, bytes]
) -> dict[str, object]:
    """Draw one map and its legend into ``pictures``, and say what stands beside them."""
    view = window(bounds, *MAP_MM, rim=LOT_RIM if lot else CITY_RIM)
    shown = cut(sheet, view)
    page = blank(*MAP_MM)
    moved = draw_map(page, shown, view)
    signs, meaning = legend(shown, PANEL_MM)
    number = len(pictures) // 2
    names = {"map": f"map{number}.svg", "legend": f"legend{number}.svg"}
    pictures |= {names["map"]: page.svg(), names["legend"]: signs}
    counted = sums(shown)
    told = ", ".join(f"{figure} {unit}" for figure, unit in counted)
    where = f"lot {lot} of {sheet.city}" if lot else sheet.city
    return {
        **names,
        "heading": f"{sheet.city}: lot {lot}" if lot else f"{sheet.city}: {sheet.title}",
        "sums": counted,
        "scale": f"Scale {view.scale} on A4",
        "map_alt": f"Map of {where}, scale {view.scale}: {told}. The places are in the list.",
        "legend_alt": meaning,
        "notices": [*sheet.notices, *([MOVED] if moved else [])],
        "sources": _sources(sheet.sources),
    }


def _sources(found: tuple[str, ...]) -> list[str]:
    if len(found) <= MOST_LINES:
        return list(found)
    more = len(found) - MOST_LINES + 1
    return [*found[: MOST_LINES - 1], f"and {more} more, in the downloaded table"]
