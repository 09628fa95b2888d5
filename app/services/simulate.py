"""Use-case: what a charging strategy does to the grid of a city."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.bill import bill
from app.core.demand.groups import GROUPS
from app.core.engine.arrays import STEP_H, Ints
from app.core.engine.clock import Clock
from app.core.engine.contract import Contract
from app.core.engine.direct import held_steps
from app.core.engine.drivers import driver_sums
from app.core.engine.figures import Figures
from app.core.engine.flexibility import Flexibility, flexibility
from app.core.engine.parents import Parents
from app.core.engine.result import EngineResult, Options
from app.core.engine.run import run
from app.core.engine.weeks import year_clock
from app.core.errors import InputError
from app.core.impact import Impact, Part, beside, judge, part, rows_over
from app.core.indicators import city_indicators, groups_of
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.strategies import STRATEGIES
from app.services.contracts import load_contracts
from app.services.estimate import estimate
from app.services.jobs import Report
from app.services.parameters import load_parameters
from app.services.prices import typical_prices
from app.services.row_cache import run_rows
from app.services.setting import Setting, Stretch, peak_week, prepare, stretch, week_stretch
from app.services.tapers import load_tapers
from app.settings import SETTINGS

HORIZONS = ("peak_week", "design_weeks", "year")
REFERENCE = "uncontrolled"
CHUNK_ROWS = 64  # of the year at a time: bounds memory, and is a piece of progress


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
        taper=load_tapers()[scenario.taper],
        seed=scenario.seed,
    )


def contract_of(scenario: Scenario) -> Contract:
    """Find the capacity contract a scenario names."""
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
        contract=contract_of(scenario),
        price_eur_per_mwh=typical_prices(days.clock),
        export_kw=setting.export_kw[days.first : days.last],
        profiles=profiles,
        threads=SETTINGS.threads,
        start_from=start_from,
        parents=_parents(setting, days),
    )


def held(scenario: Scenario, clock: Clock) -> npt.NDArray[np.bool_]:
    """Mark the steps in which the capacity contract asks for less."""
    return held_steps(contract_of(scenario), clock)


def _part(
    setting: Setting,
    days: Stretch,
    result: EngineResult,
    scenario: Scenario,
    usual: Ints,
) -> Part:
    """Boil one run down; ``usual`` says when each car is full if it charges at once."""
    numbers, chosen = load_parameters(), options(scenario)
    drivers = driver_sums(
        days.sessions,
        result,
        len(GROUPS),
        round_trip=chosen.round_trip,
        counted=days.counted,
        usual=usual,
    )
    known = result.profile_kw is not None
    return part(
        result,
        days.base_kw,
        days.sessions,
        setting.limit_kw[days.first : days.last],
        days.clock,
        days.counted,
        held(scenario, days.clock),
        days.day_weight,
        export_kw=setting.export_kw[days.first : days.last],
        drivers=drivers,
        bill=bill(
            result,
            days.counted,
            typical_prices(days.clock),
            numbers["grid_g_co2_per_kwh"].value,
        ),
        flexible=_flexible(days, result, chosen) if known else None,
        parent_kwh_over=_parents_over(setting, days, result),
    )


def _parents(setting: Setting, days: Stretch) -> Parents | None:
    """Return the feeders above a stretch, which only bind where all their rows are in it."""
    return setting.parents if days.last - days.first == len(setting.facts) else None


def _parents_over(setting: Setting, days: Stretch, result: EngineResult) -> float | None:
    parents = _parents(setting, days)
    if parents is None:
        return None
    over_kw = parents.over_kw(result.load_kw)[:, days.counted]
    return float(over_kw.sum()) * STEP_H


def _flexible(days: Stretch, result: EngineResult, chosen: Options) -> Flexibility:
    told = flexibility(days.sessions, result, chosen, threads=SETTINGS.threads)
    return told.over_rows()


def _impact(
    setting: Setting, strategy: str, horizon: str, parts: list[Part], seconds: float
) -> Impact:
    """Put the parts of one strategy together; the first stretch is the one that is drawn."""
    numbers = load_parameters()
    drawn = parts[0]
    frame = pd.concat([setting.facts, rows_over(parts)], axis=1)
    tight = numbers["tight_share"].value
    frame["state"] = judge(
        frame["peak_kw"].to_numpy(),
        setting.limit_kw,
        tight_share=tight,
        export_hours=frame["export_hours_over"].to_numpy(),
    )
    groups = groups_of(parts, setting.vehicles)
    city = city_indicators(
        parts,
        frame,
        points=int(setting.points.sum()),
        vehicles=setting.vehicles,
        point_kw=numbers["nominal_point_kw"].value,
    )
    city |= _drivers_of_all(groups)
    over = [each.parent_kwh_over for each in parts]
    some = [kwh * each.day_weight for kwh, each in zip(over, parts, strict=True) if kwh is not None]
    city["parent_kwh_over"] = sum(some) if some and len(some) == len(parts) else None
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
        groups=groups,
    )


def _drivers_of_all(groups: Mapping[str, Figures]) -> Figures:
    """Pick what is said of all drivers beside the city's figures."""
    names = {
        "served_share": "served_share",
        "below_95": "below_95_share",
        "late_kwh_share": "late_kwh_share",
        "added_min_p50": "added_min_p50",
        "added_min_p90": "added_min_p90",
        "overrides": "overrides",
        "equivalent_full": "equivalent_full",
    }
    told = groups.get("all", {})
    return {said: told.get(name) for name, said in names.items()}


