"""A plan that went back through the engine, and what leaves the house of it."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting import proof
from app.core.siting.plan import Plan
from app.exports import EXPORTS
from app.exports.map_sheet import map_sheet
from app.services import results
from app.services.estimate import estimate
from app.services.plan import plan_project, resimulate
from app.services.plan_report import plan_report
from app.services.projects import load_project
from app.services.prove import prover
from app.services.recommend import Effort, sketch, solve
from app.services.recommend import prepare as find_places
from app.services.room import room
from app.services.setting import peak_week, prepare
from app.services.simulate import headline

SCENARIO = Scenario(budget_eur=1_000_000)
DAY = "2027-01-15"


@pytest.fixture(scope="module")
def town() -> Project:
    """The small bundled town."""
    return load_project("sampletown")


@pytest.fixture(scope="module")
def found(town: Project) -> Plan:
    """A plan for a million."""
    return plan_project(town, SCENARIO)


def test_the_plan_says_what_its_own_simulation_found(town: Project, found: Plan) -> None:
    assert any("Simulated again with the plan's own points" in each for each in found.notices)
    setting = prepare(town, estimate(town, SCENARIO), SCENARIO)
    answer = headline(setting, peak_week(setting), SCENARIO.strategy, SCENARIO)
    points = found.firm.groupby("transformer_id")["points"].sum().to_dict()
    checked = resimulate(setting, points, room(answer), SCENARIO)
    assert len(checked) == found.firm["transformer_id"].nunique()
    assert checked["new"].sum() == found.totals["points"]
    assert not checked["over"].any()


def test_a_sketch_stands_where_the_plan_stands(town: Project) -> None:
    demand = estimate(town, SCENARIO)
    setting = prepare(town, demand, SCENARIO)
    answer = headline(setting, peak_week(setting), SCENARIO.strategy, SCENARIO)
    places = find_places(town, demand, radius_m=SCENARIO.radius_m)
    drawn = sketch(places, SCENARIO, room(answer)).on_transformers
    solved = solve(places, SCENARIO, room(answer)).firm.groupby("transformer_id")["points"].sum()
    assert {key: count for key, count in drawn.items() if count} == solved.to_dict()


def test_more_money_never_serves_less(town: Project, found: Plan) -> None:
    more = plan_project(town, SCENARIO.but(budget_eur=2_000_000))
    assert more.served_kwh_day >= found.served_kwh_day


def test_the_file_reopens_with_the_same_places(town: Project, found: Plan, tmp_path: Path) -> None:
    result = results.plan(town, SCENARIO, found, DAY)
    path = tmp_path / "plan.gpkg"
    path.write_bytes(EXPORTS["gpkg"].write(result))
    read = gpd.read_file(path, layer="sites")
    assert sorted(read["candidate_id"]) == sorted(found.sites["candidate_id"])
    assert read["points"].sum() == found.sites["points"].sum()
    assert result.meta["date"] == DAY
    assert "V2G" in result.meta["scenario"]


def test_the_report_is_plain_data(town: Project, found: Plan) -> None:
    report = plan_report(town, SCENARIO, found)
    again = json.loads(json.dumps(report, allow_nan=False))
    assert again["schema"] == "kerbwatt.sites/1"
    assert len(again["chosen"]) == found.totals["sites"]
    assert again["bound"] >= again["value"]
    assert again["verifier"]["ok"] is True


def test_the_map_sheet_is_a_pdf_of_the_same_plan(town: Project, found: Plan) -> None:
    setting = prepare(town, estimate(town, SCENARIO), SCENARIO)
    answer = headline(setting, peak_week(setting), SCENARIO.strategy, SCENARIO)
    sheet = results.map_sheet(town, SCENARIO, found, answer, DAY)
    assert len(sheet.sites) == len(found.sites)
    assert map_sheet(sheet).startswith(b"%PDF-")


def test_without_a_grid_map_places_are_only_conditional(town: Project) -> None:
    bare = replace(town.without_layer("grid"), slug="bare")
    found = plan_project(bare, SCENARIO)
    assert found.firm.empty
    assert len(found.conditional)
    assert found.totals["points"] == 0


def test_places_that_wait_are_checked_and_keep_to_the_most_points(town: Project) -> None:
    blind = town.without_layer("grid")
    plan = plan_project(blind, Scenario(points=20))
    assert plan.totals["points"] == 0
    assert 0 < plan.conditional["points"].sum() <= 20
    assert plan.verifier["conditional"]["ok"]
    checks = {each["id"]: each for each in plan.verifier["conditional"]["checks"]}
    assert checks["V5"]["detail"].startswith(f"{plan.conditional['points'].sum()} points of 20")


def test_a_made_up_town_claims_no_published_shortage(town: Project) -> None:
    said = results.about(town, SCENARIO, DAY, "districts", "grid")["status"]
    assert said == "Boundaries are schematic, not official. " + results.ILLUSTRATIVE
    assert "published" not in said
    answer = results.about(town, SCENARIO, DAY, "districts")["status"]
    assert answer == results.SCHEMATIC


def test_a_proven_plan_is_at_least_as_good_and_simulated_again(town: Project, found: Plan) -> None:
    proven = plan_project(town, SCENARIO, Effort(prover=prover(60.0)))
    assert proven.proof == "proven"
    report = plan_report(town, SCENARIO, proven)
    assert (report["status"], report["proof_tolerance"]) == ("proven", 1e-3)
    assert any("within its tolerance of 0.1%" in each for each in proven.notices)
    assert found.proof == "not_asked"
    assert found.value - 1e-6 <= proven.value <= proven.bound <= found.bound + 1e-6
    assert proven.gap <= 1.001e-3
    assert proven.verifier["ok"]
    assert any("Simulated again" in each for each in proven.notices)


def test_what_is_too_large_to_prove_keeps_its_bound_and_says_so(
    town: Project, found: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "MOST_ARCS", 10)
    said: list[str] = []
    kept = plan_project(town, SCENARIO, Effort(prover=prover(60.0, said.append)))
    assert kept.proof == "refused"
    assert "pairs of demand and site are too many" in said[0]
    assert kept.value == found.value
