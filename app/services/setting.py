"""Use-case: bring a city's demand onto its transformers, ready for any charging strategy."""

from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.assets import numbers as column
from app.core.demand.result import Demand
from app.core.engine.arrays import Floats, Keys, Longs, Sessions
from app.core.engine.baseload import base_load, peak_of_homes
from app.core.engine.clock import Clock
from app.core.engine.generator import generate
from app.core.engine.weeks import Week, design_weeks, year_clock
from app.core.places import EngineRows, engine_rows, points_per_row, rates
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.parameters import load_parameters
from app.services.patterns import load_patterns

OF_A_CAR = tuple(f.name for f in fields(Sessions) if f.name not in {"row", "index"})
DRIVERS = ("year", "uptake", "block_target", "seed")  # the levers that decide who charges where


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """A city ready to be simulated: who charges where, against which limits.

    Attributes
    ----------
    facts : (row,)
        ``asset_id, name, district_id, limit_kw, points, existing, status``.
    rates : (row, group)
        Sessions a day.
    points : (row,)
        Charge points planned, those of today included.
    peak_kw : (row,)
        Highest load without charging; estimated from homes where no map says it, 0 where homes
        are not known either: the limit is then unknown, too.
    vehicles
        Electric cars of residents.
    """

    facts: pd.DataFrame
    limit_kw: Floats
    row_key: Keys
    rates: Floats
    kwh_session: Floats
    points: Longs
    peak_kw: Floats
    vehicles: float
    year: int
    seed: int
    zone: str
    weeks: tuple[Week, ...]

    def only(self, rows: Longs) -> "Setting":
        """Return this setting for some of its transformers."""
        per_row = ("limit_kw", "row_key", "rates", "points", "peak_kw")
        some = {name: getattr(self, name)[rows] for name in per_row}
        return replace(self, facts=self.facts.iloc[rows].reset_index(drop=True), **some)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Some rows over some days: base load and sessions, the same for every strategy."""

    first: int
    last: int
    clock: Clock
    counted: npt.NDArray[np.bool_]
    day_weight: float
    base_kw: Floats
    sessions: Sessions

    @cached_property
    def names(self) -> list[bytes]:
        """Digest the cars and the base load of every row."""
        columns = (getattr(self.sessions, name) for name in OF_A_CAR)
        cars = np.concatenate([_raw(each) for each in columns], axis=1)
        found = []
        for row, (first, last) in enumerate(pairwise(self.sessions.index.tolist())):
            name = blake2b(cars[first:last].data, digest_size=16)
            name.update(self.base_kw[row].data)
            found.append(name.digest())
        return found


def _raw(column: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(column).view(np.uint8).reshape(len(column), column.itemsize)


def prepare(project: Project, demand: Demand, scenario: Scenario) -> Setting:
    """Bring a city's demand onto its transformers."""
    rows = rows_of(project)
    peak_kw = np.where(np.isnan(rows.peak_kw), _peak_of_homes(project, rows), rows.peak_kw)
    blank = np.isnan(peak_kw)  # what it carries already is not known: nobody can call that room
    limit_kw, peak_kw = np.where(blank, np.nan, rows.limit_kw), np.where(blank, 0.0, peak_kw)
    plan = demand.districts["points_plan"].to_numpy(dtype=np.int64)
    points = points_per_row(rows, plan)
    district_ids = demand.districts["district_id"].to_numpy(dtype=object)
    facts = pd.DataFrame(
        {
            "asset_id": rows.asset_id,
            "name": rows.name,
            "district_id": district_ids[rows.district],
            "limit_kw": limit_kw,
            "points": points,
            "existing": rows.points_now,
            "status": np.where(blank, "unknown", rows.status),
        }
    )
    return Setting(
        facts=facts,
        limit_kw=limit_kw,
        row_key=rows.row_key,
        rates=rates(rows, demand.sessions_day),
        kwh_session=demand.kwh_session,
        points=points,
        peak_kw=peak_kw,
        vehicles=demand.city["ev"].mean,
        year=demand.year,
        seed=scenario.seed,
        zone=project.timezone,
        weeks=_weeks(round(float(peak_kw.sum())), demand.year, project.timezone),
    )


@lru_cache(maxsize=16)
def rows_of(project: Project) -> EngineRows:
    """Work out the engine's rows of a project, once."""
    return engine_rows(project, float(peak_of_homes(1.0, 1.0, load_parameters())))


def _peak_of_homes(project: Project, rows: EngineRows) -> Floats:
    """Estimate the base peak of rows that tell none, from homes; NaN where nobody counted them."""
    frame = project.layers["districts"].frame
    numbers = load_parameters()
    homes, households = column(frame, "dwellings"), column(frame, "households")
    kwh = np.nan_to_num(column(frame, "electricity_kwh"), nan=numbers["home_kwh"].value)
    known = np.where(np.isnan(homes), households, homes)
    return rates(rows, peak_of_homes(known, kwh, numbers))


@lru_cache(maxsize=16)
def _weeks(total_kw: int, year: int, zone: str) -> tuple[Week, ...]:
    """Choose the design weeks on the city's load; noise of single rows averages out in it."""
    clock = year_clock(year, zone)
    total = base_load(
        np.array([max(total_kw, 1.0)]), np.zeros(1, np.uint64), clock, load_parameters()
    )
    return design_weeks(total[0], clock)


def stretch(setting: Setting, clock: Clock, first: int = 0, last: int | None = None) -> Stretch:
    """Draw base load and sessions of rows ``first:last`` over a horizon; everything counts."""
    stop = len(setting.facts) if last is None else last
    part = slice(first, stop)
    keys = setting.row_key[part]
    base_kw = base_load(setting.peak_kw[part], keys, clock, load_parameters())
    sessions = generate(
        setting.rates[part],
        keys,
        setting.kwh_session,
        load_patterns(),
        clock,
        seed=setting.seed,
        year=setting.year,
    )
    whole = np.ones(clock.steps, dtype=bool)
    return Stretch(first, stop, clock, whole, 1.0, base_kw, sessions)


def week_stretch(setting: Setting, week: Week) -> Stretch:
    """Draw a design week for every row."""
    found = stretch(setting, week.clock)
    return Stretch(
        found.first,
        found.last,
        week.clock,
        week.counted,
        week.day_weight,
        found.base_kw,
        found.sessions,
    )


def peak_week(setting: Setting) -> Stretch:
    """Draw the week of the highest base load: the one the headline speaks of."""
    week = setting.weeks[0]
    return replace(week_stretch(setting, week), day_weight=1.0)
