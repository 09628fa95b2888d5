"""Registers of charge points, OpenStreetMap and prices: the traps of each."""

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from app.sources.connectors import (
    cursor_json,
    download,
    entsoe,
    nobil,
    openchargemap,
    overpass,
    points_csv,
)
from app.sources.connectors.base import Fetched, Request
from app.sources.web_parts import SourceError
from tests.sources.connectors import plays
from tests.sources.connectors.conftest import World
from tests.sources.connectors.plays import document, page, period, reply, series

Ask = Callable[..., Request]
Serve = Callable[..., str]
BOX = (5.0, 52.0, 5.2, 52.2)
CAR_PARKS = {"tags": [["amenity", "parking"], ["parking:both", ""]]}


@pytest.fixture
def serve(httpserver: HTTPServer) -> Serve:
    """Answer at one address, and where it is told."""

    def make(answer: Callable[[Asked], Response], *more: str) -> str:
        for path in ("/s", *more):
            httpserver.expect_request(path).respond_with_handler(answer)
        return httpserver.url_for("/s")

    return make


def _cells(found: Fetched) -> list[dict[str, Any]]:
    if found.body.suffix == ".csv":
        with found.body.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    return [json.loads(line)["properties"] for line in found.body.read_text("utf-8").splitlines()]


OCM = ("/s/poi", "/s/referencedata")


def test_open_charge_map_numbers_are_named_and_strange_ones_kept(serve: Serve, ask: Ask) -> None:
    found = openchargemap.fetch(ask(serve(plays.openchargemap, *OCM), BOX))
    first, second = _cells(found)
    assert (first["operator"], first["state"], first["licence"]) == (
        "Post & Co",
        "Operational",
        "CC BY 4.0",
    )
    assert (first["points"], first["power_kw"], first["current_type"]) == (3, 11, "AC")
    assert first["status"] == "estimated"
    assert (second["operator"], second["points"]) == ("999", 4)
    assert found.warnings == ("Numbers nobody explains were kept as they are: Operators 999.",)


def test_open_charge_map_real_words_are_read(
    serve: Serve, ask: Ask, testdata: Callable[[str], Path]
) -> None:
    words = json.loads(testdata("connectors/ocm_reference_2021.json").read_text("utf-8"))
    operator, licence = words["Operators"][5], words["DataProviders"][0]

    def answer(asked: Asked) -> Response:
        if asked.path.endswith("/referencedata"):
            return reply(words)
        at = {"Title": "Quay", "Latitude": 52.1, "Longitude": 5.1}
        plug = {"PowerKW": 50, "CurrentTypeID": 30, "Quantity": 1}
        poi = {"ID": 1, "AddressInfo": at, "Connections": [plug], "OperatorID": operator["ID"]}
        return reply([{**poi, "DataProviderID": licence["ID"], "StatusTypeID": 123456}])

    found = openchargemap.fetch(ask(serve(answer, *OCM), BOX))
    (cells,) = _cells(found)
    assert (cells["operator"], cells["current_type"]) == (operator["Title"], "DC")
    assert cells["licence"] == licence["License"]
    assert cells["state"] == "123456"
    assert "StatusTypes 123456" in found.warnings[0]


def test_open_charge_map_asks_quarter_by_quarter_where_there_is_too_much(
    serve: Serve, ask: Ask, httpserver: HTTPServer
) -> None:
    def answer(asked: Asked) -> Response:
        if asked.path.endswith("/referencedata"):
            return reply(plays.WORDS)
        box = asked.args.get("boundingbox", "")
        whole = box in {"", "(52.200000,5.000000),(52.000000,5.200000)"}
        at = {"Latitude": 52.1, "Longitude": 5.1}
        return reply([{"ID": n, "AddressInfo": at} for n in range(5000 if whole else 3)])

    found = openchargemap.fetch(ask(serve(answer, *OCM), BOX))
    assert found.rows == 3  # the same three in each quarter, taken once
    assert len(httpserver.log) == 1 + 1 + 4
    with pytest.raises(SourceError, match="ask for a smaller place"):
        openchargemap.fetch(ask(httpserver.url_for("/s")))  # the whole world


def test_nothing_a_person_typed_gets_into_a_question_to_openstreetmap(ask: Ask) -> None:
    evil = {"tags": [['amenity"];node(1);nwr["x', "y"]]}
    with pytest.raises(SourceError, match="is no tag"):
        overpass.question(ask("http://127.0.0.1/s", BOX, request=evil), BOX)
    asked = overpass.question(ask("http://127.0.0.1/s", names={"a": "b"}, request=CAR_PARKS), BOX)
    assert asked == (
        "[out:json][timeout:60][maxsize:268435456];("
        'nwr["amenity"="parking"](52.00000,5.00000,52.20000,5.20000);'
        'nwr["parking:both"](52.00000,5.00000,52.20000,5.20000););out center tags;'
    )


