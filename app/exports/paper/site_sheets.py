"""A sheet per place: where it is, and everything the list says of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.exports.paper.drawing import cut, draw_map, window
from app.exports.paper.page import blank
from app.exports.paper.panel import legend
from app.exports.paper.sheet import MapSheet
from app.exports.typeset.compile import tagged_pdf

MAP_MM, LEGEND_MM = (126.0, 84.0), 54.0
AROUND_M = 75.0  # of the place, as far as one sees
LONGEST = 160  # characters of a value: the files hold the rest

Facts = Sequence[tuple[str, str]]


def draw(sheet: MapSheet, facts: Sequence[Facts]) -> bytes:
    """Draw one page per place; ``facts`` are name and value, in the order of ``sheet.sites``."""
    ranked = sheet.sites.assign(rank=np.arange(1, len(sheet.sites) + 1))
    sheet = replace(sheet, sites=ranked)
    signs, meaning = legend(replace(sheet, others=ranked), LEGEND_MM, counted=False)
    pictures = {"legend.svg": signs}
    pages = [_page(sheet, place, told, pictures) for place, told in enumerate(facts)]
    told = {
        "title": f"{sheet.city}: a sheet per place",
        "scenario": sheet.scenario,
        "day": sheet.date,
        "program": sheet.version,
        "notices": list(sheet.notices),
        "sources": list(sheet.sources),
        "legend_alt": meaning,
        "pages": pages,
    }
    return tagged_pdf("site_sheets", told, pictures)


def _page(
    sheet: MapSheet, place: int, facts: Facts, pictures: dict[str, bytes]
) -> dict[str, object]:
    own = sheet.sites.iloc[[place]]
    others = sheet.sites.drop(index=own.index)
    bounds = own.total_bounds + np.array([-AROUND_M, -AROUND_M, AROUND_M, AROUND_M])
    view = window(bounds, *MAP_MM, rim=1.0)
    shown = cut(replace(sheet, sites=own, others=others), view)
    page = blank(*MAP_MM)
    draw_map(page, shown, view)
    picture = f"map{place}.svg"
    pictures[picture] = page.svg()
    name = str(own["place"].iloc[0])[:LONGEST]
    return {
        "map": picture,
        "heading": name,
        "scale": f"Scale {view.scale} on A4",
        "map_alt": f"Map of the surroundings of {name}, scale {view.scale}.",
        "facts": [(key, value[:LONGEST]) for key, value in facts],
    }
