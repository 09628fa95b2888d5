"""Which reader opens which format. Each is imported when its format comes, not before."""

from importlib import import_module
from pathlib import PurePosixPath

from app.sources.archive import unpack
from app.sources.problems import refuse
from app.sources.raw import Raw
from app.sources.sniff import sniff
from app.sources.task import Task

READERS = {
    "GeoJSON": ("json_file", "read_json"),
    "DATEX II": ("datex_xml", "read_datex_xml"),
    "CSV": ("csv_table", "read_csv"),
    "XLSX": ("excel", "read_excel"),
    "GeoPackage": ("arrow_table", "read_geopackage"),
    "FlatGeobuf": ("arrow_table", "read_flatgeobuf"),
    "Parquet": ("arrow_table", "read_parquet"),
    "Arrow": ("arrow_table", "read_arrow"),
}


def read(format_: str, content: bytes, task: Task) -> Raw:
    """Read the content of a file whose format is known."""
    if format_ == "zip":
        return _zipped(content, task)
    module, function = READERS[format_]
    reader = getattr(import_module(f"app.sources.{module}"), function)
    raw: Raw = reader(content, task)
    return raw


def _zipped(content: bytes, task: Task) -> Raw:
    """Read the one layer of a zip."""
    files = unpack(content, task)
    if len(files) == 1 and not set(files) & {".shp", ".shx", ".dbf"}:
        suffix, inner = next(iter(files.items()))
        found = sniff(inner, PurePosixPath(f"layer{suffix}").suffix)
        if found.format == "zip":
            raise refuse("ZIP-NESTED", entry=f"layer{suffix}")
        return read(found.format, inner, task)
    from app.sources.arrow_table import read_shapefile  # noqa: PLC0415  # loads shapely

    return read_shapefile(files, task)
