"""The places of a tender in every format that is sealed, and as registers and notices read them."""

import json
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from app.core.tender.draft import TenderDraft
from app.exports import EXPORTS, Result, datex, eforms, ocds, ocpi
from app.exports.register_place import DEGREE_DECIMALS
from app.services.pack_member import Member, csv_member, json_member
from app.services.remembered import provenance
from app.services.tender_readme import FILES

LOT_RIM_M = 60.0  # around the hull of a lot's places, so that two places make an area
FORMATS = {  # in the order of the pack
    "gpkg": "sites.gpkg",
    "geojson": "sites.geojson",
    "flatgeobuf": "sites.fgb",
    "shapefile": "sites_shp.zip",
    "kml": "sites.kml",
    "xlsx": "sites.xlsx",
    "csv": "sites.csv",
}


def members(draft: TenderDraft) -> list[Member]:
    """Write the list of places in each format, the lots beside it where a format has room."""
    title, count = f"Places for charge points, {draft.project.name}", len(draft.sites)
    layers = {"sites": draft.sites, "lots": _lot_areas(draft), "lot_table": draft.lots}
    places = Result("sites", title, layers, draft.meta, decimals=DEGREE_DECIMALS)
    tabs = {
        "sites": draft.sites,
        "score_parts": _score_parts(draft),
        "dictionary": _dictionary(draft),
        "sources": provenance(draft.project),
        "lots": draft.lots,
        "requirements": draft.requirements,
    }
    book = Result("sites", title, tabs, draft.meta)
    found = []
    for key, name in FORMATS.items():
        form = EXPORTS[key]
        data = form.write(book if key == "xlsx" else places)
        found.append(Member(name, form.mime, data, count))
    return found


def notices(draft: TenderDraft, files: Sequence[Member]) -> list[Member]:
    """Write what registers and notices read; ``files`` are the other files of the pack."""
    count, kinds = len(draft.sites), {file.name: file.media_type for file in files}
    told = {name: kinds[name] for name in FILES if name in kinds}
    return [
        json_member("ocds", ocds.package(draft, told), count),
        json_member("ocpi_locations", ocpi.locations(draft), count),
        json_member("datex", datex.publication(draft), count),
        csv_member("eforms", eforms.sheet(draft)),
    ]


def _lot_areas(draft: TenderDraft) -> gpd.GeoDataFrame:
    hulls = draft.sites[["lot_code", "geometry"]].dissolve("lot_code").convex_hull.buffer(LOT_RIM_M)
    geometry = hulls.reindex(draft.lots["lot_code"]).to_numpy()
    return gpd.GeoDataFrame(draft.lots.copy(), geometry=geometry, crs=draft.sites.crs)


def _dictionary(draft: TenderDraft) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "column": [each.name for each in draft.columns],
            "type": [each.type for each in draft.columns],
            "required": [each.required for each in draft.columns],
            "meaning": [each.meaning for each in draft.columns],
            "maps_to": [each.maps_to for each in draft.columns],
        }
    )


def _score_parts(draft: TenderDraft) -> pd.DataFrame:
    """Open the parts of the score: a column per criterion, as far as the edition shows them."""
    parts = [
        json.loads(text) if isinstance(text, str) else {} for text in draft.sites["score_parts"]
    ]
    table = pd.DataFrame(parts, index=draft.sites.index)
    table.insert(0, "location_id", draft.sites["location_id"])
    return table
