"""Pages of a real server: followed to the end, in any coordinate system, and no further."""

import json
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pytest
import shapely
from pytest_httpserver import HTTPServer

from app.sources.addresses import Reach, UnsafeAddressError
from app.sources.connectors.base import Fetched, Request
from app.sources.connectors.ogc_features import fetch
from app.sources.web_parts import Bounds, SourceError

Ask = Callable[..., Request]
Serve = Callable[[int], str]


def _rows(found: Fetched) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.body.read_text("utf-8").splitlines()]


def _frame(found: Fetched) -> gpd.GeoDataFrame:
    rows = _rows(found)
    names = [row["properties"]["feature_id"] for row in rows]
    shapes = shapely.from_geojson([json.dumps(row["geometry"]) for row in rows])
    return gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=found.crs).to_crs("EPSG:28992")


def test_all_pages_come_though_the_server_gives_fewer_than_asked(
    features_server: Serve, ask: Ask
) -> None:
    pages: list[tuple[int, int | None]] = []
    request = ask(
        features_server(6),
        request={"collection": "wijken"},
        report=lambda got, told: pages.append((got, told)),
    )
    found = fetch(request)
    assert (found.rows, found.told, found.crs, found.warnings) == (10, 10, "EPSG:4326", ())
    assert pages == [(6, 10), (10, 10)]
    small = ask(features_server(6), request={"collection": "wijken", "page_size": 4})
    assert fetch(small).rows == 10


def test_thousands_of_rows_come_once_each(features_server: Serve, ask: Ask) -> None:
    pages: list[int] = []
    found = fetch(
        ask(
            features_server(1000),
            request={"collection": "parking"},
            report=lambda got, _: pages.append(got),
        )
    )
    assert pages == [1000, 2000, 3000, 3562]
    names = [row["properties"]["feature_id"] for row in _rows(found)]
    assert len(names) == len(set(names)) == 3562
    assert found.warnings == ()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:28992"])
def test_any_coordinate_system_of_the_server_gives_the_same_map(
    features_server: Serve, ask: Ask, crs: str
) -> None:
    usual = _frame(fetch(ask(features_server(6), request={"collection": "wijken"})))
    other = fetch(ask(features_server(6), request={"collection": "wijken", "crs": crs}))
    assert other.crs == crs
    away = usual.geometry.hausdorff_distance(_frame(other).geometry)
    assert away.max() < 0.05


def test_a_box_asks_for_what_it_touches(features_server: Serve, ask: Ask) -> None:
    request = ask(features_server(6), (5.0, 52.05, 5.08, 52.12), request={"collection": "wijken"})
    assert fetch(request).rows == 5


def test_the_sentence_of_the_service_is_quoted(features_server: Serve, ask: Ask) -> None:
    said = r"404.*“Collection not found”; 127\.0\.0\.1 has parking, wijken"
    with pytest.raises(SourceError, match=said):
        fetch(ask(features_server(6), request={"collection": "nowhere"}))


def test_an_own_network_is_refused_before_anything_connects(
    features_server: Serve, ask: Ask, client: Callable[..., Any]
) -> None:
    request = ask(features_server(6), request={"collection": "wijken"})
    strict = client(Reach(frozenset({"127.0.0.1"})))
    closed = Request(strict, request.preset, request.endpoint, None, {}, request.folder)
    with pytest.raises(UnsafeAddressError, match="only https"):
        fetch(closed)


def _page(*ids: int, link: str | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    features = [
        {
            "type": "Feature",
            "id": i,
            "properties": {},
            "geometry": {"type": "Point", "coordinates": [5, 52]},
        }
        for i in ids
    ]
    links = [] if link is None else [{"rel": "next", "href": link}]
    return {"type": "FeatureCollection", "features": features, "links": links, **more}


def test_a_next_page_on_another_port_is_refused(httpserver: HTTPServer, ask: Ask) -> None:
    page = _page(1, link="http://127.0.0.1:1/collections/c/items?page=2")
    httpserver.expect_request("/collections/c/items").respond_with_json(page)
    with pytest.raises(UnsafeAddressError, match=r"127\.0\.0\.1:1 for its next page"):
        fetch(ask(httpserver.url_for(""), request={"collection": "c"}))


def test_a_server_that_writes_its_inner_name_may_be_rewritten(
    httpserver: HTTPServer, ask: Ask
) -> None:
    first = _page(1, link="http://inner:8080/collections/c/items?page=2")
    httpserver.expect_request("/collections/c/items", query_string="page=2").respond_with_json(
        _page(2)
    )
    httpserver.expect_request("/collections/c/items").respond_with_json(first)
    request = ask(httpserver.url_for(""), rewrite_next=True, request={"collection": "c"})
    assert fetch(request).rows == 2


def test_a_circle_of_pages_ends(httpserver: HTTPServer, ask: Ask) -> None:
    here = "/collections/c/items"
    page = _page(1, link=httpserver.url_for(here) + "?again=1")
    httpserver.expect_request(here).respond_with_json(page)
    with pytest.raises(SourceError, match="links back"):
        fetch(ask(httpserver.url_for(""), request={"collection": "c"}))


def test_an_empty_page_ends_whatever_its_links_say(httpserver: HTTPServer, ask: Ask) -> None:
    here = "/collections/c/items"
    httpserver.expect_request(here).respond_with_json(
        _page(link=httpserver.url_for(here) + "?offset=7", numberMatched=10)
    )
    found = fetch(ask(httpserver.url_for(""), request={"collection": "c"}))
    assert found.rows == 0
    assert found.warnings == ("The service speaks of 10 rows; 0 came.",)


def test_rows_that_moved_between_pages_are_counted(httpserver: HTTPServer, ask: Ask) -> None:
    here = "/collections/c/items"
    httpserver.expect_request(here, query_string="page=2").respond_with_json(
        _page(2, 3, numberMatched=3)
    )
    httpserver.expect_request(here).respond_with_json(
        _page(1, 2, link=httpserver.url_for(here) + "?page=2", numberMatched=3)
    )
    found = fetch(ask(httpserver.url_for(""), request={"collection": "c"}))
    assert found.rows == 3
    assert found.warnings == ("1 rows came twice and were taken once.",)


def test_the_member_that_names_a_system_stays_behind(httpserver: HTTPServer, ask: Ask) -> None:
    page = _page(1, crs={"type": "name", "properties": {"name": "EPSG:28992"}})
    httpserver.expect_request("/collections/c/items").respond_with_json(
        page, headers={"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/28992>"}
    )
    found = fetch(ask(httpserver.url_for(""), request={"collection": "c"}))
    assert found.crs == "EPSG:28992"
    assert "crs" not in _rows(found)[0]


def test_a_selection_is_made_here_too(features_server: Serve, ask: Ask) -> None:
    request = ask(
        features_server(6),
        request={"collection": "wijken"},
        select={"wijk": {"column": "wijk", "value": "{district}"}},
        names={"district": "Overvecht"},
    )
    assert fetch(request).rows == 1
    nameless = ask(
        features_server(6),
        request={"collection": "wijken"},
        select={"wijk": {"column": "wijk", "value": "{district}"}},
    )
    with pytest.raises(SourceError, match="needs district of the place"):
        fetch(nameless)


def test_too_many_rows_stop_the_fetch(features_server: Serve, ask: Ask) -> None:
    request = ask(features_server(6), request={"collection": "wijken"}, bounds=Bounds(features=5))
    with pytest.raises(SourceError, match="more than 5 rows"):
        fetch(request)
