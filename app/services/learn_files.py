"""Use-case: read a table of observed places: what was counted where, in how many days."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from app.core.belonging import Shapes
from app.core.demand.surroundings import QUANTITIES
from app.core.errors import refusal
from app.core.project import Project
from app.core.schema import MANY, Column
from app.sources.own_columns import convert, fold
from app.sources.own_notices import Notice, Refusals
from app.sources.own_open import Source, open_table
from app.sources.own_tables import read_own_table

SYNTHETIC = "synthetic-"  # in front of every number of an invented place
SHORTEST_D, LONGEST_D = 0.01, 3_700
WHAT: Mapping[str, str] = MappingProxyType(
    {
        "sessions": "charging sessions observed",
        "kwh": "energy charged",
        "occupied_hours": "hours in which a point was occupied, all points together",
    }
)
PLACE = (
    Column("site_id", "number of the place", "id", required=True),
    Column("lon", "degrees east", "number", required=True, low=-180, high=180),
    Column("lat", "degrees north", "number", required=True, low=-90, high=90),
)
TIME = (
    Column("days", "days observed", "number", "d", required=True, low=SHORTEST_D, high=LONGEST_D),
    Column("points", "charge points there", "whole", low=1, high=1_000),
)
COUNTS = tuple(Column(key, WHAT[key], "number", low=0, high=MANY) for key in QUANTITIES)
KNOWN = (*PLACE, *COUNTS, *TIME)


@dataclass(frozen=True, slots=True, eq=False)
class SiteTable:
    """Observed places as the file gives them.

    Attributes
    ----------
    frame : (place,)
        ``site_id, lon, lat, count, days, points`` (NaN where not said).
    quantity
        What was counted: ``sessions``, ``kwh`` or ``occupied_hours``.
    features : (place, feature)
        Every other column of numbers; NaN where blank.
    """

    file: str
    frame: pd.DataFrame
    quantity: str
    features: pd.DataFrame
    notices: tuple[str, ...]

    @property
    def synthetic(self) -> bool:
        """Whether these are places of our own invention, under whatever name they come back."""
        return bool(self.frame["site_id"].str.startswith(SYNTHETIC).all())

    def spots(self, project: Project) -> Shapes:
        """Return the places as points in the metric coordinates of a project."""
        at = gpd.points_from_xy(self.frame["lon"], self.frame["lat"], crs=4326)
        found: Shapes = at.to_crs(project.crs).to_numpy()
        return found


def read_sites(source: Source) -> SiteTable:
    """Read the table, or refuse with every fault at once."""
    extra, said = _features(source)
    table = read_own_table(source, (*KNOWN, *extra))
    frame = table.frame
    refusals = Refusals(source.name)
    counted = [key for key in QUANTITIES if key in frame]
    if len(counted) != 1:
        there = f"{len(counted)} are there" if counted else "none is there"
        wanted = f"exactly one column of {', '.join(QUANTITIES)} is wanted; {there}"
        refusals.say(wanted, "count_column")
        refusals.finish()
    shown = table.cells
    twice = frame["site_id"].duplicated().to_numpy()
    refusals.add(twice, "site_id", shown["site_id"], "each place once", "duplicate_site")
    count = frame[counted[0]].to_numpy(np.float64)
    blank = np.isnan(count)
    refusals.add(blank, counted[0], shown[counted[0]], "a number, 0 for none", "value_unusable")
    refusals.finish()
    points = frame["points"] if "points" in frame else np.full(len(frame), np.nan)
    kept = frame[["site_id", "lon", "lat", "days"]].assign(count=count, points=points)
    names = [each.name for each in extra]
    unused = [notice.message for notice in table.said if notice.code != "columns_unused"]
    notices = (*unused, *(notice.message for notice in said))
    return SiteTable(source.name, kept, counted[0], frame[names].copy(), notices)


def _features(source: Source) -> tuple[list[Column], list[Notice]]:
    """Find the other columns that hold numbers, or nothing; name those that hold words."""
    table, _ = open_table(source, {"site_id"})
    known = {each.name for each in KNOWN}
    found: list[Column] = []
    words: list[Column] = []
    for name in table.column_names:
        folded = fold(name)
        if folded in known:
            continue
        spec = Column(folded, "a feature of the place", "number")
        (found if _is_numeric(table.column(name), spec) else words).append(spec)
    said = f"{source.name}: columns without numbers are not used: "
    listed = ", ".join(each.name for each in words)
    return found, [Notice("columns_unused", said + listed, len(words))] if words else []


def _is_numeric(column: pa.ChunkedArray, spec: Column) -> bool:
    _values, missing, bad, _notice = convert(column, spec, "UTC")
    return not bool(bad.any()) and not bool(missing.all())


def refuse_elsewhere(project: Project, table: SiteTable, inside: int) -> None:
    """Refuse a table whose places lie in another city, or with exchanged coordinates."""
    if inside == 0:
        raise refusal(
            "places_elsewhere",
            f"none of {len(table.frame):,} places lies in a district of {project.name}: are lon "
            f"and lat exchanged, or is it another city?",
            file=table.file,
        )
