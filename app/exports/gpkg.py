"""GeoPackage: every table as a layer, and a layer ``meta`` that says what they are."""

import tempfile
import threading
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from app.exports.base import Export, Result, has_places
from app.exports.cells import flat

ONE_AT_A_TIME = threading.Lock()  # GDAL's date and Python's warning filters belong to the process


def write(result: Result) -> bytes:
    """Write all tables; equal input gives equal bytes, because the file's date is the result's."""
    with tempfile.TemporaryDirectory() as folder, ONE_AT_A_TIME:
        path = Path(folder) / "result.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{result.date}T00:00:00.000Z"})
        try:
            for name, frame in {**result.tables, "meta": _about(result)}.items():
                _write_layer(frame, path, name)
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()


def _about(result: Result) -> pd.DataFrame:
    lines = {"title": result.title, **result.meta}
    return pd.DataFrame({"key": list(lines), "value": list(lines.values())})


def _write_layer(frame: pd.DataFrame, path: Path, name: str) -> None:
    table = flat(frame).rename(columns=_column)
    if not has_places(frame):
        pyogrio.write_dataframe(table, path, layer=name, driver="GPKG")
        return
    places = gpd.GeoDataFrame(table, geometry=frame.geometry.to_numpy(), crs=frame.crs)
    with warnings.catch_warnings():  # metres on a plane of their own are allowed
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        pyogrio.write_dataframe(places, path, layer=name, driver="GPKG")


def _column(name: str) -> str:
    return f"{name}_" if name.lower() in {"fid", "geom", "geometry", "ogc_fid"} else name


EXPORT = Export(
    key="gpkg",
    title="GeoPackage",
    suffix=".gpkg",
    mime="application/geopackage+sqlite3",
    write=write,
    order=20,
)
