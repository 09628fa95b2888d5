"""Places lend their districts visitors and depots."""

from collections.abc import Callable, Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from app.core.demand.model import estimate
from app.core.demand.nearby import with_places
from app.core.parameters import Parameter
from app.core.scenario import Scenario

CRS = "EPSG:28992"


@pytest.fixture
def districts(three: pd.DataFrame) -> gpd.GeoDataFrame:
    cells = shapely.box([0, 1000, 2000], 0, [1000, 2000, 3000], 1000)
    return gpd.GeoDataFrame(three, geometry=cells, crs=CRS)


def _places(**columns: object) -> gpd.GeoDataFrame:
    at = shapely.points([500, 1500, 1600, 9000], 500)
    table = {
        "place_id": ["a", "b", "c", "d"],
        "kind": ["hub", "depot", "depot", "depot"],
        "name": ["a", "b", "c", "d"],
    }
    return gpd.GeoDataFrame({**table, **columns}, geometry=at, crs=CRS)


def test_visits_and_depots_are_summed_where_they_lie(districts: gpd.GeoDataFrame) -> None:
    places = _places(visits_day=[900.0, 100.0, None, 5.0], load_kwh_day=[70.0, 400.0, 200.0, 9.0])
    found = with_places(districts, places)
    assert found["visits_day"].tolist() == [900, 100, 0]
    assert found["depot_kwh_day"].tolist() == [0, 600, 0]  # a hub is no depot, d lies elsewhere
    assert "visits_day" not in districts


def test_silent_places_add_nothing(districts: gpd.GeoDataFrame) -> None:
    found = with_places(districts, _places())
    assert list(found.columns) == list(districts.columns)


def test_visitors_follow_visits_and_depots_stay_off_the_posts(
    districts: gpd.GeoDataFrame,
    closed: Mapping[str, Parameter],
    ask: Callable[..., Scenario],
) -> None:
    places = _places(visits_day=[900.0, 100.0, 0, 0], load_kwh_day=[0.0, 400.0, 200.0, 0.0])
    plain = estimate(districts, ask(), closed, draws=2)
    found = estimate(with_places(districts, places), ask(), closed, draws=2)
    assert any("Visits are not known" in words for words in plain.notices)
    assert not any("Visits are not known" in words for words in found.notices)
    assert any("Depots charge 600 kWh a day" in words for words in found.notices)
    visitors = found.sessions_day[:, 2]
    np.testing.assert_allclose(visitors / visitors.sum(), [0.9, 0.1, 0.0])
    assert found.city["kwh_year"].mean == pytest.approx(plain.city["kwh_year"].mean, rel=1e-9)
    assert found.districts["depot_kwh_day"].tolist() == [0, 600, 0]
    assert found.groups.iloc[-1, 1:].sum() == 0
