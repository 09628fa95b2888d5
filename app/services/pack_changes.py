"""Use-case: a pack set beside an earlier one: numbers that stay, and what changed."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.errors import InputError
from app.core.project import Project
from app.core.tender.draft import TenderDraft
from app.core.tender.numbering import Earlier
from app.core.tender.revision import ADDED, CHANGED, REMOVED, Changes, cells, changes
from app.core.tender.sealed import KEYS, SealedPack
from app.exports.cells import with_coordinates
from app.exports.csv_table import read, text
from app.services.pack_member import UTF8_MARK, Member, csv_member
from app.settings import SETTINGS
from app.sources.pack_file import read_pack

SCHEMA = "kerbwatt.pack-changes/1"
WGS84 = 4326
MEGA = 1024 * 1024


def open_pack(source: Path | bytes, name: str = "") -> SealedPack:
    """Read a pack within the limits of this server and check its seal."""
    try:
        data = source if isinstance(source, bytes) else _content(source)
    except OSError as error:
        raise InputError(f"{source!s}: {error.strerror}") from error
    return read_pack(
        data,
        name or (source.name if isinstance(source, Path) else "pack.zip"),
        most_bytes=SETTINGS.limit_upload_mb * MEGA,
        most_unpacked=SETTINGS.limit_unpacked_mb * MEGA,
    )


def earlier(before: SealedPack, project: Project) -> Earlier:
    """Return the numbers of an earlier pack of this project, and where its places are."""
    if before.project != project.slug.partition("--")[0]:
        raise InputError(
            f"{before.name} is a pack of project {before.project!r}, "
            f"not of {project.slug.partition('--')[0]!r}"
        )
    ids = before.sites["location_id"].tolist()
    named = before.manifest["id_map"]
    degrees = [pd.to_numeric(before.sites[name], errors="coerce") for name in ("lon", "lat")]
    points = gpd.points_from_xy(*degrees, crs=WGS84).to_crs(project.crs)
    xy = np.column_stack([points.x, points.y])
    return Earlier(
        tuple(ids), tuple(named[each] for each in ids), xy, tuple(before.manifest["retired"])
    )


def row_revisions(sites: gpd.GeoDataFrame, before: SealedPack | None, revision: int) -> list[int]:
    """Say for each place in which revision it came or last changed."""
    if before is None:
        return [revision] * len(sites)
    now = {"sites": _as_text(sites).drop(columns="revision")}
    then = {"sites": before.sites.drop(columns="revision", errors="ignore")}
    changed = set(cells(then, now)["id"])
    known = before.sites.set_index("location_id").get("revision", pd.Series(dtype=str))
    was = pd.to_numeric(known, errors="coerce").fillna(before.revision).astype(int).to_dict()
    return [
        revision if name in changed else was.get(name, before.revision)
        for name in sites["location_id"]
    ]


def sealed(draft: TenderDraft) -> SealedPack:
    """Return a draft as it will be read back."""
    tables = {"sites": draft.sites, "lots": draft.lots, "requirements": draft.requirements}
    manifest = {**draft.facts, "id_map": dict(draft.id_map), "retired": list(draft.retired)}
    return SealedPack("this pack", manifest, {key: _as_text(tables[key]) for key in tables})


def since(draft: TenderDraft) -> Changes | None:
    """Say what changed since the pack before; None where there is none."""
    if draft.before is None:
        return None
    here = sealed(draft)
    kept = {key: table for key, table in draft.before.tables.items() if key in here.tables}
    return changes(SealedPack(draft.before.name, draft.before.manifest, kept), here)


def members(draft: TenderDraft) -> list[Member]:
    """Write ``changes.csv``, where the pack has one before it."""
    found = since(draft)
    return [] if found is None else [csv_member("changes", found.cells)]


def document(found: Changes) -> dict[str, Any]:
    """Say the changes as plain data."""
    listed = {
        table: {
            ADDED: found.ids(table, ADDED),
            REMOVED: found.ids(table, REMOVED),
            CHANGED: _changed(found.cells, table),
        }
        for table in KEYS
    }
    return {
        "schema": SCHEMA,
        "project": found.project,
        "revisions": [found.old, found.new],
        "nothing_changed": found.nothing,
        **listed,
        "totals": {name: list(pair) for name, pair in found.totals.items()},
        "words": list(found.words),
    }


def _changed(listed: pd.DataFrame, table: str) -> list[dict[str, Any]]:
    rows = listed[(listed["table"] == table) & (listed["change"] == CHANGED)]
    found: list[dict[Any, Any]] = rows[["id", "field", "old", "new"]].to_dict("records")
    return found


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    return read(text(with_coordinates(frame)).encode(UTF8_MARK))


def _content(path: Path) -> bytes:
    """Read no more than one byte above what is allowed."""
    with path.open("rb") as file:
        return file.read(SETTINGS.limit_upload_mb * MEGA + 1)
