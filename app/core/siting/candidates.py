"""Where points could stand: rows of bays, lots, garages, today's points, places named by hand."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from app.core.assets import Texts, numbers, texts
from app.core.belonging import middles, polygons
from app.core.by_hand import Added, Moved, name_of
from app.core.engine.arrays import Floats, Longs
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.parameters import Parameter
from app.core.siting.stretches import Stretches, cut

COLUMNS = (
    "candidate_id", "name", "origin", "x", "y", "max_points", "existing_points", "kw", "spaces",
    "row_bays", "layout", "footway_m", "owner", "consent", "open_24h", "occupancy_percent",
    "precision", "status", "merged_from",
)  # fmt: skip
FACILITIES = ("lot", "garage")
SEARCH_AREA = ("search_area", "search area", "searcharea")
ROW_SQRT = np.sqrt(3) / 2
Numbers = Mapping[str, Parameter]


def find_candidates(  # noqa: PLR0913
    parking: Layer | None,
    chargers: Layer | None,
    districts: Layer,
    values: Numbers,
    added: Sequence[Added] = (),
    *,
    moved: Sequence[Moved] = (),
    places: Layer | None = None,
) -> pd.DataFrame:
    """List all candidates, merged where they are closer than 15 m, sorted by name.

    A place that was moved by hand is merged where it now stands, and keeps its name. Areas to
    search in, drawn by a planner, are ``places`` of the kind ``search_area``.
    """
    found = [_existing(chargers, values)] if chargers is not None else []
    if parking is not None and len(parking.frame):
        found += [_streets(parking, values), _facilities(parking, values)]
    else:
        found.append(lattice(districts.map.geometry, texts(districts.frame, "district_id"), values))
    if places is not None:
        found.append(search_areas(places, values))
    if added:
        found.append(_by_hand(added))
    frames = [each for each in found if len(each)]
    if not frames:
        return pd.DataFrame({name: [] for name in COLUMNS})
    every = relocate(pd.concat(frames, ignore_index=True), moved)
    merged = merge(every, values["merge_m"].value)
    return merged.sort_values("candidate_id", ignore_index=True)


def _frame(count: int, columns: Mapping[str, object]) -> pd.DataFrame:
    """Fill in what a source does not say; unknown stays unknown."""
    usual: dict[str, object] = {
        "existing_points": 0, "kw": np.nan, "spaces": np.nan, "row_bays": np.nan, "layout": "",
        "footway_m": np.nan, "owner": "", "consent": -1, "open_24h": -1,
        "occupancy_percent": np.nan, "precision": "point", "status": "estimated", "merged_from": "",
    }  # fmt: skip
    both = {**usual, **columns}
    full = {name: np.broadcast_to(np.asarray(both[name]), (count,)) for name in COLUMNS}
    frame = pd.DataFrame({name: full[name] for name in COLUMNS})
    return frame.astype({"max_points": np.int64, "existing_points": np.int64})


def _said(frame: pd.DataFrame, rows: Longs) -> dict[str, object]:
    """Carry over what the parking map says of a place."""
    taken = frame.iloc[rows]
    return {
        "layout": texts(taken, "layout"),
        "footway_m": numbers(taken, "footway_m"),
        "owner": texts(taken, "owner"),
        "consent": flags(taken, "consent"),
        "open_24h": flags(taken, "open_24h"),
        "status": np.where(texts(taken, "status") == "", "estimated", texts(taken, "status")),
    }


def flags(frame: pd.DataFrame, column: str) -> Longs:
    """Read yes and no as 1 and 0, and what nobody said as -1."""
    if column not in frame:
        return np.full(len(frame), -1)
    known = frame[column].notna().to_numpy()
    found = np.full(len(frame), -1)
    found[known] = frame[column][known].astype(bool).to_numpy()
    return found


def _streets(parking: Layer, values: Numbers) -> pd.DataFrame:
    frame = parking.map
    rows = np.flatnonzero(texts(frame, "kind") == "on_street")
    spaces = np.nan_to_num(numbers(frame, "spaces"))[rows]
    found = cut(frame.geometry.to_numpy()[rows], spaces, values["candidate_spacing_m"].value)
    source = rows[found.source]
    pairs = 2 * np.floor(found.spaces / 2 + 1e-9)  # a post serves two bays
    share = np.floor(values["bay_share"].value * found.spaces + 1e-9)
    most = np.minimum(np.minimum(pairs, share), values["site_max_points"].value)
    ids = texts(frame, "parking_id")[source]
    return _frame(
        len(source),
        {
            **_said(frame, source),
            "candidate_id": _names(parking, ids, found),
            "name": _titles(frame, source, found),
            "origin": "on_street",
            "x": shapely.get_x(found.point),
            "y": shapely.get_y(found.point),
            "max_points": most,
            "spaces": found.spaces,
            "row_bays": found.spaces,
        },
    )


def _names(layer: Layer, ids: Texts, found: Stretches) -> list[str]:
    return [name_of(layer.digest, key, at) for key, at in zip(ids, found.place, strict=True)]


def _titles(frame: pd.DataFrame, source: Longs, found: Stretches) -> list[str]:
    """Give a place the name people use, else its number on the map."""
    names = np.where(texts(frame, "name") == "", texts(frame, "parking_id"), texts(frame, "name"))
    pairs = zip(names[source], found.place, found.of, strict=True)
    return [f"{name} ({at + 1}/{of})" if of > 1 else str(name) for name, at, of in pairs]


def _facilities(parking: Layer, values: Numbers) -> pd.DataFrame:
    frame = parking.map
    kind = texts(frame, "kind")
    rows = np.flatnonzero(np.isin(kind, FACILITIES))
    spaces = np.nan_to_num(numbers(frame, "spaces"))[rows]
    share = np.floor(spaces * values["facility_share"].value + 1e-9)
    most = np.where(spaces >= 2, np.maximum(share, 2), share)  # noqa: PLR2004  # one post, two bays
    most = np.maximum(most - np.nan_to_num(numbers(frame, "ev_spaces"))[rows], 0)
    point = middles(frame.geometry.to_numpy()[rows])
    ids = texts(frame, "parking_id")[rows]
    name = np.where(texts(frame, "name")[rows] == "", ids, texts(frame, "name")[rows])
    return _frame(
        rows.size,
        {
            **_said(frame, rows),
            "candidate_id": [name_of(parking.digest, key, 0) for key in ids],
            "name": name,
            "origin": kind[rows],
            "x": shapely.get_x(point),
            "y": shapely.get_y(point),
            "max_points": most,
            "spaces": spaces,
            "row_bays": np.where(kind[rows] == "lot", spaces, np.nan),
        },
    )


def _existing(chargers: Layer, values: Numbers) -> pd.DataFrame:
    frame = chargers.map
    point = middles(frame.geometry.to_numpy())
    said = numbers(frame, "points")
    points = np.where(np.isnan(said), values["existing_points_usual"].value, said)
    ids = texts(frame, "charger_id")
    keep = points > 0
    return _frame(
        len(frame),
        {
            "candidate_id": [name_of(chargers.digest, key, 0) for key in ids],
            "name": ids,
            "origin": "existing",
            "x": shapely.get_x(point),
            "y": shapely.get_y(point),
            "max_points": points,
            "existing_points": points,
            "kw": numbers(frame, "power_kw"),
            "open_24h": flags(frame, "open_24h"),
            "occupancy_percent": numbers(frame, "occupancy_percent"),
            "status": np.where(texts(frame, "status") == "", "estimated", "measured"),
        },
    )[keep]


def _by_hand(added: Sequence[Added]) -> pd.DataFrame:
    return _frame(
        len(added),
        {
            "candidate_id": [each.key for each in added],
            "name": [each.name for each in added],
            "origin": "user",
            "x": [each.x for each in added],
            "y": [each.y for each in added],
            "max_points": [each.points for each in added],
        },
    )


def relocate(frame: pd.DataFrame, moved: Sequence[Moved]) -> pd.DataFrame:
    """Put candidates where a planner moved them; what a map says of the old spot is forgotten."""
    there = {name: at for at, name in enumerate(frame["candidate_id"])}
    known = [each for each in moved if each.id in there]
    if not known:
        return frame
    rows = [there[each.id] for each in known]
    fixed = [each.id for each, at in zip(known, rows, strict=True) if frame["existing_points"][at]]
    if fixed:
        raise InputError(f"{', '.join(fixed)}: charge points that stand today cannot be moved")
    found = frame.copy()
    found.loc[rows, ["x", "y"]] = [(each.x, each.y) for each in known]
    found.loc[rows, ["origin", "layout", "owner", "precision"]] = ["user", "", "", "point"]
    found.loc[rows, ["spaces", "row_bays", "footway_m"]] = np.nan
    found.loc[rows, ["consent", "open_24h"]] = -1
    return found


def search_areas(places: Layer, values: Numbers) -> pd.DataFrame:
    """Put candidates into the areas a planner drew, on the lattice that districts have, too."""
    kind = np.array([str(each).strip().casefold() for each in texts(places.frame, "kind")], object)
    mine = np.isin(kind, SEARCH_AREA) & polygons(places.map.geometry.to_numpy())
    names = np.where(texts(places.frame, "name") == "", "area", texts(places.frame, "name"))
    return lattice(places.map.geometry[mine], names[mine], values)


def lattice(areas: gpd.GeoSeries, names: Texts, values: Numbers) -> pd.DataFrame:
    """Fill areas whose parking nobody mapped with a hexagonal lattice.

    Anchored at the origin of the project's coordinates: the same area gives the same points.
    """
    step = values["area_lattice_m"].value
    shapes = areas.to_numpy()
    found: list[tuple[str, str, float, float]] = []
    for name, shape in zip(names, shapes, strict=True):
        column, row, xy = hexagons(shape, step)
        found += [
            (name_of("area", a, b), f"{name}: {a}, {b}", x, y)
            for a, b, (x, y) in zip(column, row, xy, strict=True)
        ]
    unique = {each[0]: each for each in found}
    columns = list(zip(*unique.values(), strict=True)) if unique else [()] * 4
    return _frame(
        len(unique),
        {
            **dict(zip(("candidate_id", "name", "x", "y"), columns, strict=True)),
            "origin": "area",
            "max_points": int(values["area_max_points"].value),
            "precision": "area",
        },
    )


def hexagons(shape: shapely.Geometry, step: float) -> tuple[Longs, Longs, Floats]:
    """List the points of the hexagonal lattice inside a shape: column, row and coordinates."""
    west, south, east, north = shapely.bounds(shape)
    rows = np.arange(np.floor(south / step / ROW_SQRT), np.ceil(north / step / ROW_SQRT) + 1)
    columns = np.arange(np.floor(west / step) - 1, np.ceil(east / step) + 1)
    column, row = (each.ravel().astype(np.int64) for each in np.meshgrid(columns, rows))
    x, y = (column + 0.5 * (row % 2)) * step, row * step * ROW_SQRT
    inside = shapely.contains_xy(shape, x, y)
    return column[inside], row[inside], np.column_stack([x, y])[inside]


def beside_assets(found: pd.DataFrame, assets: pd.DataFrame, values: Numbers) -> pd.DataFrame:
    """Add assets with room where no parking is known nearby; ``assets`` has asset_id, x, y."""
    if assets.empty or found.empty:
        return found
    tree = cKDTree(found[["x", "y"]].to_numpy(float))
    apart, _ = tree.query(assets[["x", "y"]].to_numpy(float))
    alone = assets[apart > values["grid_candidate_m"].value]
    more = _frame(
        len(alone),
        {
            "candidate_id": [name_of("grid", key) for key in alone["asset_id"]],
            "name": alone["asset_id"].to_numpy(),
            "origin": "grid",
            "x": alone["x"].to_numpy(),
            "y": alone["y"].to_numpy(),
            "max_points": int(values["area_max_points"].value),
            "precision": "grid",
        },
    )
    both = [found, more] if len(more) else [found]
    return pd.concat(both, ignore_index=True).sort_values("candidate_id", ignore_index=True)


def merge(frame: pd.DataFrame, within_m: float) -> pd.DataFrame:
    """Make one of candidates that lie closer than ``within_m``: today's points first, then bays.

    The kept one takes the others' names into ``merged_from`` and what they know and it does not.
    """
    frame = frame.drop_duplicates("candidate_id", ignore_index=True)
    xy = frame[["x", "y"]].to_numpy(float)
    pairs = cKDTree(xy).query_pairs(within_m - 1e-9, output_type="ndarray")
    if not len(pairs):
        return frame
    near: dict[int, list[int]] = {}
    for one, two in pairs.tolist():
        near.setdefault(one, []).append(two)
        near.setdefault(two, []).append(one)
    spaces = np.nan_to_num(frame["spaces"].to_numpy(float))
    by_hand = (frame["origin"] == "user").to_numpy()
    rank = np.lexsort((frame["candidate_id"], -spaces, ~by_hand, -frame["existing_points"]))
    host: dict[int, int] = {}
    for each in (int(at) for at in rank if int(at) in near):
        if each in host:
            continue
        host[each] = each
        for other in near[each]:
            host.setdefault(other, each)
    return _absorb(frame, {guest: home for guest, home in host.items() if guest != home})


def _absorb(frame: pd.DataFrame, host: Mapping[int, int]) -> pd.DataFrame:
    kept = frame.copy()
    columns = {name: kept[name].to_numpy(copy=True) for name in COLUMNS}
    merged = columns["merged_from"].astype(object)
    for guest, home in sorted(host.items()):
        total = columns["existing_points"][home] + columns["existing_points"][guest]
        most = max(columns["max_points"][home], columns["max_points"][guest], total)
        columns["existing_points"][home], columns["max_points"][home] = total, most
        merged[home] = ";".join(filter(None, [merged[home], columns["candidate_id"][guest]]))
        _learn(columns, home, guest)
    columns["merged_from"] = merged
    full = pd.DataFrame(columns)
    return full.drop(index=list(host)).reset_index(drop=True)


def _learn(columns: Mapping[str, np.ndarray], home: int, guest: int) -> None:
    for name in ("spaces", "row_bays", "footway_m", "kw", "occupancy_percent"):
        if np.isnan(columns[name][home]):
            columns[name][home] = columns[name][guest]
    for name in ("layout", "owner"):
        columns[name][home] = columns[name][home] or columns[name][guest]
    for name in ("consent", "open_24h"):
        columns[name][home] = max(columns[name][home], columns[name][guest])


def as_points(frame: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """Put candidates on the map."""
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["x"], frame["y"]), crs=crs)
