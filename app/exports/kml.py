"""KML: for globes and phones, in longitude and latitude."""

import geopandas as gpd

from app.exports.base import Export, Result
from app.exports.cells import WGS84
from app.exports.gdal import dated, narrow, put, rows, xml_safe

RESERVED = {  # of the format: a column of this name would steer the picture instead of being read
    *("description", "timestamp", "begin", "end", "altitudemode", "tessellate", "extrude"),
    *("visibility", "draworder", "icon", "heading", "tilt", "roll", "snippet", "gx_media"),
}


def write(result: Result) -> bytes:
    """Write the main map; what it is called on the globe is ``name``, else the first column."""
    with dated(result, LIBKML_NAME_FIELD="name") as folder:
        path = folder / f"{result.name}.kml"
        put(_named(narrow(xml_safe(rows(result, WGS84)))), path, "LIBKML", layer=result.name)
        return path.read_bytes()


def _named(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    table = places.rename(columns=lambda name: f"{name}_" if name.lower() in RESERVED else name)
    if "name" not in table:
        table.insert(0, "name", [str(cell) for cell in table[table.columns[0]]])
    return table


EXPORT = Export(
    key="kml",
    title="KML",
    suffix=".kml",
    mime="application/vnd.google-earth.kml+xml",
    write=write,
    order=80,
    maps_only=True,
    rare=True,
)
