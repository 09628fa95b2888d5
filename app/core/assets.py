"""What the grid map says of its assets, and what may be concluded where it is silent."""

from math import nan

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.belonging import Links, polygons
from app.core.engine.arrays import Floats
from app.core.layer import STATUSES
from app.core.project import Project

LEVELS = ("transformer", "feeder", "substation", "area")  # finest first
ESTIMATED, DEFAULT, UNKNOWN = (STATUSES.index(s) for s in ("estimated", "default", "unknown"))
BARE = "unknown:"
Texts = npt.NDArray[np.object_]


def finest(project: Project) -> tuple[gpd.GeoDataFrame, str]:
    """Return the assets of the finest level that says a limit, and that level; empty for none."""
    if "grid" not in project.layers or placed(project.layers["grid"].map).empty:
        return gpd.GeoDataFrame({"asset_id": []}, geometry=[], crs=project.crs), ""
    grid = placed(project.layers["grid"].map)
    told = ~np.isnan(numbers(grid, "capacity_kw")) | ~np.isnan(numbers(grid, "headroom_kw"))
    level = texts(grid, "level")
    there = [each for each in LEVELS if (level == each).any()]
    limited = [each for each in there if told[level == each].any()]
    chosen = (limited or there)[0]
    return _once(grid[level == chosen], told[level == chosen]), chosen


def placed(grid: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows that lie somewhere; a capacity map also has rows that only say things."""
    return grid[~(grid.geometry.isna() | grid.geometry.is_empty).to_numpy(dtype=bool)]


def _once(assets: gpd.GeoDataFrame, told: npt.NDArray[np.bool_]) -> gpd.GeoDataFrame:
    """Drop rows of one level that lie on the ground of another: no home is fed by two of them.

    A row without a figure gives way to its parent that has one (the postcodes of an area); a row
    gives way to those it feeds that have one (a congestion area and its stations).
    """
    ids, parents = texts(assets, "asset_id"), texts(assets, "parent_id")
    under_told = np.isin(parents, ids[told])
    over_told = np.isin(ids, parents[told])
    return assets[~(~told & under_told) & ~over_told]


def table(assets: gpd.GeoDataFrame, bare: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the assets, and a row of its own for each district without one."""
    names = texts(assets, "name")
    codes = texts(bare, "district_id")
    return pd.DataFrame(
        {
            "asset_id": np.append(texts(assets, "asset_id"), [BARE + code for code in codes]),
            "name": np.append(
                np.where(names == "", texts(assets, "asset_id"), names), texts(bare, "name")
            ),
            "parent_id": np.append(texts(assets, "parent_id"), [""] * len(bare)),
            "shape": np.append(assets.geometry.to_numpy(), bare.geometry.to_numpy()),
            "dwellings": np.append(numbers(assets, "dwellings"), numbers(bare, "dwellings")),
            "capacity_kw": np.append(numbers(assets, "capacity_kw"), [nan] * len(bare)),
            "headroom_kw": np.append(numbers(assets, "headroom_kw"), [nan] * len(bare)),
            "export_kw": np.append(numbers(assets, "export_headroom_kw"), [nan] * len(bare)),
            "told_kw": np.append(numbers(assets, "peak_load_kw"), [nan] * len(bare)),
            "rank": np.append(_ranks(assets), np.full(len(bare), UNKNOWN)),
        }
    )


def with_limits(
    table: pd.DataFrame, links: Links, use_kwh: Floats, peak_kw_per_kwh: float, level: str
) -> pd.DataFrame:
    """Add ``peak_kw``, ``limit_kw`` and ``status``; what nobody told and nothing tells is NaN.

    A peak follows from capacity and headroom, else from the homes' use [kWh a year per district];
    a limit is the capacity, else peak and headroom together. A colour alone is no number.
    """
    capacity, headroom = table["capacity_kw"].to_numpy(), table["headroom_kw"].to_numpy()
    told = table["told_kw"].to_numpy()
    told = np.where(np.isnan(told), capacity - headroom, told)
    drawn = np.bincount(links.asset, use_kwh[links.district] * links.weight, len(table))
    derived = np.where(drawn > 0, drawn * peak_kw_per_kwh, nan)
    peak = np.where(np.isnan(told), derived, told)
    limit = np.where(np.isnan(capacity), peak + headroom, capacity)
    rank = table["rank"].to_numpy()
    rank = np.where(np.isnan(told), np.maximum(rank, DEFAULT), rank)
    if level not in LEVELS[:1]:  # who belongs to a distant point is a guess
        near = polygons(table["shape"].to_numpy())
        rank = np.where(near, rank, np.maximum(rank, ESTIMATED))
    rank = np.where(np.isnan(limit), UNKNOWN, rank)
    status = np.array(STATUSES, dtype=object)[rank]
    return table.assign(peak_kw=peak, limit_kw=limit, status=status)


def _ranks(assets: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    said = texts(assets, "status")
    return np.array([STATUSES.index(s) if s in STATUSES else 0 for s in said], dtype=np.int64)


def numbers(frame: pd.DataFrame, column: str) -> Floats:
    """Read a column of numbers; NaN where it is missing or blank."""
    if column not in frame:
        return np.full(len(frame), nan)
    found: Floats = frame[column].to_numpy(dtype=np.float64, na_value=nan)
    return found


def texts(frame: pd.DataFrame, column: str) -> Texts:
    """Read a column of words; empty where it is missing or blank."""
    if column not in frame:
        return np.full(len(frame), "", dtype=object)
    found: Texts = frame[column].astype(object).where(frame[column].notna(), "").to_numpy(object)
    return found
