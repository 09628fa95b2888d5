"""Three readers of one plan count the same; none sees what is not theirs."""

import pytest

from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.exports import EXPORTS
from app.services.plan import plan_project
from app.services.projects import load_project
from app.services.views import CITY, CPO, DSO, SUMS, result, three_views, totals

ASKED = Scenario(budget_eur=500_000)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_project(load_project("sampletown"), ASKED)


def test_all_three_count_the_same(plan: Plan) -> None:
    found = totals(three_views(ASKED, plan))
    for name in SUMS:
        assert found[name].to_numpy() == pytest.approx(found[name].iloc[0])
    assert found["points"].iloc[0] == plan.totals["points"]
    assert found["kwh_year"].iloc[0] == pytest.approx(365 * plan.firm["served_kwh_day"].sum())


def test_each_leaves_out_what_is_not_theirs(plan: Plan) -> None:
    views = three_views(ASKED, plan)
    assert not {"room_before_kw", "transformer_id"} & {*views[CITY], *views[CPO]}
    assert not {"cost_eur", "score", "walk_m_p90"} & set(views[DSO])
    assert len(views[CPO]) == len(plan.firm)
    used = views[DSO].set_index("transformer_id")["design_kw"]
    assert (used > 0).all()
    for reader in (CITY, DSO, CPO):
        told = result(load_project("sampletown"), ASKED, plan, reader, "2027-01-15")
        assert told.meta["left_out"].startswith("Left out")
        assert EXPORTS["xlsx"].write(told) == EXPORTS["xlsx"].write(told)
