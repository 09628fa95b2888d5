"""What the solvers work on: sparse pairs, tightened caps, one record for every tier."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.siting.kernels_reach import group
from app.core.siting.problem import COVERAGE, SLACK, UNKNOWN, Problem, Sites, freeze, sums
from app.core.siting.reach import Reach


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One question, ready to solve.

    Attributes
    ----------
    cap : (site,)
        New points that parking, grid and budget allow at this site alone; 0 where it is barred.
    existing, locked : (site,)
        Points that stand today; sites that must get or keep at least one point.
    kwh_point, pull, fixed_eur, point_eur, transformer : (site,)
        See ``problem.Sites``.
    fit : (transformer,)
        New points that fit; the last entry stands for sites without a transformer.
    near_start, near
        Sites too close to be new together.
    floor_kwh : (district,)
        Energy that should be served [kWh/day].
    """

    reach: Reach
    cap: Ints
    existing: Ints
    locked: Ints
    kwh_point: Floats
    pull: Floats
    fixed_eur: Floats
    point_eur: Floats
    transformer: Ints
    slots: Ints
    fit: Longs
    near_start: Longs
    near: Ints
    floor_kwh: Floats
    floor_price: float
    budget_eur: float
    max_points: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def floored(self) -> float:
        """The price of a kWh short of a floor; 0 where no district has a floor."""
        return self.floor_price if self.floor_kwh.any() else 0.0


def neighbours(xy: Floats, spacing_m: float) -> tuple[Longs, Ints]:
    """List for each site the others closer than ``spacing_m``, straight line."""
    if spacing_m <= 0 or len(xy) == 0:
        return np.zeros(len(xy) + 1, np.int64), np.zeros(0, np.int32)
    pairs = cKDTree(xy).query_pairs(spacing_m - SLACK, output_type="ndarray")
    first = np.concatenate([pairs[:, 0], pairs[:, 1]]).astype(np.int32)
    second = np.concatenate([pairs[:, 1], pairs[:, 0]]).astype(np.int32)
    order = np.argsort(second, kind="stable")
    start, near, _ = group(first[order], second[order], np.zeros(first.size), len(xy))
    return start, near


def build_instance(
    problem: Problem, reach: Reach, near: tuple[Longs, Ints] | None = None
) -> Instance:
    """Tighten every cap before anything else: it is most of the bound's quality."""
    sites, grid, terms = problem.sites, problem.grid, problem.terms
    known = sites.transformer != UNKNOWN
    fit = np.append(grid.fit, 0).astype(np.int64)
    transformer = np.where(known, sites.transformer, len(grid.fit)).astype(np.int32)
    start, other = near if near is not None else neighbours(sites.xy, terms.spacing_m)
    floor = np.zeros(len(problem.districts))
    if terms.floor_share > 0:
        demands = problem.demands
        np.add.at(floor, demands.district, demands.kwh_day * terms.floor_share)
    kwh_point = sites.kwh_point
    cap = _caps(sites, fit[transformer], terms.budget_eur, terms.max_points)
    existing = sites.existing
    if terms.objective == COVERAGE:  # one open point counts all demand in reach, once
        kwh_point = sums(
            np.repeat(np.arange(reach.sites), np.diff(reach.site_start)),
            reach.weight_kwh[reach.site_row],
            reach.sites,
        )
        cap = np.where(existing > 0, 0, np.minimum(cap, 1)).astype(np.int32)
        existing = np.minimum(existing, 1)
    locked = (sites.locked & (sites.existing == 0)).astype(np.int32)
    instance = Instance(
        reach=reach,
        cap=cap,
        existing=existing,
        locked=locked,
        kwh_point=kwh_point,
        pull=sites.pull,
        fixed_eur=np.where(sites.existing > 0, 0.0, sites.fixed_eur),
        point_eur=sites.point_eur,
        transformer=transformer,
        slots=sites.slots,
        fit=fit,
        near_start=start,
        near=other,
        floor_kwh=floor,
        floor_price=terms.floor_price,
        budget_eur=terms.budget_eur,
        max_points=terms.max_points,
    )
    _check_locks(problem, instance)
    return instance


def _caps(sites: Sites, fit: Longs, budget_eur: float, max_points: float) -> Ints:
    """Cap each site by parking, room, money and points, as if it stood alone."""
    parking = np.maximum(sites.max_points - sites.existing, 0)
    cap = np.minimum(parking.astype(np.int64), fit // sites.slots)
    cap = np.minimum(cap, np.int64(min(max_points, 2.0**31)))
    if np.isfinite(budget_eur):
        purse = budget_eur - np.where(sites.existing > 0, 0.0, sites.fixed_eur)
        price = np.where(sites.point_eur > 0, sites.point_eur, 1.0)
        money = np.where(sites.point_eur > 0, np.floor(purse / price + SLACK), 2.0**31)
        cap = np.minimum(cap, np.where(purse < 0, 0, money).astype(np.int64))
    return np.where(sites.barred, 0, np.maximum(cap, 0)).astype(np.int32)


def _check_locks(problem: Problem, instance: Instance) -> None:
    """Refuse locks that break a limit by themselves: a lock is the user's word, never dropped."""
    sites = problem.sites
    faults = [
        f"site {sites.id[at]}: {sites.existing[at]} points exist, {sites.max_points[at]} allowed"
        for at in np.flatnonzero(sites.existing > sites.max_points)
    ]
    locked = np.flatnonzero(instance.locked)
    faults += [
        f"site {sites.id[at]} is locked, but its parking allows 0 points: 1 too many"
        for at in locked[sites.max_points[locked] < 1]
    ]
    faults += _grid_faults(problem, instance, locked)
    cost = instance.fixed_eur[locked] + instance.point_eur[locked]
    if cost.sum() > instance.budget_eur + 0.01:  # a cent
        over = cost.sum() - instance.budget_eur
        most = sites.id[locked[int(np.argmax(cost))]]
        faults.append(
            f"the locked sites cost {cost.sum():,.0f} EUR, {over:,.0f} EUR over the budget; "
            f"the dearest is {most}"
        )
    if locked.size > instance.max_points:
        over = locked.size - int(instance.max_points)
        faults.append(f"{locked.size} sites are locked, {over} more than the points allowed")
    if faults:
        raise InputError("\n".join(faults))


def _grid_faults(problem: Problem, instance: Instance, locked: Longs) -> list[str]:
    sites = problem.sites
    faults = []
    wanted = np.bincount(
        instance.transformer[locked], instance.slots[locked], instance.fit.size
    ).astype(np.int64)
    for transformer in np.flatnonzero(wanted > instance.fit):
        there = locked[instance.transformer[locked] == transformer]
        names = ", ".join(sites.id[at] for at in there)
        over = int(wanted[transformer] - instance.fit[transformer])
        unknown = transformer == instance.fit.size - 1
        where = "no known room" if unknown else f"transformer {problem.grid.id[transformer]}"
        faults.append(f"site {names} is locked, but needs {over} more points than fit at {where}")
    return faults


def without(instance: Instance, sites: Longs) -> Instance:
    """Return the instance with some sites shut."""
    cap = instance.cap.copy()
    cap[sites] = 0
    return replace(instance, cap=cap)