def headline(setting: Setting, days: Stretch, strategy: str, scenario: Scenario) -> Impact:
    """Run one strategy on the peak week; transformers that were asked the same are not run."""
    began = time.perf_counter()
    result = _kept(setting, days, strategy, scenario)
    parts = [_part(setting, days, result, scenario, _usual(setting, days, scenario))]
    found = _impact(setting, strategy, "peak_week", parts, time.perf_counter() - began)
    split = setting.base_parts(days.clock)
    return replace(found, base_parts={key: kw[days.counted] for key, kw in split.items()})


def _usual(setting: Setting, days: Stretch, scenario: Scenario) -> Ints:
    """Find when each car is full if it charges at once, once per stretch."""
    chosen = options(scenario)
    key = tuple(getattr(chosen, name) for name in STRATEGIES[REFERENCE].options)
    if key not in days.usual:
        days.usual[key] = _kept(setting, days, REFERENCE, scenario).finished
    return days.usual[key]


def _kept(setting: Setting, days: Stretch, strategy: str, scenario: Scenario) -> EngineResult:
    """Run what is not kept yet; all at once where a feeder is full, as its rows then depend."""
    told = run_rows(
        days,
        setting.limit_kw[days.first : days.last],
        strategy,
        options(scenario),
        contract=contract_of(scenario),
        price_eur_per_mwh=typical_prices(days.clock),
        export_kw=setting.export_kw[days.first : days.last],
        threads=SETTINGS.threads,
    )
    if not _parents_over(setting, days, told) or "sweeps" not in STRATEGIES[strategy].options:
        return told
    return dispatch(setting, days, strategy, scenario)


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
        usual = dispatch(setting, days, REFERENCE, scenario, profiles=True)
        kept: dict[str, EngineResult] = {}
        for nth, key in enumerate(sorted(strategies, key=lambda each: STRATEGIES[each].order)):
            if report is not None:
                share = (done + nth / len(strategies)) / len(pieces)
                report(share, f"{words}: {STRATEGIES[key].title}")
            result = usual
            if key != REFERENCE:
                start = kept.get(STRATEGIES[key].begins)
                result = dispatch(setting, days, key, scenario, profiles=True, start_from=start)
            if key in {STRATEGIES[other].begins for other in strategies}:
                kept[key] = result
            if sink is not None:
                sink(key, setting, days, result)
            parts[key].append(_part(setting, days, result, scenario, usual.finished))
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
