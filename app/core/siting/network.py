"""Walking over streets: who reaches whom along the lines of a street network.

Demand and sites are put on their nearest street where one is near; an end that has none walks the
straight line times a detour, and is marked. A straight circle is never used: it crosses rivers.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from app.core.belonging import Shapes
from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.layer import MILLIMETRE
from app.core.siting.problem import SLACK, Flags, Streets, freeze
from app.core.siting.reach import MOST_PAIRS, Pairs, find_pairs

CHUNK = 200  # sources walked from at a time
TILE_M = 1_000.0  # sources are taken in strips this wide, so that a chunk lies together
LEAST_M = 1e-12  # a step of no length would be no edge at all


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Pairs within a walk, and the ends that no street is near.

    Attributes
    ----------
    pairs
        Demand, site and walking distance [m].
    far_demand : (demand,)
    far_site : (site,)
        Whether an end lies too far from every street and walks the straight line times the detour.
    """

    pairs: Pairs
    far_demand: Flags
    far_site: Flags

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


@dataclass(frozen=True, slots=True, eq=False)
class Feet:
    """Where points meet the network: street, metres along it, metres to it; street -1 for none."""

    street: Longs
    along_m: Floats
    away_m: Floats


def streets_of(shapes: Shapes, snap_m: float, join_m: float) -> Streets:
    """Take lines apart into straight pieces; places nobody drew have none."""
    lines = shapely.get_parts(shapes[~shapely.is_empty(shapes) & ~shapely.is_missing(shapes)])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    xy = xy.round(MILLIMETRE) + 0.0  # corners that are the same place get the same name
    inner = np.flatnonzero(line[1:] == line[:-1])
    real = inner[(xy[inner + 1] != xy[inner]).any(axis=1)]
    return Streets(xy[real], xy[real + 1], snap_m, join_m)


def find_walks(
    streets: Streets, demand_xy: Floats, site_xy: Floats, *, radius_m: float, detour: float
) -> Walks:
    """Find every pair within ``radius_m`` along the streets, both ways to the street included.

    O(sources x streets within the radius); ordered by demand, then site.
    """
    pieces = shapely.linestrings(np.stack([streets.start, streets.end], axis=1))
    tree = shapely.STRtree(pieces)
    feet = [_feet(tree, pieces, xy, streets.snap_m) for xy in (demand_xy, site_xy)]
    known = [np.flatnonzero(each.street >= 0) for each in feet]
    demand, site, metres = _along(streets, tree, feet, known, radius_m)
    far = [each.street < 0 for each in feet]
    plain = find_pairs(demand_xy, site_xy, radius_m=radius_m, detour=detour)
    kept = far[0][plain.demand] | far[1][plain.site]
    demand = np.concatenate([demand, plain.demand[kept]])
    site = np.concatenate([site, plain.site[kept]])
    metres = np.concatenate([metres, plain.metres[kept]])
    order = np.lexsort((site, demand))
    return Walks(Pairs(demand[order], site[order], metres[order]), *far)


def _feet(tree: shapely.STRtree, pieces: Shapes, xy: Floats, snap_m: float) -> Feet:
    """Put points on their nearest street, the first of equals."""
    street, along = np.full(len(xy), -1), np.zeros(len(xy))
    away = np.full(len(xy), np.inf)
    if len(xy) and len(pieces):
        spots = shapely.points(xy)
        at, found = tree.query_nearest(spots, max_distance=snap_m)
        first = np.full(len(xy), len(pieces))
        np.minimum.at(first, at, found)
        near = first < len(pieces)
        street[near] = first[near]
        along[near] = shapely.line_locate_point(pieces[first[near]], spots[near])
        away[near] = shapely.distance(pieces[first[near]], spots[near])
    return Feet(street, along, away)


def _along(
    streets: Streets, tree: shapely.STRtree, feet: list[Feet], known: list[Longs], radius_m: float
) -> tuple[Ints, Ints, Floats]:
    """Walk from the smaller side to the other."""
    nobody = np.zeros(0, np.int32)
    if not (known[0].size and known[1].size):
        return nobody, nobody.copy(), np.zeros(0)
    graph, xy, spots = _graph(streets, tree, feet, known)
    small = int(known[1].size < known[0].size)
    away = [each.away_m[index] for each, index in zip(feet, known, strict=True)]
    source, target, metres = _walk(
        graph, xy, (spots[small], spots[1 - small]), (away[small], away[1 - small]), radius_m
    )
    ends = (known[small][source], known[1 - small][target])
    demand, site = ends[::-1] if small else ends
    return demand.astype(np.int32), site.astype(np.int32), metres


