"""Published figures beside ours."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from app.core.demand.benchmarks import YARDSTICKS, strip
from app.core.demand.model import estimate
from app.core.parameters import Parameter
from app.core.scenario import Scenario

Numbers = Mapping[str, Parameter]


def _totals(ev: float, points: float) -> dict[str, np.ndarray]:
    spread = np.linspace(0.9, 1.1, 101)
    names = ("cars", "ev", "ev_private", "kwh_year", "points")
    values = (100_000.0, ev, 20_000.0, 17 * 365 * points, points)
    return {name: value * spread for name, value in zip(names, values, strict=True)}


def test_inside_means_that_the_bands_meet(numbers: Numbers) -> None:
    for points, inside in ((7200, True), (7800, True), (8100, False), (6500, False)):
        found = strip(_totals(50_000, points), numbers, year=2030, place="utrecht")
        benchmark = next(each for each in found if each.id == "points_2030")
        assert benchmark.inside is inside
        assert benchmark.ours == pytest.approx(points)
        assert benchmark.value == 7200


def test_a_figure_of_another_year_judges_nothing(numbers: Numbers) -> None:
    found = {each.id: each for each in strip(_totals(9, 9), numbers, year=2040, place="utrecht")}
    assert set(found) == {"kwh_point_day", "ev_per_point"}
    assert {each.inside for each in found.values()} == {None}


def test_figures_of_utrecht_are_not_shown_elsewhere(
    twin: pd.DataFrame, numbers: Numbers, ask: Callable[..., Scenario]
) -> None:
    here = estimate(twin, ask(year=2025), numbers, draws=64, place="utrecht").benchmarks
    there = estimate(twin, ask(year=2025), numbers, draws=64, place="zwolle").benchmarks
    assert {"plan_ev_2025", "points_2025"} == {e.id for e in here} - {e.id for e in there}


def test_every_yardstick_has_a_sourced_number(numbers: Numbers) -> None:
    for each in YARDSTICKS:
        assert numbers[each.parameter].source != "kerbwatt"
        assert each.mark in {"A", "B", "C"}


def test_without_points_nothing_is_divided(numbers: Numbers) -> None:
    found = strip(_totals(0, 0), numbers, year=2026, place="")
    assert found == ()
