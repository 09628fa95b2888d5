"""Classes have round limits, words can be read on their fill, and the view fits the city."""

import json
from types import SimpleNamespace

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from app.ui import maps

AMOUNTS = st.lists(st.floats(0, 1e9, allow_nan=False, allow_subnormal=False), max_size=20)
ROUND = {1, 2, 25, 5}


def contrast(one: maps.Rgb, other: maps.Rgb) -> float:
    """WCAG 2: from 1 (the same) to 21 (black on white)."""
    high, low = sorted((maps.luminance(one), maps.luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(AMOUNTS)
def test_there_are_at_most_six_classes_and_each_value_has_one(values: list[float]) -> None:
    scale = maps.round_scale(values, "points")
    assert 1 <= len(scale.colours) <= 6
    assert len(scale.limits) == len(scale.colours) - 1
    assert all(0 <= scale.place(value) < len(scale.colours) for value in values)
    assert list(scale.limits) == sorted(set(scale.limits))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.floats(1e-3, 1e9))
def test_the_first_limit_is_a_round_number(top: float) -> None:
    scale = maps.round_scale([top], "points")
    for limit in scale.limits[:1]:
        digits = int(f"{limit:.6e}".partition("e")[0].replace(".", "").rstrip("0"))
        assert digits in ROUND


def test_lightness_by_hand() -> None:
    # WCAG 2: black on white is 21 : 1; #767676 on white is the textbook 4.54 : 1.
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_classes_by_hand() -> None:
    # 475 points over six classes is 79.2 a class; the next round step is 100: five classes.
    scale = maps.round_scale([3, 475, float("nan")], "points")
    assert scale.limits == (100, 200, 300, 400)
    assert [scale.place(v) for v in (0, 99.9, 100, 475)] == [0, 0, 1, 4]


def test_nothing_known_is_one_class() -> None:
    assert maps.round_scale([], "points").limits == ()
    assert maps.round_scale([0.0, 0.0], "points").colours == (maps.CIVIDIS[0],)


@pytest.mark.parametrize(
    "rgb",
    [*maps.CIVIDIS, *(look.rgb for look in maps.STATES.values()), maps.SITE.rgb],
)
def test_words_can_be_read_on_every_fill(rgb: maps.Rgb) -> None:
    assert contrast(maps.text_on(rgb), rgb) >= 4.5


def test_every_state_has_its_own_mark_so_that_colour_never_speaks_alone() -> None:
    marks = [look.mark for look in maps.STATES.values()]
    assert len(set(marks)) == len(marks)
    assert set(maps.STATE_ORDER) == set(maps.STATES)


def test_shapes_carry_their_facts_and_a_label_inside() -> None:
    layer = gpd.GeoDataFrame(geometry=[box(145_000, 506_000, 146_000, 507_000)], crs=28992)
    shapes = maps.outlines(layer)
    found = json.loads(maps.areas(shapes, [("ST01", "Centre «1»", "5 points", (0, 45, 110), "5")]))
    area, label = found["features"]
    assert area["properties"]["title"] == "Centre «1»"
    assert area["geometry"]["type"] == "Polygon"
    assert label["properties"]["mark"] == "5"
    assert label["properties"]["ink"] == list(maps.PAPER)
    assert json.loads(maps.collection([])) == {"type": "FeatureCollection", "features": []}


def test_the_view_shows_the_whole_city_on_a_desk_and_on_a_phone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bounds = (5.0, 52.0, 5.2, 52.1)

    def zoom(agent: str) -> float:
        context = SimpleNamespace(context=SimpleNamespace(headers={"User-Agent": agent}))
        monkeypatch.setattr(maps, "st", context)
        return float(maps.fit(bounds, 520).zoom)

    desk, phone = zoom("Mozilla/5.0 (X11)"), zoom("Mozilla/5.0 (iPhone) Mobile")
    for found, wide in ((desk, maps.WIDE_PX), (phone, maps.PHONE_PX)):
        shown = 360 * wide / (512 * 2**found)  # degrees across that many pixels
        assert shown >= 0.2 - 1e-9
    assert phone < desk


def test_a_legend_is_no_place_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(maps, "st", SimpleNamespace(html=written.append))
    maps.legend("Points", [maps.Look((0, 0, 0), "", "<script>")])
    assert "<script>" not in written[0]
    assert "&nbsp;" in written[0], "an empty swatch needs a height"
