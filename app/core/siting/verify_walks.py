"""The verifier's own walks: another way to the same metres, sharing no code with the search.

Streets are parted where others end on them; sites and demand then hang on both corners of their
part, which stays whole, and two on one part are measured straight along it.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Longs
from app.core.siting.problem import Problem, Streets

BATCH = 50
NOTHING_M = 1e-12  # an edge of no length would be no edge
Triple = tuple[Longs, Longs, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Streets between corners: ``corner`` (part, 2), and short steps between corners."""

    start: Floats
    end: Floats
    length: Floats
    corner: Longs
    corners: int
    tail: Longs
    head: Longs
    gap_m: Floats


def walks(problem: Problem, demand: Longs, site: Longs, slack_m: float) -> Triple:
    """List who of ``demand`` reaches whom of ``site``: positions in both, and metres."""
    terms, streets = problem.terms, problem.streets
    far_m = terms.radius_m + slack_m
    at, to = problem.demands.xy[demand], problem.sites.xy[site]
    near = cKDTree(at).sparse_distance_matrix(
        cKDTree(to), far_m / terms.detour, output_type="ndarray"
    )
    plain = near["i"].astype(np.int64), near["j"].astype(np.int64), near["v"] * terms.detour
    if streets is None:
        return plain
    parts = _parts(streets)
    feet = [_feet(parts, each, streets.snap_m) for each in (at, to)]
    lost = (feet[0][0] < 0)[plain[0]] | (feet[1][0] < 0)[plain[1]]
    walked = _walked(parts, feet, far_m)
    one, two, metres = (
        np.concatenate([each[lost], more]) for each, more in zip(plain, walked, strict=True)
    )
    return one, two, metres


def _parts(streets: Streets) -> Parts:
    """Part streets where a corner of another lies on them, or so near that it was meant to."""
    ends = np.concatenate([streets.start, streets.end])
    lines = shapely.linestrings(np.stack([streets.start, streets.end], axis=1))
    names = np.unique(_named(ends))
    spots = shapely.points(names.real, names.imag)
    touch, onto = shapely.STRtree(lines).query(spots, "dwithin", distance=streets.join_m)
    mine = _named(streets.start)[onto], _named(streets.end)[onto]
    free = (mine[0] != names[touch]) & (mine[1] != names[touch])
    touch, onto = touch[free], onto[free]
    share = shapely.line_locate_point(lines[onto], spots[touch], normalized=True)[:, None]
    foot = streets.start[onto] * (1 - share) + streets.end[onto] * share
    whole = np.arange(len(lines))
    street = np.concatenate([whole, whole, onto])
    place = np.concatenate([np.zeros(whole.size), np.ones(whole.size), share[:, 0]])
    xy = np.concatenate([ends, foot])
    order = np.lexsort((place, street))
    step = np.flatnonzero(np.diff(street[order]) == 0)
    start, end = xy[order][step], xy[order][step + 1]
    corners, number = np.unique(_named(np.concatenate([start, end])), return_inverse=True)
    return Parts(
        start,
        end,
        np.hypot(*(end - start).T),
        number.reshape(2, -1).T,
        len(corners),
        np.searchsorted(corners, names[touch]),
        np.searchsorted(corners, _named(foot)),
        shapely.distance(lines[onto], spots[touch]),
    )


def _named(xy: Floats) -> np.ndarray:
    found: np.ndarray = xy[:, 0] + 1j * xy[:, 1]
    return found


def _feet(parts: Parts, xy: Floats, snap_m: float) -> tuple[Longs, Floats, Floats]:
    """Find the first of the nearest parts, metres along it, and metres to it."""
    which, along, away = np.full(len(xy), -1), np.zeros(len(xy)), np.zeros(len(xy))
    if not len(parts.start) or not len(xy):
        return which, along, away
    lines = shapely.linestrings(np.stack([parts.start, parts.end], axis=1))
    pairs = shapely.STRtree(lines).query_nearest(shapely.points(xy), max_distance=snap_m)
    order = np.lexsort(pairs[::-1])
    point, first = np.unique(pairs[0][order], return_index=True)
    which[point] = pairs[1][order][first]
    start, length = parts.start[which[point]], parts.length[which[point]]
    step = parts.end[which[point]] - start
    square = np.where(length > 0, length**2, 1.0)
    share = np.clip(((xy[point] - start) * step).sum(axis=1) / square, 0.0, 1.0)
    along[point] = share * length
    away[point] = np.hypot(*(xy[point] - start - share[:, None] * step).T)
    return which, along, away


def _walked(parts: Parts, feet: list[tuple[Longs, Floats, Floats]], far_m: float) -> Triple:
    """Walk from the sites to the demand, each hung on the corners of its part."""
    (street, along, away), (base, base_along, base_away) = feet
    wanted, sites = np.flatnonzero(street >= 0), np.flatnonzero(base >= 0)
    if not wanted.size or not sites.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    graph = _graph(parts)
    first, last = parts.corner[street[wanted]].T
    rest = parts.length[street[wanted]] - along[wanted]
    found: list[Triple] = []
    for at in range(0, sites.size, BATCH):
        some = sites[at : at + BATCH]
        begin, finish = parts.corner[base[some]].T
        steps = dijkstra(
            graph, directed=False, indices=np.concatenate([begin, finish]), limit=far_m
        )
        back = base_along[some][:, None]
        ahead = parts.length[base[some]][:, None] - back
        steps = np.minimum(steps[: some.size] + back, steps[some.size :] + ahead)
        walk = np.minimum(steps[:, first] + along[wanted], steps[:, last] + rest)
        same = base[some][:, None] == street[wanted]
        walk = np.where(same, np.minimum(walk, np.abs(back - along[wanted])), walk)
        walk += base_away[some][:, None] + away[wanted]
        row, column = np.nonzero(walk <= far_m)
        found.append((wanted[column], some[row], walk[row, column]))
    one, two, metres = (np.concatenate(each) for each in zip(*found, strict=True))
    return one, two, metres


def _graph(parts: Parts) -> csr_array:
    """Join corners along parts and over gaps; of parallel ways the shortest stays."""
    ends = np.concatenate([parts.corner, np.column_stack([parts.tail, parts.head])])
    metres = np.maximum(np.concatenate([parts.length, parts.gap_m]), NOTHING_M)
    low, high = ends.min(axis=1), ends.max(axis=1)
    order = np.lexsort((metres, high, low))
    _, first = np.unique(low[order] * parts.corners + high[order], return_index=True)
    kept = order[first]
    size = (parts.corners, parts.corners)
    return csr_array((metres[kept], (low[kept], high[kept])), shape=size)
