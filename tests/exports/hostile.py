"""A map whose texts want to run, to break lines, or to be too long."""

import geopandas as gpd
import pandas as pd
from shapely import Point

from app.exports import Result

HOSTILE = [
    "=1+1",
    "@x",
    "+31 30 123",
    "-2-3",
    "\tTab",
    "'=already",
    "'plain",
    '"quoted", with comma',
    "two\nlines",
    "Één \N{EN DASH} \N{RIGHT SINGLE QUOTATION MARK}s-Gravenhage",
    "🚲 plein",
    "\u202eRTL\u202c",
    "x" * 300,
    '=HYPERLINK("http://example.org";"x")',
    "0344",
]
META = {"city": "Utrecht", "date": "2027-01-15", "sources": "=cmd()", "note": "schematic"}


def hostile_places() -> gpd.GeoDataFrame:
    """Give the places."""
    count = len(HOSTILE)
    return gpd.GeoDataFrame(
        {
            "candidate_id": [f"{each:04d}" for each in range(count)],
            "name": HOSTILE,
            "points": range(1, count + 1),
            "cost_eur": [1234.5 + each for each in range(count)],
            "headroom_kw": [float("inf"), None, *[0.25] * (count - 2)],
            "reasons": [["near homes", "=2+2"]] * count,
            "open": [True, False] * (count // 2) + [True] * (count % 2),
        },
        geometry=[Point(136_500 + 10 * each, 456_100) for each in range(count)],
        crs=28992,
    )


def hostile_result() -> Result:
    """Give them as something to export."""
    lots = pd.DataFrame({"lot": ["01", "02"], "points": [50, 70]})
    return Result("sites", "Sites for Utrecht", {"sites": hostile_places(), "lots": lots}, META)
