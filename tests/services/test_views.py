"""Three readers of one plan count the same; none sees what is not theirs."""

import pytest

from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.exports import EXPORTS
from app.services.plan import plan_project
from app.services.projects import load_project
from app.services.simulate import simulate_all
from app.services.views import CITY, CPO, DSO, SUMS, exact, result, room_class, three_views, totals

ASKED = Scenario(budget_eur=500_000)
TOWN = load_project("sampletown")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_project(TOWN, ASKED)


def test_all_three_count_the_same(plan: Plan) -> None:
    found = totals(three_views(TOWN, ASKED, plan))
    for name in SUMS:
        assert found[name].to_numpy() == pytest.approx(found[name].iloc[0])
    assert found["points"].iloc[0] == plan.totals["points"]
    assert found["kwh_year"].iloc[0] == pytest.approx(365 * plan.firm["served_kwh_day"].sum())


def test_each_leaves_out_what_is_not_theirs(plan: Plan) -> None:
    views = three_views(TOWN, ASKED, plan)
    assert not {"room_before_kw", "transformer_id"} & {*views[CITY], *views[CPO]}
    assert not {"cost_eur", "score", "walk_m_p90"} & set(views[DSO])
    assert len(views[CPO]) == len(plan.firm)
    used = views[DSO].set_index("transformer_id")["design_kw"]
    assert (used > 0).all()
    for reader in (CITY, DSO, CPO):
        told = result(TOWN, ASKED, plan, reader, "2027-01-15")
        assert told.meta["left_out"].startswith("Left out")
        assert EXPORTS["xlsx"].write(told) == EXPORTS["xlsx"].write(told)


def with_licence(licence: str) -> Project:
    grid = TOWN.layers["grid"]
    return TOWN.with_layer(
        Layer(grid.frame, "grid", grid.origin, licence, grid.as_of, grid.source_crs)
    )


def test_exact_room_leaves_only_where_the_licence_lets_it(plan: Plan) -> None:
    assert exact(TOWN)
    for licence in ("confidential, open to the city", "unknown", "own", "access on request"):
        closed = with_licence(licence)
        assert not exact(closed)
        table = three_views(closed, ASKED, plan)[DSO]
        assert not {"room_before_kw", "room_after_kw"} & set(table)
        assert set(table["room_after_class"]) <= {
            "none", "below 20 kW", "20 to 100 kW", "above 100 kW", "unknown",
        }  # fmt: skip
    assert not exact(TOWN.without_layer("grid"))
    assert room_class(float("nan")) == "unknown", "unknown is not room"
    assert [room_class(kw) for kw in (0, 5, 20, 20.1, 1e6)] == [
        "none", "below 20 kW", "below 20 kW", "20 to 100 kW", "above 100 kW",
    ]  # fmt: skip


def test_the_hours_of_a_mean_day_add_up_to_the_year(plan: Plan) -> None:
    answer = simulate_all(TOWN, ASKED, "peak_week", strategies=("pause",))["pause"]
    told = result(TOWN, ASKED, plan, DSO, "2027-01-15", answer)
    hours = told.tables["mean_day"].drop(columns="transformer_id").to_numpy()
    assert hours.shape[1] == 24
    assert hours.sum() * 365 == pytest.approx(told.main["kwh_year"].sum())
    assert "mean_day" not in result(TOWN, ASKED, plan, CPO, "2027-01-15", answer).tables
