"""GeoPackage: every table as a layer, and a layer ``meta`` that says what they are."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from app.exports.base import Export, Result, has_places
from app.exports.cells import flat
from app.exports.gdal import dated


def write(result: Result) -> bytes:
    """Write all tables; equal input gives equal bytes, because the file's date is the result's."""
    with dated(result) as folder:
        path = folder / "result.gpkg"
        for name, frame in {**result.tables, "meta": _about(result)}.items():
            _write_layer(frame, path, name)
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
