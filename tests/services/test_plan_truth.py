"""A tender is of its plan: the plan's question, its maps, its verdict, its city."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS, Result
from app.services.plan_report import carrying
from app.services.plan_truth import truth
from app.services.projects import load_project
from app.sources.plan_file import PlanFile, read_plan


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project("sampletown")


@pytest.fixture
def report(project: Project) -> dict[str, Any]:
    return {
        "project": "sampletown",
        "scenario": {"points": 60, "radius_m": 400},
        "verifier": {"ok": True, "checks": [{"name": "budget", "ok": True, "detail": "fine"}]},
        "inputs": {kind: layer.digest for kind, layer in project.layers.items()},
        "chosen": [{"candidate_id": "a", "points": 2}],
        "conditional": [{"candidate_id": "b", "points": 4}],
    }


def _plan(project: Project, report: Mapping[str, Any] | None) -> PlanFile:
    bays = project.layers["parking"].map.geometry.iloc[:2].representative_point()
    rows = {"candidate_id": ["a", "b"], "points": [2, 4]}
    return PlanFile("p.gpkg", gpd.GeoDataFrame(rows, geometry=bays.to_numpy()), report)


def test_the_question_is_the_plans_own(project: Project, report: dict[str, Any]) -> None:
    found = truth(project, _plan(project, report))
    assert found.scenario == Scenario(points=60, radius_m=400)
    assert found.notices == ()
    given = Scenario(points=60, radius_m=400, model="direct", v2g_phase=0)
    assert truth(project, _plan(project, report), given).scenario == given


def test_another_scenario_than_the_plans_is_refused_with_what_differs(
    project: Project, report: dict[str, Any]
) -> None:
    words = "Most new points 70 instead of 60; Walking distance 300 instead of 400"
    with pytest.raises(InputError, match=words):
        truth(project, _plan(project, report), Scenario(points=70))


def test_a_plan_by_hand_is_taken_and_said_to_be_one(project: Project) -> None:
    found = truth(project, _plan(project, None))
    assert found.scenario == Scenario()
    assert "default scenario" in found.notices[0]
    assert truth(project, _plan(project, None), Scenario(points=9)).scenario.points == 9


def test_other_maps_are_refused_unless_accepted_and_then_said(
    project: Project, report: dict[str, Any]
) -> None:
    report["inputs"] |= {"grid": "6" * 64}
    report["inputs"].pop("parking")
    report["inputs"]["places"] = "7" * 64
    plan = _plan(project, report)
    with pytest.raises(InputError, match=r"another grid layer \(digest 666666666666\)"):
        truth(project, plan)
    said = " ".join(truth(project, plan, accept_old_layers=True).notices)
    for words in ("another grid layer", "without the parking layer", "places layer the project no"):
        assert words in said
    assert "districts" not in said
    assert truth(project, plan, accept_old_layers=True).scenario.points == 60


@pytest.mark.parametrize("verdict", [None, {}, {"ok": "yes"}, {"ok": False, "checks": "?"}])
def test_a_plan_without_a_good_verdict_is_refused(
    project: Project, report: dict[str, Any], verdict: object
) -> None:
    with pytest.raises(InputError, match="did not accept it"):
        truth(project, _plan(project, report | {"verifier": verdict}), accept_old_layers=True)


def test_the_verdict_is_quoted(project: Project, report: dict[str, Any]) -> None:
    checks = [{"name": "a", "ok": True, "detail": "fine"}, {"ok": False, "detail": "T1 is over"}]
    report["verifier"] = {"ok": False, "checks": checks}
    with pytest.raises(InputError, match="did not accept it: T1 is over; plan again"):
        truth(project, _plan(project, report))


def test_a_plan_of_another_project_is_refused_by_name(
    project: Project, report: dict[str, Any]
) -> None:
    with pytest.raises(InputError, match="made for project 'utrecht', not for 'sampletown'"):
        truth(project, _plan(project, report | {"project": "utrecht"}))


def test_a_list_that_was_edited_after_planning_says_so(
    project: Project, report: dict[str, Any]
) -> None:
    report["chosen"] = [{"candidate_id": "a", "points": 6}, {"candidate_id": "c", "points": 2}]
    (words,) = truth(project, _plan(project, report)).notices
    assert "at 2 places" in words


@pytest.mark.parametrize("spoil", [{"scenario": {"warp": 9}}, {"scenario": 4}, {"scenario": None}])
def test_a_question_nobody_can_read_is_refused(
    project: Project, report: dict[str, Any], spoil: dict[str, Any]
) -> None:
    with pytest.raises(InputError):
        truth(project, _plan(project, report | spoil))


def test_rows_of_the_report_that_are_nonsense_do_not_break_it(
    project: Project, report: dict[str, Any]
) -> None:
    report |= {"chosen": ["x", {"points": "many"}], "conditional": 3}
    assert truth(project, _plan(project, report)).notices


def test_a_plan_that_carries_its_report_is_read_back_with_it(
    project: Project, report: dict[str, Any], tmp_path: Path
) -> None:
    sites = _plan(project, None).sites.set_crs(project.crs)
    told = carrying(Result("sites", "Plan", {"sites": sites}, {}), report | {"seconds": 9.5})
    path = tmp_path / "p.gpkg"
    path.write_bytes(EXPORTS["gpkg"].write(told))
    found = read_plan(path, most_bytes=10**7, most_rows=10)
    assert found.report == report  # but for its run time: equal plans give equal files
    assert truth(project, found).scenario == Scenario(points=60, radius_m=400)
