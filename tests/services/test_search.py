"""A search goes on behind the plan that is shown: its news are bounds, its plan is checked."""

from collections.abc import Callable

import numpy as np
import pytest

from app.core.impact import Impact
from app.core.scenario import Scenario
from app.core.siting.bound import bound_at
from app.core.siting.plan import Plan
from app.core.siting.solve import choose, no_deadline, prove
from app.services import plan as planning
from app.services import search as searching
from app.services.jobs import SEARCHES
from app.services.plan import plan, settle, stage
from app.services.projects import load_project
from app.services.recommend import Prepared
from app.services.search import Multipliers, News, search, searcher
from app.services.setting import Setting

SCENARIO = Scenario(budget_eur=600_000)


@pytest.fixture(scope="module")
def asked() -> tuple[Prepared, Setting, Impact]:
    found = stage(load_project("sampletown"), SCENARIO)
    return found.places, found.setting, found.answer


@pytest.fixture(scope="module")
def shown(asked: tuple[Prepared, Setting, Impact]) -> Plan:
    places, setting, answer = asked
    return plan(places, SCENARIO, setting, answer)


def _listen(heard: list[News]) -> Callable[..., None]:
    def report(progress: float, doing: str = "", partial: object = None) -> None:
        assert 0.0 <= progress <= 1.0
        assert doing
        if isinstance(partial, News):
            heard.append(partial)

    return report


def test_news_only_get_better_and_never_pass_what_is_proven(
    asked: tuple[Prepared, Setting, Impact], shown: Plan
) -> None:
    places, setting, answer = asked
    heard: list[News] = []
    found = search(places, SCENARIO, setting, answer, seconds=0.6, report=_listen(heard))
    bounds, gains = [each.bound for each in heard], [each.gain for each in heard]
    assert heard[-1] == found.news
    assert bounds == sorted(bounds, reverse=True)
    assert gains == sorted(gains)
    assert shown.bound >= bounds[0] - 1e-6
    assert bounds[-1] >= shown.value + gains[-1] - 1e-6
    if found.better is None:
        assert gains[-1] == 0.0
    else:
        assert found.better.verifier["ok"]
        assert found.better.value > shown.value
        assert found.better.bound <= shown.bound + 1e-6


def test_what_the_verifier_refuses_is_not_offered(
    asked: tuple[Prepared, Setting, Impact], monkeypatch: pytest.MonkeyPatch
) -> None:
    places, setting, answer = asked
    real = planning.finish

    def finish(*parts: object) -> Plan:
        found = real(*parts)  # type: ignore[arg-type]
        object.__setattr__(found, "proof", "improved")
        object.__setattr__(found, "verifier", {**found.verifier, "ok": False})
        return found

    monkeypatch.setattr(searching, "finish", finish)
    assert search(places, SCENARIO, setting, answer, seconds=0.1).better is None


def test_more_transformers_over_their_limit_are_not_offered(
    asked: tuple[Prepared, Setting, Impact], monkeypatch: pytest.MonkeyPatch
) -> None:
    places, setting, answer = asked
    real_finish, real_checked = planning.finish, planning.resimulate

    def finish(*parts: object) -> Plan:
        found = real_finish(*parts)  # type: ignore[arg-type]
        object.__setattr__(found, "proof", "improved")
        return found

    monkeypatch.setattr(searching, "finish", finish)
    assert search(places, SCENARIO, setting, answer, seconds=0.1).better is not None
    monkeypatch.setattr(
        searching, "resimulate", lambda *parts: real_checked(*parts).assign(over=True)
    )
    assert search(places, SCENARIO, setting, answer, seconds=0.1).better is None


def test_multipliers_of_a_like_question_are_used_only_where_they_help(
    asked: tuple[Prepared, Setting, Impact],
) -> None:
    places, setting, answer = asked
    kept = Multipliers()
    instance = settle(places, SCENARIO, setting, answer).choice.instance
    heard: list[News] = []
    tier = searcher(places, 0, 0.3, report=_listen([]), multipliers=kept, heard=heard.append)
    draft, found = choose(instance)
    solution = prove(instance, draft, found, iterations=1, expired=no_deadline)
    last, _ = tier(instance, solution)
    good = kept.start(instance, solution.prices)
    assert bound_at(instance, good) <= bound_at(instance, solution.prices)
    bad = solution.prices._replace(demand=np.full(solution.prices.demand.size, 50.0))
    kept.keep(bad)
    assert kept.start(instance, last.prices) is last.prices
    for size in range(12):
        kept.keep(bad._replace(floor=np.zeros(100 + size)))
    assert len(kept.kept) == searching.KEPT


def test_a_search_that_is_told_to_stop_stops(
    asked: tuple[Prepared, Setting, Impact],
) -> None:
    places, setting, answer = asked
    job = SEARCHES.submit(
        lambda report: search(places, SCENARIO, setting, answer, seconds=60.0, report=report),
        owner="somebody",
    )
    job.cancel()
    assert job.wait(20.0)
    assert job.cancelled
    SEARCHES.close()
