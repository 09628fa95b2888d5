"""Where a map lies is found out or asked, never guessed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from app.sources.area import Area
from app.sources.crs import zone_of
from app.sources.problems import Findings
from app.sources.raw import Declared

Collection = Callable[..., dict[str, Any]]


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def row(at: int = 1) -> dict[str, Any]:
    return {"asset_id": f"t{at}", "headroom_kw": 50}


def area_at(lon: float, lat: float) -> Area:
    crs = zone_of(lon, lat)
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    return Area(shapely.Point(x, y).buffer(8_000), crs, "Here")


@settings(derandomize=True, deadline=None, max_examples=15)
@given(lon=st.floats(-20, 45), lat=st.floats(35, 70))
def test_exchanged_coordinates_are_always_noticed(
    lon: float,
    lat: float,
    take: Any,  # noqa: ANN401
) -> None:
    assume(abs(lon - lat) > 1)  # on the diagonal both orders are the same place
    features = [
        {"type": "Feature", "properties": row(), "geometry": point(lat + step, lon)}
        for step in (0, 0.01)
    ]
    document = {"type": "FeatureCollection", "features": features}
    found = take(document, area=area_at(lon, lat))
    assert found.of("error")[0].code == "CRS-SWAPPED"
    assert found.questions[0].answer == "swap_xy"
    document["features"] = features[:1]
    mended = take(document, area=area_at(lon, lat), swap_xy=True)
    assert mended.rows == 1
    assert not mended.of("error")


def test_dutch_metres_called_degrees_are_named(
    collection: Collection,
    take: Any,  # noqa: ANN401
) -> None:
    document = collection((row(), point(136_000, 456_000)))
    found = take(document)
    assert [problem.code for problem in found.of("error")] == ["CRS-RANGE"]
    assert found.questions[0].preselected == "EPSG:28992"
    answered = take(document, crs="EPSG:28992")
    assert answered.layer.map.geometry.x.tolist() == [136_000]
    assert answered.mapping.crs == "EPSG:28992"


def test_another_city_is_refused_with_distance_and_direction(
    collection: Collection,
    take: Any,  # noqa: ANN401
) -> None:
    found = take(collection((row(), point(4.9, 45.75))))  # Lyon
    (problem,) = found.of("error")
    assert problem.code == "AREA-OUTSIDE"
    assert "south" in problem.message
    assert "0 of 1" in problem.message
    assert found.questions == ()


def test_a_few_rows_outside_are_set_aside_by_number(
    collection: Collection,
    take: Any,  # noqa: ANN401
) -> None:
    near = [(row(at), point(5.1 + at / 1000, 52.1)) for at in range(19)]
    found = take(collection(*near, (row(99), point(6.5, 53.2))))
    assert found.rows == 19
    assert found.mapping.set_aside == (20,)
    assert "AREA-PARTLY" in {problem.code for problem in found.of("warning")}


def test_a_link_is_refused_and_an_unknown_code_is_not_replaced(
    collection: Collection,
    take: Any,  # noqa: ANN401
) -> None:
    link = {"type": "link", "properties": {"href": "http://127.0.0.1:9/x"}}
    name = {"type": "name", "properties": {"name": "EPSG:999999"}}
    for member, code in ((link, "CRS-LINK"), (name, "CRS-UNKNOWN"), ({"x": 1}, "CRS-UNKNOWN")):
        found = take(collection((row(), point(5.1, 52.1)), crs=member))
        assert code in {problem.code for problem in found.of("error")}
        assert not found.accepted


def test_crs84_by_its_old_name_is_no_news(
    collection: Collection,
    take: Any,  # noqa: ANN401
) -> None:
    member = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    found = take(collection((row(), point(5.1, 52.1)), crs=member))
    assert found.mapping.crs == "EPSG:4326"
    assert "CRS-MEMBER" not in {problem.code for problem in found.problems}


def test_without_a_project_the_map_gets_its_utm_zone(
    collection: Collection,
    take: Any,  # noqa: ANN401
) -> None:
    found = take(collection((row(), point(5.1, 52.1))), area=None)
    assert str(found.layer.map.crs) == "EPSG:32631"
    assert zone_of(18.07, 59.33) == "EPSG:32634"
    assert zone_of(-70.6, -33.4) == "EPSG:32719"


def test_heights_of_a_system_are_left_out_with_a_word(utrecht: Area) -> None:
    from app.sources.crs import find_crs  # noqa: PLC0415

    findings = Findings()
    assert find_crs(Declared("epsg", "7415"), findings).to_epsg() == 28992
    assert [problem.code for problem in findings.problems] == ["CRS-HEIGHT"]
    assert find_crs(Declared("wkt", "PROJCS[" + "x" * 9000), findings) is None
    assert findings.refused
    assert utrecht.crs == "EPSG:28992"


def test_tables_without_words_for_degrees_are_asked(take: Any) -> None:  # noqa: ANN401
    metres = "asset_id,headroom_kw,x,y\na,5,136000,456000\nb,9,137000,455000\n"
    found = take(metres)
    assert [problem.code for problem in found.of("error")] == ["CRS-MISSING"]
    assert found.questions[0].preselected == "EPSG:28992"
    answered = take(metres, crs="EPSG:28992")
    assert np.allclose(answered.layer.map.geometry.x, [136_000, 137_000])
    degrees = take("asset_id,headroom_kw,x,y\na,5,5.1,52.1\n")
    assert degrees.mapping.crs == "EPSG:4326"


@pytest.mark.parametrize("header", ["Geo(Long,Lat)", "geo_point_2d", "wkt"])
def test_one_column_may_hold_both(header: str, take: Any) -> None:  # noqa: ANN401
    texts = {
        "Geo(Long,Lat)": "5.1, 52.1",
        "geo_point_2d": "52.1, 5.1",
        "wkt": "POINT (5.1 52.1)",
    }
    found = take(f'asset_id,headroom_kw,"{header}"\na,5,"{texts[header]}"\n')
    assert found.rows == 1
    assert not found.of("error")


@pytest.mark.parametrize(
    "name",
    ["EPSG:28992", "epsg:28992", "urn:ogc:def:crs:EPSG::28992", "urn:ogc:def:crs:EPSG:9.8:28992",
     "urn:x-ogc:def:crs:EPSG:28992"],
)  # fmt: skip
def test_every_way_to_name_a_system_names_the_whole_number(
    name: str,
    take: Any,  # noqa: ANN401
    collection: Any,  # noqa: ANN401
) -> None:
    """EPSG:8992 is a system too: a digit lost is a map in another country."""
    member = {"type": "name", "properties": {"name": name}}
    found = take(collection((row(), point(136_000, 456_000)), crs=member))
    assert found.mapping.crs == "EPSG:28992"
    assert found.of("error") == ()
