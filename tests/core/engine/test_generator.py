"""Sessions follow the published tables, and each keeps its draws whatever else is asked."""

from dataclasses import fields
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.demand.groups import GROUPS
from app.core.engine.arrays import STEP_H, Floats, Sessions
from app.core.engine.clock import Clock
from app.core.engine.generator import generate
from app.core.engine.keys import text_keys
from app.core.engine.patterns import PATTERNS, Patterns
from app.core.errors import InputError
from app.services.patterns import TABLES, load_patterns

ZONE = "Europe/Amsterdam"
KWH = np.array([15.7, 25.0, 12.0, 12.0, 20.0, 30.0, 20.0])
PUBLIC = PATTERNS.index("public")
COLUMNS = [each.name for each in fields(Sessions) if each.name not in {"row", "index"}]


def local(*date: int) -> datetime:
    return datetime(*date)  # noqa: DTZ001  # the clock adds its own zone


def drawn(  # noqa: PLR0913  # what a test may vary
    clock: Clock,
    *,
    ids: tuple[str, ...] = ("a", "b", "c"),
    rate: float = 6.0,
    seed: int = 0,
    year: int = 2030,
    group: int | None = None,
) -> Sessions:
    rates = np.full((len(ids), len(GROUPS)), rate)
    if group is not None:
        rates[:, np.arange(len(GROUPS)) != group] = 0
    patterns = load_patterns()
    return generate(rates, text_keys(ids), KWH, patterns, clock, seed=seed, year=year)


def of_row(sessions: Sessions, row: int, keep: slice = slice(None)) -> list[bytes]:
    part = slice(*sessions.index[row : row + 2].tolist())
    return [getattr(sessions, name)[part][keep].tobytes() for name in COLUMNS]


@pytest.fixture(scope="module")
def year() -> Sessions:
    ids = tuple(f"T{i}" for i in range(60))
    return drawn(Clock.days(local(2030, 1, 1), 365, ZONE), ids=ids)


def test_a_year_of_sessions_follows_the_published_stays(year: Sessions) -> None:
    # ElaadNL, public: 10, 50 and 90 % stay longer than 17.1, 4.4 and 0.6 h. Steps are 0.25 h
    # long, so a figure of the grid can only be met to the half of one.
    public = (year.group != 3) & (year.departure < year.departure.max())
    assert public.sum() > 100_000
    stay_h = (year.departure - year.arrival)[public] * STEP_H
    found = np.quantile(stay_h, (0.9, 0.5, 0.1))
    np.testing.assert_allclose(found, (17.1, 4.4, 0.6), rtol=0.01, atol=STEP_H / 2)


def test_the_crowd_meets_every_table_within_one_percent() -> None:
    patterns = load_patterns()
    published = {  # stay [h] and energy [kWh] exceeded by 10, 50 and 90 %
        "private": ((20.3, 11.0, 1.5), (51.4, 19.4, 6.4)),
        "public": ((17.1, 4.4, 0.6), (29.0, 7.2, 1.7)),
        "workplace": ((9.8, 4.9, 1.2), (26.1, 8.8, 2.1)),
    }
    for name, (stays, energies) in published.items():
        place = PATTERNS.index(name)
        for days in (0, 1):
            found = np.quantile(patterns.stay_h[place, days], (0.9, 0.5, 0.1))
            np.testing.assert_allclose(found, stays, rtol=0.01)
            found = np.quantile(patterns.energy_kwh[place, days], (0.9, 0.5))
            np.testing.assert_allclose(found, energies[:2], rtol=0.01)


