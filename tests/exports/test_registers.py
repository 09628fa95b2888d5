"""What registers and notices read: the same places, true to their formats, nothing claimed."""

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import jsonschema
import pytest
from shapely import Point, box

from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.exports import datex, eforms, ocds, ocpi
from app.services.pack_member import json_member
from app.services.projects import load_project
from app.services.tender import tender
from app.sources import datex as datex_reader
from app.sources.ocpi import locations as read_ocpi

SCHEMA = Path(__file__).parents[1] / "fixtures" / "ocds" / "ocds_eforms_release_schema.json"
HOSTILE = ["=1+1", "@x", "🚲 plein", "\u202eRTL", "x" * 300, 'q"uote\n', "</script>", "Kade"]
FILES = {"annex.pdf": "application/pdf", "map.pdf": "application/pdf", "sites.csv": "text/csv"}


@pytest.fixture(scope="module")
def internal() -> TenderDraft:
    project = load_project("sampletown")
    bays = project.layers["parking"].map.iloc[:8].geometry.representative_point()
    shapes = [*bays.iloc[:7], box(*bays.iloc[7].buffer(30).bounds)]
    plan = gpd.GeoDataFrame(
        {
            "candidate_id": [f"c{each}" for each in range(8)],
            "address": HOSTILE,
            "points": [2, 4] * 4,
            "kw": [11.0] * 5 + [3.7, 150.0, 22.0],
            "lot": ["1", "2"] * 4,
            "parking_type": ["ON_STREET", "PARKING_LOT", "PARKING_GARAGE", None] * 2,
            "cost_eur": [9000.0] * 8,
            "n_bays": [2, None] * 4,
            "bay_geometry": "parallel",
            "postcode": "3511 AB",
            "dso": ["Gridco", None] * 4,
        },
        geometry=shapes,
        crs=project.crs,
    )
    asked = Scenario(model="concession", v2g_phase=2)
    return tender(project, plan, asked, day="2027-01-15", edition="internal")


@pytest.fixture(scope="module")
def public(internal: TenderDraft) -> TenderDraft:
    sites = internal.sites.drop(columns=["est_capex_eur", "note"])
    return replace(
        internal, edition="public", sites=sites, lots=internal.lots.drop(columns="cost_eur")
    )


def _round(value: object) -> Any:  # noqa: ANN401
    """Write and read it as the pack does."""
    return json.loads(json_member("x", value).data)


def _release(draft: TenderDraft) -> dict[str, Any]:
    found: dict[str, Any] = _round(ocds.package(draft, FILES))["releases"][0]
    return found


def test_every_format_holds_the_same_places_points_and_kw(internal: TenderDraft) -> None:
    ids, points = list(internal.sites["location_id"]), internal.points
    items = _release(internal)["tender"]["items"]
    assert [each["id"] for each in items] == ids
    assert sum(each["quantity"] for each in items) == points
    posts = list(read_ocpi(_round(ocpi.locations(internal))))
    assert [each["id"] for each in posts] == ids
    assert sum(len(each["evses"]) for each in posts) == points
    stations = _stations(internal)
    assert [each["idG"] for each in stations] == [f"{key}-S" for key in ids]
    assert sum(each["numberOfRefillPoints"] for each in stations) == points
    watts = sum(each["totalMaximumPower"] for each in stations)
    assert watts == round(internal.sites["station_kw"].sum() * 1000)
    plugs = [point["connectors"][0] for each in posts for point in each["evses"]]
    assert sum(each["max_electric_power"] for each in plugs) == watts


def _stations(draft: TenderDraft) -> list[dict[str, Any]]:
    table = _round(datex.publication(draft))["payload"]["aegiEnergyInfrastructureTablePublication"]
    assert table["headerInformation"]["informationStatus"] == {"value": "test"}
    sites = table["energyInfrastructureTable"][0]["energyInfrastructureSite"]
    return [each for site in sites for each in site["energyInfrastructureStation"]]


@pytest.mark.parametrize("edition", ["internal", "public"])
def test_the_release_is_valid_open_contracting_data(
    edition: str, request: pytest.FixtureRequest
) -> None:
    release = _release(request.getfixturevalue(edition))
    schema = json.loads(SCHEMA.read_text("utf-8"))
    checker = jsonschema.Draft4Validator(
        schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    )
    assert [error.message for error in checker.iter_errors(release)] == []
    lots = {each["id"] for each in release["tender"]["lots"]}
    assert (
        {each["relatedLot"] for each in release["tender"]["items"]}
        == lots
        == {
            "LOT-0001",
            "LOT-0002",
        }
    )
    assert [each["title"] for each in release["tender"]["documents"]] == list(FILES)


def test_only_the_internal_edition_tells_what_a_lot_may_cost(
    internal: TenderDraft, public: TenderDraft
) -> None:
    values = [each["value"] for each in _release(internal)["tender"]["lots"]]
    assert sum(each["amount"] for each in values) == 8 * 9000
    told = json.dumps(_release(public)) + eforms.sheet(public).to_csv()
    assert "36000" not in told
    assert '"value"' not in told


