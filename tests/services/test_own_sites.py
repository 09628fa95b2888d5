"""Choosing sites from a person's own tables: the files, the report, every odd case."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import typer

from app.commands.sites_tables import sites_tables
from app.core.errors import InputError
from app.services.own_sites import SitesOptions, SitesPaths, sites_own, write_plan

KEYS = {
    "schema", "status", "objective", "value", "served_kwh_day", "value_share", "bound",
    "bound_method", "gap", "chosen", "rejected", "totals", "constraints", "verifier", "seconds",
    "parameters", "inputs", "version", "seed", "notices", "proof",
}  # fmt: skip
STAGES = {
    "read", "pairs", "collapse", "warmup", "greedy", "allocate", "local", "bound", "proof",
    "verify", "write", "total",
}  # fmt: skip
Tables = dict[str, pd.DataFrame]
Ask = Callable[..., dict[str, Any]]


def tables(seed: int = 0, demands: int = 60, sites: int = 15) -> Tables:
    rng = np.random.default_rng(seed)
    return {
        "demand": pd.DataFrame(
            {
                "demand_id": [f"{at:03d}" for at in range(demands)],
                "x": rng.uniform(1_000, 2_000, demands).round(1),
                "y": rng.uniform(1_000, 2_000, demands).round(1),
                "kwh_day": rng.gamma(2, 4, demands).round(2),
            }
        ),
        "candidates": pd.DataFrame(
            {
                "candidate_id": [f"0{at:02d}" for at in range(sites)],
                "x": rng.uniform(1_000, 2_000, sites).round(1),
                "y": rng.uniform(1_000, 2_000, sites).round(1),
                "transformer_id": rng.choice(["T1", "T2", "T3"], sites),
                "max_points": rng.integers(1, 6, sites),
                "cost_fixed_eur": 1_000,
                "cost_point_eur": 3_500,
            }
        ),
        "limits": pd.DataFrame({"transformer_id": ["T1", "T2"], "headroom_kw": [40.0, 25.0]}),
    }


@pytest.fixture
def paths(tmp_path: Path) -> Callable[..., SitesPaths]:
    def write(given: Tables, *, limits: bool = True) -> SitesPaths:
        for name, frame in given.items():
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
        last = tmp_path / "limits.csv" if limits else None
        return SitesPaths(tmp_path / "demand.csv", tmp_path / "candidates.csv", last)

    return write


@pytest.fixture
def ask(paths: Callable[..., SitesPaths], tmp_path: Path) -> Ask:
    def run(given: Tables, *, limits: bool = True, **options: Any) -> dict[str, Any]:  # noqa: ANN401
        chosen = SitesOptions(**{"radius_m": 300.0, "seconds": 0.0, **options})
        plan = sites_own(paths(given, limits=limits), chosen)
        return write_plan(plan, tmp_path / "plan.gpkg", tmp_path / "report.json")

    return run


def test_the_report_has_every_key_and_the_files_agree(ask: Ask, tmp_path: Path) -> None:
    report = ask(tables(), budget_eur=60_000.0, lots=2, coincidence=0.5)
    assert set(report) == KEYS
    assert set(report["seconds"]) == STAGES
    assert json.loads((tmp_path / "report.json").read_text()) == report
    assert report["schema"] == "kerbwatt.sites/1"
    assert report["verifier"]["ok"]
    assert report["status"] in {"feasible", "proven"}
    assert report["gap"] == pytest.approx((report["bound"] - report["value"]) / report["bound"])
    assert report["totals"]["cost_eur"] <= 60_000
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "plan.gpkg")} == {
        "sites", "rejected", "lots", "meta",
    }  # fmt: skip
    sites = gpd.read_file(tmp_path / "plan.gpkg", layer="sites")
    assert sites["candidate_id"].tolist() == [each["candidate_id"] for each in report["chosen"]]
    assert sites["points"].sum() == report["totals"]["points"]
    lots = gpd.read_file(tmp_path / "plan.gpkg", layer="lots")
    assert lots["sites"].sum() == len(sites)


def test_transformers_keep_their_room_at_full_coincidence(ask: Ask) -> None:
    report = ask(tables())
    used: dict[str, int] = {}
    for each in report["chosen"]:
        used[each["transformer_id"]] = used.get(each["transformer_id"], 0) + each["points"]
    assert used == {"T1": 3, "T2": 2}, "40 and 25 kW carry 3 and 2 points of 11 kW"
    assert any("no credit for smart charging" in notice for notice in report["notices"])
    unknown = [e for e in report["rejected"] if e["binding"][0] == "grid_unknown"]
    frame = tables()["candidates"]
    assert len(unknown) == (frame["transformer_id"] == "T3").sum()


def test_a_lower_coincidence_serves_more(ask: Ask) -> None:
    assert ask(tables(), coincidence=0.35)["value"] > ask(tables())["value"]


def test_without_limits_the_grid_is_unlimited_and_said_so(ask: Ask) -> None:
    report = ask(tables(), limits=False)
    assert any("unlimited" in notice for notice in report["notices"])
    assert report["constraints"]["transformers"] == []
    assert report["value_share"] > 0.8


def test_equal_input_gives_equal_files(ask: Ask, tmp_path: Path) -> None:
    def once() -> tuple[dict[str, Any], bytes]:
        report = ask(tables(), budget_eur=40_000.0)
        return {k: v for k, v in report.items() if k != "seconds"}, (
            tmp_path / "plan.gpkg"
        ).read_bytes()

    assert once() == once()


def test_the_order_of_rows_changes_nothing(ask: Ask) -> None:
    given = tables()
    turned = {name: frame.sample(frac=1, random_state=1) for name, frame in given.items()}
    one, two = (ask(each, budget_eur=40_000.0) for each in (given, turned))
    for key in ("chosen", "rejected", "value", "bound", "totals"):
        assert one[key] == two[key]


def test_existing_points_serve_and_cost_nothing(ask: Ask, tmp_path: Path) -> None:
    given = tables()
    given["candidates"]["existing_points"] = [1] * 5 + [0] * 10
    report = ask(given, points=0)
    assert report["status"] == "empty"
    assert report["value"] > 0
    assert report["totals"]["cost_eur"] == 0
    kept = gpd.read_file(tmp_path / "plan.gpkg", layer="existing")
    assert len(kept) == 5
    assert report["bound"] >= report["value"]


@pytest.mark.parametrize("options", [{"points": 0}, {"budget_eur": 0.0}, {"budget_eur": 4_499.0}])
def test_nothing_to_spend_is_an_empty_plan(ask: Ask, options: dict[str, Any]) -> None:
    report = ask(tables(), **options)
    assert (report["status"], report["value"], report["bound"], report["gap"]) == ("empty", 0, 0, 0)
    assert report["chosen"] == []
    if "budget_eur" in options:
        assert any("cheapest site: 4,500.00 EUR" in notice for notice in report["notices"])


def test_no_room_anywhere_names_the_grid(ask: Ask) -> None:
    given = tables()
    given["limits"] = pd.DataFrame({"transformer_id": ["T1", "T2", "T3"], "headroom_kw": 0.0})
    report = ask(given)
    assert report["bound"] == 0
    assert {each["binding"][0] for each in report["rejected"]} == {"grid_full"}


def test_no_demand_in_reach_and_no_demand_at_all(ask: Ask) -> None:
    given = tables()
    away = {**given, "demand": given["demand"].assign(x=given["demand"]["x"] + 50_000)}
    report = ask(away)
    assert report["status"] == "empty"
    assert report["totals"]["unreachable_kwh_day"] == pytest.approx(
        report["totals"]["demand_kwh_day"]
    )
    none = {**given, "demand": given["demand"].assign(kwh_day=0.0)}
    report = ask(none)
    assert (report["value_share"], report["gap"]) == (0, 0)


def test_a_table_with_a_header_alone_is_an_empty_plan(ask: Ask) -> None:
    given = tables()
    report = ask({**given, "candidates": given["candidates"].iloc[:0]})
    assert report["status"] == "empty"
    assert report["bound"] == 0


def test_one_demand_and_one_candidate(ask: Ask) -> None:
    given = tables(demands=1, sites=1)
    for frame in (given["demand"], given["candidates"]):
        frame[["x", "y"]] = 1_500.0
    given["candidates"]["transformer_id"] = "T1"
    given["demand"]["kwh_day"] = 10.0
    report = ask(given)
    assert report["value"] == report["bound"] == pytest.approx(10.0)
    assert report["status"] == "proven"
    assert "proof_tolerance" not in report  # value and bound meet: no solver was asked


def test_coverage_counts_each_demand_once(ask: Ask) -> None:
    given = tables()
    report = ask(given, limits=False, objective="coverage", points=3)
    assert report["totals"]["points"] == 3
    frame, places = given["demand"], given["candidates"].set_index("candidate_id")
    chosen = places.loc[[each["candidate_id"] for each in report["chosen"]], ["x", "y"]].to_numpy()
    apart = 1.3 * np.linalg.norm(frame[["x", "y"]].to_numpy()[:, None] - chosen[None], axis=2)
    covered = frame["kwh_day"][(apart <= 300).any(axis=1)].sum()
    assert report["value"] == pytest.approx(covered)


def test_locks_by_column_and_option_are_kept(ask: Ask) -> None:
    given = tables()
    given["candidates"]["locked"] = [0] * 14 + [1]
    given["candidates"]["transformer_id"] = "T1"
    report = ask(given, lock=("003",), exclude=("001",), points=3)
    chosen = {each["candidate_id"] for each in report["chosen"]}
    assert {"003", "014"} <= chosen
    assert "001" not in chosen
    refused = {each["candidate_id"]: each["binding"] for each in report["rejected"]}
    assert "excluded" in refused["001"]


def test_spacing_keeps_new_places_apart(ask: Ask) -> None:
    given = tables()
    report = ask(given, limits=False, min_spacing_m=300.0)
    places = given["candidates"].set_index("candidate_id")
    xy = places.loc[[each["candidate_id"] for each in report["chosen"]], ["x", "y"]].to_numpy()
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2) + 1e6 * np.eye(len(xy))
    assert apart.min() >= 300.0
    assert any("spacing" in each["binding"] for each in report["rejected"])


def test_weights_raise_the_value_and_lots_of_the_file_are_kept(ask: Ask) -> None:
    given = tables()
    given["candidates"]["weight"] = 2.0
    given["candidates"]["lot"] = "west"
    given["candidates"]["type"] = "ac22"
    report = ask(given)
    assert report["value"] == pytest.approx(2 * report["served_kwh_day"])
    assert {each["lot"] for each in report["chosen"]} == {"west"}
    assert {each["type"] for each in report["chosen"]} == {"ac22"}


def test_floors_are_reported_by_district(ask: Ask) -> None:
    given = tables()
    given["demand"]["district_id"] = ["north"] * 30 + ["south"] * 30
    report = ask(given, floor=0.3, budget_eur=30_000.0)
    assert {each["district_id"] for each in report["constraints"]["floors"]} == {"north", "south"}
    assert report["verifier"]["ok"]


def test_years_have_their_own_room_and_an_even_part_of_the_money(ask: Ask) -> None:
    """T1 carries one point of 11 kW in 2026 and three from 2030 on; T2 says nothing of 2026."""
    given = tables()
    given["limits"]["headroom_kw_2026"] = [11.0, np.nan]
    given["limits"]["headroom_kw_2030"] = [40.0, 25.0]
    report = ask(given, years=(2026, 2030), budget_eur=60_000.0)
    assert report["verifier"]["ok"]
    assert [each["year"] for each in report["years"]] == [2026, 2030]
    assert all(each["cost_eur"] <= 30_000 for each in report["years"])
    rows = pd.DataFrame(report["chosen"])
    assert set(rows["phase"]) == {1, 2}
    assert (rows["year"] == rows["phase"].map({1: 2026, 2: 2030})).all()
    early = rows.groupby("transformer_id")["points_2026"].sum()
    assert early["T1"] == 1
    assert 1 < rows["points_2030"].sum() == rows["points"].sum() == report["totals"]["points"]
    plain = ask(given, budget_eur=60_000.0)
    assert "years" not in plain
    assert set(plain["chosen"][0]) == set(rows.columns) - {"year", "points_2026", "points_2030"}
    assert any("is read where --years names the year" in each for each in plain["notices"])


def test_a_year_without_its_own_room_says_which_room_it_takes(ask: Ask) -> None:
    report = ask(tables(), years=(2026,))
    assert any("no column headroom_kw_2026, so room in 2026 is" in e for e in report["notices"])
    assert report["totals"]["points"] == 5  # 40 and 25 kW at full coincidence


def test_a_lock_one_years_money_cannot_pay_is_refused(ask: Ask) -> None:
    with pytest.raises(InputError, match="with the budget in 3 parts"):
        ask(tables(), years=(2026, 2028, 2030), lock=("000",), budget_eur=9_000.0)


def test_a_proof_says_how_far_the_solver_looked(ask: Ask) -> None:
    report = ask(tables(demands=20, sites=8), budget_eur=30_000.0, prove=30.0)
    assert (report["proof"], report["status"]) == ("proven", "proven")
    assert report["gap"] <= report["proof_tolerance"] == 1e-3
    assert any("within its tolerance of 0.1%" in each for each in report["notices"])


BAD = [
    ("demand", "kwh_day", -1.0, "kwh_day"),
    ("demand", "kwh_day", np.inf, "kwh_day"),
    ("demand", "x", np.nan, "x"),
    ("demand", "demand_id", "001", "demand_id"),
    ("candidates", "max_points", -2, "max_points"),
    ("candidates", "max_points", 1.5, "max_points"),
    ("candidates", "cost_point_eur", -5.0, "cost_point_eur"),
    ("candidates", "candidate_id", "001", "candidate_id"),
    ("limits", "headroom_kw", -3.0, "headroom_kw"),
    ("limits", "headroom_kw", np.nan, "headroom_kw"),
]


@pytest.mark.parametrize(("table", "column", "value", "named"), BAD)
def test_bad_cells_are_refused_with_file_column_and_row(
    table: str, column: str, value: object, named: str, ask: Ask
) -> None:
    given = tables()
    frame = given[table].copy()
    frame[column] = frame[column].astype(object)
    frame.loc[0, column] = value
    given[table] = frame
    with pytest.raises(InputError, match=rf"{table}\.csv, row.*column {named}"):
        ask(given)


@pytest.mark.parametrize(
    ("table", "column"),
    [("demand", "kwh_day"), ("candidates", "transformer_id"), ("limits", "headroom_kw")],
)
def test_missing_columns_are_refused(table: str, column: str, ask: Ask) -> None:
    given = tables()
    given[table] = given[table].drop(columns=column)
    with pytest.raises(InputError, match=f"column {column}.* is missing"):
        ask(given)


def test_degrees_are_refused(ask: Ask) -> None:
    given = tables()
    degrees = {**given, "demand": given["demand"].assign(x=5.1, y=52.1)}
    degrees["candidates"] = given["candidates"].assign(x=130_000.0, y=455_000.0)
    with pytest.raises(InputError, match=r"demand\.csv.*degrees"):
        ask(degrees)
    with pytest.raises(InputError, match="degrees"):
        ask({**degrees, "candidates": given["candidates"].assign(x=5.1, y=52.1)})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lock": ("nowhere",)}, "no such candidate"),
        ({"lock": ("001",), "exclude": ("001",)}, "both locked and excluded"),
        ({"radius_m": 0.0}, "radius-m"),
        ({"radius_m": float("nan")}, "radius-m"),
        ({"coincidence": -1.0}, "coincidence"),
        ({"objective": "most"}, "served or coverage"),
        ({"detour": 0.5}, "straight line"),
        ({"floor": 2.0}, "floor"),
        ({"lots": 99, "points": 2}, "cannot make 99 lots"),
        ({"crs": "EPSG:0"}, "no such coordinate system"),
        ({"years": (2030, 2026)}, "the years must rise"),
        ({"years": (2026,), "prove": 1.0}, "is not proven"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    options: dict[str, Any], words: str, ask: Ask
) -> None:
    with pytest.raises(InputError, match=words):
        ask(tables(), **options)


def test_the_terminal_prints_one_document_and_says_the_rest_aside(
    paths: Callable[..., SitesPaths], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites_tables(
        paths(tables()), SitesOptions(radius_m=300.0, seconds=0.0), as_json=True,
        report=tmp_path / "new" / "report.json",
    )  # fmt: skip
    said = capsys.readouterr()
    assert json.loads(said.out)["schema"] == "kerbwatt.sites/1"
    assert "note:" in said.err
    assert (tmp_path / "new" / "report.json").exists()


def test_a_plan_the_verifier_refuses_exits_with_one(
    paths: Callable[..., SitesPaths], monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.siting.verify import Check, Verdict  # noqa: PLC0415
    from app.services import own_sites  # noqa: PLC0415

    bad = Verdict((Check("V9", ok=False, detail="made up"),), 0.0)
    monkeypatch.setattr(own_sites, "verify", lambda *_: bad)
    with pytest.raises(typer.Exit) as stopped:
        sites_tables(paths(tables()), SitesOptions(radius_m=300.0, seconds=0.0))
    assert stopped.value.exit_code == 1
