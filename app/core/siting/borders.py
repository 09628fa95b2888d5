"""Which districts lie side by side, and lots that hang together on them."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from app.core.belonging import Shapes, middles
from app.core.engine.arrays import Floats, Ints, Longs
from app.core.siting.problem import Flags, freeze

LEAST_M = 1.0
BORDER_M = 20.0  # two drawings of one border, or a canal between them


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """The map of districts under sites.

    Attributes
    ----------
    district : (site,)
        The district of each site, as a row of the map.
    spots : (district, 2)
        A point of each district [m].
    pairs : (pair, 2)
        Which districts are neighbours.
    """

    district: Longs
    spots: Floats
    pairs: Ints

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    def only(self, mine: Flags) -> "Land":
        """Return the same map under some of the sites."""
        return replace(self, district=self.district[mine])


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Where sites lie, as lots see it.

    Attributes
    ----------
    district : (site,)
        The district of each site, counted over those that hold a site.
    beside : (district, district)
        Whether two of them are neighbours; each is its own.
    """

    district: Longs
    beside: Flags

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


def borders(shapes: Shapes) -> Ints:
    """List pairs of neighbouring districts, (pair, 2); parts of the map apart are tied together."""
    if len(shapes) < 2:  # noqa: PLR2004  # a pair
        return np.zeros((0, 2), np.int32)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=BORDER_M)
    pairs = np.column_stack([one, other])[one < other]
    spots = shapely.get_coordinates(middles(shapes))
    while True:
        parts, part = connected_components(_graph(pairs, len(shapes)), directed=False)
        if parts == 1:
            return np.asarray(pairs, np.int32)
        here = np.flatnonzero(part == part[0])
        there = np.flatnonzero(part != part[0])
        away, at = cKDTree(spots[here]).query(spots[there])
        nearest = int(away.argmin())
        pairs = np.vstack([pairs, [here[at[nearest]], there[nearest]]])


def _graph(pairs: Ints | Longs, count: int) -> coo_array:
    return coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))


def ground(land: Land) -> Ground:
    """Say which of the districts that hold sites lie side by side.

    A district without sites counts to the nearest that has one: two are neighbours where what
    they stand for touches.
    """
    spots, pairs = land.spots, land.pairs
    used, at = np.unique(land.district, return_inverse=True)
    one, other = pairs[:, 0], pairs[:, 1]
    gap = np.hypot(*(spots[one] - spots[other]).T) + LEAST_M
    way = coo_array((gap, (one, other)), shape=(len(spots), len(spots)))
    held = dijkstra(way.tocsr(), directed=False, indices=used, min_only=True,
                    return_predecessors=True)[2]  # fmt: skip
    beside = np.eye(used.size, dtype=bool)
    one, other = np.searchsorted(used, held[one]), np.searchsorted(used, held[other])
    beside[one, other] = beside[other, one] = True
    return Ground(at.astype(np.int64), beside)


def pieces(lot: Longs, on: Ground, count: int) -> Longs:
    """Count the pieces each lot lies in, (lot,)."""
    return np.array([_parts(lot == each, on)[1].max(initial=-1) + 1 for each in range(count)])


def together(mine: Flags, on: Ground) -> bool:
    """Say whether a lot lies in one piece."""
    return int(_parts(mine, on)[1].max(initial=0)) == 0


def _parts(mine: Flags, on: Ground) -> tuple[Longs, Longs]:
    """List a lot's districts, and the piece of each."""
    held = np.zeros(len(on.beside), bool)
    held[on.district[mine]] = True
    used = np.flatnonzero(held)
    if not used.size:
        return used, used
    near = on.beside[np.ix_(used, used)]
    return used, np.asarray(connected_components(near, directed=False)[1], np.int64)


def gather(lot: Longs, weight: Floats, far: Floats, on: Ground) -> Longs:
    """Hand every part that lies apart from its lot to the nearest lot that reaches it.

    Parameters
    ----------
    lot : (site,)
        From 0.
    weight : (site,)
        Worth: a lot's main piece is its heaviest.
    far : (site, lot)
        How far each site lies from each lot's centre, squared.
    """
    lot, count, districts = lot.copy(), far.shape[1], len(on.beside)
    core = np.zeros((districts, count), bool)
    for each in range(count):
        core[_main(lot == each, weight, on), each] = True
    astray = ~core[on.district, lot]
    while astray.any():
        reach = (on.beside.astype(float) @ core) > 0
        cost = np.zeros((districts, count))
        np.add.at(cost, on.district[astray], far[astray])
        here = np.unique(on.district[astray])
        cost[~reach] = np.inf
        best = cost[here].min(axis=1)
        if not np.isfinite(best).any():
            break
        for district in here[np.isfinite(best)]:
            target = int(cost[district].argmin())
            mine = astray & (on.district == district)
            lot[mine], core[district, target] = target, True
            astray &= ~mine
    return lot


def _main(mine: Flags, weight: Floats, on: Ground) -> Longs:
    """Find the districts of a lot's heaviest piece."""
    used, part = _parts(mine, on)
    if not used.size:
        return used
    held = np.bincount(on.district[mine], weight[mine], len(on.beside))[used]
    return np.asarray(used[part == np.bincount(part, held).argmax()])


def reachable(lot: Longs, on: Ground, count: int) -> Flags:
    """Say which lots each site may go to: those in its district or beside it, (site, lot)."""
    there = np.zeros((len(on.beside), count), bool)
    there[on.district, lot] = True
    reach = (on.beside.astype(float) @ there) > 0
    return np.asarray(reach[on.district])
