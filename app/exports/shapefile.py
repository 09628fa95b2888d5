"""Shapefile, zipped: for what reads nothing newer. Names of ten letters, texts of 254 bytes."""

from collections.abc import Iterable
from functools import cache

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from app.core.tender.columns import SHORTEST_NAME, ListColumn, parse_columns
from app.exports.base import Export, Result
from app.exports.gdal import dated, one_kind, put, rows, zipped
from app.paths import DATA

LONGEST_TEXT = 254  # bytes


def write(result: Result) -> bytes:
    """Write the main map; columns of the location list get the short names of its table."""
    table = one_kind(rows(result))
    names = short_names(table.columns.drop("geometry"))
    days = {column.name for column in _listed() if column.type == "date"}
    columns = {short: _cells(table[name], day=name in days) for name, short in names.items()}
    made = gpd.GeoDataFrame(columns, geometry=table.geometry, crs=table.crs)
    with dated(result) as folder:
        path = folder / f"{result.name}.shp"
        more = {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": result.date}
        put(made, path, "ESRI Shapefile", use_arrow=True, **more)
        return zipped(folder)


def short_names(columns: Iterable[str]) -> dict[str, str]:
    """Return a name of at most ten letters for each column, none twice."""
    known = {column.name: column.short_name for column in _listed()}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in columns:
        short = known.get(name, name[:SHORTEST_NAME])
        number = 0
        while short.lower() in taken:
            number += 1
            short = f"{name[: SHORTEST_NAME - 1 - len(str(number))]}_{number}"
        taken.add(short.lower())
        found[name] = short
    return found


def cut_texts(table: pd.DataFrame) -> list[str]:
    """Name the columns with texts that are too long for the format, with the number of them."""
    found = []
    for name in table:
        long = sum(
            isinstance(cell, str) and len(cell.encode()) > LONGEST_TEXT for cell in table[name]
        )
        if long:
            found.append(f"{name}: {long} cut after {LONGEST_TEXT} bytes")
    return found


def _cells(column: "pd.Series", *, day: bool) -> "pd.Series":
    if day:
        known = pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
        return known.dt.date.astype(pd.ArrowDtype(pa.date32()))
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column
    texts = [None if pd.isna(cell) else _cut(str(cell)) for cell in column]
    return pd.Series(texts, index=column.index, dtype=object)


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:LONGEST_TEXT].decode("utf-8", "ignore")


@cache
def _listed() -> tuple[ListColumn, ...]:
    return parse_columns((DATA / "requirements" / "location_columns.csv").read_text("utf-8"))


EXPORT = Export(
    key="shapefile",
    title="Shapefile",
    suffix=".shp.zip",
    mime="application/zip",
    write=write,
    order=70,
    maps_only=True,
    rare=True,
)
