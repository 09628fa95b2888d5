"""Use-case: who is left out of charging at the kerb, today and in the year of the scenario."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from app.core.assets import numbers as read_numbers
from app.core.assets import texts
from app.core.belonging import containing
from app.core.demand import cells as squares
from app.core.demand import energy, equity
from app.core.demand.equity import Homes
from app.core.demand.facts import read
from app.core.demand.result import Demand
from app.core.engine.arrays import Floats
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.lattice import spread
from app.core.siting.problem import sums
from app.services import zonings
from app.services.parameters import numbers_of

SCHEMA = "kerbwatt.equity/1"
ENDS = ("value", "low", "high")
RATES = ("no_own_parking", "far", "points_per_1000", "plugin_share", "ev_share")
WITHOUT = tuple(f"homes_no_own_parking{end}" for end in ("", "_low", "_high"))


@dataclass(frozen=True, slots=True, eq=False)
class Equity:
    """The lens.

    Attributes
    ----------
    districts
        ``district_id, name, households, homes_no_own_parking`` with ``_low`` and ``_high``,
        ``no_own_parking`` (share), ``far`` (share of homes beyond the walk), ``homes_far,
        points, points_per_1000`` (public points per 1,000 homes without own parking),
        ``income_eur, quintile`` (0 unknown), ``plugin_share`` (registered), ``ev_share`` (in the
        year), ``rates_hidden``.
    quintiles
        As ``core.demand.equity.by_quintile``.
    cells
        ``cell_id, households, points, state`` and the square.
    wards
        ``name, households, cars, plugin_share, ev_share`` of the groups that a column tells, of
        the districts themselves where none does; NaN where too few live there for a rate.
    cell_m, cell_households
        The norm: side of a square, and households from which it should hold a point.
    city
        ``homes, homes_no_own_parking`` with ``_low`` and ``_high``, ``homes_far, far,
        cells_busy, cells_met, concentration_now, concentration_then``; NaN where unknown.
    """

    year: int
    start: int
    walk_m: float
    districts: pd.DataFrame
    quintiles: pd.DataFrame
    cells: gpd.GeoDataFrame
    wards: pd.DataFrame
    cell_m: float
    cell_households: float
    city: Mapping[str, float]
    notices: tuple[str, ...]


def lens(project: Project, scenario: Scenario, demand: Demand) -> Equity:
    """Look at a project through the lens: nothing is estimated here that demand has not."""
    layer = project.layers.get("districts")
    if layer is None:
        raise InputError(f"{project.name} has no districts layer: load one to see who is left out")
    numbers = numbers_of(scenario)
    shapes, frame = layer.map.geometry.to_numpy(), layer.frame
    facts = read(frame, numbers)
    told = _told_households(frame)
    households = np.where(facts.households > 0, facts.households, told)
    lattice = spread(
        shapes, list(facts.ids), np.zeros(len(shapes)), numbers["demand_lattice_m"].value
    )
    homes = Homes(lattice.xy, lattice.district, told)
    at, count = _points(project)
    walk_m, detour = float(scenario.radius_m), numbers["detour"].value
    far = equity.far_share(homes, at, walk_m=walk_m, detour=detour)
    districts = _districts(project, demand, households, far, _points_by(shapes, at, count))
    districts = _with_ranges(districts, scenario, facts.households, frame)
    income = read_numbers(frame, "income_eur")
    districts["income_eur"] = income
    districts["quintile"] = equity.quintile(income, np.nan_to_num(households))
    cars, plugins = _registered(frame)
    districts["plugin_share"] = np.divide(
        plugins, cars, out=np.full(cars.size, np.nan), where=cars > 0
    )
    counted = districts.assign(
        cars=cars,
        plugins=plugins,
        cars_then=demand.districts["cars_mean"].to_numpy(),
        ev_then=(demand.districts["ev_share"] * demand.districts["cars_mean"]).to_numpy(),
    )
    norm = numbers["cell_m"].value, numbers["cell_households"].value
    held = _cells(project, homes, at, int(norm[0]), norm[1])
    few = numbers["rate_households"].value
    rates = (districts["plugin_share"], districts["ev_share"])
    weights = (cars, counted["cars_then"].to_numpy())
    now, then = (
        equity.concentration(rate.to_numpy(float), np.nan_to_num(weight), income)
        for rate, weight in zip(rates, weights, strict=True)
    )
    return Equity(
        year=demand.year,
        start=int(numbers["registrations_year"].value),
        walk_m=walk_m,
        districts=districts,
        quintiles=_without_few(equity.by_quintile(counted), few),
        cells=held,
        wards=_without_few(_wards(project, counted), few),
        cell_m=norm[0],
        cell_households=norm[1],
        city=_city(districts, held) | {"concentration_now": now, "concentration_then": then},
        notices=(*_notices(income, at), *_guessed(told, households)),
    )


def _told_households(frame: pd.DataFrame) -> Floats:
    households, homes = read_numbers(frame, "households"), read_numbers(frame, "dwellings")
    return np.where(np.isnan(households), homes, households)


def _registered(frame: pd.DataFrame) -> tuple[Floats, Floats]:
    """Private cars and those with a plug, as counted; NaN where nobody counted."""
    bev, phev = read_numbers(frame, "cars_bev"), read_numbers(frame, "cars_phev")
    plugins = np.where(np.isnan(bev) & np.isnan(phev), np.nan, np.nansum([bev, phev], axis=0))
    return read_numbers(frame, "cars"), plugins


def _points(project: Project) -> tuple[Floats | None, Floats]:
    """Where public points stand and how many; None where no map says."""
    layer = project.layers.get("chargers")
    if layer is None:
        return None, np.zeros(0)
    shapes = layer.map.geometry
    points = read_numbers(layer.frame, "points")
    xy = np.column_stack([shapes.x, shapes.y]).reshape(-1, 2)
    return xy, np.where(np.isnan(points), 1.0, points)


def _points_by(shapes: np.ndarray, at: Floats | None, count: Floats) -> Floats:
    if at is None:
        return np.full(len(shapes), np.nan)
    home = containing(shapes, gpd.points_from_xy(*at.T).to_numpy())
    return sums(home[home >= 0], count[home >= 0], len(shapes))


def _districts(
    project: Project, demand: Demand, households: Floats, far: Floats, points: Floats
) -> pd.DataFrame:
    frame = demand.districts
    without = frame["homes_no_own_parking"].to_numpy(float)
    rate = np.divide(points, without, out=np.full(points.size, np.nan), where=without > 0)
    layer = project.layers["districts"].frame
    return pd.DataFrame(
        {
            "district_id": texts(layer, "district_id"),
            "name": texts(layer, "name"),
            "households": households,
            "homes_no_own_parking": without,
            "no_own_parking": frame["no_own_parking"].to_numpy(float),
            "far": far,
            "homes_far": far * households,
            "points": points,
            "points_per_1000": equity.PER * rate,
            "ev_share": frame["ev_share"].to_numpy(float),
            "rates_hidden": frame["rates_hidden"].to_numpy(bool),
        }
    )


def _with_ranges(
    districts: pd.DataFrame, scenario: Scenario, households: Floats, frame: pd.DataFrame
) -> pd.DataFrame:
    """Add what homes without own parking would be at both ends of the parameters' ranges."""
    numbers = numbers_of(scenario)
    values = {
        name: np.array([getattr(numbers[name], end) for end in ENDS])
        for name in ("own_parking_single", "own_parking_multi")
    }
    own = energy.homes_with_parking(read(frame, numbers), values)
    without = (1 - np.broadcast_to(own, (len(households), len(ENDS)))) * households[:, None]
    return districts.assign(
        homes_no_own_parking_low=without[:, 2], homes_no_own_parking_high=without[:, 1]
    )


