"""As many points as fit, and not one more."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand.groups import GROUPS
from app.core.engine.arrays import Sessions
from app.core.engine.clock import Clock
from app.core.engine.generator import generate
from app.core.engine.hosting import HostResult, Rules, gather, host_row, points_from_days
from app.core.engine.keys import text_keys
from app.core.engine.result import Options
from app.core.engine.run import run
from app.core.parameters import Parameter
from app.services.patterns import load_patterns

CLOCK = Clock.days(datetime(2030, 1, 7), 3, "Europe/Amsterdam")  # noqa: DTZ001  # a local day
BASE_KW = np.full(CLOCK.steps, 100.0)


def points(count: int, rate: float = 1.0) -> Sessions:
    rates = np.zeros((count, len(GROUPS)))
    rates[:, 0] = rate
    kwh = np.full(len(GROUPS), 15.0)
    keys = text_keys(f"p{i}" for i in range(count))
    return generate(rates, keys, kwh, load_patterns(), CLOCK, seed=0, year=2030)


def steady(count: int, power_kw: float) -> Sessions:
    """Make points that each draw the same power from 18 to 19 h of the first day."""
    columns = {
        "energy_kwh": power_kw,
        "power_kw": power_kw,
        "soc0_kwh": 0,
        "battery_kwh": 0,
        "discharge_kw": 0,
    }
    whole = {"phases": 3, "group": 0, "can_resume": 1, "can_v2g": 0, "opted_out": 0}
    return Sessions(
        row=np.arange(count, dtype=np.int32),
        arrival=np.full(count, 72, np.int32),
        departure=np.full(count, 76, np.int32),
        key=text_keys(map(str, range(count))),
        station=np.full(count, -1, np.int32),
        index=np.arange(count + 1),
        **{name: np.full(count, value, np.float32) for name, value in columns.items()},
        **{name: np.full(count, value, np.int8) for name, value in whole.items()},
    )


def hosted(units: Sessions, limit_kw: float, strategy: str = "uncontrolled") -> HostResult:
    rules = Rules(unserved=0.01, below_95=0.05, most=200)
    return host_row(
        units, BASE_KW, limit_kw, strategy, Options(), CLOCK, rules=rules, samples=6
    )  # fmt: skip


def test_ten_points_of_ten_kilowatts_fit_into_a_hundred() -> None:
    found = hosted(steady(5, 10.0), 200.0)
    assert found.points.tolist() == [10] * 6
    assert found.binding == "peak"
    assert found.kw_per_point == pytest.approx(10)
    assert found.served_share == pytest.approx(1)
    assert (found.quantile(0.1), found.quantile(0.9)) == (10, 10)


def test_a_base_above_the_limit_leaves_no_room() -> None:
    found = hosted(steady(5, 10.0), 99.0)
    assert found.points.tolist() == [0] * 6
    assert found.binding == "base"
    assert found.kw_per_point is None


def test_the_search_stops_and_says_so() -> None:
    found = hosted(steady(5, 1.0), 10_000.0)
    assert found.points.tolist() == [200] * 6
    assert found.binding == "most_points"


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.floats(110, 260), st.sampled_from(["uncontrolled", "pause"]))
def test_what_fits_fits_and_one_more_does_not(limit_kw: float, strategy: str) -> None:
    units = points(40)
    found = hosted(units, limit_kw, strategy)
    from app.core.engine.hosting import _Search  # noqa: PLC0415

    rules = Rules(unserved=0.01, below_95=0.05, most=200)
    names = [f"host-{sample}" for sample in range(6)]
    bases, limits = np.tile(BASE_KW, (6, 1)), np.full(6, limit_kw)
    search = _Search(units, bases, limits, strategy, Options(), CLOCK, rules, names)
    one_more = gather(units, search.chosen, found.points + 1, CLOCK.steps)
    for sessions, fits in (
        (gather(units, search.chosen, found.points, CLOCK.steps), True),
        (one_more, False),
    ):
        load = run(
            strategy, sessions, np.tile(BASE_KW, (6, 1)), np.full(6, limit_kw), CLOCK, Options()
        ).load_kw.max(axis=1)
        if fits:
            assert (load <= limit_kw + 1e-5).all()
        elif found.binding == "peak" and strategy == "uncontrolled":
            assert (load > limit_kw).all()


def test_pauses_never_host_less_than_slowing_down_and_that_never_less_than_nothing() -> None:
    units = points(60)
    by_strategy = [
        hosted(units, 180.0, key).points for key in ("uncontrolled", "throttle", "pause")
    ]
    assert (by_strategy[0] <= by_strategy[1]).all()
    assert (by_strategy[1] <= by_strategy[2]).all()
    assert by_strategy[2].sum() > by_strategy[0].sum()


def test_draws_are_nested() -> None:
    units = points(30)
    chosen = np.random.default_rng(0).integers(0, 30, (2, 9))
    few = gather(units, chosen, np.array([3, 5]), CLOCK.steps)
    many = gather(units, chosen, np.array([9, 6]), CLOCK.steps)
    for row in range(2):
        a, b = (set(each.key[slice(*each.index[row : row + 2])].tolist()) for each in (few, many))
        assert a < b


def test_two_copies_of_a_point_stand_at_two_stations() -> None:
    units = points(4)
    units = replace(units, station=np.arange(len(units), dtype=np.int32) % 2)
    chosen = np.zeros((1, 3), np.int64)  # the same point three times
    found = gather(units, chosen, np.array([3]), CLOCK.steps)
    first = slice(*units.index[:2])
    per_point = np.unique(units.station[first]).size
    assert np.unique(found.station).size == 3 * per_point, "no copy shares a limit with another"
    unsaid = gather(points(4), chosen, np.array([3]), CLOCK.steps)
    assert (unsaid.station == -1).all()


def test_points_from_days_take_workdays_from_workdays() -> None:
    week = Clock.days(datetime(2030, 1, 7), 14, "Europe/Amsterdam")  # noqa: DTZ001  # a local day
    rates = np.zeros((1, len(GROUPS)))
    rates[0, 3] = 3.0  # commuters: no weekend
    kwh = np.full(len(GROUPS), 12.0)
    days = generate(rates, text_keys("a"), kwh, load_patterns(), week, seed=0, year=2030)
    found = points_from_days(days, week, 20, seed=1)
    assert found.rows == 20
    assert (week.day_type[found.arrival] == 0).all()
    assert len(found) / 20 == pytest.approx(len(days), rel=0.15)  # as many as were recorded
    np.testing.assert_array_equal(
        np.unique(week.minute[found.arrival]), np.unique(week.minute[days.arrival])
    )
    assert (found.departure <= week.steps).all()
    again = points_from_days(days, week, 20, seed=1)
    np.testing.assert_array_equal(found.key, again.key)


def test_the_rules_come_from_sourced_numbers(numbers: Mapping[str, Parameter]) -> None:
    rules = Rules.of(numbers)
    assert (rules.unserved, rules.below_95, rules.hours) == (0.01, 0.05, 0)
