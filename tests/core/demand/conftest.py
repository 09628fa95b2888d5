"""Small cities for the demand model."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from app.core.demand.uncertainty import DRAWN
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]


def _closed(number: Parameter, value: float) -> Parameter:
    return Parameter(number.name, value, value, value, number.unit, number.source, number.note)


@pytest.fixture(scope="session")
def fixed(numbers: Numbers) -> Callable[..., Numbers]:
    """Give numbers other values, with a closed band."""

    def change(base: Numbers = numbers, **values: float) -> Numbers:
        return {**base, **{name: _closed(base[name], value) for name, value in values.items()}}

    return change


@pytest.fixture(scope="session")
def closed(numbers: Numbers, fixed: Callable[..., Numbers]) -> Numbers:
    """All numbers with every band closed, the districts' own factor too."""
    names = [name for source in DRAWN for name in source.names]
    return fixed(district_sigma=0.0, **{name: numbers[name].value for name in names})


@pytest.fixture(scope="session")
def three() -> pd.DataFrame:
    """Return the districts of the case worked by hand."""
    return pd.DataFrame(
        {
            "district_id": ["D1", "D2", "D3"],
            "name": ["One", "Two", "Three"],
            "cars": [4000.0, 2500.0, 1500.0],
            "cars_bev": [80.0, 100.0, 15.0],
            "cars_phev": [0.0, 0.0, 0.0],
            "multifamily_share": [0.75, 0.20, 0.90],
            "households": [6000.0, 2250.0, 2800.0],
            "population": [12000.0, 5000.0, 5500.0],
        }
    )


@pytest.fixture(scope="session")
def ask() -> Callable[..., Scenario]:
    """Make a scenario that needs no compiled strategy."""

    def make(**levers: float | str) -> Scenario:
        return Scenario(strategy="uncontrolled", **levers)

    return make


@pytest.fixture(scope="session")
def twin() -> pd.DataFrame:
    """Make a city with Utrecht's totals and pattern, drawn by seed."""
    rng = np.random.default_rng(2022)
    size = rng.gamma(2.0, 1.0, 47)
    flats = rng.beta(2.0, 1.6, 47)
    cars = size * (1.5 - flats)
    plugins = cars * (1.6 - flats)
    frame = pd.DataFrame(
        {
            "district_id": [f"T{each:02d}" for each in range(47)],
            "name": [f"Twin {each:02d}" for each in range(47)],
            "households": 181_445 * size / size.sum(),
            "population": 357_355 * size / size.sum(),
            "cars": 108_381 * cars / cars.sum(),
            "cars_bev": 1_163 * plugins / plugins.sum(),
            "cars_phev": 1_579 * plugins / plugins.sum(),
            "multifamily_share": flats,
        }
    )
    return frame.round({"households": 0, "population": 0})
