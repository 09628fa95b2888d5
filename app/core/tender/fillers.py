"""Where each column of the location list comes from, when the plan itself does not say."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.impact import OVER, ROOM, TIGHT, judge
from app.core.parameters import Parameter
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.numbering import Earlier, number

Column: TypeAlias = "pd.Series[Any]"
WGS84 = 4326
AC_MOST_KW = 22.0  # 3 x 230 V x 32 A, the most an AC point gives
PARKING_TYPES = {"on_street": "ON_STREET", "lot": "PARKING_LOT", "garage": "PARKING_GARAGE"}
V2G_WORDS = ("none", "bonus", "ready", "operational")  # by phase
GRID_CLASSES = {"green": "green", "yellow": "amber", "amber": "amber", "red": "red"}
PLAN_NAMES = {  # of the list -> of the plan; a column named as in the list wins
    "n_charge_points": "points",
    "power_kw_point": "kw",
    "lot_code": "lot",
    "score_total": "score",
    "est_capex_eur": "cost_eur",
    "planned_year": "year",
    "bay_geometry": "layout",
    "grid_headroom_kw": "room_before_kw",
}
POSITION = r" \(\d+/\d+\)$"  # along a row of bays
NAMELESS = ("existing", "area", "grid")  # of a plan: named by number
OWNERS = ("authority", "other public", "private with consent")
STATE_CLASSES = {ROOM: "green", TIGHT: "amber", OVER: "red"}


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What the columns are filled from: the plan in list order, its points, and the city."""

    plan: gpd.GeoDataFrame
    points: gpd.GeoSeries
    project: Project
    scenario: Scenario
    numbers: Mapping[str, Parameter]
    parking: pd.DataFrame
    assets: pd.DataFrame
    earlier: Earlier | None = None

    def given(self, *names: str) -> Column:
        """Return the first of the plan's columns that exists, else nothing known."""
        for name in names:
            if name in self.plan:
                found: Column = self.plan[name]
                return found
        return pd.Series([None] * len(self.plan), index=self.plan.index, dtype=object)


def fill(name: str, facts: Facts) -> Column:
    """Return a column by the plan's own name for it, else worked out, else nothing known."""
    if PLAN_NAMES.get(name, name) in facts.plan:
        return facts.given(PLAN_NAMES.get(name, name))
    if name in FILLERS:
        return pd.Series(FILLERS[name](facts), index=facts.plan.index)
    return facts.given()


def _location_id(facts: Facts) -> list[str]:
    city = facts.project.slug.partition("--")[0].upper()
    names = [str(each) for each in facts.plan["candidate_id"]]
    xy = np.column_stack([facts.points.x, facts.points.y])
    return list(number(city, names, xy, facts.earlier).ids)


def _district(facts: Facts) -> Column:
    if "districts" not in facts.project.layers:
        return facts.given("district_id")
    districts = facts.project.layers["districts"].map
    if "district_id" in facts.plan:
        names = districts.drop_duplicates("district_id").set_index("district_id")["name"]
        known: Column = facts.plan["district_id"].map(names)
        return known
    inside = gpd.sjoin(gpd.GeoDataFrame(geometry=facts.points), districts, predicate="within")
    found: Column = inside[~inside.index.duplicated()]["name"].reindex(facts.plan.index)
    return found


def _from_parking(column: str) -> Callable[[Facts], Column]:
    def read(facts: Facts) -> Column:
        return facts.parking[column] if column in facts.parking else facts.given()

    return read


def _address(facts: Facts) -> Column:
    """Return the name people use; a number on a map is not one."""
    stated = facts.given("name").where(~facts.given("origin").isin(NAMELESS), None)
    if "parking_id" not in facts.parking:
        return stated
    pairs = zip(stated, facts.parking["parking_id"], strict=True)
    found = [
        None if re.sub(POSITION, "", str(name)).endswith(str(number)) else name
        for name, number in pairs
    ]
    return pd.Series(found, index=stated.index, dtype=object)


def _land(facts: Facts) -> Column:
    """Return whose the land is, where plan or parking map say it in the words of the list."""
    owners = facts.given("owner")
    owners = owners.where(owners.isin(OWNERS), None)
    if "owner" in facts.parking:
        owners = owners.fillna(facts.parking["owner"])
    return owners


def _dso(facts: Facts) -> Column:
    """Return the grid operator, where the map of the grid names one."""
    found: Column = facts.assets["dso"] if "dso" in facts.assets else facts.given()
    return found