def _without_few(frame: pd.DataFrame, least: float) -> pd.DataFrame:
    """Blank the rates of groups in which too few live."""
    rates = [name for name in RATES if name in frame]
    return frame.assign(**{name: frame[name].mask(frame["households"] < least) for name in rates})


def _wards(project: Project, counted: pd.DataFrame) -> pd.DataFrame:
    """Sum districts up by what groups them; the districts themselves where nothing does."""
    by = next(iter(zonings.columns(project)), None)
    frame = project.layers["districts"].frame
    name = counted["name"] if by is None else pd.Series(frame[by].to_numpy())
    registered = counted["plugins"].notna() & counted["cars"].notna()
    sums_of = pd.DataFrame(
        {
            "households": counted["households"],
            "cars": counted["cars_then"],
            "registered": counted["cars"].where(registered),
            "plugins": counted["plugins"].where(registered),
            "ev": counted["ev_then"],
        }
    )
    keys = counted["district_id"] if by is None else name
    found = sums_of.groupby(keys.to_numpy(), sort=True).sum(min_count=1)
    first = name.groupby(keys.to_numpy(), sort=True).first()
    shares = {"plugin_share": ("plugins", "registered"), "ev_share": ("ev", "cars")}
    for share, (top, below) in shares.items():
        found[share] = (found[top] / found[below]).where(found[below] > 0)
    found.insert(0, "name", first)
    return found[["name", "households", "cars", *shares]].reset_index(drop=True)


