"""A project's demand by other areas than its districts."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from app.core.demand.result import QUANTITIES, Demand
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS
from app.services import estimate, zonings
from app.services.projects import load_project

SCENARIO = Scenario(year=2030)
Told = Callable[..., tuple[Demand, Demand, zonings.Zoning]]
CRS = "EPSG:28992"


def layer(kind: str, shapes: object, /, **columns: object) -> Layer:
    """Make a layer in the Dutch metric system."""
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
    return Layer(frame, kind, f"our {kind}", "CC0", "2022-01-01")


def town(**columns: object) -> Project:
    """Make four districts of a square kilometre in a row."""
    at = 130_000 + 1_000 * np.arange(4)
    names = ["One", "Two", "Three", "Four"]
    facts = {
        "district_id": ["d1", "d2", "d3", "d4"],
        "name": names,
        "households": [1000.0, 500.0, 2000.0, 800.0],
        "population": [2000.0, 1200.0, 3000.0, 1500.0],
        "multifamily_share": [0.5, 0.2, 0.8, 0.7],
        "cars": [900.0, 700.0, 800.0, 300.0],
        "cars_bev": [10.0, 30.0, 9.0, 2.0],
        "cars_phev": [8.0, 20.0, 4.0, 1.0],
        "status": ["measured", "measured", "default", "measured"],
    }
    shapes = shapely.box(at, 455_000, at + 1_000, 456_000)
    districts = layer("districts", shapes, **(facts | columns))
    return Project("town", "Town", "NL", CRS, "Europe/Amsterdam", {"districts": districts})


@pytest.fixture(scope="module")
def told() -> Told:
    """Tell a project's demand by a zoning."""

    def tell(
        project: Project, key: str, own: Layer | None = None
    ) -> tuple[Demand, Demand, zonings.Zoning]:
        answer = estimate.estimate(project, SCENARIO)
        by = zonings.zoning(project, key, own)
        return answer, zonings.demand(project, SCENARIO, answer, by), by

    return tell


def test_only_columns_that_group_districts_are_offered() -> None:
    project = town(
        wijk=["North", "North", "South", "South"],
        code=["a", "b", "c", "d"],
        land=["NL"] * 4,
        rarely=["x", None, None, None],
        number=[1, 1, 2, 2],
    )
    assert zonings.choices(project) == ["wijk", zonings.CELLS]
    assert zonings.choices(load_project("utrecht")) == ["wijk", zonings.CELLS]
    assert zonings.columns(project.without_layer("districts")) == []


def test_a_column_puts_whole_districts_together_and_says_who_has_none(told: Told) -> None:
    project = town(wijk=["North", "North ", " South", None])
    answer, found, by = told(project, "wijk")
    rows = found.districts.set_index("name")
    assert rows.index.tolist() == ["North", "South", "not said"]
    plan = answer.districts["points_plan"]
    assert rows.loc["North", "points_plan"] == plan[0] + plan[1]
    assert rows["status"].tolist() == ["measured", "default", "measured"]
    assert by.split_by == ()
    assert by.layer.map.area.tolist() == pytest.approx([2e6, 1e6, 1e6])


def test_ranges_answer_the_question_that_was_asked() -> None:
    asked = Scenario(year=2030, uptake="high", assumptions=(("kwh_km", 0.17),))
    project = town(one=["x", "x", "x", "y"])
    answer = estimate.estimate(project, asked)
    found = zonings.demand(project, asked, answer, zonings.zoning(project, "one"))
    last, alone = answer.districts.iloc[3], found.districts.iloc[1]
    for each in ("mean", "p10", "p50", "p90"):
        assert alone[f"kwh_year_{each}"] == pytest.approx(last[f"kwh_year_{each}"], rel=1e-12)


def test_squares_add_up_to_the_city(told: Told) -> None:
    answer, found, by = told(town(), zonings.CELLS)
    assert len(found.districts) == 4 * 4
    assert by.split_by == ("area",)
    assert found.districts["points_plan"].sum() == answer.points_plan
    for name in QUANTITIES:
        total = found.districts[f"{name}_mean"].sum()
        assert total == pytest.approx(answer.city[name].mean, rel=1e-9)
    assert not by.partly.any()


def test_homes_among_the_places_say_where_people_are(told: Told) -> None:
    spots = shapely.points([130_100, 130_900, 130_900], 455_100)
    places = layer(
        "places",
        spots,
        place_id=["1", "2", "3"],
        kind=["Address", "dwelling", "school"],
        name=["a", "b", "c"],
        dwellings=[3.0, 1.0, 500.0],
    )
    _answer, found, by = told(town().with_layer(places), zonings.CELLS)
    assert by.split_by == ("dwellings", "area")
    cars = found.districts.set_index("district_id")["cars_mean"]
    assert cars["E1300N4550"] == pytest.approx(3 * cars["E1305N4550"])
    assert cars["E1300N4555"] == 0  # no home there, which is known


def test_residential_land_is_the_next_best(told: Told) -> None:
    land = layer(
        "places",
        [shapely.box(130_000, 455_000, 130_500, 455_500)],
        place_id=["1"],
        kind=["residential"],
        name=["built"],
    )
    _answer, found, by = told(town().with_layer(land), zonings.CELLS)
    assert by.split_by == ("residential land", "area")
    cars = found.districts.set_index("district_id")["cars_mean"]
    assert cars["E1300N4550"] == pytest.approx(900.0)


