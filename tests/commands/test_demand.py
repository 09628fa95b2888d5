"""``kerbwatt demand``."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import typer
from typer.testing import CliRunner, Result

from app.commands.demand import demand
from app.core.errors import InputError

cli = typer.Typer()
cli.command()(demand)


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_json_prints_one_document_and_nothing_else() -> None:
    found = _run("utrecht", "--year", "2026", "--json")
    assert found.exit_code == 0
    document = json.loads(found.stdout)
    assert document["year"] == 2026
    assert len(document["districts"]) == 47
    assert document["city"]["cars"]["mean"] == pytest.approx(108_381)
    assert set(document["notices"]) <= set(found.stderr.splitlines())


def test_a_person_reads_a_line_per_district_and_the_citys_range() -> None:
    lines = _run("utrecht").stdout.splitlines()
    assert len(lines) == 1 + 47 + 4
    assert lines[-1].startswith("points")
    assert " to " in lines[-1]


@pytest.mark.parametrize("name", ["demand.csv", "deep/er/demand.XLSX", "demand.gpkg"])
def test_out_writes_the_format_of_its_ending(tmp_path: Path, name: str) -> None:
    found = _run("utrecht", "--out", str(tmp_path / name))
    assert found.exit_code == 0
    assert found.stdout == ""
    assert (tmp_path / name).stat().st_size > 1000
    if name.endswith("csv"):
        rows = pd.read_csv(tmp_path / name, dtype={"district_id": str})
        assert rows["district_id"][0] == "3451"


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    found = _run("utrecht", "--out", str(tmp_path / "demand.doc"))
    assert isinstance(found.exception, InputError)
    assert ".gpkg" in str(found.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("year", ["2021", "2051"])
def test_a_year_outside_the_forecast_is_refused(year: str) -> None:
    found = _run("utrecht", "--year", year)
    assert isinstance(found.exception, InputError)
    assert year in str(found.exception)
    assert "2022" in str(found.exception)
    assert "2050" in str(found.exception)


def test_an_unknown_city_is_refused() -> None:
    assert isinstance(_run("utrech").exception, InputError)


def test_by_a_column_every_district_is_whole_and_the_districts_stay() -> None:
    found = _run("utrecht", "--by", "wijk", "--json")
    document = json.loads(found.stdout)
    assert (len(document["districts"]), len(document["zones"])) == (47, 10)
    assert document["zoning"]["split_by"] == []
    total = sum(zone["points_plan"] for zone in document["zones"])
    assert total == document["city"]["points_plan"]
    assert {"zone_id", "name", "points", "status", "covered_share"} <= set(document["zones"][0])


def test_by_cells_writes_the_squares_and_says_how_they_were_made(tmp_path: Path) -> None:
    found = _run("utrecht", "--by", "cells", "--out", str(tmp_path / "cells.csv"))
    rows = pd.read_csv(tmp_path / "cells.csv")
    assert rows["zone_id"].str.fullmatch(r"E\d{4}N\d{4}").all()
    assert "districts are split by area" in found.stderr
    answer = json.loads(_run("utrecht", "--json").stdout)
    assert rows["points_plan"].sum() == answer["city"]["points_plan"]
    assert rows["kwh_year_mean"].sum() == pytest.approx(answer["city"]["kwh_year"]["mean"])


def _areas(path: Path, *east: float) -> str:
    frame = gpd.GeoDataFrame(
        {"district_id": [f"z{x:.0f}" for x in east], "name": [f"Zone {x:.0f}" for x in east]},
        geometry=[shapely.box(x, 450_000, x + 5_000, 460_000) for x in east],
        crs="EPSG:28992",
    )
    frame.to_crs(4326).to_file(path)
    return str(path)


def test_by_a_map_tells_what_is_unknown_and_what_lies_outside(tmp_path: Path) -> None:
    own = _areas(tmp_path / "zones.geojson", 133_000, 145_000)
    document = json.loads(_run("utrecht", "--by", own, "--json").stdout)
    zones, said = document["zones"], document["zoning"]
    assert (zones[1]["status"], zones[1]["points_plan"]) == ("unknown", None)
    assert zones[1]["points"]["p50"] is None
    inside = zones[0]["points_plan"]
    assert 0 < inside == document["city"]["points_plan"] - said["points_plan_outside"]
    lines = _run("utrecht", "--by", own).stdout.splitlines()
    assert lines[2].endswith("unknown: no district is there")


def test_by_something_that_is_not_there_is_refused_with_what_is(tmp_path: Path) -> None:
    found = _run("utrecht", "--by", str(tmp_path / "nothing.gpkg"), "--json")
    assert isinstance(found.exception, InputError)
    assert "wijk, cells" in str(found.exception)


def test_by_a_map_of_another_city_is_refused(tmp_path: Path) -> None:
    own = _areas(tmp_path / "far.geojson", 80_000)
    found = _run("utrecht", "--by", own, "--json")
    assert isinstance(found.exception, InputError)
    assert "far.geojson" in str(found.exception)


def test_explain_prints_the_chain_of_one_district() -> None:
    found = _run("utrecht", "--year", "2030", "--explain", "3526")
    assert found.exit_code == 0
    assert "Private cars of residents in the first year: 3,234 cars" in found.stdout
    assert "= (28 + 50 x 2.53 %) / (3,234 + 50)" in found.stdout
    assert "Energy of a session 15.7 kWh (12.3 to 19; ElaadNL" in found.stdout
    assert "instead of" not in found.stdout, "nothing was changed"


def test_an_own_number_is_answered_with_before_and_after() -> None:
    usual = json.loads(_run("utrecht", "--json").stdout)
    found = _run("utrecht", "--explain", "3526", "--assume", "kwh_session=10", "--json")
    document = json.loads(found.stdout)
    assert document["schema"] == "kerbwatt.explain/1"
    assert document["points_plan"]["city_usual"] == usual["city"]["points_plan"]
    assert document["points_plan"]["city"] > document["points_plan"]["city_usual"]
    steps = {each["key"]: each for each in document["steps"]}
    assert steps["sessions_day"]["usual"] < steps["sessions_day"]["value"]
    assert steps["kwh_year"]["usual"] == steps["kwh_year"]["value"]
    own = next(each for each in document["parameters"] if each["name"] == "kwh_session")
    assert (own["value"], own["usual"], own["source"]) == (10, 15.7, "planner")
    more = json.loads(_run("utrecht", "--assume", "kwh_session=10", "--json").stdout)
    assert more["city"]["points_plan"] == document["points_plan"]["city"]


def test_the_chain_is_written_as_a_table(tmp_path: Path) -> None:
    _run("utrecht", "--explain", "3526", "--out", str(tmp_path / "chain.csv"))
    rows = pd.read_csv(tmp_path / "chain.csv").set_index("key")
    assert rows.loc["clusters", "value"] == 26
    assert "Homes that share points 250 households" in rows.loc["clusters", "parameters"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--assume", "kwh=3"), "did you mean kwh_km"),
        (("--assume", "kwh_km"), "name=number"),
        (("--assume", "kwh_km=nan"), "name=number"),
        (("--assume", "kwh_km=99"), "0 to 2.3"),
        (("--assume", "benchmark_points_2030=1"), "no assumption"),
        (("--explain", "9999"), "no district '9999'"),
        (("--explain", "3526", "--by", "cells"), "leave out --by"),
    ],
)
def test_what_is_no_number_or_no_district_is_refused(words: tuple[str, ...], said: str) -> None:
    found = _run("utrecht", *words)
    assert isinstance(found.exception, InputError)
    assert said in str(found.exception)
    assert found.stdout == ""
