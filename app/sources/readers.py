"""Which reader opens which format."""

from app.sources.problems import refuse
from app.sources.raw import Raw
from app.sources.task import Task


def read(format_: str, content: bytes, task: Task) -> Raw:
    """Read the content of a file whose format is known."""
    if format_ == "GeoJSON":
        from app.sources.geojson import read_geojson  # noqa: PLC0415  # loads shapely

        return read_geojson(content, task.limits, task.findings)
    if format_ == "CSV":
        from app.sources.csv_table import read_csv  # noqa: PLC0415  # loads numpy

        return read_csv(content, task)
    raise refuse("FILE-UNSUPPORTED", found=f"{format_} files")
