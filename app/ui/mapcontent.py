"""What the maps say, as GeoJSON for the browser: built once per answer, kept in ``cached``."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Transformer

from app.core.assets import numbers, placed, texts
from app.core.demand.result import STATISTICS, Band, Demand
from app.core.impact import ROOM, Impact
from app.core.layer import Layer
from app.core.schema import KINDS
from app.core.siting.plan import Plan
from app.ui import maps
from app.ui.text import _, number, power, whole

Outlines: TypeAlias = Sequence[tuple[str, str]]
UNITS: Mapping[str, str] = {
    "points": "charge points",
    "kwh_year": "MWh a year",
    "sessions_day": "sessions a day",
    "ev": "electric cars",
}
PREVIEW = (86, 140, 190)
MARKED = (140, 14, 30)
THOUSAND = 1000
LONG = 120  # letters of a reason that a map shows
NUMBERED = 30  # pins beyond this are drawn small, without a number
MANY_CORNERS = 100_000
DETAILED = 30  # corners of one shape; kerbs and bays have fewer, and stay as they are
THIN = 20_000  # a bend smaller than this part of the map is straight: half a metre in 10 km
HATCHES = 120  # lines across a map
CROWD = 150  # areas; with more of them a number no longer fits inside one
SHOWN: Mapping[str, float] = {"points": 1.0, "kwh_year": 1e-3, "sessions_day": 1.0, "ev": 1.0}


def bands(answer: Demand, quantity: str) -> list[Band]:
    """Return one quantity of every district with its uncertainty."""
    columns = [answer.districts[f"{quantity}_{statistic}"] for statistic in STATISTICS]
    return [Band(*values) for values in zip(*columns, strict=True)]


def demand_values(answer: Demand, quantity: str) -> list[float]:
    """Return the middle estimate of every district, in the unit that is shown."""
    found = answer.districts[f"{quantity}_p50"] * SHOWN[quantity]
    return [float(value) for value in found]


def demand(answer: Demand, outlines: Outlines, quantity: str) -> bytes:
    """Fill districts by demand, with the number written inside."""
    values = demand_values(answer, quantity)
    scale = maps.round_scale(values, _(UNITS[quantity]))
    factor = SHOWN[quantity]
    facts = [
        f"{number(b.p50 * factor)} ({number(b.p10 * factor)}–{number(b.p90 * factor)}) "
        f"{_(UNITS[quantity])}\n{_('class')} {chr(97 + scale.place(v))}"
        if np.isfinite(v)
        else _("no district is here: unknown")
        for b, v in zip(bands(answer, quantity), values, strict=True)
    ]
    rows = zip(
        answer.districts["district_id"],
        answer.districts["name"],
        facts,
        [scale.colours[scale.place(v)] if np.isfinite(v) else maps.QUIET for v in values],
        [_inside(v, scale, many=len(values) > CROWD) for v in values],
        strict=True,
    )
    return maps.areas(outlines, rows)


def _inside(value: float, scale: maps.Scale, *, many: bool) -> str:
    """Write the amount into an area; among many there is only room for the letter of its class."""
    if not np.isfinite(value):
        return "?"
    return chr(97 + scale.place(value)) if many else number(value, 2)


def cut_outlines(shapes: gpd.GeoSeries) -> Outlines:
    """Per area its shape and a point inside; cut shapes have slivers that no rounding keeps valid.

    What ``maps.outlines`` gives for whole ones.
    """
    drawn = _in_degrees(shapes)
    inside = _in_degrees(gpd.GeoSeries(shapely.point_on_surface(shapes.to_numpy()), crs=shapes.crs))
    return list(zip(shapely.to_geojson(drawn), shapely.to_geojson(inside), strict=True))


def unknown(parts: gpd.GeoSeries) -> bytes:
    """Hatch the ground of areas on which nothing is known."""
    west, south, east, north = parts.total_bounds
    step, reach = max(east - west, north - south) / HATCHES, north - south
    starts = np.arange(west - reach, east, step)
    lines = shapely.multilinestrings([[(x, south), (x + reach, north)] for x in starts])
    ground = shapely.union_all(parts.to_numpy())
    drawn = gpd.GeoSeries([ground, shapely.intersection(lines, ground)], crs=parts.crs)
    said: dict[str, object] = {"title": _("unknown"), "facts": "", "line": [120, 120, 120]}
    looks = ({"fill": [*maps.QUIET, 255], "width": 0}, {"fill": [0, 0, 0, 0], "width": 1})
    shapes = shapely.to_geojson(_in_degrees(drawn))
    return maps.collection(
        maps.feature(shape, said | look) for shape, look in zip(shapes, looks, strict=True)
    )


def districts(names: Sequence[tuple[str, str]], outlines: Outlines) -> bytes:
    """Draw quiet districts to stand under something else."""
    rows = ((key, name, "", maps.QUIET, "") for key, name in names)
    return maps.areas(outlines, rows)


def grid(answer: Impact, places: Sequence[tuple[float, float]]) -> bytes:
    """Draw transformers as discs: size by capacity, colour and letter by state."""
    frame = answer.rows
    limit = frame["limit_kw"].to_numpy(dtype=float)
    usual = float(np.nanmedian(limit)) if np.isfinite(limit).any() else 1.0
    radius = np.clip(4.5 * np.sqrt(np.nan_to_num(limit, nan=usual) / max(usual, 1e-9)), 3, 8)
    order = np.argsort([maps.STATE_ORDER.index(s) for s in frame["state"]], kind="stable")
    rows = []
    for at in order:
        row = frame.iloc[at]
        look = maps.STATES[row["state"]]
        size = float(radius[at]) * (
            0.7 if row["state"] == ROOM else 1.15
        )  # what is full stands out
        said = (
            f"{_(look.word)}\n{_('peak')} {power(row['peak_kw'])}, {_('limit')} {power(limit[at])}"
        )
        rows.append(
            (
                str(row["asset_id"]),
                str(row["name"]),
                said,
                look.rgb,
                look.mark,
                size,
                *places[at],
            )
        )
    return maps.discs(rows)


def chargers(layer: Layer) -> bytes:
    """Draw the charge points of today as small squares."""
    flat = layer.map.to_crs(4326).geometry
    rows = (
        (str(key), str(key), "", maps.EXISTING.rgb, "", 1.6, x, y)
        for key, x, y in zip(layer.frame["charger_id"], flat.x, flat.y, strict=True)
    )
    return maps.discs(rows)


def sites(plan: Plan) -> bytes:
    """Draw the recommended places as numbered pins, the first on top."""
    frame = plan.sites.to_crs(4326).sort_values("rank", ascending=False)
    rows = []
    for (_row, site), x, y in zip(
        frame.iterrows(), frame.geometry.x, frame.geometry.y, strict=True
    ):
        look = maps.CONDITIONAL if site["status"] == "conditional" else maps.SITE
        facts = (
            f"{whole(site['points'])} {_('points')}, {whole(site['served_kwh_day'])} kWh/{_('day')}"
        )
        mark = str(site["rank"]) if site["rank"] <= NUMBERED else ""
        radius = 8.0 if mark else 4.0
        title = f"{site['rank']}. {site['name']}"
        rows.append((str(site["candidate_id"]), title, facts, look.rgb, mark, radius, x, y))
    return maps.discs(rows)


def refused(frame: gpd.GeoDataFrame) -> bytes:
    """Draw places that were not chosen as small discs, with what stood in the way."""
    flat = frame.to_crs(4326).geometry
    columns = (frame[each].tolist() for each in ("candidate_id", "name", "text"))
    rows = zip(*columns, flat.x.tolist(), flat.y.tolist(), strict=True)
    return maps.discs(
        (str(key), str(name), str(why)[:LONG], maps.REFUSED.rgb, "", 3.5, lon, lat)
        for key, name, why, lon, lat in rows
    )


def listed(frame: pd.DataFrame) -> bytes:
    """Draw the sites of a list as a public map may show them; ``frame`` has lat and lon."""
    columns = ("candidate_id", "name", "public_class", "points", "lon", "lat")
    return maps.discs(
        (key, name, f"{whole(points)} {_('points')}", look.rgb, look.mark, 7.0, lon, lat)
        for key, name, shown, points, lon, lat in zip(
            *(frame[each].tolist() for each in columns), strict=True
        )
        for look in (maps.PUBLIC[shown],)
    )


def postcode_colours(grid: Layer, districts: Layer, outlines: Outlines) -> bytes:
    """Fill districts by the worst colour among their postcodes; the rest stays quiet."""
    frame = grid.frame
    order = list(maps.CONSTRAINTS)
    found: dict[str, list[int]] = {}
    for district, colour in zip(
        texts(frame, "district_id"), texts(frame, "constraint"), strict=True
    ):
        if district and colour:
            found.setdefault(str(district), []).append(order.index(colour))
    rows = []
    names = zip(districts.frame["district_id"], districts.frame["name"], strict=True)
    for key, name in names:
        seen = found.get(str(key), [])
        look = maps.CONSTRAINTS[order[max(seen)]] if seen else None
        facts = ", ".join(
            f"{seen.count(nth)} {_(each)}" for nth, each in enumerate(order) if seen.count(nth)
        )
        rgb, mark = (look.rgb, look.mark) if look else (maps.QUIET, "")
        rows.append((str(key), str(name), facts, rgb, mark))
    return maps.areas(outlines, rows)


def preview(layer: Layer, *, points: bool = False) -> bytes:
    """Draw a layer as it was understood: shapes filled, points as discs, or the points alone."""
    frame = placed(layer.map)
    frame = frame[frame.geom_type == "Point"] if points else frame
    key = KINDS[layer.kind].id
    names = frame["name"] if "name" in frame else frame[key]
    shapes = shapely.to_geojson(_in_degrees(_thinned(frame.geometry)))
    facts = _operator_says(frame) if layer.kind == "grid" else frame[key].astype(str).tolist()
    colours = texts(frame, "constraint").tolist()
    look = {"fill": [*PREVIEW, 150], "line": [20, 60, 110], "width": 2, "radius": 4, "mark": ""}
    return maps.collection(
        maps.feature(
            shape,
            {"id": str(row), "title": str(name), "facts": said, "ink": maps.INK}
            | look
            | _coloured(colour),
        )
        for shape, row, name, said, colour in zip(
            shapes, frame[key].tolist(), names.tolist(), facts, colours, strict=True
        )
    )


def _thinned(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Leave out corners nobody could tell apart on a small map, where there are very many."""
    corners = int(shapely.get_num_coordinates(shapes.to_numpy()).sum())
    if corners <= max(MANY_CORNERS, DETAILED * len(shapes)):
        return shapes
    west, south, east, north = shapes.total_bounds
    least = max(east - west, north - south) / THIN
    return shapes.simplify(least)


