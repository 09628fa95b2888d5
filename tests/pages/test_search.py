"""The sentence on the sites page grows surer; a better plan stands only when somebody takes it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from app.core.errors import InputError
from app.core.impact import Impact
from app.core.scenario import Scenario
from app.services.jobs import Job, Jobs, Report
from app.services.plan import plan
from app.services.recommend import Prepared
from app.services.search import News, Outcome
from app.services.setting import Setting
from app.ui import search_view

Visit = Callable[..., AppTest]
Read = Callable[[AppTest], str]
GAIN_KWH = 12.0


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the search find what is wanted, at once."""

    def find(*, better: bool) -> None:
        def search(
            places: Prepared, scenario: Scenario, setting: Setting, answer: Impact, report: Report
        ) -> Outcome:
            first = plan(places, scenario, setting, answer)
            news = News(first.value / 0.9999, GAIN_KWH if better else 0.0)
            report(0.5, "Searching", news)
            found = replace(first, value=first.value + GAIN_KWH, notices=("the better one",))
            return Outcome(news, found if better else None)

        monkeypatch.setattr(search_view, "search", search)

    return find


def wait(app: AppTest) -> AppTest:
    """Let the search end, and draw the page again."""
    job: Job[Outcome] = app.session_state["jobs"][search_view.NAME]
    assert job.wait(60)
    assert job.succeeded, job.error
    return app.run()


def captions(app: AppTest) -> str:
    """Read all that is said small."""
    return " ".join(each.value for each in app.caption)


def said(app: AppTest) -> str:
    """Read the sentences of the page."""
    return " ".join(each.value for each in app.markdown)


def test_the_sentence_takes_over_a_lower_bound(
    visit: Visit, headline: Read, searched: Callable[..., None]
) -> None:
    searched(better=False)
    app = wait(visit("sites", city="sampletown"))
    assert "at least 100% of the best possible" in headline(app).replace("100.0%", "100%")
    assert "found no better plan" in captions(app)
    assert not [each for each in app.button if each.key == "use_found"]


def test_a_better_plan_waits_for_a_click_and_can_be_dropped(
    visit: Visit, searched: Callable[..., None]
) -> None:
    searched(better=True)
    app = wait(visit("sites", city="sampletown"))
    assert "12 kWh a day more" in captions(app)
    assert "the better one" not in said(app)
    app.button(key="use_found").click().run()
    assert "comes from a search" in captions(app)
    assert "the better one" in said(app)
    app.button(key="drop_found").click().run()
    assert "12 kWh a day more" in captions(app)


def test_where_too_many_search_the_plan_stands_as_it_is(
    visit: Visit, headline: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_more: object) -> None:
        raise InputError("Many long runs are waiting already.")

    monkeypatch.setattr(Jobs, "submit", full)
    app = visit("sites", city="sampletown")
    assert "of the best possible" in headline(app)
    assert not app.error
    assert "search" not in captions(app).split("The plan above")[0]
