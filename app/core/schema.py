"""What a layer of each kind holds: the one table that intake, templates and pages read.

A column says its meaning, unit and plausible range once; the mapping by hand, the refusal
messages and the example files are made from it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf
from types import MappingProxyType
from typing import Literal

Type = Literal["id", "text", "number", "whole", "share", "choice", "flag", "time"]
POINT, LINE, POLYGON = "Point", "LineString", "Polygon"
MANY = 10_000_000
MUCH_KW = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it means and what may stand in it."""

    name: str
    meaning: str
    type: Type
    unit: str = ""
    required: bool = False
    low: float = -inf
    high: float = inf
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of layer. ``geometry`` is empty for tables; ``id`` names the identifying column.

    ``yearly`` names columns that may stand once per year, such as ``plugins_2018``.
    """

    key: str
    title: str
    why: str
    geometry: tuple[str, ...]
    columns: tuple[Column, ...]
    yearly: tuple[Column, ...] = ()

    @property
    def id(self) -> str:
        """The column that names a row; empty for series."""
        return next((column.name for column in self.columns if column.type == "id"), "")

    def column(self, name: str) -> Column | None:
        """Find a canonical column by name."""
        return next((column for column in self.columns if column.name == name), None)

    def with_years(self, headers: Iterable[str]) -> "Kind":
        """Return this kind with the yearly columns that stand among ``headers``."""
        found = [
            replace(column, name=header)
            for header in dict.fromkeys(headers)
            for column in self.yearly
            if re.fullmatch(rf"{column.name}_(?:19|20)\d\d", header)
        ]
        return replace(self, columns=(*self.columns, *found)) if found else self


def _count(name: str, meaning: str) -> Column:
    return Column(name, meaning, "number", low=0, high=MANY)


def _kw(name: str, meaning: str, low: float = -MUCH_KW) -> Column:
    return Column(name, meaning, "number", unit="kW", low=low, high=MUCH_KW)


DISTRICTS = Kind(
    "districts",
    "Districts",
    "Where people live and how many cars they have: without them there is no demand.",
    (POLYGON,),
    (
        Column("district_id", "code of the district", "id", required=True),
        Column("name", "name people use", "text", required=True),
        _count("households", "households"),
        _count("dwellings", "homes"),
        Column(
            "multifamily_share", "share of homes in apartment buildings", "share", high=1, low=0
        ),
        _count("population", "inhabitants"),
        _count("cars", "private cars"),
        _count("cars_bev", "private battery-electric cars"),
        _count("cars_phev", "private plug-in hybrids"),
        _count("cars_company", "company cars kept at home"),
        Column("income_eur", "mean income per inhabitant", "number", unit="EUR", low=0, high=MANY),
        Column("electricity_kwh", "mean use per home and year", "number", "kWh", low=0, high=MANY),
        Column("off_street_share", "share of homes with own parking", "share", low=0, high=1),
        _count("jobs", "jobs"),
        Column(
            "demand_factor", "demand against the model's, total kept", "number", low=0.05, high=20
        ),
        Column("dso", "grid operator of the district", "text"),
    ),
    yearly=(_count("plugins", "private cars with a plug on the road in that year"),),
)
GRID = Kind(
    "grid",
    "Grid capacity",
    "What transformers and feeders can still carry: without it, load is shown but headroom is not.",
    (POINT, POLYGON),
    (
        Column("asset_id", "number of the transformer or area", "id", required=True),
        Column(
            "level",
            "level of the network",
            "choice",
            choices=("transformer", "feeder", "substation", "area"),
        ),
        Column("name", "name people use", "text"),
        _kw("headroom_kw", "room left at the peak"),
        _kw("capacity_kw", "the most it may carry"),
        _kw("peak_load_kw", "its highest load today, without public charging"),
        Column(
            "constraint",
            "colour the operator published",
            "choice",
            choices=("green", "yellow", "amber", "red"),
        ),
        Column("parent_id", "number of the asset that feeds it", "text"),
        _kw("queue_kw", "contracted but not yet connected", low=0),
        Column("available_year", "year of reinforcement", "number", low=1990, high=2100),
        _kw("export_headroom_kw", "room for power flowing back"),
        _count("dwellings", "homes it supplies"),
        Column("source_date", "date of the figures", "text"),
        Column("dso", "grid operator that runs it", "text"),
    ),
)
PARKING = Kind(
    "parking",
    "Parking",
    "Where cars stand: the candidates for charge points come from here.",
    (POINT, LINE, POLYGON),
    (
        Column("parking_id", "number of the parking place", "id", required=True),
        Column(
            "kind",
            "kind of parking",
            "choice",
            choices=("on_street", "lot", "garage", "depot", "private"),
        ),
        Column("spaces", "places for cars", "whole", required=True, low=0, high=100_000),
        Column("ev_spaces", "charge points already there", "whole", low=0, high=100_000),
        Column("owner", "owner of the land", "text"),
        Column("name", "name people use", "text"),
        Column(
            "layout",
            "how cars stand",
            "choice",
            choices=("parallel", "perpendicular", "angle", "plaza"),
        ),
        Column("footway_m", "footway left beside a post", "number", unit="m", low=0, high=100),
        Column("open_24h", "open day and night", "flag"),
    ),
)
CHARGERS = Kind(
    "chargers",
    "Charge points",
    "What stands today: it serves demand already, and keeps new places at a distance.",
    (POINT,),
    (
        Column("charger_id", "number of the location", "id", required=True),
        Column("points", "charge points there", "whole", low=0, high=1_000),
        Column("power_kw", "highest power of one point", "number", unit="kW", low=0, high=4_000),
        Column("current_type", "AC or DC", "text"),
        Column("operator", "who runs it", "text"),
        Column(
            "occupancy_percent", "time in use in the last quarter", "number", "%", low=0, high=100
        ),
        Column("state", "state it reports", "text"),  # `status` says how sure a row is
        Column("v2g", "can feed back", "flag"),
    ),
)
SESSIONS = Kind(
    "sessions",
    "Charging sessions",
    "Measured sessions, to calibrate demand and to test strategies on real behaviour.",
    (),
    (
        Column("session_id", "number of the session", "id", required=True),
        Column("transformer_id", "transformer it charged on", "text"),
        Column("charger_id", "charge point it used", "text"),
        Column("arrival", "plugged in", "time", required=True),
        Column("departure", "plugged out", "time", required=True),
        Column("energy_kwh", "energy charged", "number", "kWh", required=True, low=0, high=1_000),
        Column("max_power_kw", "highest power", "number", "kW", required=True, low=0, high=4_000),
    ),
)
LOAD = Kind(
    "load",
    "Measured load",
    "Load of transformers over time, without public charging: replaces the household shape.",
    (),
    (
        Column("time", "start of the interval", "time", required=True),
        Column("transformer_id", "transformer", "text"),
        Column("load_kw", "load", "number", "kW", required=True, low=-MUCH_KW, high=MUCH_KW),
    ),
)
PRICES = Kind(
    "prices",
    "Electricity prices",
    "Day-ahead prices, for charging that follows the price.",
    (),
    (
        Column("time", "start of the interval", "time", required=True),
        Column("eur_per_mwh", "price", "number", "EUR/MWh", required=True, low=-2_000, high=20_000),
        Column("g_co2_per_kwh", "carbon intensity", "number", "g/kWh", low=0, high=2_000),
    ),
)
EXCLUSIONS = Kind(
    "exclusions",
    "Excluded areas",
    "Where nothing may be placed, and why.",
    (POLYGON,),
    (
        Column("exclusion_id", "number of the area", "id", required=True),
        Column("reason", "why nothing may stand there", "text", required=True),
    ),
)
PLACES = Kind(
    "places",
    "Places",
    "Shelters, schools, hubs, depots, trees and crossings that charging should serve or avoid, and "
    "areas to search in (kind search_area).",
    (POINT, POLYGON),
    (
        Column("place_id", "number of the place", "id", required=True),
        Column("kind", "kind of place", "text", required=True),
        Column("name", "name people use", "text", required=True),
        _kw("load_kw", "load it needs", low=0),
        Column("load_kwh_day", "energy it needs a day", "number", "kWh", low=0, high=MANY),
        Column("load_kw_hours", "power by hour, 24 numbers with ; between (kW)", "text"),
        _count("visits_day", "visitors a day"),
    ),
)
NETWORK = Kind(
    "network",
    "Streets and paths",
    "How people really walk: without it a walk is 1.3 times the straight line.",
    (LINE,),
    (
        Column("street_id", "number of the street", "id", required=True),
        Column("name", "name people use", "text"),
    ),
)
CABLES = Kind(
    "cables",
    "Low-voltage cables",
    "Where a post can be connected without a long trench.",
    (LINE,),
    (Column("cable_id", "number of the cable", "id", required=True),),
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            DISTRICTS,
            GRID,
            PARKING,
            CHARGERS,
            SESSIONS,
            LOAD,
            PRICES,
            EXCLUSIONS,
            PLACES,
            NETWORK,
            CABLES,
        )
    }
)
MAP_KINDS = tuple(kind.key for kind in KINDS.values() if kind.geometry)
PROJECT_KINDS = (*MAP_KINDS, LOAD.key)  # what a project's folder may hold
