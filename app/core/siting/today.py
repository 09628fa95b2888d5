"""What today's points leave unserved, and how districts stand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.siting.allocate import allocate
from app.core.siting.instance import build_instance
from app.core.siting.problem import UNKNOWN, Demands, Grid, Problem, Sites, Terms, freeze, sums
from app.core.siting.reach import Reach

PER = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Today:
    """The city before the plan.

    Attributes
    ----------
    reach_kwh, unserved_kwh : (candidate,)
        Energy wanted in reach, and what today's points leave of it [kWh/day].
    homes : (candidate,)
        Homes without own parking in reach; NaN is unknown.
    points_per_1000 : (candidate,)
        Public points per 1,000 households of its district; NaN is unknown.
    walk_m : (candidate,)
        Mean walk of the unserved demand in reach [m]; NaN where there is none.
    served_kwh
        Energy today's points deliver [kWh/day].
    """

    reach_kwh: Floats
    unserved_kwh: Floats
    homes: Floats
    points_per_1000: Floats
    walk_m: Floats
    served_kwh: float

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)


def look(  # noqa: PLR0913
    places: pd.DataFrame,
    demands: Demands,
    reach: Reach,
    *,
    kwh_point: Floats,
    households: Floats,
    homes_bare: Floats,
    districts: int,
) -> Today:
    """Serve demand by today's points alone; O(pairs)."""
    problem = Problem(
        demands,
        _sites(places, kwh_point),
        Grid((), np.zeros(0), np.zeros(0), np.zeros(0, np.int64)),
        Terms(radius_m=1.0, detour=1.0),
        tuple(map(str, range(districts))),
    )
    found = allocate(build_instance(problem, reach), np.zeros(len(places), np.int32))
    inside = reach.member >= 0
    member = reach.member[inside]
    per_row = sums(member, np.nan_to_num(homes_bare[inside]), reach.rows)
    known = sums(member, ~np.isnan(homes_bare[inside]), reach.rows)
    homes = np.where(in_reach(reach, known) > 0, in_reach(reach, per_row), np.nan)
    total = sums(demands.district, households, districts)
    district = places["district"].to_numpy(int)
    points = sums(district, places["existing_points"], districts)
    rate = np.where(total > 0, PER * points / np.maximum(total, 1e-9), np.nan)
    unserved = in_reach(reach, found.left_kwh)
    site = np.repeat(np.arange(reach.sites), np.diff(reach.site_start))
    walked = sums(site, found.left_kwh[reach.site_row] * reach.site_m, reach.sites)
    return Today(
        reach_kwh=in_reach(reach, reach.weight_kwh),
        unserved_kwh=unserved,
        homes=homes,
        points_per_1000=rate[district],
        walk_m=np.where(unserved > 0, walked / np.maximum(unserved, 1e-9), np.nan),
        served_kwh=found.served_total_kwh,
    )


def in_reach(reach: Reach, amount: Floats) -> Floats:
    """Sum an amount per demand row over the rows each candidate reaches (candidate,)."""
    site = np.repeat(np.arange(reach.sites), np.diff(reach.site_start))
    return sums(site, amount[reach.site_row], reach.sites).astype(np.float64)


def _sites(places: pd.DataFrame, kwh_point: Floats) -> Sites:
    count = len(places)
    existing = places["existing_points"].to_numpy(np.int32)
    return Sites(
        id=tuple(places["candidate_id"]),
        xy=places[["x", "y"]].to_numpy(float).reshape(-1, 2),
        max_points=existing,
        existing=existing,
        fixed_eur=np.zeros(count),
        point_eur=np.zeros(count),
        kwh_point=kwh_point,
        pull=np.ones(count),
        district=places["district"].to_numpy(np.int32),
        transformer=np.full(count, UNKNOWN, np.int32),
        locked=np.zeros(count, bool),
        barred=np.ones(count, bool),
    )