def test_a_lot_says_how_long_it_is_run_and_how_it_is_judged(internal: TenderDraft) -> None:
    lot = _release(internal)["tender"]["lots"][0]
    assert lot["contractPeriod"] == {"durationInDays": 3650}  # CON-01: ten years of 365 days
    by_id = {each["id"]: each for each in lot["awardCriteria"]["criteria"]}
    assert by_id["PAY-06"]["numbers"] == [{"number": 40.0, "weight": "percentageExact"}]
    assert by_id["PAY-06"]["type"] == "price"
    assert "numbers" not in by_id["LOC-17"]  # no weight is set: none is invented


def test_an_area_to_search_in_stays_an_area(internal: TenderDraft) -> None:
    kinds = [
        each["deliveryLocation"]["geometry"]["type"]
        for each in _release(internal)["tender"]["items"]
    ]
    assert sorted(kinds) == ["Point"] * 7 + ["Polygon"]
    back = gpd.GeoSeries(
        [Point(*each["deliveryLocation"]["geometry"]["coordinates"]) for each in _points(internal)],
        crs=4326,
    ).to_crs(internal.project.crs)
    there = internal.sites[internal.sites.geom_type == "Point"].geometry
    assert back.distance(there.reset_index(drop=True), align=False).max() < 0.15


def _points(draft: TenderDraft) -> list[Mapping[str, Any]]:
    items = _release(draft)["tender"]["items"]
    return [each for each in items if each["deliveryLocation"]["geometry"]["type"] == "Point"]


def test_ocpi_locations_are_planned_and_within_the_limits_of_the_format(
    internal: TenderDraft,
) -> None:
    posts = _round(ocpi.locations(internal))
    by_power = {p["evses"][0]["connectors"][0]["max_electric_power"]: p for p in posts}
    # 11 kW on three phases of 230 V: 11000 / 690 = 15.9 A; 3.7 kW on one: 16.1 A; 150 kW at 400 V
    found = {w: (c["power_type"], c["max_amperage"]) for w, c in _plugs(by_power).items()}
    assert found == {
        11000: ("AC_3_PHASE", 16),
        3700: ("AC_1_PHASE", 16),
        22000: ("AC_3_PHASE", 32),
        150000: ("DC", 375),
    }
    for post in posts:
        assert post["country"] == "NLD"
        assert post["party_id"] == "XXX"
        assert post["publish"] is False
        assert len(post["address"]) <= 45
        assert {point["status"] for point in post["evses"]} == {"PLANNED"}
        assert "unknown" not in json.dumps(post)
    assert [len(post["parking_places"]) for post in posts] == [2] * 4 + [
        0
    ] * 4  # by lot, then place
    assert [post.get("parking_type") for post in posts].count(None) == 2


def _plugs(posts: Mapping[int, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return {watts: post["evses"][0]["connectors"][0] for watts, post in posts.items()}


def test_our_own_reader_of_datex_finds_the_same(internal: TenderDraft) -> None:
    document = _round(datex.publication(internal))
    assert datex_reader.is_datex(document)
    found = [datex_reader._row(datex_reader.Station(each, {})) for each in _stations(internal)]  # noqa: SLF001
    assert sum(each["points"] for each in found) == internal.points
    assert [each["power_kw"] for each in found] == list(internal.sites["power_kw_point"])
    assert {each["v2g"] for each in found} == {True}
    told = [each.get("energyDistributor") for each in _stations(internal)]
    assert told.count(None) == 4
    assert "Gridco" in json.dumps(told)
    assert "unknown" not in json.dumps(document)


def test_points_that_give_nothing_back_do_not_say_so(internal: TenderDraft) -> None:
    plain = replace(internal, sites=internal.sites.assign(v2g_phase="bonus"))
    told = json.dumps(datex.publication(plain))
    assert "bidirectional" not in told
    assert "iso15118" not in told


def test_the_sheet_of_the_notice_has_every_field_of_every_lot(internal: TenderDraft) -> None:
    rows = eforms.sheet(internal)
    assert list(rows) == ["lot", "field", "name", "value", "note"]
    asked = {"BT-137", "BT-27", "BT-36", "BT-262", "BT-263", "BT-5071", "BT-727", "BT-728"}
    asked |= {"BT-539", "BT-541", "BT-5421", "BT-160", "BT-162", "BT-163", "BT-06", "BT-774"}
    for _, own in rows[rows["lot"] != "all"].groupby("lot"):
        assert asked <= set(own["field"])
    assert {"BT-21", "BT-24", "BT-300", "BT-15", "BT-708"} <= set(
        rows[rows["lot"] == "all"]["field"]
    )
    by_hand = rows[(rows["lot"] == "LOT-0001") & (rows["field"] == "BT-36")]
    assert by_hand["value"].iloc[0] == "120 months"
    empty = rows[rows["value"] == ""]
    assert (empty["note"] != "").all()  # what is not known says who settles it
    assert io.StringIO(rows.to_csv()).read().count("=1+1") == 0
