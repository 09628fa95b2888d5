"""Use-case: how many charge points each transformer of a city carries, tried out one by one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from app.core.engine.arrays import Longs, Sessions
from app.core.engine.generator import generate
from app.core.engine.hosting import RowsHosted, Rules, host_row, host_rows
from app.core.engine.keys import text_keys
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.strategies import STRATEGIES
from app.services.estimate import estimate
from app.services.jobs import Report
from app.services.parameters import load_parameters
from app.services.patterns import load_patterns
from app.services.prices import typical_prices
from app.services.setting import Setting, prepare
from app.services.simulate import contract_of, options
from app.settings import SETTINGS

# A plan of the first is one the second may make too: what fits with it fits with that.
WEAKER: Mapping[str, str] = {
    "throttle": "uncontrolled",
    "pause": "throttle",
    "valley_fill": "pause",
    "v2g": "pause",
}
LEVELS: Mapping[str, float] = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
STREET_SAMPLES = 11  # enough for a middle and a band that a person waits for
GUESS_KW = 1.0  # of one more point at the peak, only to begin the search


def ladder(strategy: str) -> list[str]:
    """List the strategies whose plans this one may make too, weakest first, itself last."""
    found = [strategy]
    while found[0] in WEAKER:
        found.insert(0, WEAKER[found[0]])
    return found


def hosted(  # noqa: PLR0913  # what is tried, and who hears of it
    setting: Setting,
    scenario: Scenario,
    strategy: str,
    *,
    rows: Longs | None = None,
    sample: int = 0,
    weaker: RowsHosted | None = None,
    watch: Callable[[float], None] | None = None,
) -> RowsHosted:
    """Try points on every transformer through the week of the highest base load.

    Points are typical ones of the city, the same for every strategy; give ``rows`` to try only
    some transformers. Room counts all points, those
    of today included. Give ``weaker`` what the weaker strategy on the ladder carries: it is a plan
    this one may make too, so it never carries fewer.
    """
    clock = setting.weeks[0].clock
    units = typical_points(setting)
    setting = setting if rows is None else setting.only(rows)
    base_kw = setting.base_kw(clock)
    left_kw = np.nan_to_num(setting.limit_kw - base_kw.max(axis=1)).clip(min=0.0)
    guess = (left_kw / GUESS_KW).astype(np.int64) if weaker is None else weaker.points
    found = host_rows(
        units,
        base_kw,
        setting.limit_kw,
        setting.facts["asset_id"].tolist(),
        strategy,
        options(scenario),
        clock,
        rules=Rules.of(load_parameters()),
        start=guess,
        sample=sample,
        contract=contract_of(scenario),
        price_eur_per_mwh=typical_prices(clock),
        threads=SETTINGS.threads,
        watch=watch,
    )
    return found if weaker is None else _at_least(found, weaker)


def whole_city(
    project: Project, scenario: Scenario, *, report: Report | None = None
) -> pd.DataFrame:
    """Say how many more points each transformer carries, in one draw of typical points.

    Returns
    -------
    (row,)
        ``asset_id, name, district_id, limit_kw, existing, points, fit, binding, served``; the last
        four are NaN or empty where the limit is unknown. ``fit`` is what fits less the points of
        today, never below 0.
    """
    setting = prepare(project, estimate(project, scenario), scenario)
    steps = ladder(scenario.strategy)
    found: RowsHosted | None = None
    for nth, key in enumerate(steps):
        watch = None if report is None else partial(_tell, report, nth, len(steps), key)
        found = hosted(setting, scenario, key, weaker=found, watch=watch)
    assert found is not None  # noqa: S101  # a ladder has at least one rung
    return table(setting, found)


def _tell(report: Report, nth: int, steps: int, key: str, settled: float) -> None:
    report((nth + settled) / steps, f"{STRATEGIES[key].title}: {settled:.0%}")


def street(setting: Setting, scenario: Scenario, row: int) -> pd.DataFrame:
    """Try points on one transformer under every strategy of the ladders and the chosen one.

    Returns
    -------
    (strategy,)
        ``strategy, p10, p50, p90, more, binding, served``: points in all that fit, over draws of
        typical points that all strategies share; ``more`` is the middle less the points of today.
        Empty where the limit is unknown.
    """
    clock, limit_kw = setting.weeks[0].clock, float(setting.limit_kw[row])
    if np.isnan(limit_kw):
        return pd.DataFrame(columns=["strategy", "p10", "p50", "p90", "more", "binding", "served"])
    single = setting.only(np.array([row]))
    base_kw = single.base_kw(clock)[0]
    units, existing = typical_points(setting), int(setting.facts["existing"].iloc[row])
    most: dict[str, Longs] = {}
    rows = []
    for key in dict.fromkeys([*ladder("v2g"), *ladder(scenario.strategy)]):
        found = host_row(
            units,
            base_kw,
            limit_kw,
            key,
            options(scenario),
            clock,
            rules=Rules.of(load_parameters()),
            samples=STREET_SAMPLES,
            contract=contract_of(scenario),
            price_eur_per_mwh=typical_prices(clock),
            threads=SETTINGS.threads,
        )
        weaker = most.get(WEAKER.get(key, ""), found.points)
        most[key] = np.maximum(found.points, weaker)
        band = {k: int(np.quantile(most[key], q, method="lower")) for k, q in LEVELS.items()}
        said = {"binding": found.binding, "served": found.served_share}
        rows.append({"strategy": key, **band, "more": max(band["p50"] - existing, 0), **said})
    return pd.DataFrame(rows)


def table(setting: Setting, found: RowsHosted) -> pd.DataFrame:
    """Put the answer of one strategy beside the facts of each transformer."""
    existing = setting.facts["existing"].to_numpy(np.int64)
    known = np.isfinite(setting.limit_kw)
    return setting.facts[["asset_id", "name", "district_id", "limit_kw", "existing"]].assign(
        points=np.where(known, found.points, np.nan),
        fit=np.where(known, (found.points - existing).clip(min=0), np.nan),
        binding=found.binding,
        served=np.where(known, np.nan_to_num(found.served_share, nan=1.0), np.nan),
    )


def _at_least(found: RowsHosted, weaker: RowsHosted) -> RowsHosted:
    more = weaker.points > found.points
    return replace(
        found,
        points=np.maximum(found.points, weaker.points),
        binding=np.where(more, weaker.binding, found.binding),
        served_share=np.where(more, weaker.served_share, found.served_share),
    )


def typical_points(setting: Setting) -> Sessions:
    """Draw points used as the city's mean point is: each a row with all its sessions."""
    count = int(load_parameters()["hosting_pool"].value)
    mean = setting.rates.sum(axis=0) / max(float(setting.points.sum()), 1.0)
    return generate(
        np.tile(mean, (count, 1)),
        text_keys(f"typical-point-{nth}" for nth in range(count)),
        setting.kwh_session,
        load_patterns(),
        setting.weeks[0].clock,
        seed=setting.seed,
        year=setting.year,
    )
