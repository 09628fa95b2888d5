"""MapInfo table, zipped. The format holds coordinates to about a centimetre."""

from app.exports.base import Export, Result
from app.exports.gdal import dated, put, rows, zipped


def write(result: Result) -> bytes:
    """Write the main map in its own coordinate system."""
    with dated(result) as folder:
        path = folder / f"{result.name}.tab"
        put(rows(result), path, "MapInfo File", layer=result.name, ENCODING="UTF-8")
        return zipped(folder)


EXPORT = Export(
    key="mapinfo",
    title="MapInfo",
    suffix=".tab.zip",
    mime="application/zip",
    write=write,
    order=110,
    maps_only=True,
    rare=True,
)
