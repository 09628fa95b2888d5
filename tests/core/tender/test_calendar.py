"""The calendar keeps the limit, or says where it does not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.calendar import Calendar, CalendarOptions, calendar, load_bins
from app.core.tender.calendar_tidy import AMBER, GREEN, RED, cap_red, runs, tidy

DAY = np.arange(0, 1440, 15)
EVENING = {range(16, 17): 180, range(17, 20): 225, range(20, 22): 180}


def load_of_a_day() -> np.ndarray:
    found = np.full(96, 90.0)
    for hours, kw in EVENING.items():
        found[hours.start * 4 : hours.stop * 4] = kw
    return found


def drawn(kw: np.ndarray, **options: float) -> Calendar:
    chosen = CalendarOptions(**options)  # type: ignore[arg-type]
    wall = (np.zeros(96), np.zeros(96, int), np.ones(96, int), DAY)
    bins = load_bins(kw[None, :], wall, chosen.confidence)
    found = calendar(bins[0], 250.0, 40, np.full(96, 0.35), name="t", options=chosen)
    assert found is not None
    return found


def lines(found: Calendar) -> list[tuple[int, int, str, float | None]]:
    return [
        (w.start_min // 60, w.end_min // 60, w.colour, w.limit_kw) for w in found.contract.windows
    ]


def test_the_worked_example() -> None:
    """14 active points share 160, 70 and 25 kW: 11.43, 5.00 and 1.79 kW each."""
    found = drawn(load_of_a_day())
    assert lines(found) == [
        (0, 16, "green", None),
        (16, 17, "amber", 4.14),
        (17, 20, "red", 0.0),
        (20, 22, "amber", 4.14),
        (22, 24, "green", None),
    ]
    assert found.contract.windows[0].months == tuple(range(1, 13))
    assert (found.amber_kw, found.red_hours, found.not_kept) == (4.14, 3.0, ())


def test_without_pauses_red_is_six_amperes_and_listed() -> None:
    found = drawn(load_of_a_day(), pause_allowed=False)
    assert lines(found)[2] == (17, 20, "red", 4.14)
    assert [round(each.excess_kw, 2) for each in found.not_kept] == [32.96]


def test_surplus_red_turns_amber_where_most_room_is_and_is_never_hidden() -> None:
    kw = load_of_a_day()
    kw[19 * 4 : 20 * 4] = 220  # 30 kW of room instead of 25
    found = drawn(kw, max_red_h=2)
    assert [line for line in lines(found) if line[2] == "red"] == [(17, 19, "red", 0.0)]
    (only,) = found.not_kept
    assert (only.start_min // 60, only.end_min // 60) == (19, 22)
    assert only.excess_kw == pytest.approx(14 * 4.14 - 30)


def test_an_unknown_limit_gives_no_calendar() -> None:
    bins = np.full((12, 3, 96), 10.0)
    options = CalendarOptions()
    assert calendar(bins, np.nan, 4, np.ones(96), name="t", options=options) is None


def test_a_firm_contract_must_hold_at_the_highest_load() -> None:
    kw = np.full((1, 20 * 96), 10.0)
    kw[0, 96 * 7 + 40] = 90.0  # one quarter-hour of twenty days
    day = np.repeat(np.arange(20), 96)
    wall = (day, np.zeros(1920, int), np.ones(1920, int), np.tile(DAY, 20))
    assert load_bins(kw, wall, 100.0)[0, 0, 0, 40] == 90
    assert load_bins(kw, wall, 95.0)[0, 0, 0, 40] < 20


def test_a_skipped_hour_repeats_the_one_before() -> None:
    keep = (DAY < 120) | (DAY >= 180)
    wall = (np.zeros(92), np.zeros(92, int), np.full(92, 3), DAY[keep])
    found = load_bins(load_of_a_day()[None, keep], wall, 95.0)
    assert np.isfinite(found[0, 2, 0]).all()
    assert np.isnan(found[0, 2, 2]).all(), "a Sunday nobody saw is not made up"


@pytest.mark.parametrize("wrong", [{"phases": 4}, {"full_kw": 2.0}, {"confidence": 101}])
def test_options_that_give_no_calendar_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        replace(CalendarOptions(), **wrong)


DAYS = st.lists(st.sampled_from([GREEN, AMBER, RED]), min_size=48, max_size=48)


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(1, 8), st.integers(0, 4))
def test_tidying_never_loosens_and_leaves_few_long_windows(
    day: list[int], most: int, least: int
) -> None:
    asked = np.array(day, np.int8)
    price = np.tile([11.0, 4.0, 0.0], (48, 1))
    neat = tidy(asked, price, min_slots=least, max_windows=most)
    assert (neat >= asked).all()
    parts = runs(neat)
    assert len(parts) <= most
    assert len(parts) == 1 or min(b - a for a, b, _ in parts) >= least


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(0, 48))
def test_the_cap_touches_red_only_and_keeps_to_it(day: list[int], most: int) -> None:
    asked = np.array(day, np.int8)
    room = np.linspace(5, -5, 48)
    found = cap_red(asked, room, most)
    assert np.count_nonzero(found == RED) == min(most, np.count_nonzero(asked == RED))
    changed = found != asked
    assert (asked[changed] == RED).all()
    assert (found[changed] == AMBER).all()
    if changed.any() and (found == RED).any():
        assert room[changed].min() >= room[found == RED].max()


@settings(max_examples=60, deadline=None)
@given(DAYS, st.integers(0, 12), st.integers(0, 10_000))
def test_the_cap_leaves_windows_as_long_and_as_few_as_asked(
    day: list[int], most: int, seed: int
) -> None:
    price = np.tile([11.0, 4.0, 0.0], (48, 1))
    neat = tidy(np.array(day, np.int8), price, min_slots=2, max_windows=6)
    room = np.random.default_rng(seed).normal(size=48)
    found = cap_red(neat, room, most, min_slots=2, max_windows=6)
    assert np.count_nonzero(found == RED) <= most
    parts = runs(found)
    assert len(parts) <= 6
    assert len(parts) == 1 or min(b - a for a, b, _ in parts) >= 2
    if np.count_nonzero(neat == RED) <= most:
        assert np.array_equal(found, neat), "red within the cap stays"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([True, False]))
def test_what_goes_above_the_limit_is_always_listed(seed: int, pause: bool) -> None:  # noqa: FBT001
    kw = np.random.default_rng(seed).uniform(0, 300, 48).repeat(2)
    found = drawn(kw, pause_allowed=pause)
    listed = {(each.start_min, each.end_min) for each in found.not_kept}
    for window in found.contract.windows:
        limit = 11.04 if window.limit_kw is None else window.limit_kw
        room = 250 - kw[window.start_min // 15 : window.end_min // 15].max()
        above = limit > 0 and 14 * limit > room + 1e-3
        assert above == ((window.start_min, window.end_min) in listed)
        if window.colour == "green":
            assert not above
