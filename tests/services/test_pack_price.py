"""Prices of clauses stay with the authority."""

import geopandas as gpd
import pytest

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.open_project import open_project
from app.services.pack_price import members
from app.services.tender import tender


@pytest.fixture(scope="module")
def city() -> Project:
    return open_project("sampletown")


@pytest.fixture(scope="module")
def plan(city: Project) -> gpd.GeoDataFrame:
    some = city.layers["parking"].map.head(2)
    facts = {"candidate_id": ["a", "b"], "points": 4, "kw": 44.0, "lot": "1"}
    return gpd.GeoDataFrame(
        facts, geometry=some.geometry.representative_point().to_numpy(), crs=some.crs
    )


def test_the_public_pack_holds_no_price(city: Project, plan: gpd.GeoDataFrame) -> None:
    assert members(tender(city, plan, Scenario(), edition="public"), "all") == []


def test_the_internal_pack_holds_what_was_asked(city: Project, plan: gpd.GeoDataFrame) -> None:
    draft = tender(city, plan, Scenario(strategy="pause"), edition="internal")
    assert members(draft, "none") == []
    (whole,) = members(draft)
    (some,) = members(draft, "SMC-05, SMC-01")
    assert whole.name == "clause_price.csv"
    assert whole.rows == len(draft.selection.included)
    assert some.rows == 2
    assert b"no effect on load; see text" in whole.data
    assert b"no effect on load" not in some.data
    with pytest.raises(InputError, match="SMC-99 is no clause of this tender"):
        members(draft, "SMC-99")