def _coloured(constraint: str) -> dict[str, object]:
    """Draw a row in the colour its operator published, with its letter, if there is one."""
    found = maps.CONSTRAINTS.get(constraint)
    if found is None:
        return {}
    return {"fill": [*found.rgb, 150], "mark": found.mark, "ink": maps.text_on(found.rgb)}


def _operator_says(frame: pd.DataFrame) -> list[str]:
    """Say of each station or area its room, queue, year and colour, as far as they are known."""
    room, queue, year = (
        numbers(frame, name) for name in ("headroom_kw", "queue_kw", "available_year")
    )
    rows = zip(texts(frame, "asset_id"), room, queue, year, texts(frame, "constraint"), strict=True)
    said = []
    for code, left, waiting, when, colour in rows:
        parts = [str(code)]
        parts += [f"{_('room')} {power(left)}"] if np.isfinite(left) else []
        parts += [f"{_('queue')} {power(waiting)}"] if np.isfinite(waiting) else []
        parts += [f"{_('room from')} {int(when)}"] if np.isfinite(when) else []
        said.append("\n".join([*parts, *([_(str(colour))] if colour else [])]))
    return said


def _in_degrees(shapes: gpd.GeoSeries) -> npt.NDArray[np.object_]:
    """Turn to degrees rounded to 10 cm, corner by corner: keeping every shape valid takes longer.

    Both in one go: taking corners out of shapes and putting them back costs as much as turning.
    """
    turn = Transformer.from_crs(shapes.crs, maps.WGS84, always_xy=True).transform

    def turned(corners: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found: npt.NDArray[np.float64] = np.column_stack(turn(*corners.T)).round(6)
        return found

    moved: npt.NDArray[np.object_] = shapely.transform(shapes.to_numpy(), turned)
    return moved


def marked(layer: Layer, positions: Sequence[int]) -> bytes:
    """Ring some rows of a layer in red, each with a mark, to be found among the others."""
    frame = placed(layer.map.iloc[list(positions)])
    shapes = _in_degrees(frame.geometry)
    drawn = shapely.to_geojson(shapes)
    spots = shapely.to_geojson(shapely.point_on_surface(shapes))
    keys = frame[KINDS[layer.kind].id]
    names = frame.get("name", keys)
    ring = {"fill": [*MARKED, 90], "line": [*MARKED], "width": 3, "radius": 6, "mark": ""}
    sign = {"fill": [*MARKED, 255], "line": [255, 255, 255], "width": 1, "radius": 7, "mark": "!"}
    features = []
    for shape, spot, key, name in zip(drawn, spots, keys, names, strict=True):
        said = {"id": str(key), "title": str(name), "facts": str(key), "ink": maps.PAPER}
        features += [maps.feature(shape, said | ring), maps.feature(spot, said | sign)]
    return maps.collection(features)


def room(districts: pd.DataFrame, fits: pd.Series, outlines: Outlines) -> bytes:
    """Fill districts by the points that still fit; grey where no limit is known."""
    scale = maps.round_scale(fits.dropna(), _("charge points"))
    rows = []
    for key, name in zip(districts["district_id"], districts["name"], strict=True):
        fit = float(fits.get(key, np.nan))
        known = np.isfinite(fit)
        rgb = scale.colours[scale.place(fit)] if known else maps.QUIET
        words = (
            _("{n} more charge points fit").format(n=whole(fit)) if known else _("no known limit")
        )
        rows.append((str(key), str(name), words, rgb, _brief(fit) if known else "?"))
    return maps.areas(outlines, rows)


def _brief(amount: float) -> str:
    """Write an amount so short that it stands in a small district."""
    return number(amount, 2) if amount < THOUSAND else f"{number(amount / THOUSAND, 2)}k"


def lots(frame: gpd.GeoDataFrame) -> bytes:
    """Draw the places of a tender, coloured and numbered by lot."""
    flat = frame.to_crs(4326)
    codes = sorted(frame["lot_code"].astype(str).unique())
    rows = []
    for (_row, site), x, y in zip(flat.iterrows(), flat.geometry.x, flat.geometry.y, strict=True):
        nth = codes.index(str(site["lot_code"]))
        title = f"{site['location_id']}: {site['address']}"
        facts = f"{_('Lot')} {site['lot_code']}, {whole(site['n_charge_points'])} {_('points')}"
        key = str(site["location_id"])
        rows.append((key, title, facts, maps.lot_colour(nth), str(nth + 1), 7.0, x, y))
    return maps.discs(rows)
