"""Counts that know what they count."""

from datetime import date

import pytest

from app.core.demand.definitions import Count, breaks, trend_year
from app.core.errors import InputError


def _count(value: float, day: str, unit: str = "point", scope: str = "public") -> Count:
    return Count(value, unit, scope, date.fromisoformat(day), "register")


def test_posts_are_not_points() -> None:
    with pytest.raises(InputError, match="unit post"):
        _count(10, "2026-06-01", "post") + _count(20, "2026-06-01")


def test_scopes_and_days_do_not_mix_either() -> None:
    with pytest.raises(InputError, match="scope"):
        _count(10, "2026-06-01") + _count(20, "2026-06-01", scope="semi_public")
    with pytest.raises(InputError, match="as_of"):
        _count(10, "2026-06-01") + _count(20, "2026-06-02")
    with pytest.raises(InputError, match="choose from post, point"):
        _count(10, "2026-06-01", "socket")


def test_counts_of_one_kind_add() -> None:
    total = _count(10, "2026-06-01") + Count(5, "point", "public", date(2026, 6, 1), "city")
    assert (total.value, total.source) == (15, "city; register")


def test_two_counts_are_not_a_trend() -> None:
    with pytest.raises(InputError, match="3 days"):
        trend_year([_count(100, "2021-01-01"), _count(200, "2022-01-01")])


def test_no_trend_across_a_change_of_definition() -> None:
    series = [_count(100, "2019-01-01"), _count(90, "2020-06-01"), _count(200, "2021-01-01")]
    assert list(breaks(series)) == [date(2019, 9, 1), date(2020, 1, 1)]
    with pytest.raises(InputError, match="2019-09-01"):
        trend_year(series)
    mixed = [*series[1:], _count(150, "2022-01-01", "post")]
    assert "post" in breaks(mixed)[date(2022, 1, 1)]


def test_a_trend_of_one_series_is_its_slope() -> None:
    series = [_count(100 + 50 * each, f"{2021 + each}-01-01") for each in range(4)]
    assert breaks(series) == {}
    assert trend_year(series) == pytest.approx(50, rel=2e-3)  # years differ by a day
