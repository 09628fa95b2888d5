"""The demand model: cars, kWh, sessions and points of each district in one year."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from app.core.demand import uncertainty
from app.core.demand.cloud import Cloud, simulate
from app.core.demand.facts import Facts, read
from app.core.demand.result import QUANTITIES, STATISTICS, Demand
from app.core.demand.summary import sum_up
from app.core.parameters import Parameter
from app.core.scenario import Scenario


def estimate(
    districts: pd.DataFrame,
    scenario: Scenario,
    numbers: Mapping[str, Parameter],
    *,
    draws: int = 1024,
    place: str = "",
) -> Demand:
    """Estimate public charging of every district in the year of the scenario.

    O(district x draw); 47 districts take about a fortieth of a second.

    Parameters
    ----------
    districts : (district,)
        Rows of a layer of kind ``districts``; blanks are filled and the filling is told.
    draws
        Random draws; scenarios with equal seed share them.
    place
        Key of the city, for the benchmarks published about it.
    """
    drawn = cloud(districts, scenario, numbers, draws=draws)
    return sum_up(drawn, numbers, seed=scenario.seed, place=place)


def cloud(
    districts: pd.DataFrame,
    scenario: Scenario,
    numbers: Mapping[str, Parameter],
    *,
    draws: int = 1024,
) -> Cloud:
    """Return the draws that ``estimate`` sums up, to sum them up by other areas."""
    run = _runner(read(districts, numbers), scenario, numbers, draws=draws)
    return run(scenario.year)


def _runner(
    facts: Facts, scenario: Scenario, numbers: Mapping[str, Parameter], *, draws: int
) -> Callable[[int], Cloud]:
    """Prepare everything but the year, so that years share their draws."""
    chosen = uncertainty.pinned(numbers, scenario)
    values = uncertainty.draw(chosen, draws=draws, seed=scenario.seed)
    sigma = chosen["district_sigma"].value
    factors = uncertainty.district_factors(facts.ids, sigma, draws=draws, seed=scenario.seed)
    return lambda year: simulate(facts, values, scenario.but(year=year), factors)


def tornado(
    districts: pd.DataFrame, scenario: Scenario, numbers: Mapping[str, Parameter]
) -> pd.DataFrame:
    """Move each number alone to its low and its high, all others at their value.

    Returns
    -------
    ``name, label, low_points, high_points, points, swing``, the widest swing first; the points are
    the city's, at that low, at that high and with every number at its value.
    """
    chosen = uncertainty.pinned(numbers, scenario)
    sources, values = uncertainty.one_at_a_time(chosen)
    cloud = simulate(read(districts, chosen), values, scenario)
    totals = cloud.totals()["points"]
    ends = totals[:-1].reshape(-1, 2)
    rows = pd.DataFrame(
        {
            "name": [source.names[0] for source in sources],
            "label": [source.label for source in sources],
            "low_points": ends[:, 0],
            "high_points": ends[:, 1],
            "points": totals[-1],
            "swing": np.abs(ends[:, 1] - ends[:, 0]),
        }
    )
    return rows.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def fan(
    districts: pd.DataFrame,
    scenario: Scenario,
    numbers: Mapping[str, Parameter],
    years: Sequence[int],
    *,
    draws: int = 1024,
) -> pd.DataFrame:
    """Draw the city's future: per year a band of every quantity, with the draws of ``estimate``.

    Returns
    -------
    ``year`` and ``q_mean, q_p10, q_p50, q_p90`` per quantity q.
    """
    run = _runner(read(districts, numbers), scenario, numbers, draws=draws)
    rows = []
    for year in years:
        totals = run(year).totals()
        bands = uncertainty.statistics(np.array([totals[name] for name in QUANTITIES])).T
        names = [f"{name}_{each}" for name in QUANTITIES for each in STATISTICS]
        rows.append({"year": year} | dict(zip(names, bands.ravel().tolist(), strict=True)))
    return pd.DataFrame(rows)
