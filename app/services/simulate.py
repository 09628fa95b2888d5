"""Use-case: what a charging strategy does to the grid of a city."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.demand.result import Demand
from app.core.engine.arrays import Floats, Keys, Longs, Sessions
from app.core.engine.baseload import base_load, peak_of_homes
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract
from app.core.engine.direct import in_window
from app.core.engine.generator import generate
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.engine.weeks import Week, design_weeks, year_clock
from app.core.errors import InputError
from app.core.impact import Impact, Part, beside, city_indicators, judge, part, rows_over
from app.core.places import EngineRows, engine_rows, points_per_row, rates
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.strategies import STRATEGIES
from app.services.contracts import load_contracts
from app.services.estimate import estimate
from app.services.jobs import Report
from app.services.parameters import load_parameters
from app.services.patterns import load_patterns
from app.settings import SETTINGS

HORIZONS = ("peak_week", "design_weeks", "year")
REFERENCE, PAUSE, V2G = "uncontrolled", "pause", "v2g"
CHUNK_ROWS = 64  # of the year at a time: bounds memory, and is a piece of progress
DRIVERS = ("year", "uptake", "block_target", "seed")  # the levers that decide who charges where
GREEN = "green"


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
        Highest load without charging; estimated from homes where no map says it.
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


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Some rows over some days: base load and sessions, the same for every strategy."""

    first: int
    last: int
    clock: Clock
    counted: npt.NDArray[np.bool_]
    day_weight: float
    base_kw: Floats
    sessions: Sessions


