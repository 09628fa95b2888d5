"""Figures moved from one division of a city to another, with totals kept."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.sparse import csr_array

from app.core.belonging import NOISE, Flags, Shapes, containing, largest_remainder
from app.core.engine.arrays import Floats, Longs

BASES = ("whole", "homes", "land", "area")  # how a source was split, the surest first
WHOLE, HOMES, LAND, AREA = range(len(BASES))
TRACE = 1e-9  # share of a source; less is arithmetic, not ground
REPORTED = 1e-3  # share of the ground; less overlap, gap or split is how borders are drawn
SPECK_M = 1e-3  # shapes that share less than a strip of this width only touch
Links = tuple[Longs, Longs, Floats]


def _nothing() -> Shapes:
    return np.array([], dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Where within the sources people live, as far as anybody said.

    Attributes
    ----------
    homes : (home,)
        Points of dwellings or addresses.
    count : (home,)
        Dwellings at each point.
    land : (plot,)
        Residential land, polygons.
    """

    homes: Shapes = field(default_factory=_nothing)
    count: Floats = field(default_factory=lambda: np.zeros(0))
    land: Shapes = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True, eq=False)
class Transfer:
    """How sources are shared out over targets.

    Attributes
    ----------
    weights : (target, source)
        Share of each source; a column and its ``outside`` add up to 1.
    outside : (source,)
        Share of each source that lies in no target.
    basis : (source,)
        Places in ``BASES``: what each source was split by.
    covered : (target,)
        Share of each target's ground on which there is a source. Where it is 0, nothing is known.
    overlap, gap
        Ground of the sources that is in several of them, and that they enclose without covering
        it, as shares of their area.
    contested
        Share of the targets' ground that several claim; the first has it.
    """

    weights: csr_array
    outside: Floats
    basis: Longs
    covered: Floats
    overlap: float = 0.0
    gap: float = 0.0
    contested: float = 0.0

    def counts(self, values: Floats) -> Floats:
        """Split what can be added, ``(source, ...)`` to ``(target, ...)``; NaN where unknown."""
        found: Floats = np.asarray(self.weights @ np.asarray(values, dtype=float))
        found[~self.known] = np.nan
        return found

    def rates(self, values: Floats, denominator: Floats) -> Floats:
        """Average what cannot be added, by what it is a share of; NaN where there is none of it."""
        below = self.counts(denominator)
        above = self.counts(np.where(denominator > 0, values * denominator, 0.0))
        found: Floats = np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
        return found

    def left(self, values: Floats) -> float:
        """Sum up what lies in no target."""
        return float(self.outside @ values)

    @property
    def known(self) -> Flags:
        """Whether anything is known of a target ``(target,)``, be it that nobody lives there."""
        found: Flags = (np.diff(self.weights.indptr) > 0) | (self.covered > TRACE)
        return found

    @property
    def split(self) -> Flags:
        """Whether a part of a source, rather than whole ones only, is in a target ``(target,)``."""
        cut = (self.basis != WHOLE).astype(float)
        return np.asarray((self.weights @ cut) > 0)


def transfer(source: Shapes, target: Shapes, ground: Ground | None = None) -> Transfer:
    """Share every source out over the targets on its ground.

    By homes where some are known in it, else by residential land, else by area. A source that is
    at least 95 percent inside the targets is taken to be inside: two drawings of the same border
    differ by as much. Ground of several targets goes to the first. O((n + m) log n).

    Parameters
    ----------
    source, target
        Polygons in metres.
    """
    known = Ground() if ground is None else ground
    shapes = _told_apart(target)
    area = _by_area(source, shapes)
    size = np.maximum(shapely.area(source), SPECK_M**2)
    whole_target = np.maximum(shapely.area(target), SPECK_M**2)
    covered = np.minimum(np.bincount(area[1], area[2], len(target)) / whole_target, 1.0)
    homes, in_homes = _by_homes(source, shapes, known)
    land, in_land = _by_land(source, shapes, known.land)
    basis = np.select([in_homes > 0, in_land > 0], [HOMES, LAND], AREA)
    total = np.select([in_homes > 0, in_land > 0], [in_homes, in_land], size)
    taken = zip((HOMES, LAND, AREA), (homes, land, area), strict=True)
    kept = [tuple(each[basis[rows[0]] == level] for each in rows) for level, rows in taken]
    at, to, amount = (np.concatenate(each) for each in zip(*kept, strict=True))
    shape = (len(source), len(target))
    weights, outside = _shared(at, to, amount / total[at], shape)
    lies = _shared(area[0], area[1], area[2] / size[area[0]], shape)
    basis = np.where(_in_one(*lies), WHOLE, basis)
    contested = 1 - float(shapely.area(shapes).sum() / whole_target.sum())
    return Transfer(weights, outside, basis, covered, *faults(source), contested)


