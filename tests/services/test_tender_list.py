"""The list of a tender: what a plan may bring, what is never guessed, and what is refused."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from app.core.errors import InputError
from app.core.project import Project
from app.core.tender.draft import TenderDraft
from app.services.tender import clauses, pack, pack_date, tender
from tests.services.conftest import SCENARIO


def test_phases_that_are_years_give_the_year_and_count_from_one(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    years = plan.assign(phase=[2028, 2026, 2030] * 3)
    found = tender(project, years, SCENARIO, day="2027-01-15").sites
    pairs = set(zip(found["phase"], found["planned_year"], strict=True))
    assert pairs == {(1, 2026), (2, 2028), (3, 2030)}
    usual = tender(project, plan, SCENARIO, day="2027-01-15").sites
    assert set(usual["planned_year"]) == {SCENARIO.year}


def test_bays_are_not_guessed_and_a_plan_may_say_them(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    found = tender(project, plan, SCENARIO, day="2027-01-15")
    assert found.sites["n_bays"].isna().all()
    assert "n_bays: unknown for 8 of 8 places" in found.open_items
    told = tender(project, plan.assign(n_bays=3, n_accessible=1), SCENARIO, day="2027-01-15")
    assert set(told.sites["n_bays"]) == {3}
    assert not [item for item in told.open_items if item.startswith(("n_bays", "n_acc"))]


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"parking_type": "on_street"}, "'parking_type' holds 'on_street' in 8 of 8 rows, not one"),
        ({"current_type": "steam"}, "'current_type' holds 'steam' in 8 of 8 rows, not one of: AC"),
        ({"n_bays": "many"}, "'n_bays' holds 'many' in 8 of 8 rows, not a number"),
        (
            {"grid_source_date": "soon"},
            "'grid_source_date' holds 'soon' in 8 of 8",
        ),
    ],
)
def test_words_the_list_does_not_know_are_refused_all_at_once(
    project: Project, plan: gpd.GeoDataFrame, own: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError) as refused:
        tender(project, plan.assign(**own, use_case="party"), SCENARIO, day="2027-01-15")
    assert words in str(refused.value)
    assert "'use_case' holds 'party'" in str(refused.value)
    kinds = plan.assign(parking_type="ON_STREET", use_case="resident", dso="Grid & Co")
    found = tender(project, kinds, SCENARIO, day="2027-01-15").sites
    assert set(found["use_case"]) == {"resident"}


def test_a_walk_of_few_homes_is_withheld_in_public(
    public: TenderDraft, internal: TenderDraft
) -> None:
    walks = dict(zip(public.id_map.values(), public.sites["walk_m_p90"], strict=True))
    # c8 serves 3 homes, c7 nobody knows
    assert np.isnan(walks["c8"])
    assert np.isnan(walks["c7"])
    assert walks["c9"] == 120.0
    assert internal.sites["walk_m_p90"].notna().all()


def test_the_sum_of_a_site_is_not_taken_for_the_power_of_a_point(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    # our own plans write kw = points x 11; a type that nobody knows leaves the number as it is
    own = plan.assign(kw=plan["points"] * 11.0, type=["ac11"] * 7 + ["odd"] * 2, status="suggested")
    found = tender(project, own, SCENARIO, day="2027-01-15").sites
    by_points = found.groupby("n_charge_points")["power_kw_point"].agg(list)
    assert sorted(by_points[2]) == [11.0, 11.0, 11.0]
    assert sorted(by_points[6]) == [11.0, 11.0, 66.0]
    assert set(found[found["power_kw_point"] == 11.0]["current_type"]) == {"AC"}


def test_a_number_on_a_map_is_no_address(project: Project, plan: gpd.GeoDataFrame) -> None:
    bays = project.layers["parking"].map.iloc[:9]
    numbered = plan.assign(name=[f"Quay, {each} (1/3)" for each in bays["parking_id"]])
    found = tender(project, numbered, SCENARIO, day="2027-01-15").sites
    assert set(found["address"]) == {"unknown"}


def test_a_pack_of_another_phase_names_other_words(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    found = tender(project, plan, SCENARIO.but(v2g_phase=0, model="direct"), day="2026-06-01")
    assert set(found.sites["v2g_phase"]) == {"none"}
    assert found.meta["model"].startswith("Direct purchase")


def test_a_text_that_promises_another_walk_than_the_plan_is_an_open_item(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    far = tender(project, plan, SCENARIO.but(radius_m=400), day="2027-01-15")
    assert "LOC-01 asks for 300 m, the plan walks 400 m" in far.open_items
    edits = clauses("[clause.LOC-01]\nmax_walk_m = 400\nconfirm = ['max_walk_m']")
    settled = tender(project, plan, SCENARIO.but(radius_m=400), day="2027-01-15", edits=edits)
    assert not [item for item in settled.open_items if item.startswith("LOC-01")]


def test_a_hand_made_plan_in_degrees_with_names_of_the_list_works(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    bare = (
        plan[["candidate_id", "geometry"]]
        .to_crs(4326)
        .assign(n_charge_points=2, power_kw_point=22.0, address="Here")
    )
    found = tender(project, bare, SCENARIO, day="2027-01-15", edition="internal")
    assert found.points == 18
    assert set(found.sites["address"]) == {"Here"}
    assert found.lots["kwh_day"].isna().all()
    assert pack(found)


def test_the_date_is_of_the_maps_or_of_the_environment_never_of_today(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(layer.as_of for layer in project.layers.values())
    assert pack_date(project) == newest[:10]
    bare = replace(project, layers={})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")  # 15 January 2027
    assert pack_date(bare) == "2027-01-15"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert pack_date(bare) == "2000-01-01"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda plan: plan.iloc[:0], "no sites in the plan"),
        (lambda plan: plan.drop(columns="candidate_id"), "need the column 'candidate_id'"),
        (lambda plan: plan.assign(points=[None, *[2] * 8]), "need the column 'points'"),
        (lambda plan: plan.assign(points=[0, *[2] * 8]), "above 0"),
        (lambda plan: plan.assign(kw="eleven"), "above 0"),
        (lambda plan: plan.assign(candidate_id="c1"), "same candidate_id twice"),
        (lambda plan: plan.set_crs(None, allow_override=True), "no coordinate system"),
        (lambda plan: plan.set_geometry([Point(0, 0)] * 9, crs=plan.crs), "lie outside Sampletown"),
        (lambda plan: plan.assign(location_id="UTR-0001"), "same location_id twice"),
    ],
)
def test_a_plan_that_cannot_be_tendered_is_refused_in_words(
    project: Project, plan: gpd.GeoDataFrame, spoil: object, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        tender(project, spoil(plan), SCENARIO, day="2027-01-15")  # type: ignore[operator]


def test_unknown_edition_and_date_are_refused(project: Project, plan: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="choose from public, internal"):
        tender(project, plan, SCENARIO, edition="secret")
    with pytest.raises(InputError, match="not a date"):
        tender(project, plan, SCENARIO, day="soon")
