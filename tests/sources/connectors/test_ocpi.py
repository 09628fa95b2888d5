"""Charge points from OCPI: three shapes of one model, dirty as registers are."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from app.sources.connectors.base import Request
from app.sources.connectors.ocpi import fetch
from app.sources.ocpi import power_kw
from app.sources.web_parts import Bounds, SourceError

Ask = Callable[..., Request]
Take = Callable[..., Any]
BOX = (4.9, 52.0, 5.3, 52.2)


def _location(name: str, lon: float = 5.1, lat: float = 52.1, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    plug = {"power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 16}
    point = {"uid": name, "status": "AVAILABLE", "connectors": [plug]}
    at = {"latitude": str(lat), "longitude": str(lon)}
    usual = {"country_code": "NL", "party_id": "XYZ", "id": name, "coordinates": at}
    words = {"address": "Kade 1", "city": "Utrecht", "last_updated": "2026-06-07T10:00:00Z"}
    return {**usual, **words, "evses": [point], **more}


def _envelope(*found: dict[str, Any]) -> dict[str, Any]:
    return {"data": list(found), "status_code": 1000, "timestamp": "2026-06-07T10:00:00Z"}


def test_power_is_told_or_follows_from_the_plug() -> None:
    # by hand: 3 phases x 230 V x 16 A = 11,040 W; one phase x 32 A = 7,360 W; DC 400 V x 125 A
    three = {"power_type": "AC_3_PHASE", "max_voltage": 230, "max_amperage": 16}
    assert power_kw(three) == 11.04
    assert power_kw({**three, "power_type": "AC_1_PHASE", "max_amperage": 32}) == 7.36
    assert power_kw({"power_type": "DC", "voltage": 400, "amperage": 125}) == 50.0
    assert power_kw({**three, "max_electric_power": 22_000}) == 22.0
    assert power_kw({**three, "max_electric_power": 0}) == 11.04
    assert power_kw({"power_type": "DC"}) is None


@pytest.mark.parametrize(("name", "rows"), [("bunnik", 78), ("utrechtse-heuvelrug", 192)])
def test_real_registers_are_read_and_said_to_be_dirty(
    testdata: Callable[[str], Path], take: Callable[..., Any], name: str, rows: int
) -> None:
    path = testdata(f"connectors/ndw_ocpi_details_{name}.json")
    found = take(path, "chargers", area=None)
    assert found.rows == rows
    frame = found.layer.frame
    assert set(frame["current_type"].dropna()) <= {"AC", "DC", "AC/DC"}
    assert (frame["power_kw"].dropna() > 1).all()
    assert found.layer.source_crs == "EPSG:4326"
    codes = {problem.code for problem in found.problems}
    assert {"REG-STALE", "REG-MOMENT"} <= codes
    if name == "utrechtse-heuvelrug":
        told = sum(len(each["evses"]) for each in json.loads(path.read_text("utf-8")).values())
        assert frame["points"].sum() == told - 1  # one was removed


def test_what_a_register_leaves_out_is_counted(take: Callable[..., Any]) -> None:
    empty = _location(
        "c", evses=[{"status": "PLANNED"}], coordinates={"latitude": "52.12", "longitude": "5.12"}
    )
    dark = _location("b", lon=5.11, evses=[{"status": "AVAILABLE", "connectors": [{}]}])
    old = _location("d", lat=52.13, last_updated="2026-01-01T00:00:00Z")
    rows = [_location("a"), _location("e"), dark, empty, old]
    found = take(json.dumps(_envelope(*rows)).encode(), "chargers", "locations.json")
    said = {problem.code: problem.message for problem in found.problems}
    assert said["REG-POWER"].startswith("1 of 5")
    assert said["REG-POINTS"].startswith("1 of 5")
    assert said["REG-TWICE"].startswith("2 of 5")
    assert said["REG-STALE"].startswith("1 of 5")


def test_a_location_that_comes_twice_is_one(take: Callable[..., Any]) -> None:
    rows = [_location("a"), _location("a"), _location("b", lon=5.2)]
    assert take(json.dumps(rows).encode(), "chargers", "x.json").rows == 2


def test_only_a_point_that_says_so_gives_back(take: Callable[..., Any]) -> None:
    able = _location("b", lon=5.2)
    able["evses"][0]["capabilities"] = ["V2G_CAPABLE"]
    frame = take(json.dumps([_location("a"), able]).encode(), "chargers", "x.json").layer.frame
    assert [str(each) for each in frame.set_index("charger_id")["v2g"][["a", "b"]]] == [
        "<NA>",
        "True",
    ]


def test_an_error_of_the_service_is_no_data(take: Callable[..., Any]) -> None:
    body = {"data": [], "status_code": 2001, "status_message": "Invalid token"}
    found = take(json.dumps(body).encode(), "chargers", "x.json")
    assert [problem.code for problem in found.problems] == ["OCPI-STATUS"]
    assert "2001" in found.problems[0].message


@pytest.mark.parametrize("code", ["1000", 1000, 1999])
def test_a_status_of_the_thousands_is_success(take: Take, code: object) -> None:
    body = {"data": [_location("a")], "status_code": code}
    assert take(json.dumps(body).encode(), "chargers", "x.json").rows == 1


@pytest.mark.parametrize("code", [2000, "3001", True, None, [1000], 10.5])
def test_any_other_status_is_none(take: Take, code: object) -> None:
    body = {"data": [_location("a")], "status_code": code}
    found = take(json.dumps(body).encode(), "chargers", "x.json")
    assert [problem.code for problem in found.problems] == ["OCPI-STATUS"]


def test_one_location_asked_for_by_its_id_is_one(take: Take) -> None:
    body = {**_envelope(), "data": _location("a")}
    assert take(json.dumps(body).encode(), "chargers", "x.json").rows == 1


def test_locations_without_points_do_not_hide_what_the_file_is(take: Take) -> None:
    bare = [_location(f"b{n}", lon=5.12 + n / 1000) for n in range(6)]
    for each in bare:
        del each["evses"]
    found = take(json.dumps([*bare, _location("a")]).encode(), "chargers", "x.json")
    assert found.mapping.format == "OCPI"
    assert found.layer.frame["points"].tolist().count(0) == 6


def test_a_stranger_record_never_stops_the_reader(take: Take) -> None:
    plug = {"power_type": 7, "max_voltage": "230", "max_amperage": [16], "max_electric_power": True}
    point = {"status": ["AVAILABLE"], "capabilities": 5, "connectors": [plug, 4], "uid": {"a": 1}}
    odd = _location("odd", evses=[point, None], operator=4, last_updated=7)
    odd |= {"id": {"x": [1]}, "country_code": ["NL"], "city": 3, "name": {"a": 1}}
    lost = _location("lost", lat=float("inf"))
    rows = [*(_location(f"n{n}", lon=5.1 + n / 100) for n in range(5)), odd, lost]
    found = take(json.dumps(rows).encode(), "chargers", "x.json")
    assert found.rows == 6
    assert {"GEO-MISSING", "REG-PLACE"} <= {problem.code for problem in found.problems}


def test_power_that_cannot_be_is_not_known(take: Take) -> None:
    def drawing(name: str, watts: float, lon: float) -> dict[str, Any]:
        plug = {"power_type": "AC_3_PHASE", "max_electric_power": watts}
        return _location(name, lon, evses=[{"status": "AVAILABLE", "connectors": [plug]}])

    rows = [drawing("kw", 11, 5.1), drawing("huge", 9e9, 5.11), drawing("fine", 22_000, 5.12)]
    found = take(json.dumps(rows).encode(), "chargers", "x.json")
    power = found.layer.frame.set_index("charger_id")["power_kw"]
    assert power.isna().to_dict() == {"kw": True, "huge": True, "fine": False}
    assert [fault.id for fault in found.register.faults if fault.code == "REG-HIGH"] == [
        *("kw", "huge")
    ]


def test_pages_are_followed_by_their_header(httpserver: HTTPServer, ask: Ask) -> None:
    link = f'<{httpserver.url_for("/l")}?offset=2>; rel="next"'
    httpserver.expect_request("/l", query_string="offset=2").respond_with_json(
        _envelope(_location("c")), headers={"X-Total-Count": "3"}
    )
    httpserver.expect_request("/l").respond_with_json(
        _envelope(_location("a"), _location("b")), headers={"Link": link, "X-Total-Count": "3"}
    )
    found = fetch(ask(httpserver.url_for("/l")))
    assert (found.rows, found.told, found.warnings) == (3, 3, ())


def test_a_packed_national_register_is_cut_to_the_box(httpserver: HTTPServer, ask: Ask) -> None:
    rows = [_location(f"n{n}", lon=4.0 + n / 100) for n in range(300)]
    body = gzip.compress(json.dumps(rows).encode())
    httpserver.expect_request("/dump.json.gz").respond_with_data(body)
    found = fetch(ask(httpserver.url_for("/dump.json.gz"), BOX))
    kept = json.loads(found.body.read_text("utf-8"))
    assert [each["id"] for each in kept] == [f"n{n}" for n in range(90, 131)]


@pytest.mark.parametrize("cut", [0.3, 0.99])
def test_a_register_that_is_cut_off_is_refused(
    httpserver: HTTPServer, ask: Ask, cut: float
) -> None:
    body = json.dumps([_location(f"n{n}") for n in range(50)]).encode()
    httpserver.expect_request("/d").respond_with_data(body[: int(len(body) * cut)])
    with pytest.raises(SourceError, match="cut off or damaged"):
        fetch(ask(httpserver.url_for("/d")))


def test_a_bomb_is_stopped_while_it_unpacks(httpserver: HTTPServer, ask: Ask) -> None:
    body = gzip.compress(b"[" + b" " * 20_000_000)
    httpserver.expect_request("/d").respond_with_data(body)
    with pytest.raises(SourceError, match="unpacks to more"):
        fetch(ask(httpserver.url_for("/d"), bounds=Bounds(decoded_bytes=1_000_000)))
