"""Use-case: what is lost if a clause is dropped, by running the peak week without it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from app.core.bill import bill
from app.core.demand.groups import GROUPS
from app.core.engine.arrays import Ints
from app.core.engine.direct import held_steps
from app.core.engine.drivers import driver_sums
from app.core.engine.result import EngineResult, Options
from app.core.impact import Impact
from app.core.project import Project
from app.core.scenario import Scenario, defaults
from app.core.tender.clause_price import (
    DELTAS,
    PRICED,
    Dropped,
    Money,
    Outcome,
    Price,
    Run,
    baseline,
    deltas,
    drop,
    drop_all,
)
from app.services.contracts import load_contracts
from app.services.estimate import estimate
from app.services.jobs import Report, silent
from app.services.parameters import load_parameters
from app.services.prices import typical_prices
from app.services.room import room
from app.services.row_cache import run_rows
from app.services.setting import SCENE, Setting, Stretch, peak_week, prepare
from app.services.simulate import REFERENCE, contract_of, options
from app.services.tender import library
from app.settings import SETTINGS

WEEKS_YEAR, KW_MW = 365 / 7, 1000
SHARED = next(nth for nth, group in enumerate(GROUPS) if group.key == "shared")
CHARGING = (
    "strategy", "contract", "v2g_share", "share_can_resume", "opt_out", "min_current_a",
    "soc_floor", "taper",
)  # fmt: skip
ASKS = (*SCENE, *CHARGING)
OF_WEEK = (*SCENE, "opt_out", "min_current_a", "soc_floor", "taper")


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """The prices of clauses.

    Attributes
    ----------
    rows
        One per clause, in the order of the library.
    base
        The week with every clause.
    together
        What changes when all priced clauses are dropped at once.
    """

    rows: tuple[Price, ...]
    base: Outcome
    together: Mapping[str, float | None]

    @property
    def summed(self) -> Mapping[str, float | None]:
        """The single differences added up: not what dropping all of them does."""
        priced = [each.deltas for each in self.rows if each.status == PRICED]
        return {name: _sum(each[name] for each in priced) for name in DELTAS}

    @property
    def table(self) -> pd.DataFrame:
        """Every clause as a row: ``clause, status, words`` and the differences."""
        return pd.DataFrame(
            [
                {"clause": each.clause, "status": each.status, "words": each.words}
                | {name: each.deltas.get(name) for name in DELTAS}
                for each in self.rows
            ],
            columns=["clause", "status", "words", *DELTAS],
        ).astype(dict.fromkeys(DELTAS, float))


@dataclass(frozen=True, slots=True, eq=False)
class _Week:
    """The peak week of a city: the same cars and draws for every clause."""

    setting: Setting
    days: Stretch
    scenario: Scenario
    usual: Ints


def prices(
    project: Project, scenario: Scenario, clauses: Iterable[str], *, report: Report = silent
) -> Prices:
    """Price clauses of a tender; ``clauses`` are the ids it selected.

    One run of the engine on the peak week for each clause with a lever; kept by scenario and
    clause.
    """
    asked, chosen = scenario.only(*ASKS), frozenset(clauses)
    numbers = load_parameters()
    report(0.0, "Simulating the week with every clause")
    run = baseline(run_of(asked), chosen)
    base = _outcome(project, asked, run, run)
    money = Money(numbers["price_grid_eur_kw_year"].value, numbers["price_margin_eur_kwh"].value)
    listed = [each for each in library() if each.id in chosen]
    rows = []
    for nth, each in enumerate(listed):
        report(0.1 + 0.8 * nth / max(len(listed), 1), f"Dropping {each.id}")
        rows.append(
            _price(project, asked, drop(each.id, each.lever, run, numbers), run, each.id, money)
        )
    report(0.9, "Dropping all of them")
    bare = _outcome(project, asked, drop_all(chosen, run, numbers), run)
    return Prices(tuple(rows), base, deltas(base, bare, money))


def _price(  # noqa: PLR0913, PLR0917  # a question and what it is held against
    project: Project, asked: Scenario, dropped: Dropped, run: Run, clause: str, money: Money
) -> Price:
    if dropped.run is None:
        return Price(clause, dropped.status, dropped.why)
    base = _outcome(project, asked, run, run)
    other = _outcome(project, asked, dropped.run, run)
    return Price(clause, dropped.status, dropped.why, deltas(base, other, money))


def run_of(scenario: Scenario) -> Run:
    """Say what a clause can change about the run of a scenario."""
    return Run(
        scenario.strategy,
        contract_of(scenario),
        scenario.opt_out,
        scenario.share_can_resume,
        scenario.v2g_share,
        load_contracts()[str(defaults()["contract"])],
    )


@lru_cache(maxsize=4)
def week_of(project: Project, scenario: Scenario) -> _Week:
    """Draw the week that every clause is held against."""
    setting = prepare(project, estimate(project, scenario), scenario)
    days = peak_week(setting)
    return _Week(setting, days, scenario, _usual(setting, days, scenario).finished)


def _usual(setting: Setting, days: Stretch, scenario: Scenario) -> EngineResult:
    return ran(setting, days, REFERENCE, options(scenario), run_of(scenario))


@lru_cache(maxsize=512)
def _outcome(project: Project, scenario: Scenario, run: Run, windows_of: Run) -> Outcome:
    """Run one week; the hours looked at are those of ``windows_of``, with or without them."""
    week = week_of(project, scenario.only(*OF_WEEK))
    chosen = replace(
        options(scenario),
        opt_out=run.opt_out,
        share_can_resume=run.share_can_resume,
        v2g_share=run.v2g_share,
    )
    days = week.days if run.shared_v2g else _without_shared(week.days)
    return _read(week, windows_of, ran(week.setting, days, run.strategy, chosen, run))


def ran(setting: Setting, days: Stretch, strategy: str, chosen: Options, run: Run) -> EngineResult:
    """Run a strategy on the week; what was run before is kept by transformer."""
    some = slice(days.first, days.last)
    return run_rows(
        days,
        setting.limit_kw[some],
        strategy,
        chosen,
        contract=run.contract,
        price_eur_per_mwh=typical_prices(days.clock),
        export_kw=setting.export_kw[some],
        threads=SETTINGS.threads,
    )


def _without_shared(days: Stretch) -> Stretch:
    """Take the power to give back from shared cars; draws of all others stay."""
    each = days.sessions
    able = np.where(each.group == SHARED, 0, each.can_v2g).astype(np.int8)
    return replace(days, sessions=replace(each, can_v2g=able))


def _read(week: _Week, windows_of: Run, result: EngineResult) -> Outcome:
    days, numbers = week.days, load_parameters()
    counted = days.counted
    load = result.load_kw.sum(axis=0)
    held = held_steps(windows_of.contract, days.clock) & counted
    sums = driver_sums(
        days.sessions,
        result,
        len(GROUPS),
        round_trip=numbers["round_trip"].value,
        counted=counted,
        usual=week.usual,
    ).figures()
    g_per_kwh = numbers["grid_g_co2_per_kwh"].value
    told = bill(result, counted, typical_prices(days.clock), g_per_kwh)
    return Outcome(
        window_mw=float(load[held].max()) / KW_MW if held.any() else None,
        peak_mw=float(load[counted].max()) / KW_MW,
        fit=_fit(week, result, sums),
        late_percent=100 * float(sums["late_kwh_share"] or 0.0),
        served_kwh_year=float(sums["served_kwh"] or 0.0) * WEEKS_YEAR,
        energy_eur_year=told.cost_eur * WEEKS_YEAR,
    )


def _fit(week: _Week, result: EngineResult, sums: Mapping[str, float | None]) -> float | None:
    days, counted = week.days, week.days.counted
    frame = week.setting.facts.assign(
        peak_kw=result.load_kw[:, counted].max(axis=1),
        base_peak_kw=days.base_kw[:, counted].max(axis=1),
    )
    city = {"served_share": sums["served_share"], "below_95_share": sums["below_95"]}
    none = np.zeros(0)
    answer = Impact("", "peak_week", frame, city, days.clock.index()[counted], none, none)
    fit = room(answer)["fit"]
    return float(fit.sum()) if fit.notna().any() else None


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