def prepare(project: Project, demand: Demand, scenario: Scenario) -> Setting:
    """Bring a city's demand onto its transformers."""
    rows = rows_of(project)
    peak_kw = np.where(np.isnan(rows.peak_kw), _peak_of_homes(project, rows), rows.peak_kw)
    plan = demand.districts["points_plan"].to_numpy(dtype=np.int64)
    points = points_per_row(rows, plan)
    district_ids = demand.districts["district_id"].to_numpy(dtype=object)
    facts = pd.DataFrame(
        {
            "asset_id": rows.asset_id,
            "name": rows.name,
            "district_id": district_ids[rows.district],
            "limit_kw": rows.limit_kw,
            "points": points,
            "existing": rows.points_now,
            "status": rows.status,
        }
    )
    return Setting(
        facts=facts,
        limit_kw=rows.limit_kw,
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
    """Estimate the base peak of rows that tell none, from the homes of their districts."""
    frame = project.layers["districts"].frame
    numbers = load_parameters()
    homes = frame.get("dwellings", frame.get("households"))
    kwh = frame.get("electricity_kwh")
    usual = numbers["home_kwh"].value
    homes_known = (
        np.nan_to_num(np.asarray(homes, float)) if homes is not None else np.zeros(len(frame))
    )
    kwh_known = np.nan_to_num(np.asarray(kwh, float), nan=usual) if kwh is not None else usual
    return rates(rows, peak_of_homes(homes_known, kwh_known, numbers))


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


def options(scenario: Scenario) -> Options:
    """Say the levers of a scenario to the engine."""
    numbers = load_parameters()
    return Options(
        min_current_a=scenario.min_current_a,
        share_can_resume=scenario.share_can_resume,
        v2g_share=scenario.v2g_share,
        soc_floor=scenario.soc_floor,
        round_trip=numbers["round_trip"].value,
        opt_out=scenario.opt_out,
        seed=scenario.seed,
    )


def _contract(scenario: Scenario) -> Contract:
    found = load_contracts()
    if scenario.contract not in found:
        raise InputError(
            f"no capacity contract {scenario.contract!r}; choose from {', '.join(found)}"
        )
    return found[scenario.contract]


def dispatch(  # noqa: PLR0913  # what a run is made of
    setting: Setting,
    days: Stretch,
    strategy: str,
    scenario: Scenario,
    *,
    profiles: bool = False,
    start_from: EngineResult | None = None,
) -> EngineResult:
    """Let one strategy share the power on one stretch."""
    return run(
        strategy,
        days.sessions,
        days.base_kw,
        setting.limit_kw[days.first : days.last],
        days.clock,
        options(scenario),
        contract=_contract(scenario),
        profiles=profiles,
        threads=SETTINGS.threads,
        start_from=start_from,
    )


def held(scenario: Scenario, clock: Clock) -> npt.NDArray[np.bool_]:
    """Mark the steps in which the capacity contract asks for less."""
    marks = np.zeros(clock.steps, dtype=bool)
    for window in _contract(scenario).windows:
        if window.colour != GREEN:
            marks |= in_window(window, clock)
    return marks


def _part(setting: Setting, days: Stretch, result: EngineResult, scenario: Scenario) -> Part:
    limit_kw = setting.limit_kw[days.first : days.last]
    marks = held(scenario, days.clock)
    return part(
        result,
        days.base_kw,
        days.sessions,
        limit_kw,
        days.clock,
        days.counted,
        marks,
        days.day_weight,
    )


def _impact(
    setting: Setting, strategy: str, horizon: str, parts: list[Part], seconds: float
) -> Impact:
    """Put the parts of one strategy together; the first stretch is the one that is drawn."""
    numbers = load_parameters()
    drawn = parts[0]
    frame = pd.concat([setting.facts, rows_over(parts)], axis=1)
    tight = numbers["tight_share"].value
    frame["state"] = judge(frame["peak_kw"].to_numpy(), setting.limit_kw, tight_share=tight)
    city = city_indicators(
        parts,
        frame,
        points=int(setting.points.sum()),
        vehicles=setting.vehicles,
        point_kw=numbers["nominal_point_kw"].value,
    )
    load_kw = drawn.base_kw + drawn.ev_kw
    city["seconds"] = seconds
    shown = drawn.counted
    return Impact(
        strategy,
        horizon,
        frame,
        city,
        drawn.clock.index()[shown],
        drawn.base_kw[shown],
        load_kw[shown],
    )


def peak_week(setting: Setting) -> Stretch:
    """Draw the week of the highest base load: the one the headline speaks of."""
    week = setting.weeks[0]
    return replace(week_stretch(setting, week), day_weight=1.0)


def headline(setting: Setting, days: Stretch, strategy: str, scenario: Scenario) -> Impact:
    """Run one strategy on the peak week."""
    began = time.perf_counter()
    result = dispatch(setting, days, strategy, scenario)
    parts = [_part(setting, days, result, scenario)]
    return _impact(setting, strategy, "peak_week", parts, time.perf_counter() - began)


def one_row(setting: Setting, row: int, scenario: Scenario) -> Mapping[str, Impact]:
    """Run every strategy on one transformer through the peak week."""
    single, week = setting.only(np.array([row])), setting.weeks[0]
    days = replace(week_stretch(single, week), day_weight=1.0)
    return {
        key: headline(single, days, key, scenario)
        for key in sorted(STRATEGIES, key=lambda each: STRATEGIES[each].order)
    }


Sink: TypeAlias = Callable[[str, Setting, Stretch, EngineResult], None]


def simulate_all(  # noqa: PLR0913  # what, how long, and who is told
    project: Project,
    scenario: Scenario,
    horizon: str,
    *,
    strategies: Sequence[str] = tuple(STRATEGIES),
    report: Report | None = None,
    sink: Sink | None = None,
) -> Mapping[str, Impact]:
    """Run strategies on the design weeks or every day of the year, in pieces.

    The pieces are weeks, or some rows of the year; ``report`` hears of each and may stop the run,
    ``sink`` is given the load of every transformer before it is let go.
    """
    setting = prepare(project, estimate(project, scenario), scenario)
    began = time.perf_counter()
    pieces = list(_pieces(setting, horizon))
    parts: dict[str, list[Part]] = {key: [] for key in strategies}
    for done, (words, make) in enumerate(pieces):
        days = make()
        weak: EngineResult | None = None
        for nth, key in enumerate(sorted(strategies, key=lambda each: STRATEGIES[each].order)):
            if report is not None:
                share = (done + nth / len(strategies)) / len(pieces)
                report(share, f"{words}: {STRATEGIES[key].title}")
            keep = key == PAUSE and V2G in strategies
            start = weak if key == V2G else None
            result = dispatch(setting, days, key, scenario, profiles=keep, start_from=start)
            weak = result if keep else weak
            if sink is not None:
                sink(key, setting, days, result)
            parts[key].append(_part(setting, days, result, scenario))
    seconds = time.perf_counter() - began
    return {
        key: _impact(setting, key, horizon, _joined(found, horizon), seconds)
        for key, found in parts.items()
    }


def _pieces(setting: Setting, horizon: str) -> Iterator[tuple[str, Callable[[], Stretch]]]:
    if horizon == "year":
        clock = year_clock(setting.year, setting.zone)
        count = len(setting.facts)
        for first in range(0, count, CHUNK_ROWS):
            last = min(first + CHUNK_ROWS, count)
            yield f"transformers {first + 1}–{last}", partial(stretch, setting, clock, first, last)
    elif horizon == "design_weeks":
        for week in setting.weeks:
            yield f"week of {week.clock.start:%d %b}", partial(week_stretch, setting, week)
    else:
        yield "peak week", partial(peak_week, setting)


def _joined(parts: list[Part], horizon: str) -> list[Part]:
    return [beside(parts)] if horizon == "year" else parts


def room(answer: Impact) -> pd.DataFrame:
    """Say how many more points each transformer carries under a strategy: pooled coincidence.

    Returns
    -------
    (row,)
        ``asset_id, name, district_id, limit_kw, base_peak_kw, existing, kappa_kw, headroom_kw,
        fit``. ``kappa_kw`` is
        what one point adds to a peak under the simulated strategy, one figure for the city;
        headroom and fit are NaN where the limit is unknown: that is no room.
    """
    numbers = load_parameters()
    frame = answer.rows
    speaks = frame["points"] >= numbers["kappa_least_points"].value
    added = (frame["peak_kw"] - frame["base_peak_kw"])[speaks].sum()
    pooled = float(added) / max(int(frame.loc[speaks, "points"].sum()), 1)
    kappa_kw = max(pooled, numbers["kappa_least_kw"].value)
    left = frame["limit_kw"] - frame["base_peak_kw"] - kappa_kw * frame["existing"]
    headroom_kw = left.clip(lower=0)
    return pd.DataFrame(
        {
            "asset_id": frame["asset_id"],
            "name": frame["name"],
            "district_id": frame["district_id"],
            "limit_kw": frame["limit_kw"],
            "base_peak_kw": frame["base_peak_kw"],
            "existing": frame["existing"],
            "kappa_kw": kappa_kw,
            "headroom_kw": headroom_kw,
            "fit": np.floor(headroom_kw / kappa_kw + 1e-9),
        }
    )
