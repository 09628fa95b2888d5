"""Recommending places for a project, from maps to reasons."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from app.core.criteria import CRITERIA
from app.core.demand.result import Demand
from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.core.siting.question import ask, grid_of
from app.services.estimate import estimate
from app.services.open_project import open_project
from app.services.recommend import Added, Prepared, point_types, prepare, recommend, solve
from app.services.setting import rows_of
from app.services.walks import walks

KAPPA_KW = 0.9


def room_of(project: Project, kappa_kw: float = KAPPA_KW) -> pd.DataFrame:
    rows = rows_of(project)
    headroom = np.maximum(0, rows.limit_kw - rows.peak_kw - kappa_kw * rows.points_now)
    return pd.DataFrame(
        {
            "asset_id": rows.asset_id,
            "headroom_kw": headroom,
            "kappa_kw": kappa_kw,
            "fit": np.floor(headroom / kappa_kw + 1e-9),
        }
    )


@pytest.fixture(scope="module")
def town() -> Project:
    return open_project("sampletown")


@pytest.fixture(scope="module")
def demand(town: Project) -> Demand:
    return estimate(town, Scenario())


@pytest.fixture(scope="module")
def prepared(town: Project, demand: Demand) -> Prepared:
    return prepare(town, demand, radius_m=300)


@pytest.fixture(scope="module")
def room(town: Project) -> pd.DataFrame:
    return room_of(town)


QUESTION = Scenario(budget_eur=500_000)


@pytest.fixture(scope="module")
def plan(prepared: Prepared, room: pd.DataFrame) -> Plan:
    return solve(prepared, QUESTION, room)


def test_a_plan_keeps_its_limits_and_its_promises(plan: Plan, room: pd.DataFrame) -> None:
    firm = plan.firm
    assert plan.verifier["ok"]
    assert firm["cost_eur"].sum() == pytest.approx(plan.totals["cost_eur"])
    assert plan.totals["cost_eur"] <= QUESTION.budget_eur
    used = firm.groupby("transformer_id")["points"].sum() * KAPPA_KW
    headroom = room.set_index("asset_id")["headroom_kw"]
    assert (used <= headroom[used.index] + 1e-6).all()
    assert plan.value <= plan.bound + 1e-9
    assert plan.gap == pytest.approx((plan.bound - plan.value) / plan.bound)
    assert plan.gap < 0.05
    assert plan.served_kwh_day <= plan.demand_kwh_day
    assert plan.served_kwh_day > plan.totals["existing_served_kwh_day"]


def test_every_site_says_why_and_every_refusal_too(plan: Plan) -> None:
    assert plan.sites["rank"].tolist() == list(range(1, len(plan.sites) + 1))
    assert plan.sites["reasons"].str.contains("serves").all()
    used = [key for key, each in CRITERIA.items() if each.default_weight > 0]
    assert [each for each in plan.sites if each.startswith("part_")] == [f"part_{k}" for k in used]
    parts = plan.sites[[f"part_{key}" for key in used]].sum(axis=1)
    np.testing.assert_allclose(parts, plan.sites["score"], atol=1e-9)
    assert (plan.rejected["binding"] != "").all()
    assert (plan.rejected["text"] != "").all()
    assert not set(plan.rejected["candidate_id"]) & set(plan.sites["candidate_id"])
    full = plan.rejected[plan.rejected["binding"].str.contains("grid_full")]
    assert full["text"].str.contains(r"room .* kW, needs 0\.90").all()


def test_nothing_is_lost_between_the_tables(plan: Plan, prepared: Prepared) -> None:
    listed = [*plan.sites["candidate_id"], *plan.rejected["candidate_id"]]
    listed += list(plan.existing["candidate_id"])
    assert sorted(listed) == sorted(prepared.places["candidate_id"])


def test_unknown_room_is_never_firm(plan: Plan, prepared: Prepared) -> None:
    unknown = [asset for asset, bare in zip(prepared.assets, prepared.bare, strict=True) if bare]
    assert not set(plan.firm["transformer_id"]) & set(unknown)
    assert plan.firm["room_after_kw"].notna().all()
    assert plan.conditional["room_before_kw"].isna().all()
    assert plan.totals["sites"] == len(plan.firm)


def test_a_city_without_a_grid_map_still_gets_ranked_places(town: Project, demand: Demand) -> None:
    bare = town.without_layer("grid")
    found = recommend(bare, demand, QUESTION, room_of(bare))
    assert found.firm.empty
    assert len(found.conditional) > 10
    assert set(found.sites["status"]) == {"conditional"}
    assert found.totals["points"] == 0
    assert found.totals["conditional_cost_eur"] <= QUESTION.budget_eur
    assert any("no grid map" in notice for notice in found.notices)
    assert found.verifier["ok"]


def test_a_city_without_parking_gets_an_estimated_lattice(
    town: Project, demand: Demand, room: pd.DataFrame
) -> None:
    bare = town.without_layer("parking").without_layer("chargers")
    found = recommend(bare, demand, QUESTION, room)
    assert set(found.sites["precision"]) == {"area"}
    assert found.existing.empty
    assert any("no parking map" in notice for notice in found.notices)


def test_locked_places_are_in_and_excluded_ones_out(
    prepared: Prepared, room: pd.DataFrame, plan: Plan
) -> None:
    wanted = plan.rejected[plan.rejected["binding"] == "lower_gain"]
    wanted = wanted if len(wanted) else plan.rejected[plan.rejected["binding"] == "no_demand"]
    lock, out = str(wanted["candidate_id"].iloc[0]), str(plan.firm["candidate_id"].iloc[0])
    found = solve(prepared, QUESTION.but(locked=(lock,), excluded=(out,)), room)
    assert lock in set(found.firm["candidate_id"])
    assert out not in set(found.sites["candidate_id"])
    assert found.verifier["ok"]
    row = found.firm.set_index("candidate_id").loc[lock]
    assert "locked by hand" in row["reasons"]
    said = found.rejected.set_index("candidate_id")
    if out in said.index:
        assert "excluded" in str(said.loc[out, "binding"])


def test_names_nobody_knows_and_contradictions_are_refused(
    prepared: Prepared, room: pd.DataFrame, plan: Plan
) -> None:
    with pytest.raises(InputError, match="no candidate nowhere to be locked"):
        solve(prepared, QUESTION.but(locked=("nowhere",)), room)
    name = str(plan.firm["candidate_id"].iloc[0])
    with pytest.raises(InputError, match="both locked and excluded"):
        solve(prepared, QUESTION.but(locked=(name,), excluded=(name,)), room)


def test_a_lock_that_breaks_a_rule_says_which(
    prepared: Prepared, room: pd.DataFrame, plan: Plan
) -> None:
    full = plan.rejected[plan.rejected["binding"].str.contains("grid_full")]
    with pytest.raises(InputError, match="is locked, but: transformer full"):
        solve(prepared, QUESTION.but(locked=(str(full["candidate_id"].iloc[0]),)), room)


def test_more_money_never_serves_less_and_none_serves_what_stands(
    prepared: Prepared, room: pd.DataFrame
) -> None:
    plans = [
        solve(prepared, Scenario(budget_eur=each, score_pull=0.0), room)
        for each in (0, 250_000, 750_000)
    ]
    served = [each.served_kwh_day for each in plans]
    assert served == sorted(served)
    assert plans[0].sites.empty
    assert served[0] == pytest.approx(plans[0].totals["existing_served_kwh_day"], abs=1e-3)
    assert plans[0].rejected["binding"].str.contains("budget|no_demand|grid|min_home").all()


def test_weights_move_the_score(prepared: Prepared, room: pd.DataFrame) -> None:
    only = tuple((key, 1.0 if key == "headroom" else 0.0) for key in CRITERIA)
    found = solve(prepared, QUESTION.but(weights=only), room)
    np.testing.assert_allclose(found.sites["part_headroom"], found.sites["score"])
    assert found.verifier["ok"]
    with pytest.raises(InputError, match="all weights are 0"):
        solve(prepared, QUESTION.but(weights=tuple((key, 0.0) for key in CRITERIA)), room)


def test_no_new_places_crowd_each_other(plan: Plan) -> None:
    fresh = plan.firm[plan.firm["existing_points"] == 0]
    xy = np.column_stack([fresh.geometry.x, fresh.geometry.y])
    apart = np.linalg.norm(xy[:, None] - xy[None], axis=2) + 1e9 * np.eye(len(xy))
    assert apart.min() >= 60.0 - 1e-6


def test_excluded_areas_are_respected(
    town: Project, demand: Demand, room: pd.DataFrame, plan: Plan
) -> None:
    at = plan.firm.geometry.iloc[0]
    frame = gpd.GeoDataFrame(
        {"exclusion_id": ["x"], "reason": ["park"]}, geometry=[at.buffer(150)], crs=town.crs
    )
    layer = Layer(frame, "exclusions", "test", "CC0", "2026-05-01")
    found = recommend(town.with_layer(layer), demand, QUESTION, room)
    assert not found.sites.geometry.within(at.buffer(149)).any()
    stopped = found.rejected[found.rejected["binding"].str.contains("exclusion")]
    assert stopped["text"].str.contains("park; exclusions map of 2026-05-01").all()
    assert len(stopped)


def test_a_floor_is_met_or_its_miss_is_told(prepared: Prepared, room: pd.DataFrame) -> None:
    free = solve(prepared, QUESTION.but(floor_share=0.0), room)
    found = solve(prepared, QUESTION.but(floor_share=0.7), room)
    missed = sum(each["missed_kwh_day"] for each in found.constraints["floors"])
    wanted = sum(each["floor_kwh_day"] for each in found.constraints["floors"])
    assert found.verifier["ok"], "the verifier recomputes every miss"
    assert wanted == pytest.approx(0.7 * found.demand_kwh_day)
    assert 0 < missed < wanted
    assert free.constraints["floors"] == []
    assert found.fairness["lowest_served_share"] >= free.fairness["lowest_served_share"] - 1e-9


def test_lots_hold_every_site_once_and_weigh_the_same(
    prepared: Prepared, room: pd.DataFrame
) -> None:
    found = solve(prepared, QUESTION.but(lots=3), room)
    assert set(found.firm["lot"]) == {1, 2, 3}
    energy = found.lots["served_kwh_day"]
    assert energy.max() / energy.min() < 1.2
    assert found.lots["sites"].sum() == len(found.firm)


def test_the_same_question_gets_the_same_answer(
    prepared: Prepared, room: pd.DataFrame, plan: Plan
) -> None:
    again = solve(prepared, QUESTION, room)
    pd.testing.assert_frame_equal(pd.DataFrame(again.sites), pd.DataFrame(plan.sites))
    pd.testing.assert_frame_equal(pd.DataFrame(again.rejected), pd.DataFrame(plan.rejected))
    assert again.bound == plan.bound


def test_a_place_by_hand_takes_part(town: Project, demand: Demand) -> None:
    centre = town.layers["districts"].map.union_all().centroid
    added = prepare(town, demand, radius_m=300, added=[Added("Square", centre.x, centre.y, 4)])
    assert (added.places["origin"] == "user").sum() == 1


def test_no_demand_gives_an_empty_plan_with_a_notice(
    town: Project, demand: Demand, room: pd.DataFrame
) -> None:
    nothing = replace(demand, districts=demand.districts.assign(kwh_year_mean=0.0, points_plan=0))
    found = recommend(town, nothing, QUESTION, room)
    assert found.sites.empty
    assert found.value == found.bound == found.gap == 0.0
    assert any("no demand" in notice for notice in found.notices)


def test_no_candidate_at_all_gives_an_empty_plan(town: Project, demand: Demand) -> None:
    far = gpd.GeoDataFrame(
        {"parking_id": ["p"], "kind": ["on_street"], "spaces": [8]},
        geometry=[shapely.Point(0, 0)],
        crs=town.crs,
    )
    layer = Layer(far, "parking", "test", "CC0", "2026")
    lonely = town.with_layer(layer).without_layer("chargers").without_layer("grid")
    found = recommend(lonely, demand, QUESTION, room_of(lonely))
    assert found.sites.empty
    assert found.rejected.empty
    assert any("outside every district" in notice for notice in found.notices)


def test_maps_of_cables_and_trees_are_heard(town: Project, demand: Demand) -> None:
    # A cable along the south of the first candidate's street, and a tree at its foot.
    before = prepare(town, demand, radius_m=300)
    fresh = before.places[before.places["existing_points"] == 0].iloc[0]
    x, y = float(fresh["x"]), float(fresh["y"])
    line = shapely.LineString([(x - 500, y - 35), (x + 500, y - 35)])
    cables = gpd.GeoDataFrame({"cable_id": ["1"]}, geometry=[line], crs=town.crs)
    tree = {"place_id": ["1"], "kind": ["tree"], "name": ["lime"]}
    trees = gpd.GeoDataFrame(tree, geometry=[shapely.Point(x, y)], crs=town.crs)
    with_maps = town.with_layer(Layer(cables, "cables", "test", "CC0", "2026-01-01")).with_layer(
        Layer(trees, "places", "test", "CC0", "2026-01-01")
    )
    after = prepare(with_maps, demand, radius_m=300)
    at = int(np.flatnonzero(after.places["candidate_id"] == fresh["candidate_id"])[0])
    assert after.findings["tree"].marks[at] == 0
    assert after.findings["cable"].marks[at] == 1
    assert (after.findings["cable"].marks == 0).any()
    assert (before.findings["cable"].marks == -1).all(), "no map, no verdict"
    question = ask(after, QUESTION, grid_of(after, room_of(town)), point_types())
    # 35 m are 10 m more than the usual 25, at 110 EUR each.
    assert question.problem.sites.fixed_eur[at] == pytest.approx(1000 + 10 * 110)


def test_a_street_network_is_walked_and_named(
    town: Project, demand: Demand, plan: Plan, room: pd.DataFrame
) -> None:
    """Streets every 100 m, and the badge says so."""
    west, south, east, north = town.layers["districts"].map.total_bounds
    lines = [
        shapely.LineString([(x, y) for y in np.arange(south, north, 100.0)])
        for x in np.arange(west, east, 100.0)
    ]
    lines += [shapely.LineString([(west, y), (east, y)]) for y in np.arange(south, north, 100.0)]
    frame = gpd.GeoDataFrame({"street_id": range(len(lines))}, geometry=lines, crs=town.crs)
    streets = Layer(frame.astype({"street_id": str}), "network", "test", "CC0", "2026-02-03")
    prepared = prepare(town.with_layer(streets), demand, radius_m=300)
    found = solve(prepared, QUESTION, room)
    assert plan.walk == "Walking distance by straight line x 1.3."
    assert found.walk.startswith("Walking distance by street network of 2026-02-03")
    assert found.walk in found.notices
    assert plan.walk in plan.notices
    assert found.verifier["ok"]
    xy = prepared.places[["x", "y"]].to_numpy(float)
    asked = {"radius_m": 300.0, "detour": 1.3}
    first = walks(prepared.streets, prepared.demands.xy, xy, **asked)
    assert walks(prepared.streets, prepared.demands.xy, xy, **asked) is first, "walked once"
    assert walks(prepared.streets, prepared.demands.xy, xy, radius_m=200.0, detour=1.3) is not first


def test_the_type_of_point_changes_cost_power_and_room(
    prepared: Prepared, room: pd.DataFrame, plan: Plan
) -> None:
    fast = solve(prepared, QUESTION.but(point_type="dc50"), room)
    assert fast.verifier["ok"]
    assert set(plan.sites["type"]) == {"ac11"}
    dc = fast.sites[fast.sites["type"] == "dc50"]
    assert set(fast.sites["type"]) <= {"dc50", "ac11"}
    assert dc["origin"].isin(["lot", "garage"]).all()
    np.testing.assert_allclose(fast.sites["kw"], fast.sites["points"] * np.where(
        fast.sites["type"] == "dc50", 50.0, 11.0))  # fmt: skip
    taken = (fast.firm["points"] * np.where(fast.firm["type"] == "dc50", 7, 1)).groupby(
        fast.firm["transformer_id"]
    ).sum() * KAPPA_KW  # fmt: skip
    headroom = room.set_index("asset_id")["headroom_kw"]
    assert (taken <= headroom[taken.index] + 1e-6).all()
    low = solve(prepared, QUESTION.but(point_type="low_power"), room)
    assert low.verifier["ok"]
    assert "low_power" in set(low.sites["type"])
    assert any("places take points of the kind low_power" in each for each in low.notices)
    assert not any("of the kind" in each for each in plan.notices), "the usual kind needs no words"
    assert low.totals["points"] > plan.totals["points"]
