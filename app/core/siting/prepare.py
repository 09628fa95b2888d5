"""All that does not change while a planner moves budget, weights or locks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from app.core.assets import numbers, texts
from app.core.belonging import containing, middles
from app.core.by_hand import Added, Moved
from app.core.demand.result import Demand
from app.core.engine.arrays import Floats, Ints, Longs
from app.core.errors import InputError
from app.core.parameters import Parameter
from app.core.places import EngineRows, attach
from app.core.project import Project
from app.core.rules import RULES, Rule
from app.core.rules.base import Finding
from app.core.siting.about import describe, operators
from app.core.siting.borders import borders
from app.core.siting.candidates import beside_assets, find_candidates, relocate
from app.core.siting.context import Surroundings
from app.core.siting.instance import neighbours
from app.core.siting.lattice import spread
from app.core.siting.network import Walks, find_walks, streets_of
from app.core.siting.problem import UNKNOWN, Demands, Streets
from app.core.siting.reach import Pairs, Reach, build_reach, find_pairs
from app.core.siting.today import Today, look

DAYS = 365.0
SMALL_KWH = 1e-9
Walker = Callable[..., Walks]
AROUND = ("exclusions", "places", "cables", "network")


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A project, its demand and who can walk where. Treat it as read-only.

    Attributes
    ----------
    places : (candidate,)
        The candidates, sorted by name, with ``district`` and ``transformer`` as indices (-1 none).
    demands, reach
        Demand points and the pairs within walking distance.
    kwh_point : (candidate,)
        What one point delivers there [kWh/day]: the district's demand over its planned points.
    households, homes_bare : (demand,)
        Households, and homes without own parking, at each demand point; NaN is unknown.
    today
        What today's points leave unserved.
    context, findings
        What rules and criteria look at, and what the rules found that no scenario changes.
    districts
        ``district_id, name`` in the order of the layer.
    assets : (row,)
        Names of the engine's rows.
    bare : (row,)
        Rows that stand for a district without an asset.
    near_start, near
        Candidates closer to each other than new places may be.
    spots, borders
        A point of each district [m], and pairs of districts that are neighbours.
    streets, walk
        The streets people walk along, None where no network is loaded; and in words how walks
        were measured.
    """

    places: pd.DataFrame
    demands: Demands
    reach: Reach
    kwh_point: Floats
    households: Floats
    homes_bare: Floats
    today: Today
    context: Surroundings
    findings: Mapping[str, Finding]
    districts: pd.DataFrame
    assets: tuple[str, ...]
    bare: Floats
    near_start: Longs
    near: Ints
    spots: Floats
    borders: Ints
    values: Mapping[str, Parameter]
    crs: str
    radius_m: float
    has_grid: bool
    illustrative: bool
    notices: tuple[str, ...]
    streets: Streets | None
    walk: str


def prepare(  # noqa: PLR0913
    project: Project,
    demand: Demand,
    rows: EngineRows,
    values: Mapping[str, Parameter],
    *,
    radius_m: float,
    added: Sequence[Added] = (),
    moved: Sequence[Moved] = (),
    walker: Walker = find_walks,
) -> Prepared:
    """Find candidates, spread demand, and pair what lies within walking distance.

    ``walker`` finds the walks over a street network; hand in one that remembers.
    """
    if "districts" not in project.layers:
        raise InputError(f"{project.name} has no map of districts yet: load one")
    layer = project.layers["districts"]
    shapes = layer.map.geometry.to_numpy()
    names = [str(each) for each in texts(layer.frame, "district_id")]
    kwh_day, usual = _energy(demand, names)
    demands = spread(shapes, names, kwh_day, values["demand_lattice_m"].value)
    places, notices = _places(project, rows, values, (added, moved), shapes)
    xy = places[["x", "y"]].to_numpy(float).reshape(-1, 2)
    streets, walk, pairs = _pairs(project, demands.xy, xy, values, radius_m, walker)
    start, near = neighbours(xy, values["spacing_new_m"].value)
    households, bare_homes = _homes(layer.frame, values)
    each = np.bincount(demands.district, minlength=len(names))[demands.district]
    reach = build_reach(demands, pairs, len(places))
    about = {
        "kwh_point": usual[places["district"].to_numpy(int)],
        "households": households[demands.district] / each,
        "homes_bare": bare_homes[demands.district] / each,
    }
    today = look(places, demands, reach, **about, districts=len(names))
    places = describe(places, rows, layer.frame).assign(
        walk_m=today.walk_m, dso=operators(places, rows, project.layers)
    )
    context = _surroundings(project, places, today, values, radius_m)
    return Prepared(
        places=places,
        demands=demands,
        reach=reach,
        **about,
        today=today,
        context=context,
        findings={key: rule.check(places, context) for key, rule in fixed_rules().items()},
        districts=pd.DataFrame({"district_id": names, "name": texts(layer.frame, "name")}),
        assets=tuple(str(name) for name in rows.asset_id),
        bare=rows.bare.astype(float),
        near_start=start,
        near=near,
        spots=shapely.get_coordinates(middles(shapes)),
        borders=borders(shapes),
        values=values,
        crs=project.crs,
        radius_m=radius_m,
        has_grid=not bool(rows.bare.all()),
        illustrative=project.illustrative,
        notices=(walk, *notices),
        streets=streets,
        walk=walk,
    )


