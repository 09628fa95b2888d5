"""Places set by hand in a project: refused by the rules, kept by the solver, told in the files."""

import io
from collections.abc import Callable

import geopandas as gpd
import openpyxl
import pytest
import shapely

from app.core.by_hand import Added, Moved
from app.core.demand.result import Demand
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting import edits
from app.core.siting.plan import Plan
from app.exports import EXPORTS
from app.services import by_hand, results
from app.services.estimate import estimate
from app.services.plan import plan_project
from app.services.plan_report import plan_report
from app.services.projects import load_project
from app.services.recommend import Prepared, places_of

SCENARIO = Scenario(budget_eur=500_000)
DAY = "2027-01-15"
WHY = "asked for by the school"


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


@pytest.fixture(scope="module")
def demand(town: Project) -> Demand:
    return estimate(town, SCENARIO)


@pytest.fixture(scope="module")
def plan(town: Project) -> Plan:
    return plan_project(town, SCENARIO)


@pytest.fixture(scope="module")
def places(town: Project, demand: Demand) -> Callable[[Scenario], Prepared]:
    return lambda asked: places_of(town, demand, asked)


@pytest.fixture(scope="module")
def spot(plan: Plan) -> Added:
    """A place beside the best one, far enough for a name of its own."""
    first = plan.firm.iloc[0]
    return Added("School gate", float(first["x"]) + 20.0, float(first["y"]), 4)


def test_a_typed_place_is_degrees_or_metres(town: Project) -> None:
    x, y = 137_000.0, 456_000.0
    assert by_hand.read_spot(town, "137000, 456000") == (x, y)
    lat, lon = by_hand.in_degrees(town, x, y)
    assert by_hand.read_spot(town, f"{lat:.7f} {lon:.7f}") == pytest.approx((x, y), abs=0.1)
    for nonsense in ("", "here", "52.1", "1 2 3"):
        with pytest.raises(InputError, match="is not a place"):
            by_hand.read_spot(town, nonsense)


def test_streets_and_transformers_are_found_by_name(town: Project) -> None:
    code = str(town.layers["grid"].frame["asset_id"].iloc[0])
    found = by_hand.find_spots(town, code.lower())
    assert any(code in title for title, _x, _y in found)
    assert by_hand.find_spots(town, "") == []
    assert len(by_hand.find_spots(town, "a")) <= 50
    assert by_hand.find_spots(town, "no such street") == []


def test_an_added_place_stands_in_the_plan_and_the_rest_is_refilled(
    town: Project, spot: Added, plan: Plan
) -> None:
    after = plan_project(town, edits.add(SCENARIO, spot, WHY))
    row = after.firm.set_index("candidate_id").loc[spot.key]
    assert 1 <= row["points"] <= spot.points
    assert "locked by hand" in row["reasons"]
    assert after.verifier["ok"]
    assert after.totals["cost_eur"] <= SCENARIO.budget_eur
    assert after.totals["points"] >= plan.totals["points"] - spot.points
    assert spot.key not in set(plan.sites["candidate_id"])


def test_hard_rules_hold_for_what_is_added(town: Project, spot: Added) -> None:
    area = gpd.GeoDataFrame(
        {"exclusion_id": ["e"], "reason": ["old trees"]},
        geometry=[shapely.Point(spot.x, spot.y).buffer(9)],
        crs=town.crs,
    )
    guarded = town.with_layer(Layer(area, "exclusions", "test", "CC0", "2026-01-01", town.crs))
    with pytest.raises(InputError, match=f"{spot.key} is locked, but: .*old trees"):
        plan_project(guarded, edits.add(SCENARIO, spot, WHY))
    with pytest.raises(InputError, match="outside every district"):
        plan_project(town, edits.add(SCENARIO, Added("Sea", 0.0, 0.0, 2), WHY))
    with pytest.raises(InputError, match="say why"):
        edits.add(SCENARIO, spot, " ")


