"""GeoJSON, RFC 7946: longitude and latitude."""

import json

import geopandas as gpd
import shapely

from app.exports.base import Export, Result
from app.exports.cells import WGS84, flat


def write(result: Result) -> bytes:
    """Write the main map as a FeatureCollection in WGS 84, with a member that says what it is."""
    places = result.map.geometry.to_crs(WGS84).to_numpy()
    snapped = shapely.set_precision(places, 10.0**-result.decimals)
    rows = gpd.GeoDataFrame(flat(result.main), geometry=snapped, crs=WGS84)
    document = json.loads(rows.to_json(drop_id=True))
    document.pop("crs", None)  # RFC 7946 knows WGS 84 only
    about = {"title": result.title, **result.meta}
    text = json.dumps({**document, "kerbwatt": about}, ensure_ascii=False, allow_nan=False)
    return text.encode()


EXPORT = Export(
    key="geojson",
    title="GeoJSON",
    suffix=".geojson",
    mime="application/geo+json",
    write=write,
    order=10,
    maps_only=True,
)