def _graph(
    streets: Streets, tree: shapely.STRtree, feet: list[Feet], known: list[Longs]
) -> tuple[csr_array, Floats, tuple[Longs, Longs]]:
    """Cut the streets at every foot and wherever another street ends on them."""
    corners, node = np.unique(
        np.concatenate([streets.start, streets.end]), axis=0, return_inverse=True
    )
    node = node.ravel()
    count, pieces = len(corners), len(streets.start)
    end, onto, gap_m, at_m = _joints(streets, tree, corners, node)
    street = np.concatenate([onto, *(each.street[i] for each, i in zip(feet, known, strict=True))])
    along = np.concatenate([at_m, *(each.along_m[i] for each, i in zip(feet, known, strict=True))])
    cut = count + np.arange(street.size)
    length = np.hypot(*(streets.end - streets.start).T)
    share = (along / length[street])[:, None]
    cut_xy = streets.start[street] * (1 - share) + streets.end[street] * share
    every = np.concatenate([np.arange(pieces), np.arange(pieces), street])
    place = np.concatenate([np.zeros(pieces), length, along])
    name = np.concatenate([node[:pieces], node[pieces:], cut])
    order = np.lexsort((place, every))
    place, name = place[order], name[order]
    step = np.flatnonzero(np.diff(every[order]) == 0)
    tail = np.concatenate([name[step], end])
    head = np.concatenate([name[step + 1], cut[: end.size]])
    metres = np.concatenate([place[step + 1] - place[step], gap_m])
    graph = _shortest(tail, head, metres, count + street.size)
    first = count + end.size
    spots = (first + np.arange(known[0].size), first + known[0].size + np.arange(known[1].size))
    return graph, np.concatenate([corners, cut_xy]), spots


def _joints(
    streets: Streets, tree: shapely.STRtree, corners: Floats, node: Longs
) -> tuple[Longs, Longs, Floats, Floats]:
    """Find corners that lie on or nearly on another street: drawings rarely meet exactly."""
    spots = shapely.points(corners)
    at, street = tree.query(spots, predicate="dwithin", distance=streets.join_m)
    pieces = len(streets.start)
    own = (node[:pieces][street] == at) | (node[pieces:][street] == at)
    at, street = at[~own], street[~own]
    line = tree.geometries[street]
    return at, street, shapely.distance(line, spots[at]), shapely.line_locate_point(line, spots[at])


def _shortest(tail: Longs, head: Longs, metres: Floats, count: int) -> csr_array:
    """Make the graph of both ways, the shortest of parallel steps kept."""
    one, two = np.concatenate([tail, head]), np.concatenate([head, tail])
    metres = np.maximum(np.concatenate([metres, metres]), LEAST_M)
    order = np.lexsort((metres, two, one))
    one, two, metres = one[order], two[order], metres[order]
    fresh = np.ones(one.size, bool)
    fresh[1:] = (one[1:] != one[:-1]) | (two[1:] != two[:-1])
    return csr_array((metres[fresh], (one[fresh], two[fresh])), shape=(count, count))


def _walk(
    graph: csr_array,
    xy: Floats,
    spots: tuple[Longs, Longs],
    away: tuple[Floats, Floats],
    radius_m: float,
) -> tuple[Longs, Longs, Floats]:
    """Walk from sources that lie together, over the streets around them only."""
    source_xy, target_xy = xy[spots[0]], xy[spots[1]]
    order = np.lexsort((source_xy[:, 1], np.floor(source_xy[:, 0] / TILE_M)))
    found: list[tuple[Longs, Longs, Floats]] = []
    pairs = 0
    for first in range(0, order.size, CHUNK):
        mine = order[first : first + CHUNK]
        low, high = source_xy[mine].min(axis=0) - radius_m, source_xy[mine].max(axis=0) + radius_m
        near = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))
        goal = np.flatnonzero(((target_xy >= low) & (target_xy <= high)).all(axis=1))
        local = np.full(len(xy), -1)
        local[near] = np.arange(near.size)
        metres = dijkstra(
            graph[near][:, near], indices=local[spots[0][mine]], limit=radius_m + SLACK
        )[:, local[spots[1][goal]]]
        metres += away[0][mine][:, None] + away[1][goal][None]
        row, column = np.nonzero(metres <= radius_m + SLACK)
        found.append((mine[row], goal[column], metres[row, column]))
        pairs += row.size
        if pairs > MOST_PAIRS:
            most = f"more than {MOST_PAIRS:,} cannot be searched; choose a smaller radius"
            raise InputError(f"Over {pairs:,} pairs lie within {radius_m:g} m of walking: {most}")
    source, target, metres = (np.concatenate(each) for each in zip(*found, strict=True))
    return source, target, metres
