"""The price of a clause: the same week, the same cars, one clause less."""

import numpy as np
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.clause_price import IDLE, NO_LEVER, NOT_YET, PRICED, RULES, baseline, drop
from app.services import clause_price
from app.services.clause_price import Prices, prices
from app.services.open_project import open_project
from app.services.parameters import load_parameters
from app.services.tender import library

LEVERS = {each.id: each.lever for each in library()}
WITH_LEVER = [clause for clause, lever in LEVERS.items() if lever]


@pytest.fixture(scope="module")
def city() -> Project:
    return open_project("sampletown")


@pytest.fixture(scope="module")
def found(city: Project) -> Prices:
    return prices(city, Scenario(strategy="traffic_light"), [*WITH_LEVER, "PAY-06"])


def test_a_clause_without_a_lever_changes_nothing_and_is_never_zero(found: Prices) -> None:
    row = found.table.set_index("clause").loc["PAY-06"]
    assert row["status"] == NO_LEVER
    assert row["words"] == "no effect on load; see text"
    assert row[["window_mw", "peak_mw", "fit", "late_percent", "eur_year"]].isna().all()


def test_every_lever_of_the_library_has_an_answer(found: Prices) -> None:
    assert set(found.table["clause"]) == {*WITH_LEVER, "PAY-06"}
    assert set(RULES) <= set(WITH_LEVER)
    for each in found.rows:
        assert (each.status == PRICED) == bool(each.deltas)
        assert each.status != NOT_YET or each.why in each.words


def test_dropping_the_calendar_is_a_run_without_contract(city: Project) -> None:
    asked = Scenario(strategy="traffic_light").only(*clause_price.ASKS)
    run = baseline(clause_price.run_of(asked), frozenset(LEVERS))
    bare = drop("SMC-04", LEVERS["SMC-04"], run, load_parameters()).run
    assert bare is not None
    week = clause_price.week_of(city, asked.only(*clause_price.OF_WEEK))
    chosen = clause_price.options(asked)
    one, other = (
        clause_price.ran(week.setting, week.days, strategy, chosen, each)
        for strategy, each in ((bare.strategy, bare), ("uncontrolled", run))
    )
    assert np.array_equal(one.load_kw, other.load_kw)
    assert not np.array_equal(
        one.load_kw, clause_price.ran(week.setting, week.days, run.strategy, chosen, run).load_kw
    )


@pytest.mark.parametrize("strategy", ["pause", "v2g", "traffic_light", "staggered"])
def test_points_that_fit_never_rise_without_pauses(city: Project, strategy: str) -> None:
    (only,) = prices(city, Scenario(strategy=strategy), ["TEC-07"]).rows
    assert only.deltas["fit"] is not None
    assert only.deltas["fit"] <= 0


def test_single_prices_do_not_add_up_and_both_are_said(found: Prices) -> None:
    assert found.summed["peak_mw"] != pytest.approx(found.together["peak_mw"])
    assert found.together["peak_mw"] is not None


def test_a_lever_the_scenario_does_not_use_says_so(city: Project) -> None:
    by_id = {each.clause: each for each in prices(city, Scenario(strategy="pause"), LEVERS).rows}
    for clause in ("SMC-04", "SMC-08", "V2G-02", "SMC-03"):
        assert by_id[clause].status == IDLE
        assert not by_id[clause].deltas
    assert by_id["SMC-01"].status == PRICED


def test_each_scenario_and_clause_is_run_once(
    city: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Scenario(strategy="staggered", seed=3)
    first = prices(city, asked, ["SMC-05", "TEC-07"])

    def no_more(*_: object, **__: object) -> None:
        pytest.fail("the week was run again")

    monkeypatch.setattr(clause_price, "run_rows", no_more)
    again = prices(city, asked.but(lots=3), ["SMC-05", "TEC-07"])
    assert again.table.equals(first.table)


def test_progress_is_told_and_may_stop_the_run(city: Project) -> None:
    seen: list[str] = []

    def report(progress: float, doing: str = "", partial: object = None) -> None:
        del partial
        assert 0 <= progress <= 1
        seen.append(doing)

    prices(city, Scenario(strategy="pause"), ["TEC-07"], report=report)
    assert "Dropping TEC-07" in seen
