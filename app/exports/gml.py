"""GML 3.2 with its schema, zipped: for exchange between authorities."""

from app.exports.base import Export, Result
from app.exports.gdal import dated, put, rows, xml_safe, zipped


def write(result: Result) -> bytes:
    """Write the main map in its own coordinate system."""
    with dated(result) as folder:
        path = folder / f"{result.name}.gml"
        put(xml_safe(rows(result)), path, "GML", layer=result.name, FORMAT="GML3.2")
        return zipped(folder)


EXPORT = Export(
    key="gml",
    title="GML",
    suffix=".gml.zip",
    mime="application/zip",
    write=write,
    order=100,
    maps_only=True,
    rare=True,
)
