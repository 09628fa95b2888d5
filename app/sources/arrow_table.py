"""What the child read, as cells and shapes: shapefile, GeoPackage, FlatGeobuf, Parquet, Arrow."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import shapely

from app.sources.child import Answer, read_in_child
from app.sources.problems import refuse
from app.sources.raw import SILENT, WGS84, Declared, Raw
from app.sources.shapefile import check_shapefile, shapefile_crs, shapefile_encoding
from app.sources.task import Task

EPSG = re.compile(r"\AEPSG:(\d{4,6})\Z")
NO_SYSTEM = (0, -1)  # of a GeoPackage: undefined
INDEX = re.compile(r"\A__index_level_\d+__\Z")


def read_shapefile(files: Mapping[str, bytes], task: Task) -> Raw:
    """Read a shapefile set."""
    check_shapefile(files, task.limits)
    encoding = shapefile_encoding(files, task)
    answer = read_in_child("Shapefile", files, task, encoding=encoding)
    return _raw(answer, shapefile_crs(files), f"shapefile ({encoding})", task)


def read_geopackage(content: bytes, task: Task) -> Raw:
    """Read the one layer of a GeoPackage, or the one that was asked for."""
    answer = read_in_child("GeoPackage", {".gpkg": content}, task)
    return _raw(answer, _geopackage_crs(answer.facts.get("srs") or {}), "GeoPackage", task)


def read_flatgeobuf(content: bytes, task: Task) -> Raw:
    """Read a FlatGeobuf."""
    answer = read_in_child("FlatGeobuf", {".fgb": content}, task)
    crs = answer.facts.get("crs")
    found = EPSG.match(crs) if crs else None
    declared = Declared("epsg", found[1]) if found else Declared("wkt", crs) if crs else SILENT
    return _raw(answer, declared, "FlatGeobuf", task)


def read_parquet(content: bytes, task: Task) -> Raw:
    """Read Parquet; a map needs the geometry metadata of GeoParquet."""
    answer = read_in_child("Parquet", {".parquet": content}, task)
    if answer.facts.get("geometry") is None and task.kind.geometry:
        raise refuse("PARQUET-NOGEO")
    return _raw(answer, _parquet_crs(answer.facts.get("projjson")), "Parquet", task)


def read_arrow(content: bytes, task: Task) -> Raw:
    """Read an Arrow file."""
    return _raw(read_in_child("Arrow", {".arrow": content}, task), SILENT, "Arrow", task)


def _geopackage_crs(srs: Mapping[str, Any]) -> Declared:
    if srs.get("id") in NO_SYSTEM:
        return SILENT
    known = srs.get("known")
    if known is None:
        return Declared("unknown", f"number {srs.get('id')}")
    if str(known["authority"]).upper() == "EPSG":
        return Declared("epsg", str(known["code"]))
    return Declared("wkt", str(known["wkt"]))


def _parquet_crs(projjson: object) -> Declared:
    if projjson is None:
        return SILENT
    if not isinstance(projjson, Mapping):
        return WGS84
    known = projjson.get("id")
    if isinstance(known, Mapping):
        authority, code = str(known.get("authority")), str(known.get("code"))
        if (authority, code) == ("OGC", "CRS84"):
            return WGS84
        if authority == "EPSG" and code.isdigit():
            return Declared("epsg", code)
    return Declared("projjson", json.dumps(projjson))


def _raw(answer: Answer, crs: Declared, format_: str, task: Task) -> Raw:
    """Turn a table of the child into cells and shapes."""
    table, geometry = answer.table, answer.facts.get("geometry")
    if table is None:
        raise refuse("SYS-CHILD")
    if not table.num_rows:
        raise refuse("GEO-NONE")
    shapes = faults = height = None
    if geometry is not None:
        if geometry not in table.column_names:
            raise refuse("FILE-DAMAGED", format=format_, where="its shapes are missing")
        shapes, faults, height = _shapes(table.column(geometry).to_pylist())
    cells = {
        name: [_cell(value) for value in table.column(at).to_pylist()]
        for at, name in enumerate(table.column_names)
        if name not in {geometry, "bbox"} and not INDEX.match(name)
    }
    if len(set(table.column_names)) < len(table.column_names):
        task.findings.add("COL-DUPLICATE", column="more than one")
    return Raw(cells, table.num_rows, shapes, faults, crs, height=height, format=format_)


def _shapes(cells: list[Any]) -> tuple[Any, list[str], float | None]:
    """Read shapes; heights are noted and dropped."""
    given = np.array([isinstance(cell, bytes) for cell in cells])
    found = np.full(len(cells), None, dtype=object)
    wkb = np.array([cell if isinstance(cell, bytes) else None for cell in cells], dtype=object)
    with np.errstate(all="ignore"):  # a number out of range is found by looking at it
        found[:] = shapely.from_wkb(wkb, on_invalid="ignore")
    faults = ["GEO-DAMAGED" if a and b is None else "" for a, b in zip(given, found, strict=True)]
    high = shapely.has_z(found)
    height = None
    if high.any():
        levels = shapely.get_coordinates(found[high], include_z=True)[:, 2]
        height = float(np.nanmax(np.abs(levels), initial=0))
    if high.any() or shapely.has_m(found).any():
        found = shapely.force_2d(found)
    return found, faults, height


def _cell(value: Any) -> Any:  # noqa: ANN401
    """Keep plain values; write lists and records as text."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if value is None or isinstance(value, (str, int, float, bool, bytes, date)):
        return value
    return str(value)
