"""Use-case: bring a city's demand onto its transformers, ready for any charging strategy."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.demand.result import Demand
from app.core.engine.arrays import Floats, Ints, Keys, Longs, Sessions
from app.core.engine.baseload import OnTop, base_parts, peak_of_homes
from app.core.engine.clock import Clock
from app.core.engine.generator import generate
from app.core.engine.measured import Measured
from app.core.engine.parents import Parents
from app.core.engine.weeks import Week
from app.core.places import EngineRows, engine_rows, points_per_row, rates
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import base_load as base
from app.services.feeders import feeders
from app.services.parameters import load_parameters
from app.services.patterns import load_patterns

OF_A_CAR = tuple(f.name for f in fields(Sessions) if f.name not in {"row", "index"})
DEMAND = ("uptake", "gap", "fleet_growth", "block_target", "assumptions")
DRIVERS = ("year", *DEMAND, "seed")  # decide who charges where
SCENE = (*DRIVERS, *base.LEVERS)  # and those that decide what transformers carry before


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
        Highest load of today without charging; estimated from homes where no map says it, 0 where
        homes are not known either: the limit is then unknown, too.
    export_kw : (row,)
        How far below zero a row may go [kW]; NaN where unknown.
    vehicles
        Electric cars of residents.
    measured
        Rows whose load was measured; None where none was.
    on_top
        What the scenario's levers add to today's load; None where they are at rest.
    """

    facts: pd.DataFrame
    limit_kw: Floats
    row_key: Keys
    rates: Floats
    kwh_session: Floats
    points: Longs
    peak_kw: Floats
    export_kw: Floats
    vehicles: float
    year: int
    seed: int
    zone: str
    weeks: tuple[Week, ...]
    measured: Measured | None = None
    on_top: OnTop | None = None
    parents: Parents | None = None

    def only(self, rows: Longs) -> "Setting":
        """Return this setting for some of its transformers."""
        per_row = ("limit_kw", "row_key", "rates", "points", "peak_kw", "export_kw")
        some = {name: getattr(self, name)[rows] for name in per_row}
        return replace(
            self,
            facts=self.facts.iloc[rows].reset_index(drop=True),
            measured=None if self.measured is None else self.measured.only(rows),
            on_top=None if self.on_top is None else self.on_top.only(rows),
            parents=None,  # a part of what a feeder carries says nothing about it
            **some,
        )

    def today_kw(self, clock: Clock) -> Floats:
        """Lay today's load without public charging over a horizon, (row, step)."""
        return base.today(self.peak_kw, self.row_key, clock, self.measured)

    def base_kw(self, clock: Clock) -> Floats:
        """Lay the load without public charging over a horizon, (row, step)."""
        return base.with_levers(self.today_kw(clock), clock, self.on_top)

    def base_parts(self, clock: Clock) -> Mapping[str, Floats]:
        """Split the load without public charging, summed over the rows; empty at rest."""
        if self.on_top is None:
            return {}
        parts = base_parts(self.today_kw(clock), self.on_top, clock, load_parameters())
        return {name: each.sum(axis=0) for name, each in parts.items()}


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
    def usual(self) -> dict[object, Ints]:
        """Remember when each car is full if it charges at once, by what that depends on."""
        return {}

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
    peak_kw = np.where(np.isnan(rows.peak_kw), base.peaks_of_homes(project, rows), rows.peak_kw)
    known, added = base.measured(project, rows), base.on_top(project, rows, scenario)
    if known is not None:
        peak_kw[known.row] = known.peak_kw
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
        export_kw=base.export_limits(rows.export_kw, limit_kw, peak_kw, known),
        vehicles=demand.city["ev"].mean,
        year=demand.year,
        seed=scenario.seed,
        zone=project.timezone,
        weeks=base.weeks_of(peak_kw, demand.year, project.timezone, known, added),
        measured=known,
        on_top=added,
        parents=feeders(project, rows),
    )


@lru_cache(maxsize=16)
def rows_of(project: Project) -> EngineRows:
    """Work out the engine's rows of a project, once."""
    return engine_rows(project, float(peak_of_homes(1.0, 1.0, load_parameters())))


def stretch(setting: Setting, clock: Clock, first: int = 0, last: int | None = None) -> Stretch:
    """Draw base load and sessions of rows ``first:last`` over a horizon; everything counts."""
    stop = len(setting.facts) if last is None else last
    whole_city = first == 0 and stop == len(setting.facts)
    part = setting if whole_city else setting.only(np.arange(first, stop))
    sessions = generate(
        part.rates,
        part.row_key,
        setting.kwh_session,
        load_patterns(),
        clock,
        seed=setting.seed,
        year=setting.year,
    )
    whole = np.ones(clock.steps, dtype=bool)
    return Stretch(first, stop, clock, whole, 1.0, part.base_kw(clock), sessions)


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
