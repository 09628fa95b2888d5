"""What the maps say of a spot: who lives there, what stands nearby, what the demand model expects.

Density, places and the network of charge points, as numbers a model can learn from.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
import shapely

from app.core.assets import numbers, placed, texts
from app.core.belonging import Shapes, containing, middles
from app.core.demand.sizing import blocked
from app.core.engine.arrays import Floats, Longs
from app.core.project import Project

HOURS = 24
SELF_M = 5.0  # a charge point this near is the spot itself
HECTARE_M2 = 10_000
MOST_KINDS = 12  # of places; a rare kind says nothing anyway
SHARES = ("multifamily_share", "off_street_share", "income_eur", "electricity_kwh")
DENSITIES = ("households", "population", "cars")
QUANTITIES: Mapping[str, str] = MappingProxyType(
    {
        "sessions": "sessions_day_mean",
        "kwh": "kwh_year_mean",
        "occupied_hours": "connected_hours_day_mean",
    }
)


def home_of(project: Project, spots: Shapes) -> Longs:
    """Find the district of each spot; -1 outside all."""
    return containing(project.layers["districts"].map.geometry.to_numpy(), spots)


def surroundings(
    project: Project, spots: Shapes, home: Longs, *, near_m: float, places_m: float
) -> pd.DataFrame:
    """Describe spots by the project's layers; what no layer tells is missing. O(n log n).

    Parameters
    ----------
    spots : (spot,)
        Points in the metric coordinates of the project.
    home : (spot,)
        Row of the district that holds each.
    """
    districts = project.layers["districts"].map
    hectares = shapely.area(districts.geometry.to_numpy()) / HECTARE_M2
    found: dict[str, Floats] = {}
    for name in DENSITIES:
        found[f"{name}_per_ha"] = (numbers(districts, name) / hectares)[home]
    for name in SHARES:
        found[name] = numbers(districts, name)[home]
    for kind, describe in MAPS.items():
        if kind in project.layers:
            layer = placed(project.layers[kind].map)
            found |= describe(layer, spots, places_m if kind == "places" else near_m)
    return pd.DataFrame({name: values for name, values in found.items() if _told(values)})


def _told(values: Floats) -> bool:
    return not bool(np.isnan(values).all())


def _chargers(layer: pd.DataFrame, spots: Shapes, near_m: float) -> dict[str, Floats]:
    at = middles(layer["geometry"].to_numpy())
    spot, other = shapely.STRtree(at).query(spots, predicate="dwithin", distance=near_m)
    apart = shapely.distance(spots[spot], at[other]) > SELF_M
    near = np.bincount(spot[apart], minlength=len(spots)).astype(float)
    return {
        f"chargers_{near_m:.0f}m": near,
        "charger_nearest_m": _nearest_other(at, spots),
    }


def _nearest_other(at: Shapes, spots: Shapes) -> Floats:
    """Distance to the nearest charge point that is not the spot itself [m]."""
    from scipy.spatial import KDTree  # noqa: PLC0415

    if not len(at):
        return np.full(len(spots), np.nan)
    tree = KDTree(np.column_stack([shapely.get_x(at), shapely.get_y(at)]))
    asked = np.column_stack([shapely.get_x(spots), shapely.get_y(spots)])
    apart, _ = tree.query(asked, k=min(4, len(at)))
    apart = np.asarray(apart).reshape(len(spots), -1)
    others = np.where(apart > SELF_M, apart, np.inf).min(axis=1)
    return np.where(np.isfinite(others), others, np.nan)


def _parking(layer: pd.DataFrame, spots: Shapes, near_m: float) -> dict[str, Floats]:
    at = middles(layer["geometry"].to_numpy())
    spaces, garage = np.nan_to_num(numbers(layer, "spaces")), texts(layer, "kind") == "garage"
    return {
        f"kerb_spaces_{near_m:.0f}m": _summed(at[~garage], spaces[~garage], spots, near_m),
        f"garage_spaces_{near_m:.0f}m": _summed(at[garage], spaces[garage], spots, near_m),
    }


def _places(layer: pd.DataFrame, spots: Shapes, near_m: float) -> dict[str, Floats]:
    at, kind = middles(layer["geometry"].to_numpy()), texts(layer, "kind")
    names, count = np.unique(kind.astype(str), return_counts=True)
    usual = names[np.argsort(-count, kind="stable")][:MOST_KINDS]
    return {
        f"places_{name}_{near_m:.0f}m": _summed(
            at[kind == name], np.ones((kind == name).sum()), spots, near_m
        )
        for name in usual
    }


def _summed(at: Shapes, amount: Floats, spots: Shapes, near_m: float) -> Floats:
    if not len(at):
        return np.zeros(len(spots))
    spot, other = shapely.STRtree(at).query(spots, predicate="dwithin", distance=near_m)
    return np.bincount(spot, amount[other], len(spots)).astype(float)


Describe = Callable[[pd.DataFrame, Shapes, float], dict[str, Floats]]
MAPS: Mapping[str, Describe] = MappingProxyType(
    {"chargers": _chargers, "parking": _parking, "places": _places}
)


def expected_a_day(  # noqa: PLR0913, PLR0917  # what the estimate rests on
    project: Project,
    districts: pd.DataFrame,
    quantity: str,
    home: Longs,
    points: Floats,
    homes_per_cluster: float,
) -> Floats:
    """Say what the demand model expects of a point at each spot in a day, but for one factor.

    A district's demand, less what finds all points taken, shared out over the charge points that
    stand there today. NaN outside the districts.

    Parameters
    ----------
    districts
        The table of a demand answer, rows in the order of the layer.
    points : (spot,)
        Charge points of each spot: where no map knows them, they are all there are.
    """
    wanted = districts[QUANTITIES[quantity]].to_numpy(float)
    load = districts[QUANTITIES["occupied_hours"]].to_numpy(float) / HOURS
    inside = home >= 0
    here = np.bincount(home[inside], points[inside], len(wanted))
    today = np.maximum(here, _points_today(project, len(wanted)))
    homes = numbers(project.layers["districts"].frame, "households")
    clusters = np.clip(np.round(np.nan_to_num(homes) / homes_per_cluster), 1, np.maximum(today, 1))
    reach = np.maximum(np.round(today / clusters), 1).astype(int)
    lost = [blocked(c, a) for c, a in zip(reach.tolist(), (load / clusters).tolist(), strict=True)]
    rate = wanted * (1 - np.array(lost)) / np.where(today > 0, today, np.nan)
    return np.where(inside, rate[home], np.nan)


def _points_today(project: Project, districts: int) -> Floats:
    """Count the charge points of each district; none where there is no map of them."""
    if "chargers" not in project.layers:
        return np.zeros(districts)
    layer = placed(project.layers["chargers"].map)
    points = numbers(layer, "points")
    home = home_of(project, middles(layer.geometry.to_numpy()))
    counted = np.where(np.isnan(points), 1.0, points)[home >= 0]
    return np.bincount(home[home >= 0], counted, districts).astype(float)
