"""What every criterion must keep, including those from plugins."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as some

from app.core.criteria import CRITERIA, Criterion
from app.core.criteria.base import ends, normalise
from app.core.errors import InputError
from app.core.parameters import Parameter
from app.core.rules import RULES
from app.core.rules.base import one
from app.core.siting.about import ABOUT
from app.core.siting.context import Surroundings
from app.core.siting.score import measures, pull, score
from app.paths import DATA
from app.services.parameters import load_parameters, load_sources

SIZE = len(CRITERIA)


def some_places(count: int, seed: int = 0) -> tuple[pd.DataFrame, Surroundings]:
    rng = np.random.default_rng(seed)
    place, _ = one()
    places = pd.concat([place] * count, ignore_index=True).assign(
        x=rng.uniform(0, 900, count),
        y=rng.uniform(0, 900, count),
        row_bays=rng.integers(1, 30, count).astype(float),
        layout=rng.choice(["parallel", "plaza", ""], count),
        open_24h=rng.integers(-1, 2, count),
        footway_m=rng.uniform(0.5, 2, count),
        owner=rng.choice(["city", "Railway company", ""], count),
        **{name: rng.uniform(0, 1, count) for name in ABOUT},
    )
    columns: dict[str, Any] = {
        name: rng.uniform(0, 50, count)
        for name in (
            "headroom_kw",
            "kappa_kw",
            "reach_kwh",
            "unserved_kwh",
            "homes",
            "points_per_1000",
        )
    }
    columns["headroom_kw"][0] = np.nan
    return places, Surroundings(
        values=load_parameters(), public_xy=rng.uniform(0, 900, (5, 2)),
        public_percent=np.array([10.0, 20.0, 70.0, 90.0, np.nan]), **columns, **some_maps(rng),
    )  # fmt: skip


def some_maps(rng: np.random.Generator) -> dict[str, gpd.GeoDataFrame]:
    kinds = ["tree", "request", "shelter", "mobility hub", "school"]
    spots = gpd.points_from_xy(rng.uniform(0, 900, 5), rng.uniform(0, 900, 5))
    street, cable = (shapely.LineString([(0, y), (900, y)]) for y in (450.0, 500.0))
    return {
        "landmarks": gpd.GeoDataFrame({"kind": kinds}, geometry=spots),
        "streets": gpd.GeoDataFrame({"street_id": ["1"]}, geometry=[street]),
        "cables": gpd.GeoDataFrame({"cable_id": ["1"]}, geometry=[cable]),
    }


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=lambda each: each.key)
def test_keeps_the_contract(criterion: Criterion, numbers: Mapping[str, Parameter]) -> None:
    places, context = some_places(40)
    raw = criterion.measure(places, context)
    share = normalise(criterion, raw, *ends(criterion, numbers))
    known = ~np.isnan(share)
    assert raw.shape == share.shape == (40,)
    assert known.any()
    assert ((share[known] >= 0) & (share[known] <= 1)).all()
    np.testing.assert_array_equal(np.isnan(raw), ~known, "unknown stays unknown")
    assert criterion.source in load_sources()
    assert 0 <= criterion.default_weight <= 5
    catalogue = pd.read_csv(DATA / "tables" / "location_criteria.csv").set_index("id")
    assert catalogue.loc[criterion.catalogue, "criterion"] == criterion.key


def test_the_catalogue_names_only_criteria_that_exist() -> None:
    catalogue = pd.read_csv(DATA / "tables" / "location_criteria.csv", keep_default_na=False)
    assert len(catalogue) == 37, "32 of practice and 5 of our own"
    assert {each for each in catalogue["rule"] if each} <= set(RULES)
    assert {each for each in catalogue["criterion"] if each} == set(CRITERIA)
    assert set(catalogue["source"]) <= set(load_sources())


@given(
    weights=some.lists(some.floats(0, 10), min_size=SIZE, max_size=SIZE), times=some.floats(0.1, 9)
)
@settings(derandomize=True, deadline=None, max_examples=40)
def test_parts_add_up_and_scaling_all_weights_changes_nothing(
    weights: list[float], times: float
) -> None:
    places, context = some_places(15)
    raw = measures(places, context)
    given_weights = dict(zip(CRITERIA, weights, strict=True))
    if not sum(weights) > 1e-3:
        return
    one_score = score(raw, given_weights, context)
    np.testing.assert_allclose(one_score.parts.sum(axis=1), one_score.total, atol=1e-9)
    assert (one_score.total >= -1e-9).all()
    assert (one_score.total <= 100 + 1e-9).all()
    scaled = score(raw, {key: each * times for key, each in given_weights.items()}, context)
    np.testing.assert_allclose(scaled.total, one_score.total, atol=1e-6)


def test_twins_get_equal_scores() -> None:
    places, context = some_places(10)
    twice = pd.concat([places, places], ignore_index=True)
    doubled = Surroundings(
        values=context.values, public_xy=context.public_xy, public_percent=context.public_percent,
        **{name: np.tile(getattr(context, name), 2) for name in (
            "headroom_kw", "kappa_kw", "reach_kwh", "unserved_kwh", "homes", "points_per_1000")},
        landmarks=context.landmarks, streets=context.streets, cables=context.cables,
    )  # fmt: skip
    found = score(measures(twice, doubled), {}, doubled)
    np.testing.assert_allclose(found.total[:10], found.total[10:])


def test_unknown_counts_half_and_is_marked() -> None:
    places, context = some_places(5)
    found = score(measures(places, context), {"headroom": 1.0}, context)
    alone = dict.fromkeys(CRITERIA, 0.0) | {"headroom": 1.0}
    only = score(measures(places, context), alone, context)
    assert only.total[0] == 50.0
    assert only.known.tolist() == [0.0, 1.0, 1.0, 1.0, 1.0]
    assert found.known[0] < 1.0


def test_no_weight_at_all_and_unknown_criteria_are_refused() -> None:
    places, context = some_places(3)
    raw = measures(places, context)
    with pytest.raises(InputError, match="all weights are 0"):
        score(raw, dict.fromkeys(CRITERIA, 0.0), context)
    with pytest.raises(InputError, match="no criterion colour"):
        score(raw, {"colour": 1.0}, context)


def test_ranks_by_hand() -> None:
    # Five values, two tied in the middle: mid-ranks 0.5, 2, 2, 3.5, 4.5 of 5.
    raw = np.array([1.0, 3.0, 3.0, 7.0, 9.0])
    shares = normalise(CRITERIA["demand"], raw, 0.0, 1.0)
    assert shares.tolist() == pytest.approx([0.1, 0.4, 0.4, 0.7, 0.9])
    assert normalise(CRITERIA["equity"], raw, 0.0, 1.0).tolist() == pytest.approx(
        [0.9, 0.6, 0.6, 0.3, 0.1]
    )


def test_the_score_pulls_mildly() -> None:
    assert pull(np.array([0.0, 50.0, 100.0]), 0.2).tolist() == pytest.approx([0.8, 1.0, 1.2])
    assert pull(np.array([0.0, 100.0]), 0.0).tolist() == [1.0, 1.0]


def worked(key: str, columns: dict[str, object], **around: object) -> float:
    places, context = one(columns, values=load_parameters(), **around)
    return float(CRITERIA[key].measure(places, context)[0])


def lines(*pairs: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.LineString(each) for each in pairs])


def test_a_cable_beyond_the_street_must_cross_it() -> None:
    street = lines([(-50, 10), (50, 10)])
    near, far = lines([(-50, 5), (50, 5)]), lines([(-50, 20), (50, 20)])
    assert worked("crossing", {}, streets=street, cables=near) == 1.0
    assert worked("crossing", {}, streets=street, cables=far) == 0.0
    assert np.isnan(worked("crossing", {}, streets=street)), "no cables are known"


def test_a_walk_is_no_straight_line() -> None:
    # 300 m of walking are 230.8 m of straight line at 1.3.
    kinds, x = ["school", "shop", "tree"], [230.0, 231.0, 10.0]
    around = gpd.GeoDataFrame({"kind": kinds}, geometry=gpd.points_from_xy(x, [0.0] * 3))
    assert worked("destinations", {}, landmarks=around) == 1.0
    assert np.isnan(worked("requests", {}, landmarks=around)), "nobody mapped requests"


@pytest.mark.parametrize(
    ("bays", "export_kw", "wanted"), [(8.0, 20.0, 1.0), (2.0, 20.0, 0.5), (2.0, 0.0, 0.0)]
)
def test_power_back_wants_a_row_and_room(bays: float, export_kw: float, wanted: float) -> None:
    assert worked("v2g", {"row_bays": bays, "export_kw": export_kw}) == wanted
    assert np.isnan(worked("v2g", {"row_bays": bays})), "nobody knows the room for power back"


def test_criteria_from_now_on_start_without_weight_and_are_not_measured() -> None:
    places, context = some_places(6)
    first = {
        "demand", "no_own_parking", "headroom", "distance_existing", "equity", "row_bays",
        "bay_type", "open_24h",
    }  # fmt: skip
    assert {key for key, each in CRITERIA.items() if each.default_weight > 0} == first
    lazy = score(measures(places, context, {}), {}, context)
    np.testing.assert_array_equal(lazy.total, score(measures(places, context), {}, context).total)
    assert np.isnan(measures(places, context, {})["walk"]).all()