def _score_parts(facts: Facts) -> list[str | None]:
    """Return the parts of the score as JSON, by criterion."""
    parts = {name.removeprefix("part_"): name for name in facts.plan if name.startswith("part_")}
    rows = facts.plan[list(parts.values())].rename(columns={v: k for k, v in parts.items()})
    return [
        json.dumps({key: round(value, 1) for key, value in row.dropna().items()}, sort_keys=True)
        if parts
        else None
        for _, row in rows.astype("float64").iterrows()
    ]


def _flags(facts: Facts) -> list[str | None]:
    """Say which places are only areas to search in."""
    return ["area" if value == "area" else None for value in facts.given("precision")]


def _parking_type(facts: Facts) -> Column:
    """Return the kind of parking the plan says, else of the parking place it stands on."""
    stated = facts.given("origin").map(PARKING_TYPES)
    if "kind" not in facts.parking:
        return stated
    return stated.fillna(facts.parking["kind"].map(PARKING_TYPES))


def _current(facts: Facts) -> list[str | None]:
    kinds, powers = facts.given("type"), facts.given("power_kw_point", "kw")
    found: list[str | None] = []
    for kind, power in zip(kinds, powers, strict=True):
        direct = isinstance(kind, str) and kind.lower().startswith("dc")
        if direct or (not pd.isna(power) and float(power) > AC_MOST_KW):
            found.append("DC")
        else:
            found.append(None if pd.isna(power) else "AC")
    return found


def _points(facts: Facts) -> Column:
    return facts.given("n_charge_points", "points")


def _station_kw(facts: Facts) -> Column:
    power = pd.to_numeric(facts.given("power_kw_point", "kw"))
    return power * pd.to_numeric(_points(facts))


def _headroom(facts: Facts) -> Column:
    """Return the operator's figure of today, else limit less peak; never a guess."""
    known = facts.assets
    stated: Column = pd.Series(float("nan"), index=facts.plan.index)
    if "headroom_kw" in known:
        stated = known["headroom_kw"]
    if {"capacity_kw", "peak_load_kw"} <= set(known):
        return stated.fillna(known["capacity_kw"] - known["peak_load_kw"])
    return stated


def _grid_class(facts: Facts) -> Column:
    """Return the operator's colour, else the state of today's figures as green, amber or red."""
    known, found = facts.assets, facts.given()
    if {"capacity_kw", "peak_load_kw"} <= set(known):
        peak = known["peak_load_kw"].to_numpy(float)
        limit = known["capacity_kw"].where(known["peak_load_kw"].notna()).to_numpy(float)
        states = judge(peak, limit, tight_share=facts.numbers["tight_share"].value)
        found = pd.Series(states, index=facts.plan.index).map(STATE_CLASSES)
    if "constraint" in known:
        found = known["constraint"].map(GRID_CLASSES).fillna(found)
    return found


def _grid_date(facts: Facts) -> Column:
    found = facts.given()
    if "grid" in facts.project.layers and len(facts.assets.columns):
        dates = facts.assets.get("source_date", found)
        as_of = facts.project.layers["grid"].as_of
        named = facts.assets["level"].notna()
        found = dates.astype(object).where(dates.notna(), as_of).where(named, None)
    return found


FILLERS: Mapping[str, Callable[[Facts], object]] = {
    "location_id": _location_id,
    "revision": lambda _: 1,
    "lot_code": lambda _: "1",
    "district": _district,
    "address": _address,
    "lat": lambda facts: facts.points.to_crs(WGS84).y,
    "lon": lambda facts: facts.points.to_crs(WGS84).x,
    "x_local": lambda facts: facts.points.x,
    "y_local": lambda facts: facts.points.y,
    "parking_type": _parking_type,
    "bay_geometry": _from_parking("layout"),
    "current_type": _current,
    "station_kw": _station_kw,
    "grid_headroom_kw": _headroom,
    "grid_class": _grid_class,
    "grid_source_date": _grid_date,
    "v2g_phase": lambda facts: V2G_WORDS[facts.scenario.v2g_phase],
    "phase": lambda _: 1,
    "planned_year": lambda facts: facts.scenario.year,
    "score_parts": _score_parts,
    "flags": _flags,
    "land_owner": _land,
    "postcode": _from_parking("postcode"),
    "dso": _dso,
}
