"""How long demand takes: it runs at every move of a slider."""

import resource

import numpy as np
import pandas as pd
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from app.core.demand import uncertainty
from app.core.demand.model import estimate, fan, tornado
from app.core.scenario import Scenario
from app.services.parameters import load_parameters


def _city(districts: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    cars = rng.gamma(2.0, 1_150.0, districts)
    names = [f"d{place}" for place in range(districts)]
    return pd.DataFrame(
        {
            "district_id": names,
            "name": names,
            "households": cars * rng.uniform(1.0, 2.5, districts),
            "population": cars * rng.uniform(2.0, 5.0, districts),
            "cars": cars,
            "cars_bev": cars * 0.01,
            "cars_phev": cars * 0.015,
            "multifamily_share": rng.random(districts),
        }
    )


def test_a_city_of_47_districts(benchmark: BenchmarkFixture) -> None:
    found = benchmark(estimate, _city(47), Scenario(), load_parameters())
    assert found.points_plan > 0


def test_a_city_of_47_districts_with_a_new_seed(benchmark: BenchmarkFixture) -> None:
    def cold() -> int:
        uncertainty.scores.cache_clear()
        return estimate(_city(47), Scenario(), load_parameters()).points_plan

    assert benchmark(cold) > 0


def test_the_tornado(benchmark: BenchmarkFixture) -> None:
    assert len(benchmark(tornado, _city(47), Scenario(), load_parameters())) > 30


def test_the_fan(benchmark: BenchmarkFixture) -> None:
    years = range(2022, 2041, 2)
    assert len(benchmark(fan, _city(47), Scenario(), load_parameters(), years)) == len(years)


@pytest.mark.timeout(300)
def test_14_000_districts(benchmark: BenchmarkFixture) -> None:
    found = benchmark.pedantic(estimate, (_city(14_000), Scenario(), load_parameters()), rounds=2)
    assert len(found.districts) == 14_000


@pytest.mark.timeout(300)
def test_14_000_districts_over_ten_years(benchmark: BenchmarkFixture) -> None:
    def run() -> int:
        numbers, city = load_parameters(), _city(14_000)
        asked = [Scenario(year=year) for year in range(2022, 2041, 2)]
        return sum(estimate(city, each, numbers).points_plan for each in asked)

    assert benchmark.pedantic(run, rounds=1) > 0
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    benchmark.extra_info["peak_gb"] = round(peak_gb, 2)
    assert peak_gb < 1
