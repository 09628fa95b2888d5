"""Who belongs to whom on the map: districts and places to transformers, and how much of each.

A place belongs to the polygon that contains it, else to the nearest transformer within walking
distance of a cable; feeders, substations and areas that are only points take what is nearest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from app.core.engine.arrays import Floats, Longs

REACH_M = 400.0  # a low-voltage cable rarely runs further
NOISE = 0.05  # share of a district that may be a drawing error at its border
Shapes = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Shares of districts that assets carry.

    Attributes
    ----------
    asset, district : (link,) int64
        Rows of the two maps; sorted by asset, then district.
    weight : (link,)
        Share of the district's demand.
    rest : (district,)
        Share of each district that no asset carries, 0 or more.
    """

    asset: Longs
    district: Longs
    weight: Floats
    rest: Floats


def link(cells: Shapes, assets: Shapes, dwellings: Floats, *, bounded: bool) -> Links:
    """Share every district out over the assets that feed it. O((n + m) log n).

    Parameters
    ----------
    cells, assets
        Districts (polygons) and assets (points or polygons), in metres.
    dwellings : (asset,)
        Homes an asset supplies, NaN where not said: the weight among points.
    bounded
        Whether an asset reaches no further than a low-voltage cable: transformers.
    """
    plain = polygons(assets)
    asset, district, share = _by_area(cells, assets, np.flatnonzero(plain))
    covered = np.bincount(district, share, len(cells))
    full = covered >= 1 - NOISE
    share /= np.where(full, covered, np.maximum(covered, 1.0))[district]
    rest = np.where(full, 0.0, np.maximum(1 - covered, 0.0))
    finder = _by_point if bounded else _by_nearest
    points = finder(cells, assets, np.flatnonzero(~plain), dwellings)
    more_asset, more_district, weight = (each[rest[points[1]] > 0] for each in points)
    asset, district = np.append(asset, more_asset), np.append(district, more_district)
    share = np.append(share, weight * rest[more_district])
    rest[more_district] = 0.0
    order = np.lexsort((district, asset))
    return Links(asset[order], district[order], share[order], rest)


def polygons(shapes: Shapes) -> Flags:
    """Tell the polygons among shapes."""
    found: Flags = shapely.get_dimensions(shapes) == shapely.get_dimensions(shapely.box(0, 0, 1, 1))
    return found


def middles(shapes: Shapes) -> Shapes:
    """Return one point per shape, inside it where it has an inside."""
    found: Shapes = np.where(
        polygons(shapes), shapely.point_on_surface(shapes), shapely.centroid(shapes)
    )
    return found


Triple = tuple[Longs, Longs, Floats]


def _by_area(cells: Shapes, assets: Shapes, which: Longs) -> Triple:
    at, district = shapely.STRtree(cells).query(assets[which], predicate="intersects")
    shared = shapely.area(shapely.intersection(assets[which[at]], cells[district]))
    share = shared / shapely.area(cells[district])
    real = share >= NOISE / 5  # less is two drawings of the same border
    return which[at[real]], district[real], share[real]


def _by_point(cells: Shapes, assets: Shapes, which: Longs, dwellings: Floats) -> Triple:
    home = containing(cells, assets[which])
    lost = np.flatnonzero(home < 0)
    home[lost] = nearest(cells, assets[which[lost]], REACH_M)
    asset, district = which[home >= 0], home[home >= 0]
    bare = np.setdiff1d(np.arange(len(cells)), district)
    help_from = nearest(assets[which], middles(cells[bare]), REACH_M)
    helped = help_from >= 0
    weight = _by_homes(district, dwellings[asset], len(cells))
    return (
        np.concatenate([asset, which[help_from[helped]]]),
        np.concatenate([district, bare[helped]]),
        np.concatenate([weight, np.ones(np.count_nonzero(helped))]),
    )


def _by_nearest(cells: Shapes, assets: Shapes, which: Longs, _: Floats) -> Triple:
    found = nearest(assets[which], middles(cells), np.inf)
    district = np.flatnonzero(found >= 0)
    return which[found[district]], district, np.ones(district.size)


def _by_homes(district: Longs, dwellings: Floats, districts: int) -> Floats:
    """Weigh assets by homes within their district; equally where nobody counted them."""
    known = ~np.isnan(dwellings)
    count = np.bincount(district[known], minlength=districts)
    total = np.bincount(district[known], dwellings[known], districts)
    usual = np.where(total > 0, total / np.maximum(count, 1), 1.0)[district]
    counted = known & (total > 0)[district]
    homes = np.where(counted, dwellings, usual)
    weight: Floats = homes / np.bincount(district, homes, districts)[district]
    return weight


def containing(areas: Shapes, points: Shapes) -> Longs:
    """Find the first area that holds each point; -1 where none does."""
    point, area = shapely.STRtree(areas).query(points, predicate="intersects")
    return _first(point, area, len(points))


def nearest(targets: Shapes, points: Shapes, reach_m: float) -> Longs:
    """Find the nearest target within reach of each point, the first of equals; -1 where none is."""
    if not len(targets) or not len(points):
        return np.full(len(points), -1)
    reach = None if np.isinf(reach_m) else reach_m
    point, target = shapely.STRtree(targets).query_nearest(points, max_distance=reach)
    return _first(point, target, len(points))


def _first(point: Longs, found: Longs, count: int) -> Longs:
    best = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(best, point, found)
    return np.where(best == np.iinfo(np.int64).max, -1, best)


def largest_remainder(total: Longs, group: Longs, weight: Floats) -> Longs:
    """Divide whole numbers within groups by weight, so that each group's parts add up to it.

    Ties go to the earlier part. O(n log n).

    Parameters
    ----------
    total : (group,)
        What to divide.
    group, weight : (part,)
        The group of each part and its share; shares of a group add up to 1.
    """
    exact = total[group] * weight
    parts = np.floor(exact + 1e-9).astype(np.int64)
    left = total - np.bincount(group, parts, total.size).astype(np.int64)
    order = np.lexsort((np.arange(group.size), -(exact - parts), group))
    first = np.searchsorted(group[order], np.arange(total.size))
    rank = np.arange(group.size) - first[group[order]]
    parts[order] += rank < left[group[order]]
    return parts