def test_a_lock_that_breaks_a_limit_is_refused_with_its_reason(town: Project, spot: Added) -> None:
    poor = edits.add(SCENARIO.but(budget_eur=0), spot, WHY)
    with pytest.raises(InputError, match=r"EUR over the budget; the dearest is"):
        plan_project(town, poor)


def test_todays_points_are_no_new_place(places: Callable[[Scenario], Prepared], plan: Plan) -> None:
    today = plan.existing.iloc[0]
    twin = Added("Twin", today["x"] + 5.0, today["y"], 4)
    asked = edits.add(SCENARIO, twin, WHY, lock=False)
    with pytest.raises(InputError, match="stand within 15 m"):
        by_hand.check_added(places(asked), twin.key)
    with pytest.raises(InputError, match="cannot be moved"):
        places(edits.move(SCENARIO, Moved(today["candidate_id"], 1.0, 2.0), WHY))


def test_a_moved_place_keeps_its_id(places: Callable[[Scenario], Prepared], plan: Plan) -> None:
    first = plan.firm.iloc[0]
    there = Moved(first["candidate_id"], first["x"] + 33.0, first["y"])
    found = places(edits.move(SCENARIO, there, WHY)).places.set_index("candidate_id")
    assert found.loc[there.id, ["x", "y"]].tolist() == [there.x, there.y]
    assert found.loc[there.id, "max_points"] > 0
    with pytest.raises(InputError, match="no candidate gone to be moved"):
        places(edits.move(SCENARIO, Moved("gone", 1.0, 2.0), WHY))


def test_a_lock_outlives_a_place_that_takes_its_candidate_in(town: Project, plan: Plan) -> None:
    first = plan.firm.iloc[0]
    asked = edits.fix(SCENARIO, edits.LOCKED, first["candidate_id"])
    beside = Added("Beside", first["x"] + 3.0, first["y"], 6)
    after = plan_project(town, edits.add(asked, beside, WHY, lock=False))
    assert beside.key in set(after.firm["candidate_id"])
    assert first["candidate_id"] not in set(after.sites["candidate_id"])


def test_every_change_is_told_in_every_file(town: Project, spot: Added, plan: Plan) -> None:
    gone = plan.firm.iloc[1]["candidate_id"]
    asked = edits.fix(edits.add(SCENARIO, spot, WHY), edits.EXCLUDED, gone, "a root")
    after = plan_project(town, asked)
    found = results.plan(town, asked, after, DAY)
    table = found.tables["changes"].set_index(["change", "candidate_id"])
    assert table["reason"].to_dict() == {
        ("added", spot.key): WHY,
        ("locked", spot.key): WHY,
        ("excluded", gone): "a root",
    }
    assert table.loc[("excluded", gone), "x"] == plan.firm.iloc[1]["x"]
    sites = found.main.set_index("candidate_id")
    assert sites.loc[spot.key, ["by_hand", "reason_by_hand"]].tolist() == ["added, locked", WHY]
    assert (sites["by_hand"] != "").sum() == 1
    book = openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"].write(found)))
    assert WHY in {cell.value for row in book["changes"].iter_rows() for cell in row}
    assert WHY.encode() in EXPORTS["csv"].write(found)
    assert WHY.encode() in EXPORTS["gpkg"].write(found)
    assert len(plan_report(town, asked, after)["changes"]) == 3
    assert "changes" not in results.plan(town, SCENARIO, plan, DAY).tables


def test_taking_back_leaves_nothing_behind(spot: Added) -> None:
    asked = edits.add(SCENARIO, spot, WHY)
    moved = edits.move(asked, Moved(spot.key, 1.0, 2.0), "a tree")
    assert edits.take_back(moved, edits.ADDED, spot.key) == SCENARIO
    unlocked = edits.take_back(asked, edits.LOCKED, spot.key)
    assert dict(unlocked.reasons) == {spot.key: WHY}
    assert unlocked.added == asked.added
    swapped = edits.fix(edits.fix(SCENARIO, edits.LOCKED, "a"), edits.EXCLUDED, "a")
    assert (swapped.locked, swapped.excluded) == ((), ("a",))
