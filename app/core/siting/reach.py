"""Which demand can walk to which site: sparse, in both orders, equal rows merged.

A matrix of demand by sites must never exist: 100,000 by 20,000 would take 16 GB.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.siting.kernels_reach import fingerprints, group, nearest_first
from app.core.siting.problem import SLACK, Demands, freeze, sums

MOST_PAIRS = 60_000_000
HASH_SEED = 20_260_101


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Demand rows that reach at least one site, and the sites they reach.

    Attributes
    ----------
    weight_kwh, district : (row,)
        Energy wanted [kWh/day] and district; rows with equal sets of sites are merged.
    row_start, row_site, row_m
        Sites of row i are ``row_site[row_start[i]:row_start[i + 1]]``, nearest first [m].
    site_start, site_row, site_m
        The same pairs by site, nearest first.
    member : (demand,)
        The merged row of each demand; -1 where it reaches nothing.
    share : (demand,)
        Its share of that row.
    unreachable_kwh_day
        Energy wanted beyond the reach of every site.
    """

    weight_kwh: Floats
    district: Ints
    row_start: Longs
    row_site: Ints
    row_m: Floats
    site_start: Longs
    site_row: Ints
    site_m: Floats
    member: Ints
    share: Floats
    unreachable_kwh_day: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def rows(self) -> int:
        """Count the merged demand rows."""
        return self.weight_kwh.size

    @property
    def sites(self) -> int:
        """Count the sites."""
        return self.site_start.size - 1


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs within reach: demand, site and walking distance [m]."""

    demand: Ints
    site: Ints
    metres: Floats


def find_pairs(demand_xy: Floats, site_xy: Floats, *, radius_m: float, detour: float) -> Pairs:
    """Find every pair within walking distance; one exactly at the radius is inside.

    Two trees, O(pairs + n log n). Ordered by demand, then site.
    """
    if not len(demand_xy) or not len(site_xy):
        return Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))
    straight_m = (radius_m + SLACK) / detour
    demand_tree, site_tree = cKDTree(demand_xy), cKDTree(site_xy)
    found = int(demand_tree.count_neighbors(site_tree, straight_m))
    if found > MOST_PAIRS:
        limit = f"more than {MOST_PAIRS:,} cannot be searched; choose a smaller radius"
        raise InputError(f"{found:,} pairs of demand and site lie within {radius_m:g} m: {limit}")
    near = demand_tree.sparse_distance_matrix(site_tree, straight_m, output_type="ndarray")
    demand, site = near["i"].astype(np.int32), near["j"].astype(np.int32)
    return Pairs(demand, site, near["v"] * detour)


def build_reach(demands: Demands, pairs: Pairs, sites: int) -> Reach:
    """Order the pairs both ways and merge rows that cannot be told apart. O(pairs log pairs)."""
    useful = demands.kwh_day[pairs.demand] > 0
    demand, site, metres = pairs.demand[useful], pairs.site[useful], pairs.metres[useful]
    order = group(site, demand, metres, sites)  # by site, so that the next pass is sorted by site
    back = np.repeat(np.arange(sites, dtype=np.int32), np.diff(order[0]))
    start, other, distance = group(order[1], back, order[2], len(demands.kwh_day))
    member, rows = _merge(start, other, demands)
    row_of_pair = np.repeat(member, np.diff(start))
    start, other, distance = _mean_pairs(row_of_pair, other, distance, demands, start, rows)
    weight = sums(member[member >= 0], demands.kwh_day[member >= 0], rows)
    district = np.zeros(rows, np.int32)
    district[member[member >= 0]] = demands.district[member >= 0]
    owner = np.repeat(np.arange(rows, dtype=np.int32), np.diff(start))
    by_site = group(other, owner, distance, sites)
    nearest_first(start, other, distance)
    nearest_first(*by_site)
    reached = member >= 0
    share = np.zeros(len(member))
    share[reached] = demands.kwh_day[reached] / weight[member[reached]]
    lost = float(demands.kwh_day[~reached].sum())
    return Reach(weight, district, start, other, distance, *by_site, member, share, lost)


def _merge(start: Longs, other: Ints, demands: Demands) -> tuple[Ints, int]:
    """Give demands with equal sets of sites, in one district, the same number; -1 for none."""
    words = np.random.default_rng(HASH_SEED).integers(
        0, 2**64, (2, int(other.max(initial=0)) + 1), dtype=np.uint64
    )
    one, two = fingerprints(start, other, words[0], words[1])
    member = np.full(len(demands.kwh_day), UNREACHED, np.int32)
    reached = np.flatnonzero(np.diff(start) > 0)
    if not reached.size:
        return member, 0
    keys = (demands.district[reached], two[reached], one[reached])
    order = np.lexsort(keys)
    fresh = np.zeros(order.size, bool)
    for key in keys:
        fresh[1:] |= key[order][1:] != key[order][:-1]
    fresh[0] = True
    group_of = np.empty(order.size, np.int64)
    group_of[order] = np.cumsum(fresh) - 1
    # Number the groups by their first demand, so that hashes never decide an order.
    _, first = np.unique(group_of, return_index=True)
    rank = np.empty(first.size, np.int32)
    rank[np.argsort(first)] = np.arange(first.size, dtype=np.int32)
    member[reached] = rank[group_of]
    return member, first.size


UNREACHED = np.int32(-1)


def _mean_pairs(  # noqa: PLR0913, PLR0917  # one pass over six aligned columns
    row: Ints, site: Ints, metres: Floats, demands: Demands, start: Longs, rows: int
) -> tuple[Longs, Ints, Floats]:
    """Give merged rows the weighted mean distance. Slices of a row hold the same sites in order."""
    weight = np.repeat(demands.kwh_day, np.diff(start))
    count = np.zeros(rows, np.int64)
    reached = np.flatnonzero(np.diff(start) > 0)
    member = row[start[reached]] if reached.size else row[:0]
    count[member] = np.diff(start)[reached]
    out = np.concatenate([[0], np.cumsum(count)])
    slot = out[row] + (np.arange(row.size) - np.repeat(start[:-1], np.diff(start)))
    total = sums(slot, weight * metres, out[-1])
    mass = sums(slot, weight, out[-1])
    merged = np.zeros(out[-1], np.int32)
    merged[slot] = site
    return out, merged, total / np.where(mass > 0, mass, 1.0)
