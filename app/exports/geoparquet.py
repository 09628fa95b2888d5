"""GeoParquet: for people who go on computing."""

import io
import json

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq

from app.exports.base import Export, Result, has_places
from app.exports.cells import flat


def write(result: Result) -> bytes:
    """Write the main table, places in its own coordinate system, what it is in the file's head."""
    main, buffer = result.main, io.BytesIO()
    if has_places(main):
        rows = gpd.GeoDataFrame(flat(main), geometry=main.geometry.to_numpy(), crs=main.crs)
        rows.to_parquet(buffer, index=False)
        table = pq.read_table(pa.BufferReader(buffer.getvalue()))
    else:
        table = pa.Table.from_pandas(flat(main), preserve_index=False)
    about = json.dumps({"title": result.title, **result.meta}, ensure_ascii=False)
    head = {**(table.schema.metadata or {}), b"kerbwatt": about.encode()}
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(head), sink)
    return sink.getvalue()


EXPORT = Export(
    key="geoparquet",
    title="GeoParquet",
    suffix=".parquet",
    mime="application/vnd.apache.parquet",
    write=write,
    order=50,
)
