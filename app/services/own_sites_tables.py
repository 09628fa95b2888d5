"""The layers of a plan on own tables."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.siting.report import Run

AROUND_M = 50.0  # a lot of one site is still an area


def as_layers(
    run: Run, sites: list[dict[str, Any]], rejected: list[dict[str, Any]], crs: str | None
) -> dict[str, pd.DataFrame]:
    """Give the layers ``sites, existing, rejected, lots``; without a CRS they lie on a plane."""
    at = {name: each for each, name in enumerate(run.problem.sites.id)}
    chosen = _place(run, sites, at, crs, ("reasons",))
    layers = {"sites": chosen}
    kept = np.flatnonzero((run.problem.sites.existing > 0) & (run.solution.points == 0))
    if kept.size:
        rows = [
            {
                "candidate_id": run.problem.sites.id[site],
                "existing_points": int(run.problem.sites.existing[site]),
                "served_kwh_day": float(run.solution.allocation.served_kwh[site]),
            }
            for site in kept
        ]
        layers["existing"] = _place(run, rows, at, crs, ())
    layers["rejected"] = _place(run, rejected, at, crs, ("binding",))
    layers["lots"] = _lots(chosen)
    return layers


def _place(
    run: Run,
    rows: list[dict[str, Any]],
    at: dict[str, int],
    crs: str | None,
    lists: tuple[str, ...],
) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows)
    for name in lists:
        if name in frame:
            frame[name] = ["; ".join(each) for each in frame[name]]
    if "candidate_id" not in frame:
        frame = pd.DataFrame({"candidate_id": pd.Series([], dtype="str")})
    index = [at[name] for name in frame["candidate_id"]]
    xy = run.problem.sites.xy[index]
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]), crs=crs)


def _lots(chosen: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw each lot around its sites."""
    if chosen.empty:
        empty = pd.DataFrame({"lot": pd.Series([], dtype="str")})
        return gpd.GeoDataFrame(empty, geometry=[], crs=chosen.crs)
    rows = []
    for lot, mine in chosen.groupby("lot"):
        rows.append(
            {
                "lot": lot,
                "sites": len(mine),
                "points": int(mine["points"].sum()),
                "kw": float(mine["kw"].sum()),
                "served_kwh_day": float(mine["served_kwh_day"].sum()),
                "cost_eur": float(mine["cost_eur"].sum()),
                "geometry": mine.geometry.union_all().convex_hull.buffer(AROUND_M),
            }
        )
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=chosen.crs)
