"""From maps to engine rows: which transformer feeds which district, and with what limit.

The finest level of the grid map that says a limit is the engine's row; coarser levels are its
parents. A district without any asset gets a row of its own, whose limit is unknown.
"""

from dataclasses import dataclass, fields, replace
from math import inf, nan

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from app.core.assets import BARE, LEVELS, Texts, finest, numbers, table, with_limits
from app.core.belonging import (
    REACH_M,
    Links,
    Shapes,
    containing,
    largest_remainder,
    link,
    middles,
    nearest,
    polygons,
)
from app.core.engine.arrays import Floats, Ints, Keys, Longs
from app.core.engine.keys import text_keys
from app.core.errors import InputError
from app.core.project import Project


@dataclass(frozen=True, slots=True, eq=False)
class EngineRows:
    """What the engine runs on: one row per asset of the finest level, sorted by ``asset_id``.

    Attributes
    ----------
    level
        Level of the assets; empty without a grid map.
    asset_id, name, parent_id : (row,) text
        ``unknown:<district_id>`` where a district has no asset; no parent is an empty text.
    row_key : (row,) uint64
        Hash of the id: random draws about a row do not depend on its place in the list.
    shape : (row,) geometry
        Point or polygon in metric coordinates; the district's own for unknown rows.
    x, y, lon, lat : (row,)
        A point of the row [m, degrees].
    district : (row,) int32
        The district, as a row of that layer, of which the row carries the greatest share.
    dwellings : (row,)
        Homes it supplies; NaN where not said.
    peak_kw, limit_kw : (row,)
        Highest base load and the most it may carry [kW]; NaN where unknown.
    export_kw : (row,)
        Room the map says there is for power flowing back [kW]; NaN where it says none.
    status : (row,) text
        measured, estimated, default or unknown: the weakest of what the row rests on.
    points_now : (row,) int64
        Charge points that stand there today.
    link_row, link_district : (link,) int32
        Pairs of a row and a district it feeds, sorted by row, then district.
    link_weight : (link,)
        Share of the district's demand that the row carries; sums to 1 per district.
    notices
        What the maps left open, in sentences.
    """

    level: str
    asset_id: Texts
    name: Texts
    parent_id: Texts
    row_key: Keys
    shape: Shapes
    x: Floats
    y: Floats
    lon: Floats
    lat: Floats
    district: Ints
    dwellings: Floats
    peak_kw: Floats
    limit_kw: Floats
    export_kw: Floats
    status: Texts
    points_now: Longs
    link_row: Ints
    link_district: Ints
    link_weight: Floats
    notices: tuple[str, ...]

    def __post_init__(self) -> None:
        """Freeze the arrays: rows are shared between visitors."""
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __len__(self) -> int:
        """Count the rows."""
        return self.asset_id.size

    @property
    def bare(self) -> npt.NDArray[np.bool_]:
        """Rows that stand for a district without an asset."""
        return np.array([str(each).startswith(BARE) for each in self.asset_id], dtype=bool)


def engine_rows(project: Project, peak_kw_per_kwh: float = nan) -> EngineRows:
    """Work out the engine's rows of a project. O((assets + districts) log assets).

    ``peak_kw_per_kwh`` is the winter peak of a home per kWh of its yearly use; it gives a base
    peak to rows that tell none. Without it their peak stays unknown.
    """
    if "districts" not in project.layers:
        raise InputError(f"{project.name} has no map of districts yet: load one")
    districts = project.layers["districts"].map
    assets, level = finest(project)
    cells, shapes = districts.geometry.to_numpy(), assets.geometry.to_numpy()
    found = link(cells, shapes, numbers(assets, "dwellings"), bounded=level in LEVELS[:1])
    used, asset = np.unique(found.asset, return_inverse=True)
    bare = np.flatnonzero(found.rest > 0)
    rows = table(assets.iloc[used], districts.iloc[bare])
    order = np.argsort(rows["asset_id"].to_numpy(str), kind="stable")
    links = _whole(found, asset, used.size, bare, order)
    use_kwh = np.nan_to_num(numbers(districts, "dwellings") * numbers(districts, "electricity_kwh"))
    rows = with_limits(rows.iloc[order], links, use_kwh, peak_kw_per_kwh, level)
    notices = _notices(level, len(assets) - used.size, bare.size, len(cells))
    return _with_chargers(_rows(project, level, rows, links, notices), project)


