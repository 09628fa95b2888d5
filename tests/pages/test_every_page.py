"""Every page opens, for every city, and says something with a number or what is missing."""

import re
from collections.abc import Callable, Mapping

import pytest
from streamlit.testing.v1 import AppTest

from app.paths import PAGES

NAMES = sorted(path.stem for path in PAGES.glob("*.py"))
POOR = (
    "no grid",
    "no parking",
    "no chargers",
    "one district",
    "unknown capacity",
    "districts alone",
    "nothing",
)


Read = Callable[[AppTest], str]


def check(app: AppTest, where: str) -> None:
    """No exception and one title."""
    assert not app.exception, f"{where}: {[each.message for each in app.exception]}"
    assert len(app.title) == 1, where


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("city", ["utrecht", "sampletown"])
def test_opens_with_one_title_and_a_headline_with_a_number(
    visit: Callable[..., AppTest], headline: Read, city: str, name: str
) -> None:
    app = visit(name, city=city)
    check(app, name)
    assert not app.error, [each.value for each in app.error]
    assert re.search(r"\d", headline(app)), headline(app)


@pytest.mark.parametrize("words", POOR)
def test_every_page_stands_what_is_missing(
    visit: Callable[..., AppTest],
    go: Callable[[AppTest, str], AppTest],
    headline: Read,
    poor_cities: Mapping[str, str],
    words: str,
) -> None:
    app = visit(NAMES[0], city=poor_cities[words])
    for name in NAMES:
        check(go(app, name), f"{name} with {words}")
        said = headline(app)
        assert re.search(r"\d", said) or "Data page" in said or "first" in said, (name, said)


def test_an_empty_city_is_told_what_to_load_and_where(
    visit: Callable[..., AppTest],
    go: Callable[[AppTest, str], AppTest],
    headline: Read,
    poor_cities: Mapping[str, str],
) -> None:
    app = visit("demand", city=poor_cities["nothing"])
    for name in set(NAMES) - {"assumptions", "data", "own_sessions", "practices", "course"}:
        said = headline(go(app, name))
        assert "districts" in said, (name, said)
        assert "Data page" in said, (name, said)
