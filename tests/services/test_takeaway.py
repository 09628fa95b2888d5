"""What a room takes home: one file, nothing outside it, the same bytes, and no name that runs."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.services.compare import compare, indicators_of
from app.services.plan import plan, stage
from app.services.projects import load_project
from app.services.scenario_files import read_scenario
from app.services.setting import peak_week
from app.services.simulate import headline
from app.services.takeaway import Answers, Beside, take_away

DAY = "2027-01-15"
ASKED = Scenario(v2g_share=0.4, budget_eur=500_000)
EVIL = "</script><img src=http://evil.example onerror=alert(1)>"


class Reader(HTMLParser):
    """Collects addresses, heading levels and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.levels: list[int] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        self.tags.append(tag)
        self.addresses += [str(v) for k, v in attrs if k in {"src", "href", "action", "data"}]
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))


@pytest.fixture(scope="module")
def answers() -> tuple[Project, Answers]:
    town = load_project("sampletown")
    found = stage(town, ASKED)
    usual = headline(found.setting, peak_week(found.setting), "uncontrolled", ASKED)
    plan_of = plan(found.places, ASKED, found.setting, found.answer)
    return town, Answers(found.demand, found.answer, usual, plan_of)


def test_it_stands_alone_and_is_the_same_each_time(answers: tuple[Project, Answers]) -> None:
    town, found = answers
    page = take_away(town, ASKED, found, DAY)
    assert page == take_away(town, ASKED, found, DAY)
    assert len(page) < 1_000_000
    read = Reader()
    read.feed(page.decode())
    assert all(each.startswith("#") for each in read.addresses)
    assert read.levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(read.levels, read.levels[1:], strict=False))
    assert read.tags.count("svg") == 4
    assert "default-src &#x27;none&#x27;" in page.decode()


def test_the_scenario_inside_is_the_scenario(answers: tuple[Project, Answers]) -> None:
    town, found = answers
    inside = re.search(
        r'id="scenario"[^>]*>(.*?)</script>', take_away(town, ASKED, found, DAY).decode(), re.DOTALL
    )
    assert inside is not None
    scenario, notices = read_scenario(inside[1].encode())
    assert scenario == ASKED
    assert not notices
    json.loads(inside[1])


def test_the_figures_are_those_of_the_answer(answers: tuple[Project, Answers]) -> None:
    town, found = answers
    page = take_away(town, ASKED, found, DAY).decode()
    assert found.plan is not None
    for name in found.plan.firm["name"]:
        assert str(name) in page
    assert f"{found.chosen.count('over'):,} of {found.chosen.known:,} transformers" in page


def test_the_public_edition_names_no_transformer(answers: tuple[Project, Answers]) -> None:
    town, found = answers
    names = [str(each) for each in found.chosen.rows["name"]]
    public, internal = (
        take_away(town, ASKED, found, DAY, edition=each).decode() for each in ("public", "internal")
    )
    assert not [name for name in names if f">{name}<" in public]
    assert [name for name in names if f">{name}<" in internal]
    assert "Cost [EUR]" in internal
    assert "Cost [EUR]" not in public


def test_a_hostile_name_stays_text(answers: tuple[Project, Answers]) -> None:
    town, found = answers
    frame = found.demand.districts.assign(name=EVIL)
    marked = replace(found, demand=replace(found.demand, districts=frame))
    rows = compare(*[indicators_of(found.demand, found.chosen)] * 2)
    page = take_away(
        replace(town, name=EVIL), ASKED, marked, DAY, beside=[Beside(EVIL, Scenario(), rows)]
    ).decode()
    assert "<img" not in page
    read = Reader()
    read.feed(page)
    assert read.tags.count("script") == 2