def _pairs(  # noqa: PLR0913, PLR0917
    project: Project,
    demand_xy: Floats,
    site_xy: Floats,
    values: Mapping[str, Parameter],
    radius_m: float,
    walker: Walker,
) -> tuple[Streets | None, str, Pairs]:
    """Walk over the streets where they are known, else 1.3 times the straight line; and say so."""
    detour = values["detour"].value
    if "network" not in project.layers:
        pairs = find_pairs(demand_xy, site_xy, radius_m=radius_m, detour=detour)
        return None, f"Walking distance by straight line x {detour:g}.", pairs
    layer = project.layers["network"]
    snap_m, join_m = values["street_snap_m"].value, values["street_join_m"].value
    streets = streets_of(layer.map.geometry.to_numpy(), snap_m, join_m)
    found = walker(streets, demand_xy, site_xy, radius_m=radius_m, detour=detour)
    words = f"Walking distance by street network of {layer.as_of}"
    lost, far = int(found.far_site.sum()), int(found.far_demand.sum())
    if lost or far:
        words += (
            f". {far:,} of {len(demand_xy):,} demand points and {lost:,} of {len(site_xy):,} "
            f"candidates lie more than {snap_m:g} m from a street, with straight line x {detour:g}"
        )
    return streets, words + ".", found.pairs


def fixed_rules() -> Mapping[str, Rule]:
    """Find the rules that no scenario changes."""
    return {key: rule for key, rule in RULES.items() if not {"room", "locked"} & set(rule.needs)}


def _surroundings(
    project: Project,
    places: pd.DataFrame,
    today: Today,
    values: Mapping[str, Parameter],
    radius_m: float,
) -> Surroundings:
    maps = {kind: layer.map for kind, layer in project.layers.items() if kind in AROUND}
    public = places["existing_points"].to_numpy() > 0
    unknown = np.full(len(places), np.nan)
    return Surroundings(
        values=values,
        headroom_kw=unknown,
        kappa_kw=unknown.copy(),
        reach_kwh=today.reach_kwh,
        unserved_kwh=today.unserved_kwh,
        homes=today.homes,
        points_per_1000=today.points_per_1000,
        as_of={kind: each.as_of for kind, each in project.layers.items()},
        exclusions=maps.get("exclusions"),
        landmarks=maps.get("places"),
        cables=maps.get("cables"),
        streets=maps.get("network"),
        radius_m=radius_m,
        public_xy=places[["x", "y"]].to_numpy(float).reshape(-1, 2)[public],
        public_percent=places["occupancy_percent"].to_numpy(float)[public],
    )


def _energy(demand: Demand, names: list[str]) -> tuple[Floats, Floats]:
    """Give each district's energy a day, and what one of its planned points delivers."""
    frame = demand.districts.set_index("district_id").reindex(names)
    kwh_day = np.nan_to_num(frame["kwh_year_mean"].to_numpy(float)) / DAYS
    points = np.nan_to_num(frame["points_plan"].to_numpy(float))
    city = kwh_day.sum() / max(points.sum(), 1.0)
    usual = np.where((points > 0) & (kwh_day > 0), kwh_day / np.maximum(points, 1), city)
    return kwh_day, np.maximum(usual, SMALL_KWH)


