"""Which places to open this quarter: those whose points in reach are as busy as their number bears.

A flat percentage would build too much beside many points and too little beside two.
"""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.demand.sizing import MANY, highest_load
from app.core.siting.prepare import Prepared

OPEN, WAIT, NEXT, UNKNOWN = "open", "wait", "next", "unknown"
PERCENT = 100.0


def trigger(points: int, target: float) -> float:
    """Say at which occupancy so many points turn away as many arrivals as the target allows."""
    count = min(points, MANY)
    return highest_load(count, target) * (1 - target) / count if count else 0.0


def release(prepared: Prepared, sites: pd.DataFrame, target: float) -> pd.DataFrame:
    """Say of every planned place whether it is its turn.

    Parameters
    ----------
    sites
        A plan's places in their order: ``candidate_id, name, points, x, y``.
    target
        Share of arrivals that may find all points taken.

    Returns
    -------
    (site,)
        ``candidate_id, name, points, points_in_reach, occupancy, trigger, verdict`` with shares
        of 0 to 1: "open" above the trigger or where nothing stands in reach, "next" where a better
        place by the same points opens first, "wait" below it, "unknown" where nobody measured.
    """
    places = prepared.places
    today = places[places["existing_points"] > 0]
    reach_m = prepared.radius_m / prepared.values["detour"].value
    near = _near(sites, today, reach_m)
    count = today["existing_points"].to_numpy(float)
    share = today["occupancy_percent"].to_numpy(float) / PERCENT
    opened: set[int] = set()
    rows = []
    for there in near:
        points = int(count[there].sum())
        told = [at for at in there if not np.isnan(share[at])]
        known = count[told].sum()
        busy = float((share[told] * count[told]).sum() / known) if known else float("nan")
        least = trigger(points, target)
        verdict = _verdict(points, busy, least, shared=bool(opened & set(there)))
        if verdict == OPEN:
            opened |= set(there)
        rows.append((points, busy, least, verdict))
    frame = pd.DataFrame(
        rows, columns=["points_in_reach", "occupancy", "trigger", "verdict"], index=sites.index
    )
    return sites[["candidate_id", "name", "points"]].join(frame)


def _verdict(points: int, busy: float, least: float, *, shared: bool) -> str:
    if not points:
        return OPEN
    if np.isnan(busy):
        return UNKNOWN
    if busy <= least:
        return WAIT
    return NEXT if shared else OPEN


def _near(sites: pd.DataFrame, today: pd.DataFrame, reach_m: float) -> list[list[int]]:
    if sites.empty or today.empty:
        return [[] for _ in range(len(sites))]
    tree = cKDTree(today[["x", "y"]].to_numpy(float))
    found = tree.query_ball_point(sites[["x", "y"]].to_numpy(float), reach_m + 1e-9)
    return [sorted(each) for each in found]
