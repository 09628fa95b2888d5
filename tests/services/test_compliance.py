"""A city and its tender against duties: both ways of counting, and the same in every edition."""

from collections.abc import Iterable
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

from app.core.duties.base import Check
from app.core.duties.density import City, ratios
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.exports.csv_table import read as read_csv
from app.services.car_parks import car_parks
from app.services.compliance import compliance, table
from app.services.freezing import stands_against
from app.services.ladder import above_ceiling, existing_points, ready_points, rungs
from app.services.pack_compliance import members
from app.services.projects import load_project
from app.services.tender import tender


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project("sampletown")


@pytest.fixture(scope="module")
def drafts(project: Project) -> dict[str, TenderDraft]:
    bays = project.layers["parking"].map.iloc[:3]
    plan = gpd.GeoDataFrame(
        {
            "candidate_id": ["a", "b", "c"],
            "points": [2, 4, 3],
            "kw": 11.0,
            "lot": "1",
            "transformer_id": [*project.layers["grid"].map["asset_id"].iloc[:2], None],
        },
        geometry=bays.geometry.representative_point().to_numpy(),
        crs=project.crs,
    )
    asked = Scenario(model="concession", v2g_phase=2)
    return {
        edition: tender(project, plan, asked, day="2027-01-15", edition=edition)
        for edition in ("public", "internal")
    }


def _one(checks: Iterable[Check], name: str, scope: str) -> Check:
    return next(each for each in checks if each.id == name and each.scope.endswith(scope))


def test_the_fleet_is_counted_both_ways_and_at_the_evening_peak(
    drafts: dict[str, TenderDraft], project: Project
) -> None:
    checks = compliance(drafts["public"])
    frame, posts = project.layers["districts"].frame, project.layers["chargers"].frame
    today = _one(checks, "afir_fleet", "today, nameplate")
    assert today.required == pytest.approx(
        1.3 * frame["cars_bev"].sum() + 0.8 * frame["cars_phev"].sum()
    )
    assert today.found == (posts["points"] * posts["power_kw"]).sum()
    deliverable = _one(checks, "afir_fleet", "today, deliverable")
    assert deliverable.found == pytest.approx(17.25 * len(posts)), "two points on 3 x 25 A"
    # ordered: 2, 2 + 2 and 2 + 1 points of 11 kW, four posts of 17.25 kW and one of 11 kW
    then = _one(checks, "afir_fleet", "tender, deliverable")
    assert then.found == pytest.approx(17.25 * (len(posts) + 4) + 11)
    evening = _one(checks, "afir_fleet", "evening peak")
    nameplate = _one(checks, "afir_fleet", "tender, nameplate")
    assert nameplate.found is not None
    assert evening.found == pytest.approx(0.5 * nameplate.found), "16-20 h at half the power"
    assert evening.result == "not_applicable"
    assert "only compares itself" in today.warning


def test_car_parks_lack_what_their_facilities_lack(project: Project) -> None:
    found = list(car_parks(project))
    city = _one(found, "parking_share", "city")
    each = [c for c in found if c.id == "parking_share" and c.scope != "city"]
    assert city.gap == sum(c.gap or 0 for c in each)
    # the garage of 250 spaces owes 25 points and has 4
    assert _one(found, "parking_share", "Market garage").gap == 21
    garage = _one(found, "epbd", "Market garage")
    assert (garage.required, garage.found, garage.result) == (25, 4, "unknown"), "ducts not counted"
    assert "Sources disagree" in garage.warning


def test_a_fast_station_has_a_connection_of_its_own_size(
    drafts: dict[str, TenderDraft], project: Project
) -> None:
    chargers = project.layers["chargers"]
    fast = replace(chargers, frame=chargers.frame.assign(power_kw=50.0))
    city = replace(project, layers={**project.layers, "chargers": fast})
    checks = compliance(replace(drafts["public"], project=city))
    both = [_one(checks, "afir_fleet", f"today, {word}") for word in ("nameplate", "deliverable")]
    assert both[0].found == both[1].found == (chargers.frame["points"] * 50).sum()


def test_the_ladder_starts_from_what_the_map_tells(
    drafts: dict[str, TenderDraft], project: Project
) -> None:
    assert ready_points(project) is None, "no map tells it"
    chargers = project.layers["chargers"]
    flags = [True, *[False] * (len(chargers.frame) - 1)]
    told = replace(chargers, frame=chargers.frame.assign(v2g=flags))
    city = replace(project, layers={**project.layers, "chargers": told})
    assert ready_points(city) == chargers.frame["points"].iloc[0]
    # phase 2 requires it: all 9 ordered points are ready
    (rung,) = rungs(drafts["public"], 2)
    assert (rung.points, rung.ready) == (existing_points(project) + 9, 11)
    assert above_ceiling(drafts["public"], (rung,)) == (11 / rung.points < 0.175)


def test_both_editions_say_the_same_but_for_the_grid(drafts: dict[str, TenderDraft]) -> None:
    inside, outside = (table(compliance(drafts[e])) for e in ("internal", "public"))
    named = inside[inside["check_id"] == "v2g_export"]["scope"]
    assert len(named) == 3
    rest = [frame[frame["check_id"] != "v2g_export"].reset_index() for frame in (inside, outside)]
    pd.testing.assert_frame_equal(*(each.drop(columns="index") for each in rest))
    data = members(drafts["public"])[0].data.decode("utf-8-sig")
    assert not [name for name in named if name.startswith("T") and name in data]


def test_the_file_has_its_columns_and_reads_back(drafts: dict[str, TenderDraft]) -> None:
    (member,) = members(drafts["public"])
    assert member.name == "compliance.csv"
    found = read_csv(member.data)
    assert list(found)[:6] == ["check_id", "scope", "status", "required", "found", "gap"]
    assert set(found["status"]) <= {"pass", "gap", "not_applicable", "unknown"}
    assert len(found) == member.rows
    assert member.data == members(drafts["public"])[0].data


def test_gaps_of_the_pack_stand_against_a_final_edition(drafts: dict[str, TenderDraft]) -> None:
    gaps = [c for c in drafts["internal"].checks if c.result == "gap"]
    assert gaps
    told = "\n".join(stands_against(drafts["internal"]))
    assert all(f"{each.id}, {each.scope}" in told for each in gaps)
    assert "afir_fleet" not in told, "a national duty stops no tender of a city"


def test_ratios_that_nobody_counted_are_unknown_not_zero() -> None:
    found = ratios(City(points=100, cars=2_500, kw=1_100, people=0, kwh_year=36_500))
    assert (found["cars_per_point"], found["kw_per_car"], found["kwh_point_day"]) == (25, 0.44, 1)
    assert found["points_per_1000"] is None
    assert found["homes_near_share"] is None
    assert ratios(City(points=0, cars=10))["cars_per_point"] is None
