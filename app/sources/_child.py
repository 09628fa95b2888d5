"""Read one file in a process that can do no harm, and hand back data only.

Started by path with ``python -I`` and an environment of its own; ``job.json`` says what to read.
Answers with ``out.arrow`` and ``answer.json`` in the same folder, nothing on standard output.
Imports the standard library and the reader of the format, never the package it lies in.
"""

import contextlib
import json
import sqlite3
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

ALLOWED = {"GeoJSON", "ESRI Shapefile", "GPKG", "FlatGeobuf"}
FILE_BYTES = 512_000_000
OPEN_FILES = 64
MORE_DRIVERS = 3
DONE = 0


class Stop(Exception):  # noqa: N818  # an answer, not a fault
    """The file is refused: a code, and the fields of its sentence."""

    def __init__(self, code: str, **fields: Any) -> None:  # noqa: ANN401
        """Keep what to answer."""
        super().__init__(code)
        self.answer = {"problem": code, "fields": fields}


def main(folder: Path) -> int:
    """Read the job, do it, write the answer."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    _limit(job)
    try:
        answer = READERS[job["format"]](folder, job)
    except Stop as stop:
        answer = stop.answer
    except MemoryError:
        answer = {"problem": "SYS-MEMORY", "fields": {"mb": job["memory_bytes"] // 1_048_576}}
    (folder / "answer.json").write_text(json.dumps(answer), "utf-8")
    return MORE_DRIVERS if "drivers" in answer else DONE


def _limit(job: dict[str, Any]) -> None:
    """Cap memory, time, files and processes, where the system can."""
    try:
        import resource  # noqa: PLC0415  # not on Windows
    except ImportError:
        return
    caps = {
        "RLIMIT_AS": job["memory_bytes"],
        "RLIMIT_CPU": job["processor_s"],
        "RLIMIT_FSIZE": FILE_BYTES,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_NPROC": 0,
        "RLIMIT_CORE": 0,
    }
    for name, most in caps.items():
        if hasattr(resource, name):
            with contextlib.suppress(ValueError, OSError):
                # One second more until the hard end of time: the first signal names the reason.
                hard = most + 1 if name == "RLIMIT_CPU" else most
                resource.setrlimit(getattr(resource, name), (most, hard))


def _gdal() -> Any:  # noqa: ANN401
    """Import the reader of maps; stop if it could open more than four formats."""
    for heavy in ("geopandas", "pandas", "shapely", "pyproj"):
        sys.modules[heavy] = None  # type: ignore[assignment]  # it would import them if it could
    import pyogrio  # noqa: PLC0415

    more = set(pyogrio.list_drivers()) - ALLOWED
    return pyogrio, sorted(more)


def _map(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Read a shapefile, GeoPackage or FlatGeobuf."""
    gdal, more = _gdal()
    if more:
        return {"drivers": more}
    path = str(folder / job["file"])
    answer: dict[str, Any] = {"crs": None}
    layer = 0
    try:
        if job["format"] == "GeoPackage":
            name, answer["srs"] = _geopackage(folder / job["file"], job)
            layer = [str(found[0]) for found in gdal.list_layers(path)].index(name)
        options = {"encoding": job["encoding"]} if job.get("encoding") else {}
        info = gdal.read_info(path, layer=layer, force_feature_count=True, **options)
        _size(info["features"], len(info["fields"]), job)
        meta, table = gdal.raw.read_arrow(path, layer=layer, **options)
    except (RuntimeError, ValueError, OSError) as error:
        raise Stop("FILE-DAMAGED", format=job["format"], where="it cannot be read") from error
    answer["crs"] = meta.get("crs")
    answer["geometry"] = meta.get("geometry_name") or "wkb_geometry"
    _write(folder, table)
    return answer


