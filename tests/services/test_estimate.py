"""Demand as a use-case: answer, document, files."""

import io
import json
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from app.core.demand.groups import GROUPS
from app.core.demand.result import QUANTITIES, STATISTICS
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS
from app.services import estimate
from app.services.load_layer import load_layer
from app.services.parameters import load_sources
from app.services.templates import example_file

Ask = Callable[..., Scenario]


def test_an_own_assumption_changes_the_answer_and_closes_its_range() -> None:
    project = _project()
    usual = estimate.estimate(project, Scenario())
    thrifty = estimate.estimate(project, Scenario(assumptions=(("kwh_km", 0.17),)))
    assert thrifty.city["kwh_year"].p50 < usual.city["kwh_year"].p50
    moved = estimate.tornado(project, Scenario(assumptions=(("kwh_km", 0.17),))).set_index("name")
    assert moved.loc["kwh_km", "swing"] == 0
    with pytest.raises(InputError, match="no such number"):
        estimate.estimate(project, Scenario(assumptions=(("benchmark_share_2030", 0.3),)))


def _project(slug: str = "utrecht", **columns: object) -> Project:
    table = {
        "district_id": ["3451", "3526", "0000"],
        "name": ["Vleuten", "=Zuidwest", "Nobody"],
        "households": [4665.0, 6610.0, 0.0],
        "population": [11930.0, 12320.0, 0.0],
        "cars": [5476.0, 3234.0, 0.0],
        "cars_bev": [74.0, 10.0, 0.0],
        "cars_phev": [104.0, 18.0, 0.0],
        "multifamily_share": [0.15, 0.88, 0.5],
        "wijk": ["Vleuten-De Meern", "Zuidwest", "Zuid"],
        "status": "measured",
    }
    places = shapely.box([130_000, 131_000, 132_000], 455_000, [131_000, 132_000, 133_000], 456_000)
    frame = gpd.GeoDataFrame({**table, **columns}, geometry=places, crs="EPSG:28992")
    layer = Layer(frame, "districts", "CBS", "CC BY 4.0", "2022-01-01")
    return Project(slug, "Utrecht", "NL", "EPSG:28992", "Europe/Amsterdam", {"districts": layer})


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario(year=2030)


@pytest.fixture(scope="module")
def written(scenario: Scenario) -> dict[str, Any]:
    project = _project()
    answer = estimate.estimate(project, scenario)
    text = json.dumps(estimate.document(project, scenario, answer), allow_nan=False)
    found: dict[str, Any] = json.loads(text)
    return found


def test_a_project_without_districts_is_refused_in_a_sentence(scenario: Scenario) -> None:
    bare = _project().without_layer("districts")
    with pytest.raises(InputError, match="Utrecht has no districts layer"):
        estimate.estimate(bare, scenario)


def test_the_document_has_the_agreed_shape(written: dict[str, Any]) -> None:
    assert list(written) == [
        "schema",
        "project",
        "year",
        "scenario",
        "draws",
        "seed",
        "version",
        "city",
        "districts",
        "groups",
        "benchmarks",
        "notices",
    ]
    assert written["schema"] == "kerbwatt.demand/1"
    assert (written["project"], written["year"], written["draws"]) == ("utrecht", 2030, 1024)
    assert set(written["scenario"]) == {"digest", "label"}
    extra = {"points_plan", "kw_nominal", "afir_kw"}
    assert set(written["city"]) == set(QUANTITIES) | extra
    for row in written["districts"]:
        assert set(row) == set(QUANTITIES) | extra | {"district_id", "name", "ev_share", "status"}
        assert isinstance(row["points_plan"], int)
        assert all(set(row[name]) == set(STATISTICS) for name in QUANTITIES)
    assert [row["group"] for row in written["groups"]] == [*(g.key for g in GROUPS), "logistics"]
    assert set(written["benchmarks"][0]) == {"id", "value", "ours", "inside", "source", "mark"}


def test_the_document_adds_up_and_keeps_districts_without_cars(written: dict[str, Any]) -> None:
    city, rows = written["city"], written["districts"]
    assert [row["district_id"] for row in rows] == ["3451", "3526", "0000"]
    for name in QUANTITIES:
        assert sum(row[name]["mean"] for row in rows) == pytest.approx(city[name]["mean"], rel=1e-9)
    for name in ("points_plan", "kw_nominal", "afir_kw"):
        assert sum(row[name] for row in rows) == pytest.approx(city[name], rel=1e-9)
    for name in ("kwh_year", "sessions_day"):
        total = sum(row[name]["mean"] for row in written["groups"])
        assert total == pytest.approx(city[name]["mean"], rel=1e-9)
    assert rows[2]["kwh_year"] == dict.fromkeys(STATISTICS, 0)


