"""The documents of the tender pack: the annex, the maps, and a sheet per place."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from app.core.impact import judge
from app.core.tender.annex import annex
from app.core.tender.annex_sections import dates_section
from app.core.tender.document import Section
from app.core.tender.draft import TenderDraft
from app.exports import docx_annex, typst_pdf
from app.exports.map_sheet import MapSheet, map_sheet, overview, site_sheets
from app.services.pack_member import Member
from app.services.parameters import load_parameters
from app.services.requirements import timeline
from app.services.results import cautions

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def members(
    draft: TenderDraft, *, extra: Sequence[Section] = (), sheets: bool = False
) -> list[Member]:
    """Write annex and maps; ``extra`` as in ``annex``, ``sheets`` adds a page per place."""
    drawn = sheet_of(draft)
    dates = dates_section(timeline(), draft.selection)
    told = annex(draft, pictures=[overview(drawn)], extra=[dates, *extra])
    found = [
        Member("annex.docx", DOCX, docx_annex.write(told)),
        Member("annex.pdf", PDF, typst_pdf.write(told)),
        Member("map.pdf", PDF, map_sheet(drawn)),
    ]
    if sheets:
        found.append(Member("site_sheets.pdf", PDF, site_sheets(drawn, _facts(draft))))
    return found


def sheet_of(draft: TenderDraft) -> MapSheet:
    """Draw what the edition may show: cost, transformers and reasons are internal."""
    listed = draft.sites
    names = listed["address"].where(listed["address"] != "unknown", "")
    shown = {
        "place": [
            f"{key} {name}".strip() for key, name in zip(listed["location_id"], names, strict=True)
        ],
        "lot": listed["lot_code"],
        "district": listed["district"],
        "points": listed["n_charge_points"].astype("int64"),
        "kw": listed["station_kw"],
        "score": listed["score_total"],
    }
    if draft.internal:
        shown |= {"transformer": listed["transformer_id"], "cost_eur": listed["est_capex_eur"]}
        shown["reason"] = list(draft.reasons)
    layers = draft.project.layers
    return MapSheet(
        title="Places for charge points",
        city=draft.project.name,
        scenario=f"{draft.meta['model']}. {draft.meta['scenario']}",
        date=draft.day,
        sources=tuple(
            dict.fromkeys(f"{layer.origin} ({layer.licence})" for layer in layers.values())
        ),
        notices=tuple(_notices(draft)),
        version=draft.meta["program"],
        districts=layers["districts"].map,
        sites=gpd.GeoDataFrame(shown, geometry=listed.geometry.to_numpy(), crs=listed.crs),
        grid=_grid(draft) if draft.internal else None,
        existing=layers["chargers"].map if "chargers" in layers else None,
    )


def _notices(draft: TenderDraft) -> list[str]:
    found = [f"Draft, {draft.edition} edition; {len(draft.open_items)} items are still open."]
    return found + cautions(draft.project, grid=draft.internal)


def _grid(draft: TenderDraft) -> gpd.GeoDataFrame | None:
    layer = draft.project.layers.get("grid")
    if layer is None or not {"capacity_kw", "peak_load_kw"} <= set(layer.frame):
        return None
    rows = layer.map[layer.map["level"] == "transformer"]
    limit = rows["capacity_kw"].where(rows["peak_load_kw"].notna())
    tight = load_parameters()["tight_share"].value
    states = judge(rows["peak_load_kw"].to_numpy(float), limit.to_numpy(float), tight_share=tight)
    return gpd.GeoDataFrame({"state": states}, geometry=rows.geometry.to_numpy(), crs=rows.crs)


def _facts(draft: TenderDraft) -> list[list[tuple[str, str]]]:
    """Say of each place what the list says, without the columns that are empty for it."""
    names = [column.name for column in draft.columns]
    return [
        [(name.replace("_", " "), _value(row[name])) for name in names if not _empty(row[name])]
        for row in draft.sites.to_dict("records")
    ]


def _value(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _empty(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]
