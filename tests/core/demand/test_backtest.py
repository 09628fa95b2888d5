"""Ranges of earlier days: from their own day's figures, and judged by what agrees."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.special import expit, logit

from app.core.demand import adoption, backtest
from app.core.demand.backtest import ABOVE, BELOW, INSIDE, Range, Verdict
from app.core.demand.forecasts import QUANTITIES, Row

WIDTH = 0.05


def row(made_on: str, year: int, value: float, quantity: str = "ev_share", **more: object) -> Row:
    about = QUANTITIES[quantity]
    scope = "public" if about.family == "charging" else ""
    usual = Row(
        made_on=made_on, for_year=year, quantity=quantity, low=None, value=value, high=None,
        source="plan", unit=about.unit, scope=scope, observed=False, place="here", mark="", note="",
    )  # fmt: skip
    return replace(usual, **more)  # type: ignore[arg-type]


def count(made_on: str, value: float, quantity: str = "ev_share", **more: object) -> Row:
    return row(made_on, int(made_on[:4]), value, quantity, observed=True, **more)


PLAN = (row("2018", 2025, 0.21), row("2018", 2030, 0.44))
LATER = (row("2022", 2030, 0.20), count("2022-01-01", 0.0253))


def drawn(*rows: Row) -> Range:
    return backtest.ranges(rows, "here", WIDTH)[0]


def test_the_range_of_2018_worked_by_hand() -> None:
    # logit .21 = -1.32493, logit .44 = -0.24116: 0.216754 a year
    # 2022, three years before 2025: -1.32493 - 3 x 0.216754 = -1.97519, share 0.12183
    # four years ahead: -1.97519 -+ 4 x 0.05 = -2.17519 and -1.77519, shares 0.10200 and 0.14490
    assert drawn(*PLAN).at(2022)[:, 0] == pytest.approx([0.10200, 0.12183, 0.14490], abs=1e-5)


def test_the_range_of_a_day_knows_nothing_of_later_days() -> None:
    before = drawn(*PLAN, *LATER)
    years = np.arange(2018, 2031)
    for poison in (0.9, 1e-6):
        rows = [replace(each, value=poison, low=poison, high=poison) for each in LATER]
        after = drawn(*PLAN, *rows)
        assert (after.at(years) == before.at(years)).all()
        assert (after.years == before.years).all()
    early = replace(LATER[1], made_on="2018-06-01", for_year=2018)
    assert (drawn(*PLAN, early).at(years) != before.at(years)).any(), "the door is not just shut"


def test_a_day_shuts_the_door_to_the_rest_of_its_year() -> None:
    plan = [replace(each, made_on="2018-03-01") for each in PLAN]
    assert len(drawn(*plan, count("2018-02-01", 0.01)).years) == 3
    assert len(drawn(*plan, count("2018-11-01", 0.01)).years) == 2
    assert len(drawn(*plan, count("2018", 0.01)).years) == 2, "a year without a day may be later"


def test_a_count_of_its_day_begins_the_line() -> None:
    found = drawn(*LATER)
    assert found.at(2022)[:, 0] == pytest.approx([0.0253] * 3)
    middle = adoption.path(2026, [(2022, np.array([0.0253])), (2030, np.array([0.20]))])
    assert found.at(2026)[1, 0] == pytest.approx(middle[0]), "the path of the demand model"
    edges = expit(logit(0.20) + np.array([-8, 8]) * WIDTH)
    assert found.at(2030)[[0, 2], 0] == pytest.approx(edges)


def test_a_published_range_is_taken_as_it_is() -> None:
    told = [replace(each, low=each.value - 0.01, high=each.value + 0.2) for each in PLAN]
    assert drawn(*told).at(2030)[:, 0] == pytest.approx([0.43, 0.44, 0.64])


def test_counts_run_straight_in_logarithm() -> None:
    found = drawn(row("2018", 2020, 1600, "points"), row("2018", 2024, 6400, "points"))
    assert found.at(2022)[1, 0] == pytest.approx(3200)
    assert found.at(2018)[:, 0] == pytest.approx([800] * 3), "no width on the day itself"


def test_no_range_outside_the_forecast_and_none_from_one_figure() -> None:
    found = drawn(*PLAN)
    assert np.isnan(found.at([2017.9, 2030.1])).all()
    assert not np.isnan(found.at([2018, 2030])).any()
    assert backtest.ranges(PLAN[:1], "here", WIDTH) == []
    assert backtest.ranges(PLAN, "elsewhere", WIDTH) == []


def test_low_is_below_high_and_the_range_widens() -> None:
    years = np.arange(2018, 2031)
    low, middle, high = drawn(*PLAN).at(years)
    assert (low <= middle).all()
    assert (middle <= high).all()
    wide = logit(high) - logit(low)
    assert (np.diff(wide) > 0).all()


def test_four_years_halved_the_forecast() -> None:
    (found,) = backtest.revisions([*PLAN, *LATER], "here")
    assert (found.first.value, found.last.value, found.years) == (0.44, 0.20, 4)
    assert found.ratio == pytest.approx(0.4545, abs=1e-4)


def test_own_and_foreign_forecasts_revise_nobody() -> None:
    own, foreign = replace(LATER[0], own=True), replace(LATER[0], place="nl")
    assert backtest.revisions([*PLAN, own, foreign], "here") == []


def judge(*rows: Row) -> list[Verdict]:
    every = [*PLAN, *rows]
    return backtest.verdicts(drawn(*every), every)


def test_later_counts_are_told_and_counted() -> None:
    # of 2022: 10.2 to 14.5 %; of 2025: 15.8 to 27.4 %; of 2030: 30.1 to 58.9 %
    counted = [count("2022", 0.0253), count("2025", 0.21), count("2030", 0.30), count("2026", 0.34)]
    found = judge(*counted)
    assert [each.place for each in found] == [BELOW, INSIDE, BELOW, ABOVE]
    assert backtest.coverage(found) == (1, 4)
    assert backtest.coverage([]) == (0, 0)


def test_the_edge_of_a_range_is_inside() -> None:
    assert backtest.against(0.1, 0.1, 0.2) == INSIDE
    assert backtest.against(0.2, 0.1, 0.2) == INSIDE


def test_what_was_known_that_day_is_no_later_count() -> None:
    assert judge(count("2018-12-31", 0.01)) == []
    assert judge(count("2017", 0.01)) == []
    assert judge(count("2022", 0.02, place="elsewhere")) == []


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (count("2022", 1862, "locations"), "locations are not points"),
        (count("2022", 900, "posts"), "posts are not points"),
        (count("2022", 3263, "points", scope="public+semi_public"), "public and semi-public"),
        (count("2022", 3800, "points_expected"), "another quantity"),
        (count("2031", 9000, "points"), "outside the years"),
    ],
)
def test_what_counts_something_else_is_refused_with_its_reason(fact: Row, reason: str) -> None:
    plan = [row("2018", 2020, 1600, "points"), row("2018", 2030, 10_000, "points")]
    (found,) = backtest.verdicts(drawn(*plan), [*plan, fact])
    assert found.place == ""
    assert reason in found.reason
    assert np.isnan(found.low), "no range beside what it cannot judge"
    assert backtest.coverage([found]) == (0, 0)


def test_cars_and_their_share_are_judged_once() -> None:
    assert judge(count("2022", 2742, "ev")) == []


def test_a_count_of_another_scope_begins_no_line() -> None:
    plan = [row("2022", 2025, 4600, "points"), row("2022", 2030, 7200, "points")]
    wider = count("2021-12-31", 3263, "points", scope="public+semi_public")
    assert list(drawn(*plan, wider).years) == [2025, 2030]


def test_breaks_lie_between_counts_of_charging_only() -> None:
    points = [row("2018", 2020, 1600, "points"), count("2021-12-31", 3263, "points")]
    assert set(backtest.breaks(points)) == {date(2019, 9, 1), date(2020, 1, 1)}
    assert backtest.breaks([*PLAN, *LATER]) == {}
    assert backtest.breaks(points[1:]) == {}
