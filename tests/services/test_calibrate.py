"""Files held against a city: what comes back, what is refused, and the real cases."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.core.errors import InputError, RefusedError
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS
from app.services import calibrate, calibrate_told
from app.services.calibrate import Answer, Kind
from app.services.calibrate_examples import HOURS, KWH, MOST_DISTRICTS, example, template
from app.services.estimate import estimate
from app.services.load_layer import load_layer
from app.services.projects import load_project

Find = Callable[[str], Path]


@pytest.fixture(scope="module")
def utrecht() -> Project:
    return load_project("utrecht")


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


def ask(project: Project, content: bytes | pd.DataFrame, kind: Kind, folder: Path) -> Answer:
    file = folder / f"{kind}.csv"
    if isinstance(content, pd.DataFrame):
        content.to_csv(file, index=False)
    else:
        file.write_bytes(content)
    return calibrate.answer(project, Scenario(), file, kind)


def sessions(**columns: object) -> pd.DataFrame:
    count = 300
    begin = pd.date_range("2026-02-02", periods=count, freq="1h")
    table = {
        "arrival": begin,
        "departure": begin + pd.Timedelta(hours=7),
        "energy_kwh": np.linspace(10, 20, count),
        **columns,
    }
    return pd.DataFrame(table)


def test_the_worked_example_gives_back_what_was_planted(utrecht: Project, tmp_path: Path) -> None:
    found = ask(utrecht, example(utrecht, "sessions"), "sessions", tmp_path)
    assert found.refusal == ""
    assert found.found is not None
    assert found.found.kwh is not None
    assert found.found.hours is not None
    assert found.found.kwh_factor == pytest.approx(KWH, rel=0.1)
    assert found.found.hours_factor == pytest.approx(HOURS, rel=0.1)
    assert found.found.kwh.districts == MOST_DISTRICTS
    for fit in (found.found.kwh, found.found.hours):
        assert fit.after.mae < fit.before.mae
        assert abs(fit.after.bias) < abs(fit.before.bias)
    assert dict(found.reading.dropped) == {
        "duplicate": 3, "no_time": 3, "too_long": 3, "no_energy": 0, "impossible": 3,
        "elsewhere": 0,
    }  # fmt: skip
    told = found.found.counted
    assert told is not None
    assert told.negative > told.poisson  # a Poisson interval is too narrow


def test_occupancy_finds_the_hours_and_leaves_the_energy(utrecht: Project, tmp_path: Path) -> None:
    found = ask(utrecht, example(utrecht, "occupancy"), "occupancy", tmp_path)
    assert found.factors.keys() == {"calibration_hours"}
    assert found.factors["calibration_hours"] == pytest.approx(HOURS, rel=0.1)
    assert found.reading.dropped["always_empty"] > 0
    assert not any(name.endswith("_kwh") for name in found.districts)
    seen = found.districts[found.districts["counts"]]
    assert (seen["occupied"] < 1).all()


def test_factors_move_energy_and_hours_and_come_off_again(town: Project, tmp_path: Path) -> None:
    found = ask(town, example(town, "sessions"), "sessions", tmp_path)
    usual = Scenario(year=2026)
    after = calibrate.with_factors(usual, found)
    before, then = estimate(town, usual).city, estimate(town, after).city
    assert found.found is not None
    kwh, hours = found.found.kwh_factor, found.found.hours_factor
    assert then["kwh_year"].mean == pytest.approx(kwh * before["kwh_year"].mean, rel=1e-3)
    asked = hours * before["connected_hours_day"].mean
    assert then["connected_hours_day"].mean == pytest.approx(asked, rel=1e-3)
    assert calibrate.without(after) == usual
    again = calibrate.answer(town, after, tmp_path / "sessions.csv", "sessions")
    assert again.factors == found.factors  # never fitted upon itself


def test_an_observed_part_is_scaled_by_points_and_said(utrecht: Project, tmp_path: Path) -> None:
    found = ask(utrecht, example(utrecht, "sessions"), "sessions", tmp_path)
    row = found.districts[found.districts["counts"]].iloc[0]
    assert row["points_seen"] < row["points"]
    raw = pd.read_csv(tmp_path / "sessions.csv", parse_dates=["arrival", "departure"])
    layer = utrecht.layers["chargers"].frame
    mine = set(
        layer.loc[layer["charger_id"].str.startswith(f"demo-{row['district_id']}-"), "charger_id"]
    )
    kept = raw[raw["charger_id"].isin(mine)].drop_duplicates()
    hours = (kept["departure"] - kept["arrival"]).dt.total_seconds() / 3600
    fine = hours.between(0.01, 480) & (kept["energy_kwh"] <= 11 * 1.05 * hours)
    daily = kept.loc[fine, "energy_kwh"].sum() / 14
    asked = daily * row["points"] / row["points_seen"]
    assert row["measured_kwh"] == pytest.approx(asked, rel=0.01)
    assert any("of the points were observed" in each for each in found.notices)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({}, "can be placed in a district"),
        ({"lon": 10.75, "lat": 59.91}, "can be placed in a district"),  # Oslo
        ({"charger_id": "nowhere"}, "can be placed in a district"),
    ],
)
def test_files_of_elsewhere_are_refused_but_still_say_what_a_session_is(
    utrecht: Project, tmp_path: Path, columns: dict[str, object], why: str
) -> None:
    found = ask(utrecht, sessions(**columns), "sessions", tmp_path)
    assert why in found.refusal
    assert found.factors == {}
    assert found.reading.dropped["elsewhere"] == 300
    told = {each.name: each for each in found.numbers}
    assert told["kwh_session"].measured == pytest.approx(15)
    assert told["hours_session"].measured == pytest.approx(7)
    assert calibrate_told.document(found)["districts"] == []
    with pytest.raises(InputError, match="nothing to write"):
        calibrate_told.result(found)


def test_too_few_sessions_are_refused_with_the_number(utrecht: Project, tmp_path: Path) -> None:
    found = ask(utrecht, sessions(district_id="3511").head(199), "sessions", tmp_path)
    assert "200 observations" in found.refusal
    assert found.factors == {}
    row = found.districts.set_index("district_id").loc["3511"]
    assert (row["counts"], row["why"], row["observations"]) == (False, "few", 199)
    one_more = ask(utrecht, sessions(district_id="3511").head(200), "sessions", tmp_path)
    assert "200 observations" not in one_more.refusal


def test_a_file_from_before_the_cars_were_counted_is_refused(
    utrecht: Project, tmp_path: Path
) -> None:
    old = sessions(district_id="3511")
    for name in ("arrival", "departure"):
        old[name] -= pd.Timedelta(days=365 * 8)
    found = ask(utrecht, old, "sessions", tmp_path)
    assert "the model begins in 2022" in found.refusal


def test_wrong_units_are_not_taken_for_a_factor(utrecht: Project, tmp_path: Path) -> None:
    watts = sessions(district_id="3511")
    watts["energy_kwh"] *= 1000
    found = ask(utrecht, watts, "sessions", tmp_path)
    assert "are the units right" in found.refusal
    assert found.factors == {}


def test_groups_are_told_where_the_file_names_them(utrecht: Project, tmp_path: Path) -> None:
    table = pd.read_csv(io.BytesIO(example(utrecht, "sessions")))
    found = ask(utrecht, table.assign(user_group="resident_private"), "sessions", tmp_path)
    assert list(found.groups["group"]) == ["resident_private"]
    bare = ask(utrecht, table.assign(user_group="somebody"), "sessions", tmp_path)
    assert bare.groups.empty


@pytest.mark.parametrize(
    ("kind", "table", "said"),
    [
        ("sessions", sessions().drop(columns="energy_kwh"), "column energy_kwh"),
        ("sessions", sessions(energy_kwh="much"), "column energy_kwh: found 'much'"),
        ("sessions", sessions(departure="then"), "column departure: found 'then'"),
        ("occupancy", pd.DataFrame({"charger_id": ["a"], "taken": [1]}), "taken and total"),
        ("occupancy", pd.DataFrame({"charger_id": ["a"], "percent": [101]}), "column percent"),
    ],
)
def test_bad_files_are_refused_in_a_sentence(
    town: Project, tmp_path: Path, kind: Kind, table: pd.DataFrame, said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        ask(town, table, kind, tmp_path)


def test_the_short_form_of_the_register_is_the_long_one(utrecht: Project, tmp_path: Path) -> None:
    long = pd.read_csv(io.BytesIO(example(utrecht, "occupancy")), parse_dates=["time"])
    short = pd.DataFrame(
        {
            "date": long["time"].dt.date,
            "hour": long["time"].dt.hour,
            "id": long["charger_id"],
            "n": long["total"],
            "occ": 100 * long["taken"] / long["total"],
        }
    )
    found = ask(utrecht, long, "occupancy", tmp_path)
    same = ask(utrecht, short, "occupancy", tmp_path)
    assert same.factors == pytest.approx(found.factors)
    assert dict(same.reading.dropped) == dict(found.reading.dropped)


@pytest.mark.parametrize("kind", ["sessions", "occupancy"])
def test_every_city_has_a_worked_example_and_answers_are_plain(
    town: Project, tmp_path: Path, kind: Kind
) -> None:
    bare = replace(town, layers={"districts": town.layers["districts"]})
    for project in (town, bare):
        assert example(project, kind) == example(project, kind)
        found = ask(project, example(project, kind), kind, tmp_path)
        assert found.refusal == ""
        document = json.loads(json.dumps(calibrate_told.document(found), allow_nan=False))
        assert document["schema"] == "kerbwatt.calibration/1"
        assert len(document["districts"]) == 13
        for export in ("csv", "xlsx"):
            assert EXPORTS[export].write(calibrate_told.result(found, "2026-11-28"))
    assert template(kind).startswith(b"arrival" if kind == "sessions" else b"charger_id")


def test_utrechts_occupancy_of_june_2026(utrecht: Project, testdata: Find) -> None:
    """The real register: 44 % of the locations never change, and the level of the model holds."""
    chargers = load_layer(testdata("chargers/utrecht_chargers.geojson"), "chargers", utrecht).layer
    assert chargers is not None
    real = utrecht.with_layer(chargers)
    file = testdata("chargers/utrecht_occupancy_2026-06.parquet")
    found = calibrate.answer(real, Scenario(), file, "occupancy")
    stuck = [
        found.reading.dropped[name] for name in ("always_empty", "always_full", "never_changes")
    ]
    assert [round(100 * each / 1862) for each in stuck] == [21, 5, 18]
    assert sum(stuck) / 1862 == pytest.approx(0.44, abs=0.005)
    assert found.year == 2026
    assert found.found is not None
    assert found.found.kwh is None
    assert found.found.hours is not None
    assert found.found.hours.districts == 45
    assert abs(found.found.hours.before.bias) < 0.1
    assert 0.5 < found.found.hours.before.inside < 0.8
    assert found.found.seen.points_all.sum() == pytest.approx(5577)


@pytest.mark.parametrize(
    ("name", "options", "columns", "scale", "expected"),
    [
        (
            "norway12_charging_reports",
            {"sep": ";", "decimal": ","},
            ("plugin_time", "plugout_time", "energy_session"),
            1,
            ({"no_time": 38}, 12.65, 12.66),
        ),
        (
            "laadpaaldata_nl_2018",
            {},
            ("Started", "Ended", "TotalEnergy"),
            1000,
            ({"no_time": 7}, 9.39, 6.37),
        ),
        ("evload_paris", {}, ("Start", "End", "Energy"), 1, ({"duplicate": 8}, 8.51, 1.70)),
    ],
)
def test_real_sessions_are_cleaned_and_held_against_the_numbers_of_a_session(  # noqa: PLR0913, PLR0917
    utrecht: Project,
    testdata: Find,
    tmp_path: Path,
    name: str,
    options: dict[str, str],
    columns: tuple[str, str, str],
    scale: float,
    expected: tuple[dict[str, int], float, float],
) -> None:
    raw = pd.read_csv(testdata(f"sessions/{name}.csv"), **options)  # type: ignore[call-overload]
    begin, end, energy = columns
    table = pd.DataFrame(
        {"arrival": raw[begin], "departure": raw[end], "energy_kwh": raw[energy] / scale}
    )
    found = ask(utrecht, table, "sessions", tmp_path)
    dropped, kwh, hours = expected
    assert {key: found.reading.dropped[key] for key in dropped} == dropped
    assert "can be placed" in found.refusal  # they say no district: no factor for a city
    told = {each.name: each.measured for each in found.numbers}
    assert told["kwh_session"] == pytest.approx(kwh, abs=0.02)
    assert told["hours_session"] == pytest.approx(hours, abs=0.02)


def test_blank_columns_of_the_template_do_no_harm(utrecht: Project, tmp_path: Path) -> None:
    table = pd.read_csv(io.BytesIO(example(utrecht, "occupancy")))
    plain = ask(utrecht, table, "occupancy", tmp_path)
    names = template("occupancy").decode().strip().split(",")
    assert ask(utrecht, table.reindex(columns=names), "occupancy", tmp_path).factors == (
        plain.factors
    )
    raw = pd.read_csv(io.BytesIO(example(utrecht, "sessions")))
    names = template("sessions").decode().strip().split(",")
    usual = ask(utrecht, raw, "sessions", tmp_path)
    assert ask(utrecht, raw.reindex(columns=names), "sessions", tmp_path).factors == usual.factors


def test_a_share_alone_takes_the_points_of_the_map(utrecht: Project, tmp_path: Path) -> None:
    table = pd.read_csv(io.BytesIO(example(utrecht, "occupancy")))
    found = ask(utrecht, table, "occupancy", tmp_path)
    table["occupied_percent"] = 100 * table["taken"] / table["total"]
    short = table.drop(columns=["taken", "total"])
    assert ask(utrecht, short, "occupancy", tmp_path).factors == pytest.approx(found.factors)


def test_a_wrong_date_is_suspected(utrecht: Project, tmp_path: Path) -> None:
    table = sessions(district_id="3511")
    assert not any(
        "is a date wrong" in each for each in ask(utrecht, table, "sessions", tmp_path).notices
    )
    table.loc[0, ["arrival", "departure"]] -= pd.Timedelta(days=900)
    found = ask(utrecht, table, "sessions", tmp_path)
    assert any("is a date wrong" in each for each in found.notices)
