"""The worked examples, as they would be typed in a terminal."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli

WEDGE = "wedge --gap-mw 250 --measure smart=90 --measure pause=60 --measure v2g=7.7"
LOW = "low-power --headroom-kw 50 --need-kwh 9 --coincidence 1"
SWAP = "swap --packs 10 --pack-kwh 60 --charge-kw 40 --grid-kw 300 --efficiency 1"
FLEX = "flex --available-p10-mw 2 --hours 500 --price-low 20 --price-mid 50 --price-high 120"
RELIEF = "relief --load-kw 10 --cars 20 --usable-kwh 30 --efficiency 0.9"
HALF = (
    "relief --cars 20 --present 0.5 --battery-kwh 60 --soc-start 0.70 --soc-reserve 0.20"
    " --efficiency 0.9 --load-kw 15"
)
DEPOT = (
    "depot --buses 60 --kwh-per-bus 250 --window-h 6 --headroom-kw 1500 --efficiency 0.95"
    " --charger-kw 50"
)
USERS = (
    "acceptance --points 100 --kw 11 --participation 0.6 --opt-out 0.1 --usable-kwh 30"
    " --battery-kwh 60"
)
SHARE = "parking-share --share 0.10"
LEAD = "lead-time --tender-weeks 40 --permit-weeks 20 --build-weeks 6"
BUILDING = "building --load-kw 60 --hours 4 --connection-kw 50 --battery-kw 20 --efficiency 1"
BUDGET = "budget --budget-eur 100000 --unit-eur 3500"
AFIR = "afir --bev 10000 --phev 5000"
EPBD = "epbd --kind"
SURE = (3.7, 11.0, 22.0)

WORKED: list[tuple[str, dict[str, Any]]] = [
    (
        WEDGE,
        {
            "gap_mw": 250.0,
            "measures": [
                {"name": "smart", "mw": 90.0, "left_mw": 160.0},
                {"name": "pause", "mw": 60.0, "left_mw": 100.0},
                {"name": "v2g", "mw": 7.7, "left_mw": 92.3},
            ],
            "residual_mw": 92.3,
            "surplus_mw": 0.0,
        },
    ),
    ("wedge --gap-mw 100 --measure a=90 --measure b=60", {"residual_mw": 0.0, "surplus_mw": 50.0}),
    (
        "v2g-fleet --points 700 --kw 11 --present 1 --gap-mw 250 --total-points 4000",
        {"mw": 7.7, "share_of_points": 0.175, "share_of_gap": 0.0308, "points_for_gap": 22728},
    ),
    (
        f"{LOW} --dwell-h 10",
        {
            "options": [
                {"kw": kw, "points": points, "served_share": 1.0}
                for kw, points in zip(SURE, (13, 4, 2), strict=True)
            ]
        },
    ),
    (
        f"{LOW} --dwell-h 2",
        {
            "options": [
                {"kw": kw, "points": points, "served_share": share}
                for kw, points, share in zip(SURE, (13, 4, 2), (0.8222, 1.0, 1.0), strict=True)
            ],
            "marks": ["leaves cars short", "", ""],
        },
    ),
    (SWAP, {"sustainable_swaps_per_h": 5.0, "limited_by": "grid"}),
    (FLEX, {"offered_mw": 2.0, "eur_year": {"low": 20000.0, "mid": 50000.0, "high": 120000.0}}),
    (RELIEF, {"hours": 54.0, "energy_kwh": 540.0, "available_kw": 180.0, "status": "ok"}),
    (HALF, {"hours": 18.0, "status": "ok"}),
    (
        f"{RELIEF} --charger-kw 0.5",  # 20 cars x 0.5 kW x 0.9 = 9 kW for 10 kW
        {"hours": 0.0, "status": "power_limited", "cars_needed": 23},
    ),
    ("relief --load-kw 10 --cars 0", {"hours": 0.0, "status": "no_cars"}),
    ("relief --load-kw 0 --cars 20", {"status": "not_applicable"}),
    (
        DEPOT,
        {
            "electric_buses": 34,
            "share": 0.5667,
            "missing_kw_for_all": 1131.6,
            "limited_by": "grid",
            "rest": {"biogas": 26, "hydrogen": 0},
        },
    ),
    (f"{DEPOT} --rest biogas=0.7,hydrogen=0.3", {"rest": {"biogas": 18, "hydrogen": 8}}),
    (f"{DEPOT} --charger-kw 40", {"electric_buses": 0, "limited_by": "charger"}),
    (f"{USERS} --min-soc 0.3", {"kw": 594.0, "kwh": 1620.0}),
    (f"{USERS} --min-soc 1", {"kw": 0.0, "kwh": 0.0}),
    (f"{USERS} --min-soc 0.3 --participation 0", {"kw": 0.0, "kwh": 0.0}),
    (
        f"{SHARE} --spaces 99 --rounding ceil",
        {"status": "gap", "required": 10, "existing": 0, "missing": 10},
    ),
    (f"{SHARE} --spaces 99 --rounding floor", {"required": 9}),
    (f"{SHARE} --spaces 95 --rounding round", {"required": 10}),  # 9.5, half up
    (f"{SHARE} --spaces 99 --existing 10", {"status": "pass", "missing": 0}),
    (
        f"{SHARE} --spaces 0",
        {"status": "not_applicable", "required": 0, "existing": 0, "missing": 0},
    ),
    (
        f"{SHARE} --spaces 99 --kw 11 --headroom-kw 60",
        {"kw_needed": 110.0, "fits_headroom": False},
    ),
    (f"{SHARE} --spaces 230 --existing 9", {"required": 23, "missing": 14}),
    ("parking-share --share 0.07 --spaces 100", {"required": 7}),
    ("parking-share --share 0.29 --spaces 100 --rounding floor", {"required": 29}),
    (f"{SHARE} --spaces 19 --min-spaces 20", {"status": "not_applicable"}),
    (f"{LEAD} --grid-weeks 52", {"weeks": 98, "critical_path": ["tender", "grid", "build"]}),
    (f"{LEAD} --grid-weeks 20", {"critical_path": ["tender", "permit", "grid", "build"]}),
    (
        f"{BUILDING} --battery-kwh 40",
        {"over_connection_kwh": 40.0, "unserved_kwh": 0.0, "peak_grid_kw": 50.0},
    ),
    (f"{BUILDING} --battery-kwh 30", {"unserved_kwh": 10.0, "status": "unserved"}),
    (
        f"{BUDGET} --grant-eur-point 900",
        {"points": 38, "spent_eur": 98800.0, "left_eur": 1200.0},
    ),
    (f"{BUDGET} --grant-eur-point 3500", {"points": None, "status": "grant_covers_all"}),
    (
        f"{AFIR} --installed-kw 14000",
        {
            "target_kw": 17000.0,
            "installed_kw": 14000.0,
            "ratio": 14 / 17,
            "gap_kw": 3000.0,
            "points_needed": {"kw_point": 11.0, "points": 273},
            "status": "gap",
        },
    ),
    (f"{AFIR} --installed-kw 17000", {"gap_kw": 0.0, "status": "pass"}),
    ("afir --bev 0 --phev 0", {"ratio": None, "status": "not_applicable"}),
    (
        f"{EPBD} new_nonres --spaces 40",
        {"points": 8, "precabled": 20, "warning": "sources disagree; check national law"},
    ),
    (f"{EPBD} new_office --spaces 40", {"points": 20}),
    (f"{EPBD} exist_nonres --spaces 80", {"points": 8}),
    (f"{EPBD} new_res --spaces 20", {"precabled": 10, "ducts": 10, "points": 0}),
    (f"{EPBD} exist_nonres --spaces 20", {"status": "not_applicable"}),
    ("shared-cars --cars 500 --kw 11", {"ceiling_mw": 5.5}),
    ("ladder", {"points": 4500, "ready": 1080.0, "share": 0.24}),
    ("licence --prepared 4 --ask-reserved 0 --ask-prepared 1", {"granted": 0, "status": "refused"}),
    ("licence --reserved 29 --ask-reserved 2 --ask-prepared 0", {"granted": 1, "refused": 1}),
    ("density --cars 30000 --points 1200", {"cars_per_point": 25.0}),
]


def told(words: str, *files: str) -> Any:  # noqa: ANN401
    run = CliRunner().invoke(cli, ["case", *words.split(), *files, "--json"])
    assert run.exit_code == 0, (run.output, run.exception)
    return json.loads(run.stdout)


@pytest.mark.parametrize(("words", "wanted"), WORKED, ids=[words for words, _ in WORKED])
def test_gives_the_worked_figures_exactly(words: str, wanted: dict[str, Any]) -> None:
    found = told(words)
    assert {name: found[name] for name in wanted} == wanted


def test_the_survival_curve_covers_a_week_and_names_its_worst_start() -> None:
    found = told(f"{RELIEF} --day-share 0.5")
    curve = found["survival_hours"]
    assert len(curve) == 168
    assert max(curve) == 54.0
    assert (found["worst_hours"], found["worst_start"]) == (27.0, 9)  # Monday at nine
    assert curve[5 * 24 + 12] == 54.0  # nobody goes to work on a Saturday
    alone = told("relief --place clinic=6 --place shelter=4 --usable-kwh 30 --cars 20")
    assert [each["hours_alone"] for each in alone["places"]] == [90.0, 135.0]
    assert alone["hours"] == 54.0


def test_every_year_of_a_wedge_adds_up_to_its_gap(tmp_path: Path) -> None:
    path = tmp_path / "wedge.csv"
    path.write_text("year,gap_mw,smart,pause\n2028,60,90,0\n2030,250,90,60.5\n", "utf-8")
    found = told("wedge --series", str(path))
    assert [each["year"] for each in found["years"]] == [2028, 2030]
    assert [each["residual_mw"] for each in found["years"]] == [0.0, 99.5]
    assert [each["surplus_mw"] for each in found["years"]] == [30.0, 0.0]
    for each in found["years"]:
        assert sum(each["shapley_mw"].values()) + each["residual_mw"] == each["gap_mw"]


def test_both_countings_of_a_list_of_chargers(tmp_path: Path) -> None:
    """Two sockets of 11 kW behind 3 x 25 A: 22 kW on the nameplates, 17.25 kW delivered."""
    path = tmp_path / "chargers.csv"
    path.write_text("station_id,points,power_kw\nA,2,11\nB,1,11\n", "utf-8")
    found = told(f"{AFIR} --connection-kw 17.25 --chargers", str(path))
    assert found["installed_nameplate_kw"] == 33.0
    assert found["installed_deliverable_kw"] == 17.25 + 11.0
    path.write_text("station_id,power_kw,station_max_kw\nA,11,20\nA,11,20\n", "utf-8")
    stated = told(f"{AFIR} --connection-kw 17.25 --chargers", str(path))
    assert (stated["installed_nameplate_kw"], stated["installed_deliverable_kw"]) == (22.0, 20.0)


def test_facilities_of_a_city_sum_up(tmp_path: Path) -> None:
    path = tmp_path / "facilities.csv"
    lines = "name,spaces,existing,exempt\nA,99,0,\nB,230,9,\nC,10,30,\nD,500,0,yes\nE,0,0,\n"
    path.write_text(lines, "utf-8")
    found = told(f"{SHARE} --facilities", str(path))
    assert [each["missing"] for each in found["facilities"]] == [10, 14, 0, 0, 0]
    assert found["missing"] == 24, "points to spare in one facility must not count for another"
    states = [each["status"] for each in found["facilities"]]
    assert states == ["gap", "gap", "pass", "not_applicable", "not_applicable"]


def test_a_series_of_a_building_balances(tmp_path: Path) -> None:
    load, sun = tmp_path / "load.csv", tmp_path / "pv.csv"
    times = [f"2026-01-05T{hour:02d}:00:00+01:00" for hour in range(24)]
    kw = [40.0] * 8 + [70.0] * 10 + [30.0] * 6
    load.write_text(
        "time,load_kw\n" + "".join(f"{t},{k}\n" for t, k in zip(times, kw, strict=True))
    )
    sun.write_text(
        "time,pv_kw\n" + "".join(f"{t},{10 if 8 <= at < 18 else 0}\n" for at, t in enumerate(times))
    )
    files = ("--load", str(load), "--pv", str(sun))
    bare = told("building --connection-kw 50 --battery-kwh 0", *files)
    cars = told("building --connection-kw 50 --battery-kwh 0 --v2g-points 4", *files)
    assert bare["unserved_kwh"] == 100.0  # ten hours of 70 - 10 - 50
    assert cars["unserved_kwh"] == 0.0  # 4 x 30 kWh and 4 x 10 kW suffice
    assert cars["peak_grid_kw"] <= 50.0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("wedge --measure smart", "'smart' is not name=number"),
        ("wedge --measure a=1 --measure a=2", "a is named twice"),
        ("v2g-fleet --points 9 --total-points 8", "9 is more than --total-points 8"),
        ("relief --usable-kwh 3 --battery-kwh 60", "not both"),
        ("relief --soc-start 0.1 --soc-reserve 0.2", "nothing is usable"),
        ("depot --rest biogas=0.7", "must sum to 1"),
        ("depot --efficiency 0", "must be above 0"),
        ("depot --buses 2.5", "2.5 is not a whole number"),
        ("flex --price-low 60", "must not fall"),
        ("epbd --kind hut", "choose from new_nonres"),
        ("ladder --existing-ready 5000", "5000 is more than --existing 4000"),
        ("afir --chargers nowhere.csv", "nowhere.csv"),
        ("acdc --years 0", "one year or more"),
        ("market --required wings", "no wings; choose from ac_v2g"),
        ("market --today yesterday", "'yesterday' is not a date"),
        ("kpi --target noise=0.5", "noise is missing"),
        ("ferry --quay-min 60 --calls-day 60", "overlap"),
    ],
)
def test_refuses_with_one_sentence(words: str, reason: str) -> None:
    run = CliRunner().invoke(cli, ["case", *words.split(), "--json"])
    assert run.exit_code != 0
    assert reason in str(run.exception)
    assert "\n" not in str(run.exception)
    assert not run.stdout


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("a,b\n1,2\n", "column kw is missing"),
        ("kw\n", "no rows"),
        ("station,kw\nA,eleven\n", "row 1, column kw: 'eleven' is not a number"),
        ("station,kw\nA,\n", "row 1, column kw: a number is missing"),
        ("station,kw,points\nA,11,1.5\n", "row 1, column points: 1.5 is not a whole number"),
    ],
)
def test_a_poor_file_is_refused_with_file_row_and_column(
    tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "poor.csv"
    path.write_text(text, "utf-8")
    run = CliRunner().invoke(cli, ["case", "afir", "--chargers", str(path), "--json"])
    assert "poor.csv" in str(run.exception)
    assert reason in str(run.exception)