def _geopackage(path: Path, job: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Check the database itself; returns the layer to read and its coordinate system."""
    try:
        base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        base.execute("PRAGMA trusted_schema=OFF")
        if base.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise Stop("FILE-DAMAGED", format="GeoPackage", where="its pages do not fit together")
        layers = base.execute(
            "SELECT c.table_name, g.srs_id, m.type FROM gpkg_contents c"
            " JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name)"
            " LEFT JOIN sqlite_master m ON lower(m.name) = lower(c.table_name)"
            " WHERE c.data_type = 'features' ORDER BY c.table_name LIMIT ?",
            (job["layers"] + 1,),
        ).fetchall()
        name, srs_id, kind = _one([row[0] for row in layers], layers, job)
        if kind != "table":
            raise Stop("FILE-UNSUPPORTED", found="A GeoPackage layer that is a query")
        row = base.execute(
            "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys"
            " WHERE srs_id = ?",
            (srs_id,),
        ).fetchone()
    except sqlite3.Error as error:
        raise Stop("FILE-DAMAGED", format="GeoPackage", where="a table is missing") from error
    known = None if row is None else dict(zip(("authority", "code", "wkt"), row, strict=True))
    return name, {"id": srs_id, "known": known}


def _one(names: list[str], layers: list[Any], job: dict[str, Any]) -> Any:  # noqa: ANN401
    """Choose the layer that was asked for, or the only one."""
    if not layers:
        raise Stop("FILE-EMPTY" if job["format"] == "XLSX" else "GEO-NONE")
    if len(layers) > job["layers"]:
        n = f"more than {job['layers']}"
        raise Stop("FILE-ROWS", n=n, what="layers", limit=job["layers"])
    wanted = job.get("layer")
    chosen = [layer for name, layer in zip(names, layers, strict=True) if name == wanted]
    if len(layers) == 1 and not wanted:
        return layers[0]
    if len(chosen) != 1:
        raise Stop("ZIP-LAYERS", n=len(names), names=names)
    return chosen[0]


def _parquet(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Read Parquet, with the geometry metadata of GeoParquet where there is any."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(folder / job["file"], pre_buffer=False)  # no thread: none may start
        meta = file.metadata
        groups = [meta.row_group(n).total_byte_size for n in range(meta.num_row_groups)]
        if sum(groups) > job["unpacked_bytes"]:
            raise Stop("ZIP-SIZE", size=sum(groups), limit=job["unpacked_bytes"])
        _size(meta.num_rows, len(file.schema_arrow), job)
        table = file.read(use_threads=False, use_pandas_metadata=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Stop("FILE-DAMAGED", format="Parquet", where="it cannot be read") from error
    geo = (table.schema.metadata or {}).get(b"geo")
    answer = _geo(geo) if geo else {"geometry": None}
    _write(folder, table.replace_schema_metadata(None))
    return answer


def _geo(geo: bytes) -> dict[str, Any]:
    """Read which column holds the shapes, and their system; a missing one means CRS84."""
    try:
        known = json.loads(geo)
        name = known["primary_column"]
        column = known["columns"][name]
        encoding = column["encoding"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Stop("FILE-DAMAGED", format="GeoParquet", where="its geometry metadata") from error
    if encoding != "WKB":
        raise Stop("FILE-UNSUPPORTED", found=f"GeoParquet with {str(encoding)[:20]} geometry")
    return {"geometry": name, "projjson": column.get("crs", "CRS84")}


def _arrow(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Read an Arrow file, a table without shapes."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        options = pa.ipc.IpcReadOptions(use_threads=False)
        content = pa.BufferReader((folder / job["file"]).read_bytes())
        file = pa.ipc.open_file(content, options=options)  # batch by batch: no thread may start
        batches = [file.get_batch(at) for at in range(file.num_record_batches)]
        table = pa.Table.from_batches(batches, file.schema)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Stop("FILE-DAMAGED", format="Arrow", where="it cannot be read") from error
    _size(table.num_rows, table.num_columns, job)
    _write(folder, table.replace_schema_metadata(None))
    return {"geometry": None}


def _size(rows: int, columns: int, job: dict[str, Any]) -> None:
    for n, what in ((rows, "rows"), (columns, "columns")):
        if n > job[what]:
            raise Stop("FILE-ROWS", n=f"{n:,}", what=what, limit=f"{job[what]:,}")


def _write(folder: Path, table: Any) -> None:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415

    try:
        table.validate(full=True)  # here a broken table does no harm; the parent looks again
    except pa.ArrowException as error:
        raise Stop("FILE-DAMAGED", format="data", where="its text or numbers") from error
    path = str(folder / "out.arrow")
    with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _excel(folder: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Read one sheet twice: for its values, and to tell formulas from them."""
    path = folder / job["file"]
    _plain_xml(path)
    import openpyxl  # noqa: PLC0415

    try:
        values = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        formulas = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        names = [s.title for s in values.worksheets if _has_rows(s)][: job["layers"] + 1]
        name = _one(names, [(n,) for n in names], job)[0]
        return _cells(values[name], formulas[name], job)
    except Stop:
        raise
    except Exception as error:  # any fault of a stranger's workbook is a refusal
        raise Stop("FILE-DAMAGED", format="XLSX", where="it cannot be read") from error


def _plain_xml(path: Path) -> None:
    """Refuse a workbook whose parts declare a document type or entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith((".xml", ".rels")):
                    head = archive.open(entry).read(4096).lower()
                    if b"<!doctype" in head or b"<!entity" in head:
                        raise Stop("XML-DOCTYPE")
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise Stop("FILE-DAMAGED", format="XLSX", where="it cannot be unpacked") from error


def _has_rows(sheet: Any) -> bool:  # noqa: ANN401
    """Tell whether a sheet holds a header and something below it."""
    sheet.reset_dimensions()
    found = 0
    for row in sheet.iter_rows(max_row=200, values_only=True):
        found += any(cell is not None for cell in row)
        if found > 1:
            return True
    return False


def _cells(values: Any, formulas: Any, job: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
    """Return the rows of a sheet, and the cells whose formula has no saved value."""
    values.reset_dimensions()
    formulas.reset_dimensions()
    rows: list[list[Any]] = []
    empty: list[str] = []
    computed = 0
    for number, (valued, written) in enumerate(
        zip(values.iter_rows(), formulas.iter_rows(), strict=False), start=1
    ):
        _size(number - 21, len(valued), job)
        row = [_cell(cell) for cell in valued]
        for value, cell in zip(row, written, strict=False):
            if getattr(cell, "data_type", "") == "f":
                computed += value is not None
                if value is None:
                    empty.append(cell.coordinate)
        rows.append(row)
    return {"rows": rows, "empty": empty[:50], "computed": computed}


def _cell(cell: Any) -> Any:  # noqa: ANN401
    """Turn one cell into what JSON can hold; dates are marked."""
    value = cell.value
    if isinstance(value, (datetime, date)):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        is_date = "y" in str(getattr(cell, "number_format", "")).lower()
        return {"date": "1899-12-30"} if is_date else value.isoformat()
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


READERS = {
    "Shapefile": _map,
    "GeoPackage": _map,
    "FlatGeobuf": _map,
    "Parquet": _parquet,
    "Arrow": _arrow,
    "XLSX": _excel,
}

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