def test_openstreetmap_ways_come_by_their_middle_and_texts_are_counted(
    serve: Serve, ask: Ask
) -> None:
    found = overpass.fetch(ask(serve(plays.overpass), BOX, request=CAR_PARKS))
    assert [each["osm_id"] for each in _cells(found)] == ["node/1", "way/1"]
    assert [each["capacity"] for each in _cells(found)] == ["40", "40"]
    assert found.warnings == ("1 capacities are texts; the number in them counts.",)


@pytest.mark.parametrize(
    ("text", "read"), [("yes", ""), ("40", "40"), ("ca. 40", "40"), ("40-60", ""), ("~7 cars", "7")]
)
def test_a_capacity_is_a_number_or_unknown(serve: Serve, ask: Ask, text: str, read: str) -> None:
    node = {"type": "node", "id": 1, "lat": 52.1, "lon": 5.1, "tags": {"capacity": text}}
    url = serve(lambda _: reply({"elements": [node]}))
    assert _cells(overpass.fetch(ask(url, BOX, request=CAR_PARKS)))[0]["capacity"] == read


def test_an_unfinished_answer_of_openstreetmap_is_none(serve: Serve, ask: Ask) -> None:
    said = 'runtime error: Query timed out in "query" at line 1 after 60 seconds.'
    url = serve(lambda _: reply({"elements": [], "remark": said}))
    with pytest.raises(SourceError, match="ask for a smaller place"):
        overpass.fetch(ask(url, BOX, request=CAR_PARKS))
    with pytest.raises(SourceError, match="needs a place"):
        overpass.fetch(ask(url, request=CAR_PARKS))


def test_a_large_box_is_asked_in_parts_one_second_apart(
    serve: Serve, ask: Ask, httpserver: HTTPServer, world: World
) -> None:
    url = serve(lambda _: reply({"elements": []}))
    overpass.fetch(ask(url, (4.0, 52.0, 5.0, 52.9), request=CAR_PARKS))
    assert len(httpserver.log) == 4
    assert sum(world.waited) == pytest.approx(3.0)
    assert {each.method for each, _ in httpserver.log} == {"POST"}


def test_a_cursor_leads_to_the_end_and_deeper_cells_are_picked(serve: Serve, ask: Ask) -> None:
    pick = {"points": "/properties/evses", "power_kw": "/properties/evses/1/kw"}
    found = cursor_json.fetch(ask(serve(plays.cursor_json), BOX, request={"pick": pick}))
    assert [each["n"] for each in _cells(found)] == [1, 2, 3]  # the fourth lies elsewhere
    assert (_cells(found)[0]["points"], _cells(found)[0]["power_kw"]) == (2, 22)


def test_a_cursor_that_never_moves_ends(serve: Serve, ask: Ask) -> None:
    url = serve(lambda _: reply({**page(1), "pagination": {"nextCursor": "x"}}))
    with pytest.raises(SourceError, match="a page it gave before"):
        cursor_json.fetch(ask(url))


def test_nobil_is_read_north_first_with_its_letters_and_powers(
    httpserver: HTTPServer, ask: Ask
) -> None:
    for path in ("/search.php", "/datadump.php"):
        httpserver.expect_request(path).respond_with_handler(plays.nobil)
    found = nobil.fetch(ask(httpserver.url_for(""), BOX, key=SecretStr("0123456789")))
    first, second = _cells(found)
    assert first["name"] == "Kåre & Co"
    assert (first["power_kw"], first["current_type"]) == (22.0, "AC")
    assert (second["power_kw"], second["current_type"]) == (62.5, "DC")
    assert json.loads(found.body.read_text("utf-8").splitlines()[0])["geometry"] == {
        "type": "Point",
        "coordinates": [5.1, 52.1],
    }
    assert found.warnings == ("1 stations say not where they are, and were left out.",)
    nobil.fetch(ask(httpserver.url_for(""), request={"country": "NOR"}))
    asked = [each for each, _ in httpserver.log]
    assert asked[0].args["apikey"] == "0123456789"
    assert asked[0].args["southwest"] == "(52.000000, 5.000000)"
    assert asked[1].args["countrycode"] == "NOR"


def test_points_of_a_station_are_one_row_and_the_largest_power_counts(
    serve: Serve, ask: Ask
) -> None:
    said = plays.PLAYS["points_csv"].said
    found = points_csv.fetch(ask(serve(plays.points_csv), BOX, **said))
    assert _cells(found) == [
        {"station": "A", "kw": "22", "points": "2", "lon": "5.1", "lat": "52.1"},
        {"station": "B", "kw": "50", "points": "1", "lon": "5.11", "lat": "52.1"},
    ]
    assert found.warnings == ("1 points have no station or no place, and were left out.",)


def test_a_file_is_the_one_that_was_checked_or_none(serve: Serve, ask: Ask) -> None:
    body = b"a,b\n1,2\n"

    def answer(_: Asked) -> Response:
        return reply(body, "text/csv", **{"Last-Modified": "Wed, 03 Jun 2026 23:30:00 GMT"})

    url = serve(answer)
    right = {"sha256": hashlib.sha256(body).hexdigest(), "trust_date": True}
    found = download.fetch(ask(url, request=right))
    assert (found.as_of, found.body.read_bytes()) == ("2026-06-03", body)
    assert download.fetch(ask(url)).as_of is None  # nobody said the date can be trusted
    with pytest.raises(SourceError, match="not the one that was checked"):
        download.fetch(ask(url, request={"sha256": "0" * 64}))