def dissolve(group: Longs, groups: int) -> Transfer:
    """Put whole sources together: ``group`` says in which each is ``(source,)``."""
    ones = np.ones(group.size)
    weights = csr_array((ones, (group, np.arange(group.size))), shape=(groups, group.size))
    return Transfer(weights, 0 * ones, np.full(group.size, WHOLE), np.ones(groups))


def whole(values: Floats, outside: float = 0.0) -> Floats:
    """Round counts that add up to a whole number, with ``outside``, so that they still do.

    By largest remainder; NaN stays NaN.
    """
    parts = np.append(np.nan_to_num(values), outside)
    total = parts.sum()
    if total <= 0:
        return np.where(np.isnan(values), np.nan, 0.0)
    goal = np.array([round(total)])
    found = largest_remainder(goal, np.zeros(parts.size, dtype=np.int64), parts / total)
    return np.where(np.isnan(values), np.nan, found[:-1].astype(float))


def faults(source: Shapes) -> tuple[float, float]:
    """Measure ground in several areas and enclosed ground in none, as shares of their area."""
    union = shapely.union_all(source)
    size = float(union.area)
    if not size:
        return 0.0, 0.0
    rings = shapely.get_exterior_ring(shapely.get_parts(union))
    filled = shapely.union_all(shapely.polygons(rings))
    overlap = float(shapely.area(source).sum()) - size
    return max(overlap, 0.0) / size, max(float(filled.area) - size, 0.0) / size


def _shared(
    source: Longs, target: Longs, share: Floats, shape: tuple[int, int]
) -> tuple[csr_array, Floats]:
    """Make shares of a source add up to 1 with what is outside; nearly inside is inside."""
    real = share > TRACE
    source, target, share = source[real], target[real], share[real]
    covered = np.bincount(source, share, shape[0])
    inside = covered >= 1 - NOISE
    share = share / np.where(inside, covered, 1.0)[source]
    weights = csr_array((share, (target, source)), shape=shape[::-1])
    weights.sum_duplicates()
    return weights, np.where(inside, 0.0, 1 - covered)


def _in_one(weights: csr_array, outside: Floats) -> Flags:
    """Tell the sources whose ground is in one target alone: nothing is split, whatever by."""
    most = weights.max(axis=0).toarray() if weights.nnz else np.zeros(outside.size)
    found: Flags = (most >= 1 - REPORTED) & (outside == 0)
    return found


def _told_apart(shapes: Shapes) -> Shapes:
    """Leave ground that several targets claim to the first of them."""
    west, south, east, north = shapely.bounds(shapes).T
    boxes = shapely.box(west + SPECK_M, south + SPECK_M, east - SPECK_M, north - SPECK_M)
    first, second = shapely.STRtree(shapes).query(boxes)
    later = first > second
    first, second = first[later], second[later]
    shared = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    strip = SPECK_M * np.minimum(shapely.length(shapes[first]), shapely.length(shapes[second]))
    claimed = np.flatnonzero(shared > strip)
    found = shapes.copy()
    for each in claimed:  # the later gives way
        found[first[each]] = shapely.difference(found[first[each]], shapes[second[each]])
    return found


def _by_area(source: Shapes, target: Shapes) -> Links:
    """Square metres that each pair shares; only pairs at a border are cut."""
    tree = shapely.STRtree(target)
    at, to = tree.query(source, predicate="intersects")
    key = at * len(target) + to
    held = np.isin(key, _keys(tree.query(source, predicate="covers"), len(target)))
    to_small, at_large = shapely.STRtree(source).query(target, predicate="covers")
    holds = np.isin(key, _keys((at_large, to_small), len(target)))
    shared = np.where(held, shapely.area(target[to]), shapely.area(source[at]))
    cut = ~(held | holds)
    shared[cut] = shapely.area(shapely.intersection(source[at[cut]], target[to[cut]]))
    real = shared > 0
    return at[real], to[real], shared[real]


def _keys(pairs: tuple[Longs, Longs], width: int) -> Longs:
    return pairs[0] * width + pairs[1]


def _by_homes(source: Shapes, target: Shapes, ground: Ground) -> tuple[Links, Floats]:
    """Homes that each pair shares, and all homes of each source."""
    home, at = shapely.STRtree(source).query(ground.homes, predicate="intersects")
    count: Floats = ground.count[home]
    to = containing(target, ground.homes)[home]
    total = np.bincount(at, count, len(source)).astype(np.float64)
    inside = to >= 0
    return (at[inside], to[inside], count[inside]), total


def _by_land(source: Shapes, target: Shapes, land: Shapes) -> tuple[Links, Floats]:
    """Residential square metres that each pair shares, and all of each source."""
    plot, at = shapely.STRtree(source).query(land, predicate="intersects")
    pieces = shapely.intersection(land[plot], source[at])
    size: Floats = shapely.area(pieces)
    total = np.bincount(at, size, len(source)).astype(np.float64)
    piece, to = shapely.STRtree(target).query(pieces, predicate="intersects")
    shared = shapely.area(shapely.intersection(pieces[piece], target[to]))
    return (at[piece], to, shared), total
