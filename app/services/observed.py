"""Observations of charging, read from a table and brought to the districts of a project."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from app.core.assets import numbers as read_numbers
from app.core.assets import texts
from app.core.belonging import containing
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.project import Project
from app.core.schema import Column
from app.core.siting.problem import sums
from app.services.parameters import load_parameters
from app.sources.own_notices import Refusals
from app.sources.own_open import Source
from app.sources.own_tables import read_own_table

WHERE = (
    Column("charger_id", "charge point as the map names it", "id"),
    Column("district_id", "district, where no charge point is named", "id"),
)
SESSION_COLUMNS = (
    *WHERE,
    Column("session_id", "name of the session", "id"),
    Column("arrival", "start of the connection", "time", required=True),
    Column("departure", "end of the connection", "time", required=True),
    Column("energy_kwh", "energy taken", "number", "kWh", required=True, low=-1e6, high=1e6),
    Column("max_power_kw", "most power", "number", "kW", low=0, high=1e4),
)
OCCUPANCY_COLUMNS = (
    *WHERE,
    Column("time", "moment of the snapshot", "time", required=True),
    Column("points", "points at the place", "number", low=0, high=1e5),
    Column("occupied_percent", "share taken", "number", "%", required=True, low=0, high=100),
)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Observations brought to districts: per charge point and per district."""

    district: np.ndarray
    charger: np.ndarray
    points: Floats
    notices: list[str]


def read(source: Source, columns: tuple[Column, ...], zone: str) -> pd.DataFrame:
    """Read a table of observations, or refuse with every fault by row and column."""
    table = read_own_table(source, columns, zone=zone)
    frame, refusals = table.frame, Refusals(source.name)
    if not {"charger_id", "district_id"} & set(frame):
        refusals.say("column charger_id or district_id is missing", "column_missing")
    if not len(frame):
        refusals.say("there are no rows", "no_rows")
    refusals.finish()
    return frame.reset_index(drop=True)


def place(project: Project, frame: pd.DataFrame, name: str, points: Floats) -> Seen:
    """Find the district of every row: by its charge point on the map, else by its own name."""
    layer = project.layers.get("districts")
    if layer is None:
        raise InputError(f"{project.name} has no districts layer: load one first")
    index = {key: at for at, key in enumerate(texts(layer.frame, "district_id"))}
    nobody = np.full(len(frame), "", object)
    charger = frame["charger_id"].astype(str).to_numpy() if "charger_id" in frame else nobody
    found = np.full(len(frame), -1)
    notices: list[str] = []
    if "charger_id" in frame and "chargers" in project.layers:
        places = _chargers(project)
        known = pd.Series(charger).map(places["district"])
        found = known.fillna(-1).to_numpy(int)
        points = np.where(np.isnan(points), pd.Series(charger).map(places["points"]), points)
        if (places["points"] == 1).all():
            notices.append(
                "Every place on the map of charge points counts as one point. Where posts have "
                "two, twice as many cars are connected as is measured here."
            )
        lost = int(pd.Series(charger)[known.isna().to_numpy()].nunique())
        if lost:
            notices.append(f"{lost} charge points of {name} are not on the map of charge points.")
    if "district_id" in frame:
        told = frame["district_id"].astype(str).map(index).fillna(-1).to_numpy(int)
        found = np.where(found < 0, told, found)
    if not (found >= 0).any():
        raise InputError(
            f"{name}: no row lies in {project.name}; charger_id must be one of its map of charge "
            f"points, or district_id one of its districts"
        )
    return Seen(found, charger, points, notices)


def points_of(project: Project, count: int) -> Floats:
    """Count the public points of each district on the map; NaN where there is no map of them."""
    if "chargers" not in project.layers:
        return np.full(count, np.nan)
    places = _chargers(project)
    inside = places[places["district"] >= 0]
    return sums(inside["district"].to_numpy(), inside["points"], count)


def _chargers(project: Project) -> pd.DataFrame:
    layer = project.layers["chargers"]
    shapes = project.layers["districts"].map.geometry.to_numpy()
    at = shapely.points(np.column_stack([layer.map.geometry.x, layer.map.geometry.y]))
    points = read_numbers(layer.frame, "points")
    usual = load_parameters()["existing_points_usual"].value
    frame = pd.DataFrame(
        {
            "charger_id": texts(layer.frame, "charger_id"),
            "district": containing(shapes, at),
            "points": np.where(np.isnan(points), usual, points),
        }
    )
    return frame.drop_duplicates("charger_id").set_index("charger_id")


def points_seen(seen: Seen, inside: np.ndarray, count: int) -> Floats:
    """Points of the charge points that were observed, per district; NaN where rows name none."""
    each = pd.DataFrame(
        {"charger": seen.charger, "district": seen.district, "points": seen.points}
    )[inside]
    named = each[each["charger"] != ""].drop_duplicates("charger")
    found = sums(named["district"].to_numpy(), named["points"].fillna(1.0), count)
    blank = np.bincount(each.loc[each["charger"] == "", "district"], minlength=count) > 0
    return np.where(blank, np.nan, found)


def days_of(first: pd.Series, last: pd.Series) -> float:
    """Days that observations span, at least one."""
    span = (last.max() - first.min()) / np.timedelta64(1, "D")
    return max(float(span), 1.0)
