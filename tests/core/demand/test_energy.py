"""Energy per car and per group."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from app.core.demand import energy
from app.core.demand.cloud import PLACE, simulate
from app.core.demand.facts import read
from app.core.demand.uncertainty import draw, points
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]
Ask = Callable[..., Scenario]


def test_a_plug_in_car_by_hand(three: pd.DataFrame, numbers: Numbers) -> None:
    # 2030: 0.8 x 13,835 km x 0.20 + 0.2 x 13,106 km x 0.45 x 0.22 = 2,213.6 + 259.5 kWh
    found = energy.kwh_private(read(three, numbers), points(numbers), 2030)
    assert found[0] == pytest.approx(2473.0988, abs=5e-5)


def test_own_parking_and_public_share_by_hand(three: pd.DataFrame, numbers: Numbers) -> None:
    facts, values = read(three, numbers), points(numbers)
    own = energy.own_parking(facts, values)[:, 0]
    assert own == pytest.approx([0.206054, 0.386760, 0.152349], abs=5e-7)
    public = energy.public_share(facts, values)[:, 0]
    assert public == pytest.approx([0.566065, 0.448606, 0.600973], abs=5e-7)


def test_a_measured_share_of_own_parking_wins(three: pd.DataFrame, numbers: Numbers) -> None:
    facts = read(three.assign(off_street_share=[0.5, np.nan, 0.0]), numbers)
    own = energy.own_parking(facts, points(numbers))[:, 0]
    assert own[0] == pytest.approx(0.6)  # odds of 1 times 1.5
    assert own[1] == pytest.approx(0.386760, abs=5e-7)
    assert own[2] == 0


def test_a_quarter_of_dutch_homes_have_own_parking(three: pd.DataFrame, numbers: Numbers) -> None:
    # 36 % of the homes are apartments: 0.64 x 0.35 + 0.36 x 0.08 = 0.253
    facts = read(three.drop(columns="multifamily_share"), numbers)
    values = {**points(numbers), "own_parking_odds": np.ones(1)}
    assert energy.own_parking(facts, values)[:, 0] == pytest.approx([0.253] * 3, abs=5e-4)


def test_the_mix_starts_at_the_registrations(three: pd.DataFrame, numbers: Numbers) -> None:
    facts = read(three.assign(cars_bev=30.0, cars_phev=70.0), numbers)
    values = points(numbers)
    mixes = {year: energy.bev_share(facts, values, year)[0] for year in (2022, 2026, 2030, 2035)}
    assert list(mixes.values()) == pytest.approx([0.30, 0.55, 0.80, 0.92])
    assert energy.bev_share(facts, values, 2050)[0] == pytest.approx(0.92)


def test_groups_add_up_whichever_way(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    values = draw(numbers, draws=64, seed=1)
    factors = np.linspace(0.5, 1.5, 3 * 64).reshape(3, 64)
    block = simulate(read(three, numbers), values, ask(year=2030), factors).block(slice(None))
    by_group = block.kwh_by_group()
    np.testing.assert_allclose(by_group.sum(axis=0), block.kwh.sum(axis=0), rtol=1e-12)
    means = block.mean_by_group(np.ones(64))
    np.testing.assert_allclose(means.sum(axis=1), block.kwh.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(means.sum(axis=0), by_group.mean(axis=1), rtol=1e-12)
    # the factors move energy between districts, and leave the city's alone
    plain = simulate(read(three, numbers), values, ask(year=2030)).block(slice(None)).kwh
    np.testing.assert_allclose(plain.sum(axis=0), block.kwh.sum(axis=0), rtol=1e-12)
    assert not np.allclose(plain, block.kwh)


def test_visitors_and_commuters_follow_people_and_jobs(
    three: pd.DataFrame, ask: Ask, fixed: Callable[..., Numbers]
) -> None:
    numbers = fixed(visitor_kwh_share=0.2, commuter_kwh_share=0.1)
    facts = read(three.assign(jobs=[0.0, 9000.0, 1000.0]), numbers)
    block = simulate(facts, points(numbers), ask(year=2030)).block(slice(None))
    means = block.mean_by_group(np.ones(1))
    residents = means[:, [PLACE["resident_private"], PLACE["resident_company"]]].sum()
    people = three["population"] / three["population"].sum()
    np.testing.assert_allclose(means[:, PLACE["visitor"]], 0.2 * residents * people)
    np.testing.assert_allclose(means[:, PLACE["commuter"]], residents * np.array([0, 0.09, 0.01]))


def test_fleets_by_hand_in_2026(three: pd.DataFrame, numbers: Numbers, ask: Ask) -> None:
    # half of the ramp 2022 to 2030: taxis 1.2 x 12 x 0.4 x 55,000 km x 0.20 x 0.25 = 15,840 kWh;
    # shared cars 4 x 6 x 0.5 x 30,000 x 0.20 x 0.9 = 64,800; vans 240 x 0.1 x 18,000 x 0.28 x 0.2
    cloud = simulate(read(three, numbers), points(numbers), ask(year=2026))
    means = cloud.block(slice(None)).mean_by_group(np.ones(1))
    found = [means[0, PLACE[key]] for key in ("taxi", "shared", "van")]
    assert found == pytest.approx([15_840, 64_800, 24_192])


@pytest.mark.parametrize(("end", "reached"), [(2026.0, 1.0), (2030.0, 0.5), (2022.0, 4.0)])
def test_a_ramp_takes_a_year_at_least(
    fixed: Callable[..., Numbers], end: float, reached: float
) -> None:
    assert energy.ramp(points(fixed(ramp_end_year=end)), 2026)[0] == reached
