"""Use-case: put a tender into one file, the same bytes every time, with a list of its contents."""

import hashlib
import io
import zipfile
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from app.core.changes import to_changes
from app.core.impact import judge
from app.core.layer import digest
from app.core.tender.annex import annex
from app.core.tender.draft import TenderDraft
from app.core.tender.lot_table import in_text
from app.exports import EXPORTS, Result
from app.exports.map_sheet import MapSheet, map_sheet
from app.services import pack_assumptions, pack_changes
from app.services.estimate import scenario_digest
from app.services.pack_member import Member, csv_member, json_member
from app.services.parameters import load_parameters
from app.services.remembered import provenance
from app.services.results import cautions
from app.services.scenario_files import write_scenario
from app.services.tender_readme import readme

FORMAT, VERSION = "kerbwatt-tender-pack", 1
EPOCH = (1980, 1, 1, 0, 0, 0)
LOT_RIM_M = 60.0  # around the hull of a lot's places, so that two places make an area


def pack(draft: TenderDraft) -> bytes:
    """Write the pack: a flat zip, the manifest last; equal drafts give equal bytes."""
    files = members(draft)
    told = readme(draft, [file.name for file in files])
    files = [Member("README.txt", "text/plain", told.encode()), *files]
    files.append(json_member("manifest", manifest(draft, files)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.data)
    return buffer.getvalue()


def members(draft: TenderDraft) -> list[Member]:
    """Write every file but README and manifest, in the order of the pack."""
    title = f"Places for charge points, {draft.project.name}"
    requirements = draft.requirements
    hulls = _lot_areas(draft)
    places = Result(
        "sites", title, {"sites": draft.sites, "lots": hulls, "lot_table": draft.lots}, draft.meta
    )
    sheets = {"sites": draft.sites, "lots": draft.lots, "requirements": requirements}
    book = Result("sites", title, {**sheets, "dictionary": _dictionary(draft)}, draft.meta)
    count = len(draft.sites)
    model = draft.meta["model"]
    found = [Member("annex.md", "text/markdown", annex(draft, model).encode())]
    found.append(Member("map.pdf", "application/pdf", map_sheet(sheet_of(draft))))
    for key, result in (("gpkg", places), ("geojson", places), ("xlsx", book), ("csv", places)):
        form = EXPORTS[key]
        found.append(Member(f"sites{form.suffix}", form.mime, form.write(result), count))
    few = load_parameters()["tender_few_homes"].value
    for name, table in (("lots", in_text(draft.lots, few)), ("requirements", requirements)):
        found.append(csv_member(name, table))
    found += [*pack_assumptions.members(draft), *pack_changes.members(draft)]
    found.append(csv_member("layers", provenance(draft.project)))
    asked = write_scenario(draft.scenario, project=draft.project.slug, layers=_layers(draft))
    return [*found, Member("scenario.json", "application/json", asked)]


def manifest(draft: TenderDraft, files: list[Member]) -> dict[str, object]:
    """Say what the pack holds and from what, so that a changed byte is found."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda f: f.name))
    return {
        "format": FORMAT,
        "format_version": VERSION,
        **draft.facts,
        "program_version": draft.meta["program"].removeprefix("Kerbwatt "),
        "seed": draft.scenario.seed,
        "scenario": to_changes(draft.scenario),
        "scenario_digest": scenario_digest(draft.scenario),
        "plan_digest": draft.plan_digest,
        "requirements_digest": digest(draft.requirements),
        "parameters_digest": pack_assumptions.parameters_digest(draft),
        "layers": [
            {"kind": kind, "digest": layer.digest, "licence": layer.licence, "as_of": layer.as_of}
            for kind, layer in sorted(draft.project.layers.items())
        ],
        "open_items": list(draft.open_items),
        "id_map": dict(draft.id_map),
        "retired": list(draft.retired),
        "files": [
            {
                "name": file.name,
                "bytes": len(file.data),
                "sha256": file.sha256,
                "media_type": file.media_type,
                "rows": file.rows,
            }
            for file in files
        ],
        "pack_digest": hashlib.sha256(lines.encode()).hexdigest(),
    }


def sheet_of(draft: TenderDraft) -> MapSheet:
    """Draw what the edition may show: cost, transformers and reasons are internal."""
    listed = draft.sites
    names = listed["address"].where(listed["address"] != "unknown", "")
    shown = {
        "place": [
            f"{key} {name}".strip() for key, name in zip(listed["location_id"], names, strict=True)
        ],
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
        sources=tuple(dict.fromkeys(layer.origin for layer in layers.values())),
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


def _layers(draft: TenderDraft) -> Mapping[str, str]:
    return {kind: layer.digest for kind, layer in draft.project.layers.items()}
