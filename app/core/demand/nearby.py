"""What places add to the districts they lie in: visitors by day, and depots that charge."""

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.assets import numbers, placed, texts
from app.core.belonging import containing, middles
from app.core.engine.arrays import Floats

DEPOT = "depot"
HOURS, DAY_H = "load_kw_hours", 24
VISITS, DEPOTS = "visits_day", "depot_kwh_day"


def depots(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the depots that lie somewhere and say how much they charge a day."""
    found = placed(places)
    charging = np.nan_to_num(numbers(found, "load_kwh_day")) > 0
    return found[(texts(found, "kind") == DEPOT) & charging]


def point_loads(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what the grid carries at one point: depots, and places that tell their hours."""
    found = placed(places)
    charging = np.nan_to_num(numbers(found, "load_kwh_day")) > 0
    told = np.array([hours_of(text) is not None for text in texts(found, HOURS)], bool)
    return found[((texts(found, "kind") == DEPOT) | told) & charging]


def hours_of(text: str) -> Floats | None:
    """Read the power of a place by hour of the day [kW]; None where it says none that can be."""
    try:
        found = np.array([float(each) for each in str(text).split(";")])
    except ValueError:
        return None
    sound = found.size == DAY_H and np.isfinite(found).all() and (found >= 0).all()
    return found if sound else None


def with_places(districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Add the visitors and the depots' energy of each district; places elsewhere are left out.

    O((places + districts) log districts). Nothing is added where no place says anything.
    """
    somewhere, charging = placed(places), depots(places)
    columns = {
        VISITS: _summed(districts, somewhere, VISITS),
        DEPOTS: _summed(districts, charging, "load_kwh_day"),
    }
    added = {name: each for name, each in columns.items() if each.any()}
    return pd.DataFrame(districts.assign(**added))


def _summed(districts: gpd.GeoDataFrame, places: gpd.GeoDataFrame, column: str) -> Floats:
    """Sum a column of places over the districts that contain them."""
    cell = containing(districts.geometry.to_numpy(), middles(places.geometry.to_numpy()))
    amount = np.nan_to_num(numbers(places, column))
    inside = cell >= 0
    return np.bincount(cell[inside], amount[inside], len(districts)).astype(np.float64)
