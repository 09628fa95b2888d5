"""The money and the award of a tender on screen: what is said, and what is not."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.core.scenario import Scenario
from app.services import award, money
from app.services.award import bids_from, criteria_from, judge

MONEY = """
from app.core.project import Project
from app.services.projects import load_project
from app.ui import state, tender_money
tender_money.show(load_project("sampletown"), state.scenario(), None)
"""
WITH_PLAN = """
import geopandas as gpd
from app.core.scenario import Scenario
from app.services.projects import load_project
from app.services.tender import tender
from app.ui import tender_money
project = load_project("sampletown")
bays = project.layers["parking"].map.iloc[:2]
plan = gpd.GeoDataFrame(
    {"candidate_id": ["a", "b"], "points": [2, 2], "kw": [11.0, 50.0], "lot": ["1", "1"],
     "served_kwh_day": [14.0, 20.0]},
    geometry=bays.geometry.representative_point().to_numpy(), crs=project.crs)
asked = Scenario(model="licence")
tender_money.show(project, asked, tender(project, plan, asked, day="2027-01-15"))
"""
AWARD = """
from app.services.projects import load_project
from app.ui import state, tender_award
tender_award.show(load_project("sampletown"), state.scenario(), None)
"""


def run(script: str) -> AppTest:
    app = AppTest.from_string(script, default_timeout=60).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption, *app.error))


def test_the_money_says_who_bears_the_risk_before_anything_else() -> None:
    app = run(MONEY)
    told = [each.value for each in app.markdown]
    assert told[0].startswith("**Concession: the operator bears the risk, with an NPV of € -4,882")
    assert "17.1 kWh a point and day" in told[0]
    assert "From the plan: nothing" in words(app)
    assert "move the money" in words(app)
    assert app.subheader[0].value == "What moves the money most"
    assert "nan" not in words(app).lower()


def test_numbers_of_a_plan_are_used_and_named() -> None:
    app = run(WITH_PLAN)
    assert "**Licence: the operator bears the risk" in words(app)
    assert "8.5 are in use" in words(app)
    assert "From the plan: " in words(app)
    assert "charge points 4" in words(app)
    assert "2 points of the plan are fast chargers" in words(app)


def test_a_price_no_point_can_earn_is_told_and_the_numbers_can_still_be_set() -> None:
    app = AppTest.from_string(MONEY, default_timeout=60)
    app.session_state["scenario"] = Scenario(assumptions=(("cash_kw_point", 0.1),))
    app.run()
    assert not app.exception
    assert "more than the point can deliver" in app.error[0].value
    assert "Numbers behind it" in [each.value for each in app.subheader]


def test_a_model_that_never_pays_is_never_given_a_number() -> None:
    given = money.inputs(Scenario(assumptions=(("cash_energy", 0.6),)))
    found = money.money(given)
    assert all(each.even.kwh_point_day is None for each in found.models.values())
    verdicts = {each.what: each.verdict for each in money.anchors(found)}
    assert "not paid back" in verdicts["Payback of own and operate"]
    assert verdicts["Energy per point and day"] == "within the likely range"
    busy = money.money(money.inputs(Scenario(), (("u", 30.0),)))
    verdicts = {each.what: each.verdict for each in money.anchors(busy)}
    assert "above the likely range" in verdicts["Energy per point and day"]
    assert "shorter than published" in verdicts["Payback of own and operate"]


def test_the_award_shows_the_worked_example_with_its_flips() -> None:
    app = run(AWARD)
    said = words(app)
    assert "**B wins with 0.71; price at 47.8 percent flips to C.**" in said
    assert "price at 47.8 percent (now 40) flips to C" in said
    assert "An example with three bids is shown" in said
    assert "ratio_to_best" not in said


def test_edited_tables_are_read_exactly_and_faults_name_their_row() -> None:
    criteria = pd.DataFrame({"criterion": ["price", "quality", None], "weight": [33.3, 66.7, None]})
    bids = pd.DataFrame({"bid": ["A", "B", None], "price": [0.1, 0.1, None], "quality": [0.7] * 3})
    found = judge(criteria_from(criteria), bids_from(bids))
    assert found.award.winner is None
    assert found.stays_share is None
    assert found.award.first == ("A", "B")
    with pytest.raises(ValueError, match="bids named twice: A"):
        bids_from(bids.assign(bid=["A", "A", None]))
    with pytest.raises(ValueError, match="row 2, column weight"):
        criteria_from(criteria.assign(weight=["50", "many", None]))


def test_the_sweep_starts_at_the_rest_and_ends_at_the_criterion_alone() -> None:
    criteria = criteria_from(pd.DataFrame({"criterion": ["a", "b"], "weight": [40, 60]}))
    found = judge(criteria, {"X": {"a": 1, "b": 0}, "Y": {"a": 0, "b": 1}})  # type: ignore[dict-item]
    shares, totals = award.sweep(found, "a")
    assert (shares[0], shares[-1]) == (0, 100)
    assert (totals["X"][0], totals["X"][-1]) == (0, 1)
    assert award.flips_table(found)["flips_at_percent"].to_list() == [50, 50]
