"""The national capacity map: MW become kW, colours are no figures, codes find their place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from app.core.layer import Layer
from app.core.project import Project
from app.core.schema import KINDS
from app.sources.area import Area
from app.sources.join import Places, by_code

Take = Callable[..., Any]
WEST, EAST = (
    shapely.box(130_000, 450_000, 134_000, 456_000),
    shapely.box(134_000, 450_000, 138_000, 456_000),
)
STATION = shapely.Point(135_000, 455_000)
CODED = Places(by_code([("3511", WEST), ("3512", EAST)]), {"3511": "3511", "3512": "3512"})
CITY = Area(shapely.union_all([WEST, EAST]), "EPSG:28992", "Town", "NL", "Europe/Amsterdam", CODED)
EXAMPLES = "connectors/capaciteitskaart/im_capaciteitskaart_"


def postcode(code: str, colour: str = "red", station: str = "OS OUD") -> dict[str, Any]:
    colours = {"demand_constraint": colour, "generation_constraint": "transparant"}
    return {"postcode": code, "substation_short_code": station, **colours}


def area(code: str, *postcodes: dict[str, Any], **figures: Any) -> dict[str, Any]:  # noqa: ANN401
    known = {"demand_available_capacity": 47, "demand_quoted_capacity": 58, "works": []}
    inner = {"postcode_areas": list(postcodes)} if postcodes else {}
    return {"short_code": code, "type": "energy_area", **known, **inner, **figures}


def capacity_map(*areas: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    usual = {
        "conforms_to": "http://data.netbeheernederland.nl/capaciteitskaart/v1.3.0",
        "creator": "a@example.org",
        "identifier": "made up",
        "issued": "2026-01-10",
        "updated": [{"date": "2026-02-01", "type": "KI"}, {"date": "2026-01-01", "type": "WR"}],
    }
    return {**usual, **more, "energy_areas": list(areas)}


def codes(found: Any) -> dict[str, str]:  # noqa: ANN401
    return {problem.code: problem.message for problem in found.problems}


@pytest.mark.parametrize(("name", "rows"), [("dso-20250110", 4), ("tso-20250120", 3)])
def test_the_published_examples_pass_with_warnings(
    testdata: Callable[[str], Path], take: Take, name: str, rows: int
) -> None:
    found = take(testdata(f"{EXAMPLES}{name}.json"), area=None)
    assert found.accepted
    assert found.rows == rows
    assert "2025-12-21" in codes(found)["CAP-DATES"]
    assert "CAP-MODEL" not in codes(found)  # they break no rule that the model itself states
    assert found.mapping.crs is None  # nothing was placed anywhere
    assert found.layer.map.geometry.isna().all()


def test_the_network_example_says_what_the_file_says(
    testdata: Callable[[str], Path], take: Take
) -> None:
    frame = take(testdata(f"{EXAMPLES}tso-20250120.json"), area=None).layer.frame
    row = frame.set_index("asset_id").loc["OS FICTIEF1"]
    # by hand: (470 - 580) MW x 1000 = -110,000 kW; 30 MW in the queue; 470 - 380 MW the other way
    assert (row["headroom_kw"], row["queue_kw"]) == (-110_000, 30_000)
    assert row["export_headroom_kw"] == 90_000
    assert (row["parent_id"], row["available_year"]) == ("Drenthe", 2030)
    assert (row["constraint"], row["status"]) == ("amber", "estimated")
    assert (row["demand_available_capacity"], row["demand_quoted_capacity"]) == (470, 580)
    assert "2026 Q3" in row["works"]
    assert row["works_year"] == 2026
    assert "capacity_kw" not in frame  # transport capacity of an area is no transformer's rating


def test_postcodes_put_an_area_on_the_map_and_stay_colours(take: Take) -> None:
    west = area("A", postcode("3511AB", "amber"), postcode("3511AC"), demand_capacity_in_queue=3)
    east = area("B", postcode("3512 AB", "yellow"), demand_quoted_capacity=40)
    found = take(capacity_map(west, east), area=CITY, name="map.json")
    frame = found.layer.map.set_index("asset_id")
    assert frame.loc["A", "geometry"].equals(WEST)
    assert frame.loc["B", "geometry"].equals(EAST)
    assert frame.loc["3511AC", "district_id"] == "3511"
    assert frame.loc["A", "postcodes"] == "1 amber, 1 red"
    assert frame["constraint"].isna()["A"]  # its postcodes disagree
    assert frame.loc["B", "constraint"] == "yellow"
    assert frame.loc[["3511AB", "3511AC"], "headroom_kw"].isna().all()
    assert set(frame.loc[["3511AB", "3511AC"], "status"]) == {"unknown"}
    assert found.mapping.crs == "EPSG:28992"
    assert found.layer.as_of == "2026-02-01"
    assert "CAP-NOWHERE" not in codes(found)


def test_the_formula_is_shown_and_both_figures_are_kept(take: Take) -> None:
    silent = area("B", demand_quoted_capacity=None)
    del silent["demand_quoted_capacity"]
    found = take(capacity_map(area("A"), silent), area=CITY)
    frame = found.layer.frame.set_index("asset_id")
    assert frame["headroom_kw"].to_dict() == {"A": -11_000, "B": 47_000}
    assert "demand_available_capacity - demand_quoted_capacity" in codes(found)["COL-COMPUTED"]
    assert codes(found)["CAP-QUOTED"].startswith("1 areas")
    assert "VAL-NEGATIVE" in codes(found)


def test_a_postcode_fed_twice_keeps_both_and_its_district_is_shared(take: Take) -> None:
    found = take(
        capacity_map(area("A", postcode("3511AB")), area("B", postcode("3511AB"))), area=CITY
    )
    assert found.layer.frame["asset_id"].tolist() == ["A", "3511AB", "B", "3511AB-2"]
    assert "3511" in codes(found)["CAP-SHARED"]


def test_postcodes_of_elsewhere_are_set_aside_and_areas_stay(take: Take) -> None:
    here, there = area("A", postcode("3511AB"), postcode("9999ZZ")), area("B", postcode("9999ZY"))
    found = take(capacity_map(here, there), area=CITY)
    assert found.layer.frame["asset_id"].tolist() == ["A", "3511AB", "B"]
    assert codes(found)["CAP-ASIDE"].startswith("2 postcodes")
    assert ": B (" in codes(found)["CAP-NOWHERE"]


def test_a_station_is_found_by_its_code_and_by_what_it_feeds(take: Take) -> None:
    coded = Places({"OSOUD": STATION}, {}, {"OSNIEUW": (WEST,)})
    place = Area(CITY.polygon, CITY.crs, "Town", "NL", "Europe/Amsterdam", coded)
    found = take(capacity_map(area("OS OUD"), area("OS NIEUW"), area("OS VER")), area=place)
    frame = found.layer.map.set_index("asset_id")
    assert frame["joined_by"].tolist() == ["station", "what it feeds", "none"]
    assert "CAP-JOINED" in codes(found)
    assert frame.loc["OS OUD", "geometry"].equals(STATION)
    assert frame.loc["OS VER", "geometry"] is None


def test_what_stands_in_a_district_does_not_speak_for_it() -> None:
    """The map of today's grid names a district in each row; its ground is the district's own."""
    crs = "EPSG:28992"
    facts = {"asset_id": ["T1", "3512"], "district_id": ["3511", "3511"], "name": ["One", "Two"]}
    points = [shapely.Point(131_000, 451_000), shapely.Point(135_000, 451_000)]
    grid = Layer(gpd.GeoDataFrame(facts, geometry=points, crs=crs), "grid", "", "", "")
    wards = {"district_id": ["3511", "3512"], "name": ["West", "One"]}
    shapes = gpd.GeoDataFrame(wards, geometry=[WEST, EAST], crs=crs)
    districts = Layer(shapes, "districts", "", "", "")
    project = Project("t", "Town", "NL", crs, "UTC", {"districts": districts, "grid": grid})
    start = Area(None, crs, "Town", "NL", "UTC")
    for area in (Area.of(project), start.knowing(districts).knowing(grid)):
        assert area.places is not None
        assert area.places.at("3511").equals(WEST)
        assert area.places.at("3512").equals(EAST)  # not the station of that number
        assert area.places.at("one").equals(points[0])  # not the district of that name
        assert area.places.at("West") is None


def test_faults_against_the_model_are_warnings(take: Take) -> None:
    odd = area("A", postcode("3511ab", "purple"), demand_available_capacity="47", extra=1)
    later = capacity_map(odd, conforms_to="http://x/capaciteitskaart/v1.9.2")
    found = take(later, area=CITY)
    assert found.accepted
    assert found.layer.frame["headroom_kw"].tolist()[0] == -11_000
    said = [problem.message for problem in found.problems if problem.code == "CAP-MODEL"]
    assert any("wrong type" in message for message in said)
    assert any("does not know" in message for message in said)
    assert any("four digits" in message for message in said)
    assert "VAL-CHOICE" in codes(found)
    assert "1.9.2" in codes(found)["CAP-NEWER"]
    assert {problem.severity for problem in found.problems} == {"warning", "notice"}


def test_another_major_version_is_refused(take: Take) -> None:
    found = take(capacity_map(area("A"), conforms_to="https://x/capaciteitskaart/v2.0.0"))
    assert [problem.code for problem in found.problems] == ["CAP-VERSION"]
    assert not found.accepted
    unsaid = take(capacity_map(area("A"), conforms_to=""))
    assert unsaid.accepted
    assert "CAP-UNSAID" in codes(unsaid)


@pytest.mark.parametrize(
    ("areas", "code"),
    [([], "GEO-NONE"), ({}, "GEO-NONE"), (["x", 4, None], "GEO-NONE"), (None, "GEO-NONE")],
)
def test_a_map_without_areas_is_refused(take: Take, areas: Any, code: str) -> None:  # noqa: ANN401
    body = json.dumps({**capacity_map(), "energy_areas": areas}).encode()
    found = take(body, "grid", "map.json")
    assert [problem.code for problem in found.problems] == [code]


def test_hostile_maps_are_refused_or_read_and_never_crash(take: Take) -> None:
    deep: Any = 1
    for _ in range(80):
        deep = [deep]
    assert "JSON-DEEP" in codes(take(capacity_map(area("A", works=deep))))
    strange = [
        area("A", works={"a": 1}, demand_available_capacity=True, demand_alleviation_year="soon"),
        area("B", {"postcode": ["3511AB"]}, {"postcode": 7}, demand_available_capacity=1e400),  # type: ignore[arg-type]
        {"short_code": {"a": 1}, "postcode_areas": "3511AB", "demand_constraint": 4},
        area("A", names=[3, {"name": 4}], works=[{"time_schedules": [{"schedule_interval": 3}]}]),
    ]
    body = json.dumps(capacity_map(*strange, updated=[4, {"date": 3}], valid=7)).encode()
    found = take(body, "grid", "map.json", area=CITY)
    assert found.accepted
    assert found.layer.frame["asset_id"].is_unique
    assert found.layer.frame["headroom_kw"].notna().sum() == 1  # only the last one says a figure


def test_it_is_a_grid_and_nothing_else(take: Take) -> None:
    found = take(capacity_map(area("A")), "chargers", "map.json")
    assert [problem.code for problem in found.problems] == ["FILE-KIND"]


def test_a_province_may_queue_for_gigawatts_but_a_transformer_may_not(take: Take) -> None:
    found = take(capacity_map(area("A", demand_capacity_in_queue=3_200)), area=CITY)
    assert found.layer.frame["queue_kw"].tolist() == [3_200_000]
    text = "asset_id,level,headroom_kw,lon,lat\na,transformer,3200000,5.1,52.1\n"
    assert "VAL-RANGE" in codes(take(text, name="t.csv"))


def test_figures_that_must_be_kilowatts_are_asked_about(take: Take) -> None:
    found = take(capacity_map(area("A", demand_available_capacity=47_000)), area=CITY)
    assert "are these kW" in codes(found)["VAL-UNIT"]


def test_the_same_columns_as_a_table_are_megawatts_too(take: Take) -> None:
    text = (
        "short_code,demand_available_capacity,demand_quoted_capacity,demand_capacity_in_queue,"
        "demand_constraint,demand_alleviation_year,lon,lat\n"
        "OS OUD,47,58,3,amber,2031,5.1,52.1\nOS NIEUW,60,,,transparant,,5.12,52.1\n"
    )
    frame = take(text, name="map.csv").layer.frame.set_index("asset_id")
    assert frame["headroom_kw"].to_dict() == {"OS OUD": -11_000, "OS NIEUW": 60_000}
    assert frame["constraint"].tolist() == ["amber", "green"]
    assert frame.loc["OS OUD", ["queue_kw", "available_year"]].tolist() == [3_000, 2031]
    assert set(frame["status"]) == {"estimated"}


def test_a_british_heat_map_is_read_with_and_without_coordinates(take: Take) -> None:
    head = "Substation,Firm Capacity (MVA),Demand Headroom (MW),Demand RAG,Reinforcement year"
    rows = ("3511,24,3.5,Green,2028", "3512,12,-1.5,Red,", "Elsewhere,30,9,Amber,2027")
    where = (",5.1,52.1", ",5.12,52.1", ",5.13,52.11")
    full = "\n".join(
        [head + ",Longitude,Latitude", *(r + w for r, w in zip(rows, where, strict=True))]
    )
    for text, placed in ((full, 3), ("\n".join([head, *rows]), 2)):
        found = take(text, name="heat.csv", area=CITY)
        frame = found.layer.map.set_index("name")
        assert frame["headroom_kw"].tolist() == [3_500, -1_500, 9_000]
        assert frame.loc["3511", "capacity_kw"] == pytest.approx(24_000 * 0.95)
        assert frame["constraint"].tolist() == ["green", "red", "amber"]
        assert frame["available_year"].tolist()[0] == 2028
        assert frame.geometry.notna().sum() == placed
    assert "Elsewhere" in codes(found)["CAP-NOWHERE"]


def test_the_headers_of_a_british_operator_are_known(take: Take) -> None:
    text = (
        "Network Reference ID,Substation Name,Parent Network Reference ID,Asset Type,"
        "Firm Capacity of Substation (MVA),Measured Peak Demand (MVA),Demand Headroom (MVA),"
        "Demand Headroom RAG,Upstream Demand Headroom RAG,Generation Headroom (MVA),"
        "Generation Headroom RAG,Latitude,Longitude\n"
        "7,High Street,1,Primary,24,14,9,Green,Red,3,Red,52.1,5.1\n"
        "8,Mill Lane,1,BSP,30,31,-1,Red,Red,0,Red,52.11,5.12\n"
    )
    found = take(text, name="map.csv")
    row = found.layer.frame.set_index("asset_id").loc["7"]
    assert row[["name", "level", "constraint", "parent_id"]].tolist() == [
        *("High Street", "substation", "green", "1")
    ]
    kilowatts = row[["capacity_kw", "peak_load_kw", "headroom_kw", "export_headroom_kw"]]
    assert kilowatts.tolist() == [22_800, 13_300, 8_550, 2_850]  # MVA x 1000 x 0.95
    assert set(found.layer.frame["status"]) == {"measured"}  # nothing was worked out


def test_a_table_whose_codes_are_nowhere_on_the_map_is_still_refused(take: Take) -> None:
    found = take("substation,headroom_kw\nx,100\ny,200\n", name="t.csv", area=CITY)
    assert "TAB-GEOMETRY" in codes(found)


def test_every_column_of_ours_is_one_the_schema_knows() -> None:
    from app.sources.capacity_rows import OURS  # noqa: PLC0415

    known = {column.name for column in KINDS["grid"].columns} | {"status"}
    assert set(OURS) <= known
