"""What GDAL writes: one file at a time, dated as the result says, packed without the clock."""

import io
import re
import tempfile
import threading
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from app.exports.base import Result
from app.exports.cells import flat

Table = TypeVar("Table", bound=pd.DataFrame)
ONE_AT_A_TIME = threading.Lock()  # GDAL's date and Python's warning filters belong to the process
EPOCH = (1980, 1, 1, 0, 0, 0)
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@contextmanager
def dated(result: Result, **settings: str) -> Iterator[Path]:
    """Give a folder to write in, with GDAL's clock at the result's date."""
    options = {"OGR_CURRENT_DATE": f"{result.date}T00:00:00.000Z", **settings}
    with tempfile.TemporaryDirectory() as folder, ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        pyogrio.set_gdal_config_options(options)
        try:
            yield Path(folder)
        finally:
            pyogrio.set_gdal_config_options(dict.fromkeys(options))


def rows(result: Result, crs: int | None = None) -> gpd.GeoDataFrame:
    """Return the main map with flat cells, in its own coordinate system or in ``crs``."""
    placed = result.map.geometry if crs is None else result.map.geometry.to_crs(crs)
    return gpd.GeoDataFrame(flat(result.main), geometry=placed.to_numpy(), crs=placed.crs)


def one_kind(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return points where points, lines and areas are mixed: some formats hold one kind only."""
    kinds = {str(kind).removeprefix("Multi") for kind in places.geom_type.dropna()}
    return places if len(kinds) < 2 else places.set_geometry(places.representative_point())  # noqa: PLR2004


def xml_safe(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drop the signs that XML cannot hold."""
    texts = [
        name
        for name in table
        if table[name].dtype == object or pd.api.types.is_string_dtype(table[name])
    ]
    cleaned = {
        name: [NOT_IN_XML.sub("", cell) if isinstance(cell, str) else cell for cell in table[name]]
        for name in texts
    }
    return table.assign(**cleaned)


def narrow(table: Table) -> Table:
    """Return whole numbers in four bytes where they fit: some formats know no longer ones."""
    whole = [name for name in table if pd.api.types.is_integer_dtype(table[name])]
    most = np.iinfo(np.int32).max
    fits = [name for name in whole if table[name].isna().all() or table[name].abs().max() <= most]
    kinds = {name: "Int32" if table[name].isna().any() else "int32" for name in fits}
    return table.astype(kinds)


def put(places: gpd.GeoDataFrame, path: Path, driver: str, **options: object) -> None:
    """Write one layer; without rows it is a layer of points."""
    kind = {} if len(places) else {"geometry_type": "Point"}
    pyogrio.write_dataframe(places, path, driver=driver, **kind, **options)


def zipped(folder: Path) -> bytes:
    """Pack a folder: in the order of the names, all of them as old as a zip can be."""
    parts = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return packed(parts)


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Pack files in their order, without the clock."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()
