"""What the calendar's picture says in words."""

import pytest

from app.core.engine.contract import Contract, Window
from app.ui import calendar_charts

EVENING = Contract(
    "e",
    "",
    (
        Window(0, 960, "green", months=(1, 2, 11), day_types=("workday",)),
        Window(960, 1440, "amber", 4.14, months=(1, 2, 11), day_types=("workday",)),
    ),
    "",
    "C",
)


@pytest.mark.parametrize(
    ("some", "words"),
    [((1, 2, 3, 11), "Jan–Mar, Nov"), ((5,), "May"), (tuple(range(1, 13)), "all year")],
)
def test_months_are_written_in_ranges(some: tuple[int, ...], words: str) -> None:
    assert calendar_charts.months(some) == words


def test_the_picture_has_a_word_for_every_colour_and_an_alternative_text() -> None:
    figure = calendar_charts.bands(EVENING, "workday")
    assert [bar.name for bar in figure.data] == ["green", "amber"]
    assert [bar.text[0] for bar in figure.data] == ["green", "amber"]
    assert calendar_charts.in_words(EVENING) == (
        "Jan–Feb, Nov · workday: amber 16:00–24:00 4.14 kW"
    )
    assert not calendar_charts.bands(EVENING, "sunday").data


def test_a_green_calendar_says_that_nobody_waits() -> None:
    green = Contract("g", "", (Window(0, 1440, "green"),), "", "C")
    assert "nobody is asked to wait" in calendar_charts.in_words(green)
