"""FlatGeobuf: one layer that a browser or a GIS streams."""

from app.exports.base import Export, Result
from app.exports.gdal import dated, put, rows


def write(result: Result) -> bytes:
    """Write the main map in its own coordinate system, rows in their order."""
    with dated(result) as folder:
        path = folder / f"{result.name}.fgb"
        put(rows(result), path, "FlatGeobuf", layer=result.name, SPATIAL_INDEX="NO")
        return path.read_bytes()


EXPORT = Export(
    key="flatgeobuf",
    title="FlatGeobuf",
    suffix=".fgb",
    mime="application/flatgeobuf",
    write=write,
    order=60,
    maps_only=True,
    rare=True,
)
