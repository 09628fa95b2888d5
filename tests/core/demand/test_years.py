"""The forecast over years and months: the fan, the gap between districts, the fleet."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from app.core.demand.model import estimate, fan
from app.core.demand.result import QUANTITIES, STATISTICS
from app.core.demand.sessions import season
from app.core.errors import InputError
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]
Ask = Callable[..., Scenario]
Fixed = Callable[..., Numbers]
GAPS = ("slow", "stays", "closes")


@pytest.mark.parametrize("year", [2022, 2050])
def test_the_years_of_the_forecast_work(
    twin: pd.DataFrame, numbers: Numbers, ask: Ask, year: int
) -> None:
    found = estimate(twin, ask(year=year), numbers, draws=64)
    assert found.year == year
    if year == 2022:
        assert found.city["ev_private"].p50 == pytest.approx(2742, rel=1e-9)


def test_a_year_before_the_registrations_is_refused(
    three: pd.DataFrame, fixed: Fixed, ask: Ask
) -> None:
    with pytest.raises(InputError, match=r"no demand for 2023.*2024 to 2050"):
        estimate(three, ask(year=2023), fixed(registrations_year=2024), draws=8)


def test_the_fan_is_the_estimate_of_each_year(
    three: pd.DataFrame, numbers: Numbers, ask: Ask
) -> None:
    rows = fan(three, ask(), numbers, [2024, 2030], draws=64).set_index("year")
    for year in (2024, 2030):
        city = estimate(three, ask(year=year), numbers, draws=64).city
        for name in QUANTITIES:
            for each in STATISTICS:
                assert rows.loc[year, f"{name}_{each}"] == getattr(city[name], each)


def test_a_gap_that_stays_or_closes_moves_cars_but_makes_none(
    three: pd.DataFrame, closed: Numbers, ask: Ask
) -> None:
    found = {gap: estimate(three, ask(gap=gap), closed, draws=2) for gap in GAPS}
    spread = {gap: np.ptp(each.districts["ev_share"]) for gap, each in found.items()}
    assert spread["closes"] < spread["slow"] < spread["stays"]
    for each in found.values():
        assert each.city["ev_private"].mean == pytest.approx(1600, rel=1e-11)
    # a gap that stays has in 2050 the distances in logit of 2022
    gaps = [
        estimate(three, ask(gap="stays", year=year), closed, draws=2).districts["ev_share"]
        for year in (2022, 2050)
    ]
    first, last = (np.diff(logit(share)) for share in gaps)
    np.testing.assert_allclose(first, last, rtol=1e-4)


def test_a_growing_fleet_grows_everywhere_alike(
    three: pd.DataFrame, closed: Numbers, ask: Ask
) -> None:
    usual, more, less = (
        estimate(three, ask(year=2030, fleet_growth=each), closed, draws=2)
        for each in (0.0, 0.01, -0.01)
    )
    for name in ("cars", "ev", "cars_company"):
        assert more.city[name].mean == pytest.approx(1.01**8 * usual.city[name].mean)
        assert less.city[name].mean == pytest.approx(0.99**8 * usual.city[name].mean)
    assert more.districts["ev_share"].tolist() == usual.districts["ev_share"].tolist()
    assert any("changes by 1.0% a year" in words for words in more.notices)


def test_months_sum_to_the_year_whatever_is_set(numbers: Numbers, fixed: Fixed) -> None:
    assert season(numbers).sum() == pytest.approx(12, rel=1e-12)
    assert season(numbers).argmax() == 0
    moved = season(fixed(season_07=3.0))
    assert moved.sum() == pytest.approx(12, rel=1e-12)
    assert moved.argmax() == 6
    told = np.array([numbers[f"season_{month:02d}"].value for month in range(1, 13)])
    np.testing.assert_allclose(season(numbers), told, rtol=1e-12)  # ours sum to 12 as they stand