def test_an_illustrative_grid_never_says_where_people_live(told: Told) -> None:
    grid = layer(
        "grid",
        shapely.points([130_100], 455_100),
        asset_id=["t"],
        level=["transformer"],
        dwellings=[100.0],
    )
    real = town().with_layer(grid)
    assert told(real, zonings.CELLS)[2].split_by == ("dwellings", "area")
    drawn = Project(
        "town", "Town", "NL", CRS, "Europe/Amsterdam", dict(real.layers), illustrative=True
    )
    assert told(drawn, zonings.CELLS)[2].split_by == ("area",)


@pytest.fixture(scope="module")
def own() -> Layer:
    """Two areas: one over a half of the first district and beyond, one far off."""
    shapes = shapely.box([129_500, 140_000], 455_000, [130_500, 141_000], 456_000)
    return layer("districts", shapes, district_id=["b", "a"], name=["Half", "Far"])


def test_an_own_map_says_what_is_outside_and_what_is_unknown(told: Told, own: Layer) -> None:
    answer, found, by = told(town(), zonings.OWN, own)
    far, half = (found.districts.iloc[at] for at in (0, 1))  # in the order of their ids
    assert (far["name"], far["status"]) == ("Far", "unknown")
    assert np.isnan(far["points_p50"])
    assert half["covered_share"] == pytest.approx(0.5)
    assert half["cars_mean"] == pytest.approx(450.0)
    assert zonings.outside(answer, found) == answer.points_plan - half["points_plan"] > 0
    assert by.partly.tolist() == [False, True]
    assert by.drawn.area.tolist() == pytest.approx([1e6, 5e5])


def test_the_document_says_unknown_as_null_and_the_total(told: Told, own: Layer) -> None:
    answer, found, by = told(town(), zonings.OWN, own)
    said = json.loads(json.dumps(zonings.document(answer, found, by), allow_nan=False))
    assert said["zones"][0]["points_plan"] is None
    assert said["zones"][0]["kwh_year"]["p50"] is None
    total = said["zones"][1]["points_plan"] + said["zoning"]["points_plan_outside"]
    assert total == answer.points_plan
    assert any("hold no district" in each for each in said["zoning"]["notices"])


@pytest.mark.parametrize("key", ["csv", "xlsx", "gpkg", "geojson"])
def test_every_format_takes_the_zones(told: Told, own: Layer, key: str) -> None:
    project = town()
    _answer, found, by = told(project, zonings.OWN, own)
    result = zonings.result(project, SCENARIO, found, by)
    content = EXPORTS[key].write(result)
    assert "our districts" in result.meta["sources"]
    assert "split by area" in result.meta["note"]
    if key == "csv":
        rows = pd.read_csv(io.BytesIO(content))
        assert rows["zone_id"].tolist() == ["a", "b"]
        assert rows["points_p50"].isna().tolist() == [True, False]


def test_overlapping_districts_are_told(told: Told) -> None:
    at = 130_000 + 900 * np.arange(4)
    shapes = shapely.box(at, 455_000, at + 1_000, 456_000)
    facts = town().layers["districts"].frame.drop(columns="geometry")
    project = town().with_layer(layer("districts", shapes, **facts.to_dict("list")))
    answer, found, by = told(project, zonings.CELLS)
    assert "counted with each" in by.notices[0]
    assert by.notices[0] in found.notices
    assert found.districts["points_plan"].sum() == answer.points_plan


def test_utrechts_official_wards_as_an_own_map(testdata: Callable[[str], Path]) -> None:
    project = load_project("utrecht")
    answer = estimate.estimate(project, SCENARIO)
    by = zonings.named(project, str(testdata("utrecht/utrecht_wijken_cbs.geojson")))
    found = zonings.demand(project, SCENARIO, answer, by)
    own = zonings.demand(project, SCENARIO, answer, zonings.zoning(project, "wijk"))
    left = zonings.outside(answer, found)  # our schematic postcodes reach beyond the real city
    assert 0 < left < 0.05 * answer.points_plan
    rows, drawn = (each.districts.set_index("name")["points_plan"] for each in (found, own))
    assert rows.sum() + left == drawn.sum() == answer.points_plan
    assert set(rows.index) == set(drawn.index)
    off = (rows - drawn).abs().sum() / drawn.sum()
    assert off < 0.2  # so much a schematic map costs


def test_what_is_no_zoning_is_refused_with_what_there_is() -> None:
    with pytest.raises(InputError, match="choose from cells"):
        zonings.zoning(town(), "wijk")
    with pytest.raises(InputError, match="no districts layer"):
        zonings.zoning(town().without_layer("districts"), zonings.CELLS)


def test_a_zoning_is_named_by_its_content(own: Layer) -> None:
    project = town()
    squares = zonings.zoning(project, zonings.CELLS)
    assert squares.digest == zonings.zoning(town(), zonings.CELLS).digest
    assert squares.digest != zonings.zoning(project, zonings.OWN, own).digest
