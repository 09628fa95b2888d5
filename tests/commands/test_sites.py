"""``kerbwatt sites`` hears every option, or says that it does not."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import typer
from typer.testing import CliRunner, Result

from app.commands.sites import sites
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services import plan as planning
from app.services.plan import plan_project
from app.services.projects import load_project

cli = typer.Typer()
cli.command()(sites)


def _run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def _refusal(*words: object) -> str:
    found = _run(*words)
    assert isinstance(found.exception, InputError), found.exception
    return str(found.exception)


@pytest.fixture
def mine(tmp_path: Path) -> tuple[object, ...]:
    demand, places = tmp_path / "demand.csv", tmp_path / "places.csv"
    demand.write_text("demand_id,x,y,kwh_day\nd,1000,1000,30\n", "utf-8")
    head = "candidate_id,x,y,transformer_id,max_points,cost_fixed_eur,cost_point_eur"
    places.write_text(f"{head}\nc,1010,1000,t,4,3000,2500\n", "utf-8")
    return "--demand", demand, "--candidates", places, "--radius-m", 300, "--seconds", 0


@pytest.mark.parametrize("word", ["nan", "inf", "1e300", "-1"])
def test_a_budget_that_is_no_number_is_refused(word: str) -> None:
    assert "Budget" in _refusal("sampletown", "--budget-eur", word)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--lots", 0), "--lots 0"),
        (("--points", 10**20), "1000000000 at most"),
        (("--seed", 10**30), "--seed"),
        (("--crs", "EPSG:4326"), "does not count in metres"),
        (("--crs", "nowhere"), "no such coordinate system"),
        (("--exclude", "x"), "--exclude x"),
        (("--lock", "c", "--exclude", "c"), "both locked and excluded"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    mine: tuple[object, ...], words: tuple[object, ...], said: str
) -> None:
    assert said in _refusal(*mine, *words)


def test_a_folder_in_place_of_a_file_is_refused_before_the_search(
    mine: tuple[object, ...], tmp_path: Path
) -> None:
    for words in (("sampletown",), mine):
        found = _run(*words, "--out", tmp_path)
        assert "it is a folder" in str(found.exception)
        assert "demands" not in found.stderr


def test_options_of_the_other_use_are_named(mine: tuple[object, ...]) -> None:
    found = _run(*mine, "--year", 2030)
    assert found.exit_code == 0
    assert "note: on a project only: --year" in found.stderr
    assert "--radius-m" not in found.stderr
    refused = _run("sampletown", "--detour", 2, "--year", 1999)
    assert "note: on your own tables only: --detour" in refused.stderr


def test_years_are_read_and_said_of_each_place(tmp_path: Path) -> None:
    out = tmp_path / "plan.gpkg"
    money = ("--budget-eur", 200_000, "--out", out)
    assert _run("sampletown", "--years", "2026,2030", *money).exit_code == 0
    sites = gpd.read_file(out, layer="sites")
    assert set(sites["year"]) <= {2026, 2030}
    assert set(sites["phase"]) <= {1, 2}
    assert "wanted years such as" in _refusal("sampletown", "--years", "soon")
    assert "must rise" in _refusal("sampletown", "--years", "2030,2026")


def test_draws_say_how_stable_ranks_are_and_a_lever_keeps_lots_apart(tmp_path: Path) -> None:
    out, report = tmp_path / "plan.gpkg", tmp_path / "report.json"
    found = _run(
        "sampletown", "--budget-eur", 200_000, "--stability", 3, "--lots-per-dso", "--out", out,
        "--report", report,
    )  # fmt: skip
    assert found.exit_code == 0
    assert "No map says which grid operator" in found.stderr
    assert gpd.read_file(out, layer="sites")["stability"].between(0, 1).all()
    told = json.loads(report.read_text())
    assert told["scenario"]["lots_per_dso"] == "on"
    assert 0 <= told["chosen"][0]["stability_weights"] <= 1


def test_a_plan_the_verifier_refuses_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = plan_project(load_project("sampletown"), Scenario(budget_eur=100_000))
    bad = replace(found, verifier={"ok": False, "value": 0.0, "checks": []})
    monkeypatch.setattr(planning, "plan_project", lambda *_: bad)
    out, report = tmp_path / "plan.gpkg", tmp_path / "report.json"
    told = _run("sampletown", "--out", out, "--report", report)
    assert told.exit_code == 1
    assert not out.exists()
    assert not report.exists()


def test_the_file_of_a_project_holds_its_report(tmp_path: Path) -> None:
    out = tmp_path / "plan.gpkg"
    assert _run("sampletown", "--budget-eur", 100_000, "--points", 10, "--out", out).exit_code == 0
    meta = pyogrio.read_dataframe(out, layer="meta", read_geometry=False)
    row = meta[meta.iloc[:, 0] == "report"]
    told = json.loads(row.iloc[0, 1])
    assert told["schema"] == "kerbwatt.sites/1"
    assert told["verifier"]["ok"]
    assert "seconds" not in told
    both = told["totals"]["points"] + told["totals"]["conditional_points"]
    assert both <= 10


def test_a_list_of_sites_is_held_to_and_told(tmp_path: Path) -> None:
    plain, told = tmp_path / "plain.json", tmp_path / "report.json"
    money = ("--budget-eur", 300_000)
    assert _run("sampletown", *money, "--report", plain).exit_code == 0
    chosen = [each["candidate_id"] for each in json.loads(plain.read_text("utf-8"))["chosen"]]
    listed = tmp_path / "list.csv"
    rows = f"{chosen[0]},dropped,2027-01-15,AB,a root\n{chosen[-1]},decided,2027-01-15,council,\n"
    listed.write_text(f"candidate_id,status,date,who,reason\n{rows}", "utf-8")
    out = tmp_path / "plan.gpkg"
    found = _run("sampletown", *money, "--list", listed, "--report", told, "--out", out)
    assert found.exit_code == 0, found.output
    report = json.loads(told.read_text("utf-8"))
    after = {each["candidate_id"] for each in report["chosen"]}
    assert chosen[-1] in after
    assert chosen[0] not in after
    assert [each["status"] for each in report["site_list"]] == ["dropped", "decided"]
    assert {each["change"] for each in report["changes"]} == {"locked", "excluded"}
    assert set(gpd.list_layers(out)["name"]) >= {"sites", "changes", "site_list"}


def test_a_bad_list_is_refused_row_by_row(tmp_path: Path) -> None:
    listed, out = tmp_path / "list.csv", tmp_path / "plan.gpkg"
    listed.write_text("candidate_id,status,date\nc1,built,2027-01-15\nc2,decided,soon\n", "utf-8")
    said = _refusal("sampletown", "--list", listed, "--out", out)
    assert "list.csv, row 1, column status 'built'" in said
    assert "list.csv, row 2, column date 'soon'" in said
    assert not out.exists()
    assert "No such file" in _refusal("sampletown", "--list", tmp_path / "none.csv")
