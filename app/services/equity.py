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
from app.services.parameters import numbers_of

SCHEMA = "kerbwatt.equity/1"
ENDS = ("value", "low", "high")
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
    lattice = spread(
        shapes, list(facts.ids), np.zeros(len(shapes)), numbers["demand_lattice_m"].value
    )
    homes = Homes(lattice.xy, lattice.district, told)
    at, count = _points(project)
    walk_m, detour = float(scenario.radius_m), numbers["detour"].value
    far = equity.far_share(homes, at, walk_m=walk_m, detour=detour)
    districts = _districts(project, demand, told, far, _points_by(shapes, at, count))
    districts = _with_ranges(districts, scenario, facts.households, frame)
    income = read_numbers(frame, "income_eur")
    districts["income_eur"] = income
    districts["quintile"] = equity.quintile(income, np.nan_to_num(told))
    cars, plugins = _registered(frame)
    districts["plugin_share"] = np.divide(
        plugins, cars, out=np.full(cars.size, np.nan), where=cars > 0
    )
    counted = districts.assign(
        cars=cars,
        plugins=plugins,
        cars_then=demand.districts["cars_mean"].to_numpy(),
        ev_then=demand.districts["ev_private_mean"].to_numpy(),
    )
    held = _cells(project, homes, at, numbers["cell_households"].value)
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
        quintiles=equity.by_quintile(counted),
        cells=held,
        city=_city(districts, held) | {"concentration_now": now, "concentration_then": then},
        notices=_notices(income, at),
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


def _cells(project: Project, homes: Homes, at: Floats | None, least: float) -> gpd.GeoDataFrame:
    found = squares.cover(project.layers["districts"].map.geometry.to_numpy())
    corner = {name: nth for nth, name in enumerate(found.ids)}

    def cell_of(xy: Floats) -> np.ndarray:
        names = squares.names_at(xy)
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


def document(project: Project, scenario: Scenario, found: Equity) -> dict[str, Any]:
    """Return the lens as plain data: what ``--json`` prints. Unknown is null."""
    hidden = ("no_own_parking", "far", "points_per_1000", "plugin_share", "ev_share")
    districts = found.districts.copy()
    for name in hidden:
        districts[name] = districts[name].mask(districts["rates_hidden"])
    return {
        "schema": SCHEMA,
        "project": project.slug,
        "year": found.year,
        "registrations_year": found.start,
        "walk_m": found.walk_m,
        "scenario": scenario.changes(),
        "city": {name: _known(value) for name, value in found.city.items()},
        "districts": _rows(districts),
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
