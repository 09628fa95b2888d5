"""File geodatabase, zipped: every map a feature class, every table a table.

It carries random ids, so equal input gives no equal bytes: never part of a sealed pack.
"""

import pyogrio

from app.exports.base import Export, Result, has_places
from app.exports.cells import flat
from app.exports.gdal import dated, narrow, one_kind, put, rows, zipped


def write(result: Result) -> bytes:
    """Write all tables, places in their own coordinate system."""
    placed = {
        name: one_kind(rows(Result(name, name, {name: frame}, {})))
        for name, frame in result.tables.items()
        if frame is result.map or has_places(frame)
    }
    with dated(result) as folder:
        path = folder / f"{result.name}.gdb"
        for name, frame in result.tables.items():
            if name in placed:
                put(narrow(placed[name]), path, "OpenFileGDB", layer=name)
            else:
                table = narrow(flat(frame))
                pyogrio.write_dataframe(table, path, layer=name, driver="OpenFileGDB")
        return zipped(folder)


EXPORT = Export(
    key="filegdb",
    title="File geodatabase",
    suffix=".gdb.zip",
    mime="application/zip",
    write=write,
    order=90,
    maps_only=True,
    rare=True,
    sealed=False,
)
