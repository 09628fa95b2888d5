"""Read the places of a plan from a GeoPackage: ours, or one that a stranger says is ours."""

import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio

from app.core.changes import parse_plain
from app.core.errors import InputError

MAGIC, APPLICATION_IDS = b"SQLite format 3\0", (b"GPKG", b"GP10", b"GP11")
ID_AT = 68
LAYER = "sites"
META, REPORT = "meta", "report"
INDEX_TABLE = "rtree_"  # the only virtual tables a GeoPackage needs


@dataclass(frozen=True, slots=True, eq=False)
class PlanFile:
    """The places of a plan, and the report it carries; None in a file made by hand."""

    name: str
    sites: gpd.GeoDataFrame
    report: Mapping[str, Any] | None = None


def read_plan(path: Path, *, most_bytes: int, most_rows: int) -> PlanFile:
    """Read layer ``sites`` of a plan and its report; refuses, in one sentence, no GeoPackage.

    The file is copied under a name of ours and looked at as a plain database first: views and
    foreign tables could make the map library open other files.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= most_bytes else b""
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
    if size > most_bytes:
        raise InputError(f"{path.name}: {size:,} bytes is more than the {most_bytes:,} allowed")
    if not data.startswith(MAGIC) or data[ID_AT : ID_AT + 4] not in APPLICATION_IDS:
        raise InputError(
            f"{path.name}: this is not a GeoPackage; use the file `kerbwatt sites` wrote"
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "plan.gpkg"
        copy.write_bytes(data)
        try:
            report = _look(copy, path.name, most_rows)
            found = pyogrio.read_dataframe(copy, layer=LAYER)
        except (sqlite3.DatabaseError, pyogrio.errors.DataSourceError) as error:
            raise InputError(f"{path.name}: the file is damaged: {error}") from error
    if not isinstance(found, gpd.GeoDataFrame):
        raise InputError(f"{path.name}: layer {LAYER!r} has no places")
    return PlanFile(path.name, found, report)


def _look(path: Path, name: str, most_rows: int) -> Mapping[str, Any] | None:
    """Check that the file holds plain tables, whole, and the layer we want; read its report."""
    address = f"file:{path}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as opened:
        opened.execute("PRAGMA trusted_schema = OFF")
        if opened.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise InputError(f"{name}: the file is damaged")
        objects = opened.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        for kind, title, text in objects:
            virtual = (text or "").upper().lstrip().startswith("CREATE VIRTUAL")
            if kind == "view" or (virtual and not title.startswith(INDEX_TABLE)):
                raise InputError(f"{name}: holds {title!r}, which is no plain table")
        if ("table", LAYER) not in {(kind, title) for kind, title, _ in objects}:
            layers = [
                row[0] for row in opened.execute("SELECT table_name FROM gpkg_contents ORDER BY 1")
            ]
            raise InputError(f"{name}: no layer {LAYER!r}; it has {', '.join(layers) or 'none'}")
        count = opened.execute("SELECT count(*) FROM sites").fetchone()[0]
        known = ("table", META) in {(kind, title) for kind, title, _ in objects}
        report = _report(opened, name) if known else None
    if count > most_rows:
        raise InputError(f"{name}: {count:,} sites are more than the {most_rows:,} allowed")
    return report


def _report(opened: sqlite3.Connection, name: str) -> Mapping[str, Any] | None:
    """Read what the plan says of itself, as data only."""
    columns = {row[1] for row in opened.execute(f"PRAGMA table_info({META})")}
    if not {"key", "value"} <= columns:
        return None
    row = opened.execute("SELECT value FROM meta WHERE key = ?", (REPORT,)).fetchone()
    if row is None:
        return None
    try:
        found = parse_plain(str(row[0]))
    except InputError as error:
        raise InputError(f"{name}: the report in layer {META!r}: {error}") from error
    if not isinstance(found, Mapping):
        raise InputError(f"{name}: the report in layer {META!r} is not a list of names with values")
    return found