def _cells(
    project: Project, homes: Homes, at: Floats | None, side_m: int, least: float
) -> gpd.GeoDataFrame:
    found = squares.cover(project.layers["districts"].map.geometry.to_numpy(), side_m)
    corner = {name: nth for nth, name in enumerate(found.ids)}

    def cell_of(xy: Floats) -> np.ndarray:
        names = squares.names_at(xy, side_m)
        return np.array([corner.get(name, -1) for name in names], np.int64)

    mine = cell_of(homes.xy)
    inside = mine >= 0
    kept = Homes(homes.xy[inside], homes.district[inside], homes.households)
    held = None if at is None else cell_of(at)
    frame = equity.coverage(
        kept, mine[inside], len(found.ids), None if held is None else held[held >= 0], least=least
    )
    frame.insert(0, "cell_id", found.ids)
    return gpd.GeoDataFrame(frame, geometry=found.shapes, crs=project.crs)


def _city(districts: pd.DataFrame, cells: gpd.GeoDataFrame) -> dict[str, float]:
    busy = cells[cells["state"].isin([equity.MET, equity.SHORT])]
    told = districts[districts["homes_far"].notna()]
    far, homes = float(told["homes_far"].sum()), float(told["households"].sum())
    nan = float("nan")
    return {
        "homes": float(districts["households"].sum()),
        **{name: float(districts[name].sum()) for name in WITHOUT},
        "homes_far": far if len(told) else nan,
        "far": far / homes if homes > 0 else nan,
        "cells_busy": float(len(busy)),
        "cells_met": float((busy["state"] == equity.MET).sum()) if len(busy) else nan,
    }


def _notices(income: Floats, at: Floats | None) -> tuple[str, ...]:
    found = []
    if np.isnan(income).all():
        found.append("No incomes are loaded: plug-in cars by income are unknown.")
    elif np.isnan(income).any():
        blank = int(np.isnan(income).sum())
        found.append(f"{blank} of {income.size} districts have no income and are in no fifth.")
    if at is None:
        found.append("No map of charge points is loaded: who is far from one is unknown.")
    return tuple(found)


def _guessed(told: Floats, households: Floats) -> tuple[str, ...]:
    """Say for how many districts households are an estimate."""
    count = int((np.isnan(told) & np.isfinite(households)).sum())
    if not count:
        return ()
    said = f"Households of {count} of {told.size} districts are estimated from inhabitants or cars"
    return (f"{said}; the coverage norm is unknown there.",)


def published(found: Equity) -> pd.DataFrame:
    """Return the districts as they may leave the house: no rate of few homes, nor what tells it."""
    frame = found.districts
    return frame.assign(
        **{name: frame[name].mask(frame["rates_hidden"]) for name in (*RATES, "homes_far")}
    )


def apart(found: Equity) -> tuple[pd.Series, pd.Series] | None:
    """Return the wards with the least and the most plug-in cars; None where no two are told.

    Wards with less than half the mean number of cars are left out: a few cars move them.
    """
    known = found.wards.dropna(subset=["plugin_share", "ev_share"])
    large = known[known["cars"] >= known["cars"].mean() / 2]
    if len(large) < 2:  # noqa: PLR2004  # one behind, one ahead
        return None
    ordered = large.sort_values(["plugin_share", "name"])
    return ordered.iloc[0], ordered.iloc[-1]


def document(project: Project, scenario: Scenario, found: Equity) -> dict[str, Any]:
    """Return the lens as plain data: what ``--json`` prints. Unknown is null."""
    return {
        "schema": SCHEMA,
        "project": project.slug,
        "year": found.year,
        "registrations_year": found.start,
        "walk_m": found.walk_m,
        "cell_m": found.cell_m,
        "cell_households": found.cell_households,
        "scenario": scenario.changes(),
        "city": {name: _known(value) for name, value in found.city.items()},
        "districts": _rows(published(found)),
        "wards": _rows(found.wards),
        "quintiles": _rows(found.quintiles),
        "cells": _rows(pd.DataFrame(found.cells.drop(columns="geometry"))),
        "notices": list(found.notices),
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _known(value) for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _known(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value
