"""What the page of earlier forecasts says, and what it draws."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.services import backtest, forecast_files
from app.services.backtest import Backtest
from app.services.projects import load_project
from app.ui import backtest_charts, backtest_view


@pytest.fixture(scope="module")
def utrecht() -> Project:
    return load_project("utrecht")


@pytest.fixture(scope="module")
def found(utrecht: Project) -> Backtest:
    return backtest.compare(utrecht, Scenario())


def test_the_sentence_tells_the_halving_and_the_one_count(
    utrecht: Project, found: Backtest
) -> None:
    said = backtest_view.sentence(utrecht, found)
    assert "In 4 years the forecast of Utrecht for 2030 more than halved, from 44% to 20%" in said
    assert "2.5% in 2022, lies below the range" in said
    assert "(10%–14%)" in said


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.22, "halved"), (0.30, "fell"), (0.44, "stayed"), (0.5, "rose"), (0.1, "more than halved")],
)
def test_a_revision_is_named_for_what_it_is(
    utrecht: Project, found: Backtest, value: float, words: str
) -> None:
    first = found.revisions[0]
    other = replace(found, revisions=(replace(first, last=replace(first.last, value=value)),))
    assert f"for 2030 {words}, from" in backtest_view.sentence(utrecht, other)


def test_a_count_of_something_else_is_drawn_hollow(found: Backtest) -> None:
    marks = {each.name: each for each in backtest_charts.picture(found, "points").data if each.name}
    hollow = marks["Counted otherwise, not comparable"]
    assert list(hollow.y) == [3263]
    assert hollow.marker.symbol == "star-open"
    assert "Counted" not in marks
    assert not any(1862 in np.asarray(each.y) for each in marks.values()), "locations are no points"


def test_forecasts_ranges_and_counts_of_the_share_are_drawn(found: Backtest) -> None:
    data = backtest_charts.picture(found, "ev_share").data
    marks = {each.name: list(each.y) for each in data if each.name}
    assert marks["Forecast of 2018"] == [21, 44]
    assert marks["Forecast of 2022"] == [20]
    assert marks["Forecast of 2022 (NL)"] == [5, 50]
    assert marks["Counted"] == [2.53]
    assert sum(each.fill == "tonexty" for each in data) == 3  # of 2018, of 2022 and ours


def test_the_picture_is_said_in_words(found: Backtest) -> None:
    share = backtest_view.alt(found, "ev_share")
    assert "Forecast of 2018: 21% in 2025, 44% in 2030" in share
    assert "Dotted line" not in share
    assert "10,000 in 2030 (at least)" in backtest_view.alt(found, "points")
    assert "Dotted line at 2020-01-01" in backtest_view.alt(found, "points")


def test_every_day_has_a_look_of_its_own_in_both_pictures(utrecht: Project) -> None:
    own = forecast_files.read_own(forecast_files.template(), file="own.csv", project=utrecht)
    looks = backtest_charts.looks(backtest.compare(utrecht, Scenario(), own))
    assert len(set(looks.values())) == len(looks) == 4
