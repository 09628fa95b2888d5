"""WFS, ArcGIS, Opendatasoft and CKAN: what their servers do wrong, or differently."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from app.sources.addresses import UnsafeAddressError
from app.sources.connectors import arcgis, ckan, odata, opendatasoft, socrata, wfs
from app.sources.connectors.base import Fetched, Request
from app.sources.web_parts import DownError, SourceError
from tests.sources.connectors import plays
from tests.sources.connectors.plays import page, reply, spot

Ask = Callable[..., Request]
Serve = Callable[[Callable[[Asked], Response]], str]
BOX = (5.0, 52.0, 5.2, 52.2)
LAYER = {"layer": "a:b", "sort": "n"}
CAPABILITIES = """<?xml version="1.0"?><WFS_Capabilities xmlns:xlink="x">
<Operation name="GetFeature"><Get xlink:href="http://169.254.169.254/latest"/>
<Parameter name="outputFormat"><Value>text/xml</Value>
<Value>application/gml+xml; version=3.2</Value></Parameter></Operation></WFS_Capabilities>"""


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    """Answer everything below one path."""

    def make(answer: Callable[[Asked], Response]) -> str:
        httpserver.expect_request("/s").respond_with_handler(answer)
        for more in ("query", "T", "t.json", "t.geojson"):
            httpserver.expect_request(f"/s/{more}").respond_with_handler(answer)
        for more in ("package_show", "datastore_search"):
            httpserver.expect_request(f"/s/api/3/action/{more}").respond_with_handler(answer)
        return httpserver.url_for("/s")

    return make


def _rows(found: Fetched) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.body.read_text("utf-8").splitlines()]


def _table(found: Fetched) -> list[str]:
    return found.body.read_text("utf-8").splitlines()


def _hits(said: str) -> Response:
    return reply(f'<FeatureCollection numberMatched="{said}"/>', "text/xml")


def test_wfs_pages_in_a_fixed_order_and_asks_for_east_first(
    httpserver: HTTPServer, ask: Ask
) -> None:
    httpserver.expect_request("/s").respond_with_handler(plays.wfs)
    found = wfs.fetch(ask(httpserver.url_for("/s"), BOX, request=LAYER))
    assert (found.rows, found.told, found.crs, found.warnings) == (3, 3, "EPSG:4326", ())
    asked = [each.args for each, _ in httpserver.log]
    assert asked[0]["resultType"] == "hits"
    assert [each.get("startIndex") for each in asked] == [None, "0", "2"]
    assert all(each["sortBy"] == "n" and each["srsName"] == wfs.CRS84 for each in asked[1:])
    assert all(each["bbox"].endswith(wfs.CRS84) for each in asked)


def test_wfs_goes_on_to_an_empty_page_where_the_number_is_unknown(serve: Serve, ask: Ask) -> None:
    def answer(asked: Asked) -> Response:
        if "resultType" in asked.args:
            return _hits("unknown")
        start = int(asked.args["startIndex"])
        return reply(page(*([1, 2], [3, 4], [])[start // 2]))

    found = wfs.fetch(ask(serve(answer), request=LAYER))
    assert (found.rows, found.told) == (4, None)


def test_wfs_that_ignores_the_index_is_refused(serve: Serve, ask: Ask) -> None:
    def answer(asked: Asked) -> Response:
        return _hits("9") if "resultType" in asked.args else reply(page(1, 2))

    with pytest.raises(SourceError, match="the same page again"):
        wfs.fetch(ask(serve(answer), request=LAYER))


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("urn:ogc:def:crs:EPSG::25833", "EPSG:25833"),
        ("EPSG:900913", "EPSG:3857"),
        ("urn:ogc:def:crs:EPSG::4326", "EPSG:4326"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("http://www.opengis.net/def/crs/EPSG/0/28992", "EPSG:28992"),
        ("something else", "EPSG:4326"),
    ],
)
def test_wfs_that_keeps_its_own_system_is_believed(
    serve: Serve, ask: Ask, name: str, crs: str
) -> None:
    def answer(asked: Asked) -> Response:
        said = {"crs": {"type": "name", "properties": {"name": name}}}
        return _hits("1") if "resultType" in asked.args else reply(page(1, **said))

    found = wfs.fetch(ask(serve(answer), request=LAYER))
    assert found.crs == crs
    assert "crs" not in _rows(found)[0]


def test_wfs_without_json_names_its_formats_and_is_followed_nowhere(
    serve: Serve, ask: Ask, httpserver: HTTPServer
) -> None:
    def answer(asked: Asked) -> Response:
        if asked.args["request"] == "GetCapabilities":
            return reply(CAPABILITIES, "text/xml")
        if "resultType" in asked.args:
            return _hits("1")
        return reply("<ows:ExceptionReport xmlns:ows='o'><ows:ExceptionText>no format</ows:Ex")

    with pytest.raises(SourceError, match="offers no JSON; its formats: text/xml, application/gml"):
        wfs.fetch(ask(serve(answer), request=LAYER))
    assert {each.path for each, _ in httpserver.log} == {"/s"}


def test_wfs_of_the_older_version_is_asked_in_its_words(serve: Serve, ask: Ask) -> None:
    asked: list[Any] = []

    def answer(each: Asked) -> Response:
        asked.append(each.args)
        if "resultType" in each.args:
            return reply('<wfs:FeatureCollection xmlns:wfs="w" numberOfFeatures="1"/>', "text/xml")
        return reply(page(1))

    assert wfs.fetch(ask(serve(answer), request={**LAYER, "version": "1.1.0"})).told == 1
    assert asked[1]["typeName"] == "a:b"
    assert "maxFeatures" in asked[1]
    assert "count" not in asked[1]


def test_wfs_with_a_document_type_is_refused(serve: Serve, ask: Ask) -> None:
    bomb = (
        '<!DOCTYPE a [<!ENTITY b "c">]><FeatureCollection numberMatched="1">&b;</FeatureCollection>'
    )
    with pytest.raises(SourceError, match="XML that cannot be read"):
        wfs.fetch(ask(serve(lambda _: reply(bomb, "text/xml")), request=LAYER))


def test_arcgis_pages_while_there_is_more_and_reads_its_moments(
    httpserver: HTTPServer, ask: Ask
) -> None:
    for path in ("/s", "/s/query"):
        httpserver.expect_request(path).respond_with_handler(plays.arcgis)
    found = arcgis.fetch(ask(httpserver.url_for("/s"), BOX))
    assert [row["properties"]["built"] for row in _rows(found)] == ["2023-11-14T22:13:20+00:00"] * 3
    asked = [each.args for each, _ in httpserver.log][1:]
    assert [each["resultOffset"] for each in asked] == ["0", "2"]
    assert all(each["orderByFields"] == "OBJECTID" and each["outSR"] == "4326" for each in asked)
    assert all(each["geometry"].startswith("5.0") for each in asked)


def test_arcgis_without_paging_is_asked_by_number(serve: Serve, ask: Ask) -> None:
    asked: list[Any] = []

    def answer(each: Asked) -> Response:
        asked.append(each.args)
        if not each.path.endswith("/query"):
            no = {"advancedQueryCapabilities": {"supportsPagination": False}}
            return reply({"maxRecordCount": 2, "objectIdField": "FID", **no})
        if "returnIdsOnly" in each.args:
            return reply({"objectIds": [9, 1, 5]})
        numbers = [1, 5] if "<= 5" in each.args["where"] else [9]
        return reply({"features": [spot(n, FID=n) for n in numbers]})

    assert arcgis.fetch(ask(serve(answer))).rows == 3
    assert [each["where"] for each in asked[2:]] == [
        "FID >= 1 AND FID <= 5",
        "FID >= 9 AND FID <= 9",
    ]


def test_arcgis_that_ignores_the_offset_is_refused(serve: Serve, ask: Ask) -> None:
    def answer(each: Asked) -> Response:
        if not each.path.endswith("/query"):
            return reply({"maxRecordCount": 1})
        return reply({"features": [spot(1)], "exceededTransferLimit": True})

    with pytest.raises(SourceError, match="the same page again"):
        arcgis.fetch(ask(serve(answer)))


def test_arcgis_errors_that_come_as_a_success_are_quoted(serve: Serve, ask: Ask) -> None:
    body = {"error": {"code": 499, "message": "Token Required"}}
    with pytest.raises(SourceError, match="“Token Required”"):
        arcgis.fetch(ask(serve(lambda _: reply(body))))


def test_arcgis_without_geojson_is_refused_by_name(serve: Serve, ask: Ask) -> None:
    with pytest.raises(SourceError, match="offers no GeoJSON; its formats: JSON, PBF"):
        arcgis.fetch(ask(serve(lambda _: reply({"supportedQueryFormats": "JSON, PBF"}))))


def test_arcgis_in_a_system_of_its_own_is_believed(serve: Serve, ask: Ask) -> None:
    def answer(each: Asked) -> Response:
        if not each.path.endswith("/query"):
            return reply({"maxRecordCount": 5})
        return reply({**page(1), "crs": {"properties": {"name": "EPSG:102100"}}})

    assert arcgis.fetch(ask(serve(answer))).crs == "EPSG:3857"


@pytest.mark.parametrize("key", ["odata.nextLink", "@odata.nextLink"])
def test_odata_never_follows_a_link_to_another_server(serve: Serve, ask: Ask, key: str) -> None:
    body = {"value": [{"A": 1}], key: "http://localhost:1/T?skip=1"}
    with pytest.raises(UnsafeAddressError, match="localhost:1 for its next page"):
        odata.fetch(ask(serve(lambda _: reply(body)), request={"table": "T"}))


def test_odata_without_links_skips_what_came(serve: Serve, ask: Ask) -> None:
    def answer(asked: Asked) -> Response:
        start = int(asked.args.get("$skip", 0))
        rows = [{"Code": f"{n}   ", "Cars_12": None} for n in range(10_001)]
        return reply({"value": rows[start : start + 10_000]})

    found = odata.fetch(ask(serve(answer), request={"table": "T"}))
    assert found.rows == 10_001
    assert _table(found)[:2] == ["Code,Cars", "0,"]  # blanks gone; a secret figure stays blank


def test_odata_that_repeats_a_link_for_ever_ends(serve: Serve, ask: Ask) -> None:
    def answer(asked: Asked) -> Response:
        return reply({"value": [{"A": 1}], "odata.nextLink": asked.base_url + "?again=1"})

    with pytest.raises(SourceError, match="links back"):
        odata.fetch(ask(serve(answer), request={"table": "T"}))


def test_socrata_is_asked_in_an_order_and_its_places_are_taken_apart(
    serve: Serve, ask: Ask, httpserver: HTTPServer
) -> None:
    places = [
        {"id": "1", "at": {"latitude": "52.1", "longitude": "5.1"}},
        {"id": "2", "at": {"type": "Point", "coordinates": [5.2, 52.2]}},
    ]
    url = serve(lambda _: reply(places))
    found = socrata.fetch(ask(url, request={"table": "t"}, key=SecretStr("0123456789")))
    assert _table(found) == ["id,latitude,longitude", "1,52.1,5.1", "2,52.2,5.2"]
    asked = httpserver.log[0][0]
    assert (asked.args["$order"], asked.args["$limit"]) == (":id", "50000")
    assert asked.headers["x-app-token"] == "0123456789"


def _ods(httpserver: HTTPServer, about: Any, rows: Any, dataset: str = "d") -> str:  # noqa: ANN401
    base = f"{opendatasoft.API}{dataset}"
    httpserver.expect_request(base).respond_with_json(about)
    for form in ("geojson", "json"):
        httpserver.expect_request(f"{base}/exports/{form}").respond_with_json(rows)
    return httpserver.url_for("")


def test_opendatasoft_tells_licence_publisher_and_date_of_a_real_data_set(
    httpserver: HTTPServer, ask: Ask, testdata: Callable[[str], Path]
) -> None:
    folder = "connectors/ukpn/uk-power-networks-"
    about = json.loads(testdata(f"{folder}getDataset-live-faults-response.json").read_text())
    records = json.loads(testdata(f"{folder}getRecords-live-faults-response.json").read_text())
    assert records["total_count"] == 100
    rows = [
        {"type": "Feature", "geometry": None, "properties": each} for each in records["results"]
    ]
    url = _ods(httpserver, about, {"type": "FeatureCollection", "features": rows})
    found = opendatasoft.fetch(ask(url, BOX, request={"dataset": "d"}, key=SecretStr("k" * 20)))
    usual = about["metas"]["default"]
    assert (found.licence, found.publisher) == (usual["license"], usual["publisher"])
    assert found.licence == "CC BY 4.0"
    assert found.as_of == (usual["data_processed"] or usual["modified"])[:10]
    export = httpserver.log[-1][0]
    assert export.args["where"] == ("(in_bbox(geopoint, 52.000000, 5.000000, 52.200000, 5.200000))")
    assert export.headers["authorization"] == "Apikey " + "k" * 20


def test_opendatasoft_uses_only_what_the_published_interface_has(
    httpserver: HTTPServer, ask: Ask, testdata: Callable[[str], Path]
) -> None:
    path = testdata("connectors/ukpn/uk-power-networks-explore-api-v2-1-openapi.json")
    api = json.loads(path.read_text("utf-8"))
    known = api["paths"]["/catalog/datasets/{dataset_id}/exports/{format}"]["get"]["parameters"]
    names = {str(each.get("$ref", each.get("name"))).rpartition("/")[2] for each in known}
    names |= {
        api["components"]["parameters"][n]["name"]
        for n in names
        if n in api["components"]["parameters"]
    }
    url = _ods(httpserver, json.loads(plays.opendatasoft(_plain("/x")).get_data()), page(1))
    opendatasoft.fetch(ask(url, BOX, request={"dataset": "d", "where": "n > 0"}))
    asked = set(httpserver.log[-1][0].args)
    assert asked <= names
    assert "offset" not in asked
    assert "limit" not in asked


def _plain(path: str) -> Asked:
    return Asked(
        {"PATH_INFO": path, "wsgi.url_scheme": "http", "SERVER_NAME": "x", "SERVER_PORT": "1"}
    )


def test_opendatasoft_without_places_is_a_table(httpserver: HTTPServer, ask: Ask) -> None:
    about = {"fields": [{"name": "a", "type": "text"}], "metas": {}}
    url = _ods(httpserver, about, [{"a": "x", "deep": {"b": 1}}])
    found = opendatasoft.fetch(ask(url, BOX, request={"dataset": "d"}))
    assert (found.body.suffix, _table(found)) == (".csv", ["a", "x"])


def test_a_spent_quota_says_when_to_come_back(client: Callable[..., Any], world: Any) -> None:  # noqa: ANN401
    from datetime import UTC, datetime  # noqa: PLC0415

    from app.sources.addresses import Reach  # noqa: PLC0415
    from app.sources.web_parts import Ask as Question  # noqa: PLC0415

    reset = datetime.fromtimestamp(world.at + 1800, UTC).isoformat()
    spent = httpx2.Response(429, headers={"x-ratelimit-reset": reset})
    each = client(
        Reach(frozenset({"data.example.org"})),
        resolve=lambda *_: ["93.184.216.34"],
        transport=httpx2.MockTransport(lambda _: spent),
    )
    with pytest.raises(DownError, match="come back in 30 minutes"):
        each.get(Question("https://data.example.org/x"))


def test_ckan_takes_the_newest_file_that_fits_and_its_date(
    httpserver: HTTPServer, ask: Ask
) -> None:
    for path in ("/api/3/action/package_show", "/new/headroom.csv"):
        httpserver.expect_request(path).respond_with_handler(plays.ckan)
    said = plays.PLAYS["ckan"].said
    found = ckan.fetch(ask(httpserver.url_for(""), **said))
    assert (found.as_of, found.name) == ("2026-02-03", "headroom.csv")
    assert httpserver.log[-1][0].path == "/new/headroom.csv"


def test_ckan_goes_to_no_host_nobody_named(serve: Serve, ask: Ask) -> None:
    files = [{"name": "h", "url": "https://files.elsewhere.org/h.csv", "format": "CSV"}]
    url = serve(lambda _: reply({"success": True, "result": {"resources": files}}))
    with pytest.raises(UnsafeAddressError, match=r"files\.elsewhere\.org is not among"):
        ckan.fetch(ask(url, request={"package": "p"}))


def test_ckan_tables_come_page_by_page(serve: Serve, ask: Ask) -> None:
    def answer(asked: Asked) -> Response:
        start = int(asked.args["offset"])
        rows = [{"_id": n, "v": n} for n in range(5)][start : start + 2]
        return reply({"success": True, "result": {"records": rows, "total": 5}})

    found = ckan.fetch(ask(serve(answer), request={"resource_id": "r", "page_size": 2}))
    assert (found.rows, found.told, found.warnings) == (5, 5, ())


def test_ckan_that_fails_or_lost_the_file_says_so(serve: Serve, ask: Ask) -> None:
    url = serve(lambda _: reply({"success": False, "result": {}}))
    with pytest.raises(SourceError, match="did not do what was asked"):
        ckan.fetch(ask(url, request={"package": "p"}))
