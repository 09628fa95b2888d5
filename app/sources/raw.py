"""What a reader hands over: cells as they came, shapes, and what the file says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Declared:
    """The coordinate system a file names.

    ``how`` is "epsg" (text holds the number), "wkt" or "projjson"; "none" where the file is silent,
    and "unknown" where it names something that cannot be found. ``named`` is true where a GeoJSON
    carries a legacy member.
    """

    how: str
    text: str = ""
    named: bool = False


WGS84 = Declared("epsg", "4326")
SILENT = Declared("none")


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """The content of one layer, not believed yet.

    Attributes
    ----------
    cells
        Header to cells, in the order of the file.
    shapes
        (row,) shapely geometries in the order x, y; None for a row without one. None for a table.
    faults
        (row,) code of what is wrong with a shape, "" where it could be built; None for a table.
    typed
        False where the format has no types and every cell came as text.
    decimal
        The decimal mark, where the file as a whole has shown it.
    bare
        (row,) rows that hold no figures by nature, such as postcodes: nothing is missing there.
    as_of
        The date the content describes, where the file says it.
    """

    cells: Mapping[str, Sequence[Any]]
    rows: int
    shapes: Any = None
    faults: Sequence[str] | None = None
    crs: Declared = SILENT
    typed: bool = True
    decimal: str | None = None
    height: float | None = None
    format: str = ""
    bare: Any = None
    as_of: str = ""
