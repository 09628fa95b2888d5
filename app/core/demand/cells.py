"""Squares of a fixed grid: the same square has the same name in every project and year."""

from dataclasses import dataclass

import numpy as np
import shapely

from app.core.belonging import Shapes
from app.core.engine.arrays import Floats, Longs
from app.core.errors import InputError

CELL_M = 500  # the side that statistical offices publish
HECTOMETRE = 100  # names count these, as the squares of statistical offices do
TOUCH_M = 1e-3  # what only touches a square is not in it
MOST = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Squares that cover some areas, from west to east and then from south to north.

    Attributes
    ----------
    ids : (cell,)
        The south-west corner in hectometres of the metric system, as ``E1365N4560``.
    shapes : (cell,)
        The squares, whole: at the rim of a city they reach beyond it.
    """

    ids: Shapes
    shapes: Shapes

    def __post_init__(self) -> None:
        """Freeze both."""
        self.ids.setflags(write=False)
        self.shapes.setflags(write=False)


def cover(areas: Shapes, size_m: int = CELL_M) -> Cells:
    """Find every square of the grid that shares ground with an area. O(n log n + cells).

    The grid starts at the origin of the metric system, so nothing moves when a map grows.

    Parameters
    ----------
    areas : (area,)
        Polygons in metres.
    size_m
        Side of a square, a multiple of 100.
    """
    if size_m <= 0 or size_m % HECTOMETRE:
        raise InputError(f"a cell of {size_m} m: wanted a multiple of {HECTOMETRE} m above 0")
    corners = _candidates(areas, size_m)
    inner = _squares(corners, size_m, TOUCH_M)
    held = np.unique(shapely.STRtree(areas).query(inner, predicate="intersects")[0])
    corners = corners[held]
    return Cells(_names(corners, size_m), _squares(corners, size_m, 0.0))


def names_at(xy: Floats, size_m: int = CELL_M) -> Shapes:
    """Name the square each point lies in ``(point,)``; one on a border lies east or north."""
    return _names(np.floor(xy / size_m).astype(np.int64).reshape(-1, 2), size_m)


def _candidates(areas: Shapes, size_m: int) -> Longs:
    """List the squares in the box around each area, each once: ``(cell, 2)`` in sides."""
    real = areas[~(shapely.is_missing(areas) | shapely.is_empty(areas))]
    box = np.floor(shapely.bounds(real) / size_m).astype(np.int64)
    wide, high = (box[:, 2:] - box[:, :2] + 1).T
    if (count := int((wide * high).sum())) > MOST:
        raise InputError(
            f"cells of {size_m} m would be {count:,} for this map; at most {MOST:,} can be drawn:"
            " choose larger cells or cut the map"
        )
    each = np.repeat(np.arange(len(real)), wide * high)
    start = np.cumsum(wide * high) - wide * high
    nth = np.arange(each.size) - start[each]
    found = box[each, :2] + np.stack([nth % wide[each], nth // wide[each]], axis=1)
    return np.unique(found[:, ::-1], axis=0)[:, ::-1]


def _squares(corners: Longs, size_m: int, inset_m: float) -> Shapes:
    low, high = corners * size_m + inset_m, (corners + 1) * size_m - inset_m
    found: Shapes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    return found


def _names(corners: Longs, size_m: int) -> Shapes:
    """Name squares by their corner; west and south of the origin by W and S."""
    hectometres = corners * (size_m // HECTOMETRE)
    east = np.where(corners[:, 0] < 0, "W", "E")
    north = np.where(corners[:, 1] < 0, "S", "N")
    said = zip(east, north, np.abs(hectometres).tolist(), strict=True)
    return np.array([f"{e}{x:04d}{n}{y:04d}" for e, n, (x, y) in said], dtype=object)