def _prices(*parts: str) -> dict[str, float]:
    found = entsoe.read(fromstring(document(*parts)))
    return {
        datetime.fromtimestamp(slot * 900).astimezone().isoformat(): price.eur_per_mwh
        for slot, price in sorted(found.items())
    }


def test_left_out_points_of_blocks_are_the_one_before_to_the_end() -> None:
    # by hand: four hours, said at 1 and 3; hours 2 and 4 repeat: 50, 50, -1.5, -1.5
    told = period("2026-01-01T23:00Z", "2026-01-02T03:00Z", "PT60M", {1: 50.0, 3: -1.5})
    assert list(_prices(series(told, curve="A03")).values()) == [50.0] * 8 + [-1.5] * 8
    assert list(_prices(series(told, curve="A01")).values()) == [50.0] * 4 + [-1.5] * 4  # no guess


def test_a_day_may_change_its_step_and_the_finer_one_counts() -> None:
    hours = period("2025-09-30T22:00Z", "2025-10-01T00:00Z", "PT60M", {1: 10.0, 2: 20.0})
    quarters = period("2025-09-30T23:00Z", "2025-10-01T00:00Z", "PT15M", {1: 1, 2: 2, 3: 3, 4: 4})
    for order in ((hours, quarters), (quarters, hours)):
        assert list(_prices(series(order[0]), series(order[1])).values()) == [10] * 4 + [1, 2, 3, 4]


def test_other_markets_are_left_aside_and_a_revision_replaces() -> None:
    hour = ("2026-01-01T00:00Z", "2026-01-01T01:00Z", "PT60M")
    old, new, other = (period(*hour, {1: price}) for price in (1.0, 2.0, 99.0))
    parts = (series(new, revision=2), series(old), series(other, kind="A07", revision=9))
    assert set(_prices(*parts).values()) == {2.0}


def test_the_long_day_of_autumn_has_a_hundred_quarters() -> None:
    prices = {n: float(n) for n in range(1, 101)}
    found = _prices(series(period("2025-10-25T22:00Z", "2025-10-26T23:00Z", "PT15M", prices)))
    assert len(found) == 100
    assert list(found.values()) == sorted(found.values())


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (period("2026-01-01T00:00Z", "2026-01-01T01:00Z", "PT60M", {2: 1.0}), "outside"),
        (period("2026-01-01T00:00Z", "2026-01-01T01:00Z", "P1Y", {1: 1.0}), "cannot be read"),
        (period("2026-01-01T00:00Z", "soon", "PT60M", {1: 1.0}), "no moment"),
    ],
)
def test_odd_prices_are_refused_in_words(part: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        _prices(series(part))
    with pytest.raises(SourceError, match="only EUR"):
        _prices(series("").replace("EUR", "PLN"))


def test_a_year_of_prices_becomes_a_table_and_gaps_are_counted(
    serve: Serve, ask: Ask, httpserver: HTTPServer
) -> None:
    first = period("2026-01-01T00:00Z", "2026-01-01T02:00Z", "PT60M", {1: 5.0, 2: 6.0})
    later = period("2026-01-01T03:00Z", "2026-01-01T04:00Z", "PT60M", {1: 7.0})
    url = serve(lambda _: reply(document(series(first, later)), "text/xml"))
    found = entsoe.fetch(ask(url, request={"area": "X"}, key=SecretStr("0123456789")))
    assert [each["eur_per_mwh"] for each in _cells(found)] == ["5.0", "6.0", "7.0"]
    assert _cells(found)[2]["time"] == "2026-01-01T03:00:00+00:00"
    assert found.warnings == ("1 intervals have no price; nothing was filled in.",)
    assert found.as_of == "2026-01-01"
    asked = httpserver.log[0][0].args
    assert (asked["documentType"], asked["securityToken"]) == ("A44", "0123456789")
    assert "0123456789" not in found.body.read_text("utf-8")


def test_no_prices_are_said_in_the_services_own_words(serve: Serve, ask: Ask) -> None:
    said = "<Acknowledgement_MarketDocument><Reason><text>No matching data</text></Reason>"
    with pytest.raises(SourceError, match="“No matching data”"):
        entsoe.fetch(ask(serve(lambda _: reply(said, "text/xml")), request={"area": "X"}))


def test_cells_deep_in_lists_are_counted_or_the_largest_is_taken() -> None:
    each = {"evses": [{"plugs": [{"w": 11}, {"w": 22}]}, {"plugs": []}, {"plugs": [{}]}], "a": {}}
    assert cursor_json.at(each, "/evses/*/plugs/*/w") == [11, 22, None]
    assert cursor_json.at(each, "/evses/*/plugs/0/w") == [11, None, None]
    assert cursor_json.at(each, "/nowhere/*/x") is None
