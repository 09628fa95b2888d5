"""The city, the grid operator and the operator see one plan: other columns, the same sums."""

from dataclasses import replace

import numpy as np
import pytest

from app.core.impact import Impact
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.exports import EXPORTS
from app.services.plan import plan as choose
from app.services.plan import stage
from app.services.projects import load_project
from app.services.three_views import TOTALS, exact, room_class, shape, three_views

Asked = tuple[Project, Plan, Impact]


@pytest.fixture(scope="module")
def asked() -> Asked:
    town = load_project("sampletown")
    ready = stage(town, Scenario())
    return town, choose(ready.places, Scenario(), ready.setting, ready.answer), ready.answer


def with_licence(town: Project, licence: str) -> Project:
    grid = town.layers["grid"]
    layer = Layer(grid.frame, "grid", grid.origin, licence, grid.as_of, grid.source_crs)
    return town.with_layer(layer)


def test_points_power_and_energy_add_up_alike(asked: Asked) -> None:
    town, plan, answer = asked
    found = three_views(town, Scenario(), plan, answer, "2026-01-01")
    assert list(found) == ["city", "dso", "cpo"]
    sums = {key: [view.main[name].sum() for name in TOTALS] for key, view in found.items()}
    for values in sums.values():
        np.testing.assert_allclose(values, sums["city"], rtol=1e-12)
    assert sums["city"][1] == plan.totals["points"]
    assert len(plan.conditional), "some places wait, and are in no total"
    assert sums["city"][0] == len(plan.firm)
    hours = found["dso"].tables["mean_day"].drop(columns="transformer_id").to_numpy()
    assert hours.sum() * 365 == pytest.approx(sums["dso"][3])
    assert shape(answer).sum() == pytest.approx(1)


def test_each_view_says_what_it_leaves_out_and_leaves_it_out(asked: Asked) -> None:
    found = three_views(asked[0], Scenario(), asked[1], asked[2], "2026-01-01")
    assert len({view.meta["left_out"] for view in found.values()}) == 3
    columns = {
        key: {str(name) for table in view.tables.values() for name in table}
        for key, view in found.items()
    }
    assert not columns["dso"] & {"cost_eur", "score", "owner", "name"}
    assert not any("room" in name or "score" in name for name in columns["cpo"])
    assert not any("transformer" in name for name in columns["city"])
    for view in found.values():
        for key in ("xlsx", "csv"):
            assert EXPORTS[key].write(view)


def test_exact_room_leaves_only_where_the_licence_lets_it(asked: Asked) -> None:
    town, plan, answer = asked
    assert exact(town)
    for licence in ("confidential, open to the city", "unknown", "own", "access on request"):
        closed = with_licence(town, licence)
        assert not exact(closed)
        table = three_views(closed, Scenario(), plan, answer, "2026-01-01")["dso"].main
        assert not {"room_before_kw", "room_after_kw"} & set(table)
        assert set(table["room_after_class"]) <= {
            "none", "below 20 kW", "20 to 100 kW", "above 100 kW", "unknown",
        }  # fmt: skip
    assert not exact(replace(town, layers={}))
    assert room_class(float("nan")) == "unknown", "unknown is not room"
    assert [room_class(kw) for kw in (0, 5, 20, 20.1, 1e6)] == [
        "none", "below 20 kW", "below 20 kW", "20 to 100 kW", "above 100 kW",
    ]  # fmt: skip


def test_an_empty_plan_has_empty_views(asked: Asked) -> None:
    town, plan, answer = asked
    nothing = replace(plan, sites=plan.sites.iloc[:0])
    found = three_views(town, Scenario(), nothing, answer, "2026-01-01")
    for view in found.values():
        assert view.tables["totals"]["value"].tolist() == [0.0] * len(TOTALS)