def _whole(found: Links, asset: Longs, assets: int, bare: Longs, order: Longs) -> Links:
    """Add the rows of districts without an asset, and number rows in their final order."""
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    row = place[np.append(asset, assets + np.arange(bare.size))]
    district = np.append(found.district, bare)
    weight = np.append(found.weight, found.rest[bare])
    sort = np.lexsort((district, row))
    return Links(row[sort], district[sort], weight[sort], np.zeros_like(found.rest))


def _rows(
    project: Project, level: str, rows: pd.DataFrame, links: Links, notices: tuple[str, ...]
) -> EngineRows:
    shapes = rows["shape"].to_numpy()
    at = middles(shapes)
    degrees = gpd.GeoSeries(at, crs=project.crs).to_crs(4326)
    best = np.lexsort((links.district, -links.weight, links.asset))
    first = np.searchsorted(links.asset[best], np.arange(len(rows)))
    told = {name: rows[name].to_numpy(object) for name in ("asset_id", "name", "parent_id")}
    amounts = ("dwellings", "peak_kw", "limit_kw", "export_kw")
    kept = {name: rows[name].to_numpy() for name in amounts}
    return EngineRows(
        level=level,
        **told,
        **kept,
        row_key=text_keys(rows["asset_id"]),
        shape=shapes,
        x=shapely.get_x(at),
        y=shapely.get_y(at),
        lon=degrees.x.to_numpy(),
        lat=degrees.y.to_numpy(),
        district=links.district[best[first]].astype(np.int32),
        status=rows["status"].to_numpy(object),
        points_now=np.zeros(len(rows), np.int64),
        link_row=links.asset.astype(np.int32),
        link_district=links.district.astype(np.int32),
        link_weight=links.weight,
        notices=notices,
    )


def _notices(level: str, unused: int, bare: int, districts: int) -> tuple[str, ...]:
    found = []
    if not level:
        found.append("There is no grid map: load is shown, headroom is not.")
    elif bare:
        found.append(
            f"{bare} of {districts} districts have no {level} on the grid map: their load is "
            f"shown, their headroom is not."
        )
    if unused:
        found.append(
            f"{unused} of the grid map's assets feed no district (none within {REACH_M:.0f} m, or "
            f"another is nearer) and are not used."
        )
    return tuple(found)


def _with_chargers(rows: EngineRows, project: Project) -> EngineRows:
    """Count the points of today's chargers per row."""
    if "chargers" not in project.layers:
        return rows
    chargers = project.layers["chargers"].map
    points = numbers(chargers, "points")
    row = attach(chargers.geometry.to_numpy(), rows)
    counted = np.where(np.isnan(points), 1, points)[row >= 0]
    now = np.bincount(row[row >= 0], counted, len(rows)).astype(np.int64)
    lost = np.count_nonzero(row < 0)
    far = f"{lost} of today's charge locations are over {REACH_M:.0f} m from any {rows.level}."
    return replace(rows, points_now=now, notices=(*rows.notices, far) if lost else rows.notices)


def attach(places: Shapes, rows: EngineRows) -> Longs:
    """Find the row that feeds each place; -1 where none does. O(n log rows).

    The polygon that contains it; else the nearest asset within 400 m (feeders, substations and
    areas drawn as points: without bound); else the unknown row of its district.
    """
    at = middles(places)
    bare = rows.bare
    areal = np.flatnonzero(polygons(rows.shape) & ~bare)
    found = _into(np.full(len(at), -1), areal, containing(rows.shape[areal], at))
    distant = rows.level not in LEVELS[:1] and not areal.size
    assets = np.flatnonzero(~bare)
    near = nearest(rows.shape[assets], at, inf if distant else REACH_M)
    found = _into(found, assets, near)
    alone = np.flatnonzero(bare)
    return _into(found, alone, containing(rows.shape[alone], at))


def _into(found: Longs, which: Longs, hit: Longs) -> Longs:
    """Fill what is still open with what was found."""
    new = (found < 0) & (hit >= 0)
    found[new] = which[hit[new]]
    return found


def rates(rows: EngineRows, per_district: Floats) -> Floats:
    """Share a quantity per district, (district,) or (district, group), out over the rows."""
    found = np.zeros((len(rows), *per_district.shape[1:]))
    weight = rows.link_weight.reshape(-1, *[1] * (per_district.ndim - 1))
    np.add.at(found, rows.link_row, per_district[rows.link_district] * weight)
    return found


def points_per_row(rows: EngineRows, points_plan: Longs) -> Longs:
    """Place whole numbers of points per district on its rows: largest remainder by weight."""
    parts = largest_remainder(
        np.asarray(points_plan, np.int64), rows.link_district.astype(np.int64), rows.link_weight
    )
    return np.bincount(rows.link_row, parts, len(rows)).astype(np.int64)
