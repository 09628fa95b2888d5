"""The demand page by other areas than districts."""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

VISIT = Callable[..., AppTest]


def show_by(app: AppTest, key: str) -> AppTest:
    """Choose in the menu."""
    return app.segmented_control(key="zoning_by").set_value(key).run()


def said(app: AppTest) -> str:
    """Read the small words and the errors of the page."""
    return "\n".join(each.value for kind in (app.caption, app.error) for each in kind)


@pytest.fixture
def page(visit: VISIT) -> AppTest:
    """The demand page of Utrecht."""
    return visit("demand")


def test_districts_come_first_and_squares_say_their_sum(page: AppTest) -> None:
    assert page.segmented_control(key="zoning_by").value == "districts"
    assert "as by district" not in said(page)
    app = show_by(page, "cells")
    assert not app.exception
    assert "466 areas sum to 7,517 planned points, as by district." in said(app)
    assert app.selectbox(key="zone").value.startswith("E13")


def test_going_back_brings_the_districts_back(page: AppTest) -> None:
    district = page.selectbox(key="district").value
    app = show_by(show_by(page, "wijk"), "districts")
    assert not app.exception
    assert app.selectbox(key="district").value == district


def test_a_city_without_such_a_column_shows_its_districts(page: AppTest) -> None:
    app = show_by(page, "wijk").selectbox(key="city_menu").set_value("sampletown").run()
    assert not app.exception
    assert app.segmented_control(key="zoning_by").value == "districts"
    assert app.selectbox(key="district")


def give(app: AppTest, path: Path) -> AppTest:
    """Drop an own map."""
    show_by(app, "own").file_uploader(key="zoning_upload").upload(path.name, path.read_bytes())
    return app.run()


def areas(path: Path, east: float) -> Path:
    """Write two areas of five by ten kilometres."""
    shapes = shapely.box([east, east + 12_000], 450_000, [east + 5_000, east + 17_000], 460_000)
    facts = {"district_id": ["a", "b"], "name": ["Inner", "*Outer*"]}
    gpd.GeoDataFrame(facts, geometry=shapes, crs="EPSG:28992").to_crs(4326).to_file(path)
    return path


def test_an_own_map_is_used_kept_over_pages_and_put_away(
    page: AppTest, tmp_path: Path, go: Callable[[AppTest, str], AppTest]
) -> None:
    app = give(page, areas(tmp_path / "own.geojson", 133_000))
    assert not app.exception
    assert "in no area" in said(app)
    assert "1 hold no district: unknown, not zero." in said(app)
    app = go(go(app, "overview"), "demand")
    assert "in no area" in said(app)
    app = app.selectbox(key="zone").set_value("b").run()
    assert any("its demand is unknown" in each.value for each in app.markdown)
    app = app.button(key="zoning_drop").click().run()
    assert "Until then the districts are shown." in said(app)
    assert not app.exception


def test_a_map_of_elsewhere_is_refused_and_the_districts_stay(
    page: AppTest, tmp_path: Path
) -> None:
    app = give(page, areas(tmp_path / "far.geojson", 60_000))
    assert not app.exception
    assert "Utrecht" in app.error[0].value
    assert "in no area" not in said(app)
    assert app.selectbox(key="district")
