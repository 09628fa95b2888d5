"""Where observed sessions and snapshots lie, and how many points stand there."""

from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.assets import numbers as column_of
from app.core.assets import placed
from app.core.belonging import containing, middles
from app.core.demand.observed import per_district
from app.core.engine.arrays import Floats, Longs
from app.core.project import Project
from app.services.parameters import load_parameters

NOWHERE = "elsewhere"
NO_SITES = (
    "The file names no charge locations: what it holds is taken to be all public charging of its "
    "districts."
)
NO_MAP = (
    "There is no map of charge points: what was seen is taken to be all public charging of its "
    "districts."
)
ONE_EACH = (
    "Every location on the map of charge points counts as one point: where posts have two, too "
    "many drivers are taken to be turned away. Give the points in the file or on the map."
)
NOTHING: Mapping[str, float] = MappingProxyType({})


def home_of(project: Project, rows: pd.DataFrame) -> Longs:
    """Find the district of each row by its code, else its place, else its point on the map.

    -1 where it lies in none.
    """
    layer = project.layers["districts"]
    found = np.full(len(rows), -1, np.int64)
    if "district_id" in rows:
        codes = {str(code): place for place, code in enumerate(layer.frame["district_id"])}
        found = np.array(rows["district_id"].map(codes).fillna(-1), np.int64)
    if {"lon", "lat"} <= set(rows):
        there = np.flatnonzero((found < 0) & rows[["lon", "lat"]].notna().all(axis=1).to_numpy())
        at = gpd.points_from_xy(rows["lon"].iloc[there], rows["lat"].iloc[there], crs=4326)
        cells = layer.map.geometry.to_numpy()
        found[there] = containing(cells, at.to_crs(project.crs).to_numpy())
    if "charger_id" in rows and "chargers" in project.layers:
        told = rows["charger_id"].map(on_map(project)["home"]).fillna(-1)
        found = np.where(found < 0, np.asarray(told, np.int64), found)
    return found


def points(
    project: Project, rows: pd.DataFrame, home: Longs, counted: Mapping[str, float] = NOTHING
) -> tuple[Floats, Floats, list[str]]:
    """Count the points in a file and those that stand, per district; NaN where nobody knows.

    Also says what was assumed. ``counted`` says of charge locations how many points they have,
    over what the map says.
    """
    count = len(project.layers["districts"].frame)
    known = on_map(project) if "chargers" in project.layers else pd.DataFrame()
    key = _key(rows)
    if key is None:
        nothing = np.full(count, np.nan)
        return nothing, nothing if known.empty else standing(known, counted, count), [NO_SITES]
    sites, notices = _sites(rows, key, home, known)
    told = sites["points"].to_numpy(np.float64)
    seen = per_district(sites["home"].to_numpy(np.int64), told, count)
    if known.empty:
        return seen, np.full(count, np.nan), [*notices, NO_MAP]
    if (known["points"] == 1).all() and ("points" not in rows or rows["points"].isna().all()):
        notices = [*notices, ONE_EACH]
    better = {**dict(zip(sites["key"], told, strict=True)), **counted}
    return seen, np.maximum(standing(known, better, count), seen), notices


def _key(rows: pd.DataFrame) -> pd.Series | None:
    if "charger_id" in rows and (rows["charger_id"] != "").any():
        return rows["charger_id"]
    if {"lon", "lat"} <= set(rows) and rows["lon"].notna().any():
        return rows["lon"].round(5).astype(str) + " " + rows["lat"].round(5).astype(str)
    return None


def _sites(
    rows: pd.DataFrame, key: pd.Series, home: Longs, known: pd.DataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """List the charge locations of a file with their district and points."""
    told = rows["points"] if "points" in rows else pd.Series(np.nan, index=rows.index)
    sites = pd.DataFrame({"key": key, "home": home, "points": told})
    sites = sites.groupby(["key", "home"], as_index=False).max()
    if len(known):
        sites["points"] = sites["points"].fillna(sites["key"].map(known["points"]))
    blank = int(sites["points"].isna().sum())
    said = (
        f"At {blank:,} of {len(sites):,} charge locations the points are not said: {_usual():g} "
        f"each were assumed."
    )
    return sites.fillna({"points": _usual()}), [said] if blank else []


def on_map(project: Project) -> pd.DataFrame:
    """List the charge locations of the map with their district and points, by their id."""
    layer = placed(project.layers["chargers"].map)
    cells = project.layers["districts"].map.geometry.to_numpy()
    found = pd.DataFrame(
        {
            "home": containing(cells, middles(layer.geometry.to_numpy())),
            "points": column_of(layer, "points"),
        },
        index=layer["charger_id"].astype(str),
    )
    return found[~found.index.duplicated()]


def standing(known: pd.DataFrame, counted: Mapping[str, float], districts: int) -> Floats:
    """Count the points of every district on the map."""
    better = pd.Series(known.index.map(counted), index=known.index, dtype=np.float64)
    told = better.fillna(known["points"]).fillna(_usual())
    inside = known["home"] >= 0
    home = known.loc[inside, "home"].to_numpy(np.int64)
    return per_district(home, told[inside].to_numpy(np.float64), districts)


def _usual() -> float:
    return load_parameters()["existing_points_usual"].value
