"""What every placement rule must keep, including those from plugins."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from app.core.parameters import Parameter
from app.core.rules import RULES, Rule
from app.core.rules.base import FAIL, NOT_CHECKED, PASS, one

ASKED = {
    "exclusion", "footway", "spacing_new", "spacing_existing", "bay_share", "land", "open_24h",
    "grid_unknown", "grid_full", "min_home_demand", "cable", "conflict", "tree", "heritage",
    "flood",
}  # fmt: skip
NEARBY = {"conflict", "tree", "heritage", "flood"}
SILENT = {"exclusion", "footway", "spacing_existing", "land", "open_24h", "cable", *NEARBY}


def test_every_rule_asked_for_is_there() -> None:
    assert set(RULES) >= ASKED


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.key)
def test_its_own_examples_pass_and_fail(rule: Rule) -> None:
    good, bad = (rule.check(*rule.example(each)) for each in (True, False))
    assert good.marks.tolist() == [PASS]
    assert bad.marks.tolist() == [FAIL]
    assert good.marks.dtype == bad.marks.dtype == np.int8
    assert good.reasons == ("",), "a pass needs no reason"
    assert len(bad.reasons[0]) > 10, "a failure says why"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.key)
def test_its_numbers_are_sourced(rule: Rule, numbers: Mapping[str, Parameter]) -> None:
    assert set(rule.params) <= set(numbers)
    assert rule.label
    assert rule.hard


@pytest.mark.parametrize("key", sorted(SILENT))
def test_missing_data_is_not_checked_and_never_a_pass(
    key: str, numbers: Mapping[str, Parameter]
) -> None:
    finding = RULES[key].check(*one(values=numbers))
    assert finding.marks.tolist() == [NOT_CHECKED]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.key)
def test_no_candidates_are_no_fault(rule: Rule, numbers: Mapping[str, Parameter]) -> None:
    empty = np.zeros(0)
    places, context = one(
        values=numbers, headroom_kw=empty, kappa_kw=empty.copy(), reach_kwh=empty.copy(),
        unserved_kwh=empty.copy(), homes=empty.copy(), points_per_1000=empty.copy(),
    )  # fmt: skip
    assert rule.check(places.iloc[:0], context).marks.size == 0


def test_a_garage_may_close_at_night() -> None:
    places, context = one({"origin": "garage", "open_24h": 0})
    assert RULES["open_24h"].check(places, context).marks.tolist() == [PASS]


def test_consent_makes_up_for_the_owner() -> None:
    places, context = one({"owner": "Railway company", "consent": 1})
    assert RULES["land"].check(places, context).marks.tolist() == [PASS]


def test_a_place_in_the_street_keeps_its_own_points(numbers: Mapping[str, Parameter]) -> None:
    places, context = one({"existing_points": 2}, values=numbers, locked_xy=np.array([[20.0, 0.0]]))
    assert RULES["spacing_new"].check(places, context).marks.tolist() == [PASS]


def test_reasons_carry_value_threshold_and_date(numbers: Mapping[str, Parameter]) -> None:
    places, context = one({"footway_m": 0.55}, values=numbers, as_of={"parking": "2026-03-01"})
    both = pd.concat([places, places.assign(footway_m=1.5)], ignore_index=True)
    finding = RULES["footway"].check(both, context)
    assert finding.reasons[0] == "footway left 0.55 m, at least 0.9 m (parking map of 2026-03-01)"
    assert finding.reasons[1] == ""


@pytest.mark.parametrize("key", sorted(NEARBY))
def test_a_map_without_the_thing_itself_checks_nothing(
    key: str, numbers: Mapping[str, Parameter]
) -> None:
    # "Street works office" is no tree, and "Elm Street" must not count as one either.
    other = gpd.GeoDataFrame({"kind": ["Elm Street kiosk"]}, geometry=[shapely.Point(0, 0)])
    finding = RULES[key].check(*one(values=numbers, landmarks=other))
    assert finding.marks.tolist() == [NOT_CHECKED]


def test_an_excluded_area_tells_by_its_reason_what_it_is(numbers: Mapping[str, Parameter]) -> None:
    areas = gpd.GeoDataFrame(
        {"reason": ["Root zone of trees"]}, geometry=[shapely.box(1, -1, 9, 1)]
    )
    places, context = one(values=numbers, exclusions=areas, as_of={"exclusions": "2026-04-01"})
    found = {key: RULES[key].check(places, context) for key in ("exclusion", "tree", "flood")}
    assert [each.marks[0] for each in found.values()] == [PASS, FAIL, NOT_CHECKED]
    assert found["tree"].reasons == (
        "1.0 m from: Root zone of trees, at least 2.5 m (exclusions map of 2026-04-01)",
    )


@pytest.mark.parametrize("key", sorted({*NEARBY, "cable"}))
def test_what_stands_today_may_stay(key: str) -> None:
    places, context = RULES[key].example(False)  # noqa: FBT003
    standing = places.assign(existing_points=2)
    assert RULES[key].check(standing, context).marks.tolist() == [PASS]
