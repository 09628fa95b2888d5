"""Cut rows of parking bays into stretches with one candidate each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from app.core.belonging import Shapes, largest_remainder, middles
from app.core.engine.arrays import Floats, Longs
from app.core.siting.problem import sums


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """One candidate per stretch.

    Attributes
    ----------
    source : (stretch,)
        Row of the parking map.
    point : (stretch,)
        Where the candidate stands.
    spaces : (stretch,)
        Bays of the stretch: whole numbers that add up to the row's.
    place, of : (stretch,)
        Its number along the row, and how many there are.
    """

    source: Longs
    point: Shapes
    spaces: npt.NDArray[np.float64]
    place: Longs
    of: Longs


def cut(shapes: Shapes, spaces: Floats, spacing_m: float) -> Stretches:
    """Put a candidate every ``spacing_m`` along lines, the first at half of it.

    Lines shorter than that give one at the middle; points and areas give themselves.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    lines = shapely.get_dimensions(parts) == 1
    parts = np.where(lines, parts, middles(parts))
    length = np.where(lines, shapely.length(parts), 0.0)
    count = np.where(
        length >= spacing_m, np.floor((length - spacing_m / 2) / spacing_m + 1e-9) + 1, 1
    ).astype(np.int64)
    part = np.repeat(np.arange(parts.size), count)
    number = np.arange(part.size) - np.repeat(np.cumsum(count) - count, count)
    at = np.where(length[part] >= spacing_m, spacing_m * (number + 0.5), length[part] / 2)
    point = np.where(lines[part], _along(parts[part], at), parts[part])
    source = owner[part].astype(np.int64)
    first = np.searchsorted(source, np.arange(len(shapes)))
    of = np.bincount(source, minlength=len(shapes))
    reach = np.where(number == count[part] - 1, length[part] - spacing_m * number, spacing_m)
    weight = np.maximum(reach, 1e-6)
    share = weight / sums(source, weight, len(shapes))[source]
    whole = largest_remainder(spaces.astype(np.int64), source, share)
    place = np.arange(source.size) - first[source]
    return Stretches(source, point, whole.astype(np.float64), place, of[source])


def _along(parts: Shapes, at: Floats) -> Shapes:
    line = shapely.get_dimensions(parts) == 1
    found = np.array(parts, dtype=object)
    found[line] = shapely.line_interpolate_point(parts[line], at[line])
    return found