def test_evening_arrivals_stay_the_night() -> None:
    patterns = load_patterns()
    slot, stay_h = patterns.slot[PUBLIC, 0], patterns.stay_h[PUBLIC, 0]
    by_hour = [np.median(stay_h[slot // 4 == hour]) for hour in (8, 12, 18, 21)]
    # medians of the pairing: about 3 h in the morning, 1.5 h at noon, 13 and 12 h in the evening
    np.testing.assert_allclose(by_hour, (3.2, 1.4, 13.1, 11.8), rtol=0.1)


def test_arrivals_follow_the_hours_of_the_table(year: Sessions) -> None:
    clock = Clock.days(local(2030, 1, 1), 365, ZONE)
    workday = (clock.day_type[year.arrival] == 0) & (year.group == 2)
    hour = clock.minute[year.arrival[workday]] // 60
    found = np.bincount(hour, minlength=24) / workday.sum()
    crowd = np.bincount(load_patterns().slot[PUBLIC, 0] // 4, minlength=24)
    np.testing.assert_allclose(found, crowd / crowd.sum(), atol=0.006)


def test_the_mean_session_takes_what_the_demand_says(year: Sessions) -> None:
    inside = year.departure < year.departure.max()
    for group in range(len(GROUPS)):
        found = year.energy_kwh[inside & (year.group == group)].mean()
        assert found == pytest.approx(KWH[group], rel=0.02)


def test_no_session_takes_more_than_its_stay_allows(year: Sessions) -> None:
    most = year.power_kw * (year.departure - year.arrival) * STEP_H
    assert (year.energy_kwh <= most * 1.000_001).all()
    assert (year.soc0_kwh >= 0).all()
    assert (year.soc0_kwh + np.sqrt(0.87) * year.energy_kwh <= year.battery_kwh * 1.000_001).all()


def test_nobody_commutes_in_the_weekend(year: Sessions) -> None:
    clock = Clock.days(local(2030, 1, 1), 365, ZONE)
    assert (clock.day_type[year.arrival[year.group == 3]] == 0).all()


def test_the_number_of_sessions_is_the_rate(year: Sessions) -> None:
    expected = 6.0 * len(GROUPS) * 60 * 365
    assert len(year) == pytest.approx(expected, rel=0.01)
    a_day = np.bincount(year.row * 400 + year.arrival // 96, minlength=60 * 400)
    a_day = a_day.reshape(60, 400)[:, 1:80].ravel()
    assert a_day.var() > 0.8 * a_day.mean()  # Poisson, and not the same number each day


def test_sessions_come_in_the_one_agreed_order(year: Sessions) -> None:
    order = np.lexsort((year.key, year.departure, year.arrival, year.row))
    np.testing.assert_array_equal(order, np.arange(len(year)))
    assert np.unique(year.key).size == len(year)
    np.testing.assert_array_equal(np.searchsorted(year.row, np.arange(61)), year.index)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.floats(0.1, 90), st.floats(1.0, 3.0), st.integers(0, 5))
def test_a_higher_rate_only_adds_sessions(rate: float, growth: float, seed: int) -> None:
    clock = Clock.days(local(2030, 6, 3), 3, ZONE)
    few = drawn(clock, ids=("a",), rate=rate, seed=seed)
    many = drawn(clock, ids=("a",), rate=rate * growth, seed=seed)
    kept = np.isin(many.key, few.key)
    assert kept.sum() == len(few)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(many, name)[kept], getattr(few, name))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.permutations(["a", "b", "c", "d", "e"]), st.integers(1, 5))
def test_other_districts_change_nothing(ids: list[str], count: int) -> None:
    clock = Clock.days(local(2030, 3, 30), 3, ZONE)
    alone = {name: of_row(drawn(clock, ids=(name,)), 0) for name in ids[:count]}
    together = drawn(clock, ids=tuple(ids[:count]))
    for row, name in enumerate(ids[:count]):
        assert of_row(together, row) == alone[name]


@pytest.mark.parametrize("start", [(2030, 3, 25), (2030, 10, 21), (2030, 7, 1)])
def test_a_week_has_the_sessions_of_its_year(year: Sessions, start: tuple[int, ...]) -> None:
    whole = Clock.days(local(2030, 1, 1), 365, ZONE)
    week = Clock.days(local(*start), 9, ZONE)
    shift = round((week.start.timestamp() - whole.start.timestamp()) / 900)
    part = drawn(week, ids=("T0",))
    mine = slice(*year.index[:2].tolist())
    arrival = year.arrival[mine] - shift
    inside = (arrival >= 0) & (arrival < week.steps)
    order = np.lexsort((part.key, part.arrival))
    kept = np.flatnonzero(inside)[np.lexsort((year.key[mine][inside], arrival[inside]))]
    np.testing.assert_array_equal(part.key[order], year.key[mine][kept])
    np.testing.assert_array_equal(part.arrival[order], arrival[kept])
    uncut = part.departure[order] < week.steps
    for name in ("energy_kwh", "power_kw", "soc0_kwh", "battery_kwh", "group"):
        whole_year = getattr(year, name)[mine][kept]
        np.testing.assert_array_equal(getattr(part, name)[order][uncut], whole_year[uncut])


def test_what_reaches_over_the_end_keeps_the_energy_of_the_time_that_is_left() -> None:
    short, long = (drawn(Clock.days(local(2030, 6, 3), days, ZONE), ids=("a",)) for days in (1, 9))
    of = {int(key): place for place, key in enumerate(long.key)}
    place = np.array([of[int(key)] for key in short.key])
    kept = (short.departure - short.arrival) / (long.departure - long.arrival)[place]
    assert (kept < 1).any()
    np.testing.assert_allclose(short.energy_kwh, long.energy_kwh[place] * kept, rtol=1e-5)
    assert short.departure.max() == 96


@pytest.mark.parametrize(("date", "steps"), [((2030, 3, 31), 92), ((2030, 10, 27), 100)])
def test_people_arrive_by_the_wall_on_days_the_clock_changes(
    date: tuple[int, ...], steps: int
) -> None:
    clock = Clock.days(local(*date), 1, ZONE)
    assert clock.steps == steps
    found = drawn(clock, ids=("a",), rate=4000, group=2)
    hour = clock.minute[found.arrival] // 60
    by_hour = np.bincount(hour, minlength=24) / len(found)
    slot = load_patterns().slot[PUBLIC, 1] // 4
    crowd = np.bincount(slot, minlength=24) / slot.size
    if steps == 92:  # the hour from 2 to 3 does not exist: people come an hour later
        crowd[3] += crowd[2]
        crowd[2] = 0
    np.testing.assert_allclose(by_hour, crowd, atol=0.012)
    if steps == 100:  # both hours from 2 to 3 are used
        in_hour = np.bincount(found.arrival[hour == 2] // 4, minlength=12)
        assert (in_hour[[2, 3]] > 0).all()


def test_another_seed_draws_other_sessions_with_the_same_mean() -> None:
    clock = Clock.days(local(2030, 1, 7), 28, ZONE)
    first, second = (drawn(clock, seed=seed) for seed in (0, 1))
    assert not np.isin(first.key, second.key).any()
    assert len(first) == pytest.approx(len(second), rel=0.06)
    assert first.energy_kwh.mean() == pytest.approx(second.energy_kwh.mean(), rel=0.08)


def test_more_cars_charge_at_eleven_kilowatts_later() -> None:
    clock = Clock.days(local(2030, 1, 7), 28, ZONE)
    shares = [float((drawn(clock, year=year).power_kw == 11).mean()) for year in (2022, 2026, 2030)]
    np.testing.assert_allclose(shares, (0.12, 0.36, 0.6), atol=0.03)


def test_no_demand_gives_no_sessions() -> None:
    nothing = drawn(Clock.days(local(2030, 1, 7), 2, ZONE), rate=0)
    assert len(nothing) == 0
    assert nothing.rows == 3


def test_energy_that_cannot_be_charged_is_refused() -> None:
    rates: Floats = np.ones((1, len(GROUPS)))
    clock = Clock.days(local(2030, 1, 7), 2, ZONE)
    with pytest.raises(InputError, match="200 kWh a session cannot"):
        generate(
            rates, text_keys("a"), KWH * 0 + 200, load_patterns(), clock, seed=0, year=2030
        )  # fmt: skip


def test_patterns_do_not_depend_on_the_order_of_the_tables() -> None:
    import pandas as pd  # noqa: PLC0415

    from app.paths import DATA  # noqa: PLC0415

    tables = {key: pd.read_csv(DATA / "tables" / f"{name}.csv") for key, name in TABLES.items()}
    mixed = {key: frame.sample(frac=1, random_state=1) for key, frame in tables.items()}
    mixed["cars"] = tables["cars"]
    usual = load_patterns()
    again = Patterns.build(mixed, usual.numbers)
    for name in ("slot", "stay", "energy_kwh", "power_kw", "week"):
        np.testing.assert_array_equal(getattr(again, name), getattr(usual, name))


def test_a_horizon_may_begin_and_end_inside_a_day() -> None:
    whole = Clock.days(local(2030, 3, 31), 2, ZONE)
    begin = whole.index()[30].to_pydatetime()
    part = drawn(Clock(begin, 100, ZONE), ids=("a",))
    long = drawn(whole, ids=("a",))
    inside = (long.arrival >= 30) & (long.arrival < 130)
    np.testing.assert_array_equal(np.sort(part.key), np.sort(long.key[inside]))
    np.testing.assert_array_equal(part.arrival, long.arrival[inside] - 30)