def test_equal_questions_give_equal_documents(scenario: Scenario) -> None:
    project = _project()
    first, again = (
        json.dumps(estimate.document(project, scenario, estimate.estimate(project, scenario)))
        for _ in range(2)
    )
    assert first == again
    assert estimate.scenario_digest(scenario) != estimate.scenario_digest(scenario.but(year=2031))


def test_a_copy_with_own_layers_keeps_its_citys_benchmarks(scenario: Scenario) -> None:
    own = estimate.estimate(_project("utrecht--0123456789"), scenario)
    other = estimate.estimate(_project("zwolle"), scenario)
    assert {each.id for each in other.benchmarks} < {each.id for each in own.benchmarks}
    assert {each.source for each in own.benchmarks} <= set(load_sources())


def test_the_table_keeps_columns_nobody_asked_for(scenario: Scenario) -> None:
    project = _project()
    answer = estimate.estimate(project, scenario)
    plain = estimate.table(answer)
    assert not isinstance(plain, gpd.GeoDataFrame)
    full = estimate.table(answer, project.layers["districts"])
    assert isinstance(full, gpd.GeoDataFrame)
    assert full.crs == "EPSG:28992"
    assert full["wijk"].tolist() == ["Vleuten-De Meern", "Zuidwest", "Zuid"]
    assert full.columns.is_unique
    assert full["points_plan"].sum() == answer.points_plan


@pytest.mark.parametrize("key", ["csv", "xlsx", "gpkg", "geojson"])
def test_every_format_takes_the_answer(scenario: Scenario, key: str) -> None:
    project = _project()
    answer = estimate.estimate(project, scenario)
    content = EXPORTS[key].write(estimate.result(project, scenario, answer))
    if key == "csv":
        rows = pd.read_csv(io.BytesIO(content), dtype={"district_id": str})
        assert rows["district_id"].tolist() == ["3451", "3526", "0000"]
        assert rows["name"][1] == "'=Zuidwest"  # a name is never run as a formula
        assert rows["kwh_year_mean"].sum() == pytest.approx(answer.city["kwh_year"].mean)
    assert len(content) > 1000


def test_the_fan_and_the_tornado_speak_of_the_same_city(scenario: Scenario) -> None:
    project = _project()
    rows = estimate.fan(project, scenario).set_index("year")
    answer = estimate.estimate(project, scenario)
    assert rows.index[0] == 2022
    assert rows.index[-1] == 2040
    assert rows.loc[2030, "points_p50"] == answer.city["points"].p50
    swings = estimate.tornado(project, scenario)
    assert swings["swing"][0] == swings["swing"].max() > 0


def test_a_file_with_yearly_registrations_opens_the_curve() -> None:
    found = load_layer(io.BytesIO(example_file("districts", "csv")), "districts", name="d.csv")
    assert found.layer is not None
    assert found.layer.frame["plugins_2018"].tolist() == [20, 10]
    districts = found.layer.map.to_crs("EPSG:28992")
    layer = Layer(districts, "districts", "city", "own", "2022-01-01")
    town = Project("town", "Town", "NL", "EPSG:28992", "Europe/Amsterdam", {"districts": layer})
    assert estimate.why_no_curve(town) == ""
    bass = estimate.estimate(town, Scenario(gap="bass"))
    assert any("Registrations of 2018 to 2022 fit a curve" in words for words in bass.notices)
    assert "of 0 years" in estimate.why_no_curve(_project())


def test_power_that_stands_counts_what_is_told_and_no_more() -> None:
    project = _project()
    assert estimate.installed_kw(project) is None  # not known is not nothing
    places = shapely.points([130_100, 130_200, 130_300], 455_500)
    table = {"charger_id": ["a", "b", "c"], "points": [2, None, 4], "power_kw": [22.0, 50.0, None]}
    frame = gpd.GeoDataFrame(table, geometry=places, crs="EPSG:28992")
    there = project.with_layer(Layer(frame, "chargers", "city", "own", "2026"))
    assert estimate.installed_kw(there) == 2 * 22 + 50 + 4 * 11
    answer = estimate.estimate(project, Scenario())
    assert estimate.planned_kw(answer, Scenario()) == 11 * answer.points_plan
    months = estimate.months_mwh(answer, Scenario())
    assert sum(months) == pytest.approx(answer.city["kwh_year"].mean / 1000, rel=1e-12)
    assert len(months) == 12
