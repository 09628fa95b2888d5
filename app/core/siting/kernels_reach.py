"""Compiled loops that put pairs of demand and sites in order."""

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.engine.compiled import kernel

SHORT = 256  # longer slices are rare, and sorted one by one
Hashes = npt.NDArray[np.uint64]


@kernel
def group(first: Ints, second: Ints, metres: Floats, rows: int) -> tuple[Longs, Ints, Floats]:
    """Bring pairs together by ``first``, keeping their order: a counting sort, O(pairs)."""
    start = np.zeros(rows + 1, np.int64)
    for each in first:
        start[each + 1] += 1
    for row in range(rows):
        start[row + 1] += start[row]
    place = start[:-1].copy()
    other = np.empty(first.size, np.int32)
    distance = np.empty(first.size, np.float64)
    for pair in range(first.size):
        at = place[first[pair]]
        place[first[pair]] = at + 1
        other[at] = second[pair]
        distance[at] = metres[pair]
    return start, other, distance


def nearest_first(start: Longs, other: Ints, metres: Floats) -> None:
    """Sort every slice by distance; equal distances keep the order they came in."""
    _short_slices(start, other, metres)
    for row in np.flatnonzero(np.diff(start) > SHORT):
        mine = slice(start[row], start[row + 1])
        order = np.argsort(metres[mine], kind="stable")
        other[mine], metres[mine] = other[mine][order], metres[mine][order]


@kernel
def _short_slices(start: Longs, other: Ints, metres: Floats) -> None:
    for row in range(start.size - 1):
        low, high = start[row], start[row + 1]
        if high - low > SHORT:
            continue
        for at in range(low + 1, high):
            value, name = metres[at], other[at]
            hole = at
            while hole > low and metres[hole - 1] > value:
                metres[hole], other[hole] = metres[hole - 1], other[hole - 1]
                hole -= 1
            metres[hole], other[hole] = value, name


@kernel
def fingerprints(start: Longs, other: Ints, left: Hashes, right: Hashes) -> tuple[Hashes, Hashes]:
    """Sum two independent hashes over every slice: equal sets of sites, equal sums."""
    rows = start.size - 1
    one, two = np.zeros(rows, np.uint64), np.zeros(rows, np.uint64)
    for row in range(rows):
        for at in range(start[row], start[row + 1]):
            one[row] += left[other[at]]
            two[row] += right[other[at]]
    return one, two