def _places(
    project: Project,
    rows: EngineRows,
    values: Mapping[str, Parameter],
    by_hand: tuple[Sequence[Added], Sequence[Moved]],
    shapes: np.ndarray,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    layers, notices = project.layers, list[str]()
    parking = layers.get("parking")
    added, moved = by_hand
    found = find_candidates(
        parking,
        layers.get("chargers"),
        layers["districts"],
        values,
        added,
        moved=moved,
        places=layers.get("places"),
    )
    if parking is None or not len(parking.frame):
        step = values["area_lattice_m"].value
        notices.append(
            f"There is no parking map: candidates are a lattice of {step:g} m, all estimated."
        )
    else:
        told = ~np.isnan(rows.limit_kw) & ~np.isnan(rows.peak_kw) & ~rows.bare
        room = told & (rows.limit_kw > rows.peak_kw)
        spots = pd.DataFrame({"asset_id": rows.asset_id, "x": rows.x, "y": rows.y})[room]
        found = relocate(beside_assets(found, spots, values), moved)
    at = shapely.points(found["x"].to_numpy(float), found["y"].to_numpy(float))
    district = containing(shapes, at) if len(found) else np.zeros(0, np.int64)
    _check_by_hand(found, district, added, moved)
    outside = int((district < 0).sum())
    if outside:
        notices.append(f"{outside} places lie outside every district and are no candidates.")
    inside = np.flatnonzero(district >= 0)
    row = attach(at[inside], rows) if inside.size else np.zeros(0, np.int64)
    bare = rows.bare[np.maximum(row, 0)] if len(rows) else np.zeros(inside.size, bool)
    frame = found.iloc[inside].reset_index(drop=True)
    transformer = np.where((row < 0) | bare, UNKNOWN, row).astype(np.int32)
    frame = frame.assign(district=district[inside].astype(np.int32), transformer=transformer)
    return _titled(frame, layers["districts"].frame), tuple(notices)


def _check_by_hand(
    found: pd.DataFrame, district: Longs, added: Sequence[Added], moved: Sequence[Moved]
) -> None:
    """Refuse places set by hand where nobody lives, and moves of what is no candidate."""
    known = set(found["candidate_id"]) | set(";".join(found["merged_from"]).split(";"))
    lost = [each.id for each in moved if each.id not in known]
    faults = [f"no candidate {name} to be moved: the maps changed" for name in lost]
    away = set(found["candidate_id"][district < 0])
    faults += [
        f"{name}: {x:.0f}, {y:.0f} lies outside every district"
        for name, key, x, y in [
            *((each.name, each.key, each.x, each.y) for each in added),
            *((each.id, each.id, each.x, each.y) for each in moved),
        ]
        if key in away
    ]
    if faults:
        raise InputError("\n".join(faults))


def _titled(frame: pd.DataFrame, districts: pd.DataFrame) -> pd.DataFrame:
    """Put the district's name before the number of a place that has no name of its own."""
    names = texts(districts, "name")[frame["district"].to_numpy(int)]
    plain = frame["origin"].isin(["on_street", "existing", "area", "grid"]).to_numpy()
    titles = np.where(plain, names + ", " + frame["name"].to_numpy(object), frame["name"])
    frame = frame.assign(name=titles)
    words = frame.select_dtypes(exclude="number").columns
    return frame.astype(dict.fromkeys(words, object))  # read row by row, far faster so


def _homes(districts: pd.DataFrame, values: Mapping[str, Parameter]) -> tuple[Floats, Floats]:
    """Count households, and homes without own parking, per district; NaN is unknown."""
    homes = numbers(districts, "dwellings")
    households = numbers(districts, "households")
    households = np.where(np.isnan(households), homes, households)
    homes = np.where(np.isnan(homes), households, homes)
    flats = numbers(districts, "multifamily_share")
    multi, single = values["own_parking_multi"].value, values["own_parking_single"].value
    own = numbers(districts, "off_street_share")
    own = np.where(np.isnan(own), flats * multi + (1 - flats) * single, own)
    return households, homes * (1 - own)
