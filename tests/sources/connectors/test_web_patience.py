"""What the client bears from a service: refusals, stumbles, long waits, much and damaged data."""

import gzip
import os
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from app.sources.addresses import Reach, UnsafeAddressError
from app.sources.web_parts import Ask, Bounds, SourceError
from tests.sources.connectors.conftest import World
from tests.sources.connectors.played import HOST, REACH, Ready, play


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_a_refusal_is_not_tried_again(client: Ready, status: int) -> None:
    each, asked = play(client, httpx2.Response(status))
    with pytest.raises(SourceError, match=f"refused with status {status}"):
        each.get(Ask(HOST))
    assert len(asked) == 1


@pytest.mark.parametrize("status", [300, 304, 305])
def test_a_status_that_is_no_success_is_no_data(client: Ready, status: int) -> None:
    each, _ = play(client, httpx2.Response(status, json={"features": []}))
    with pytest.raises(SourceError, match=f"refused with status {status}"):
        each.get(Ask(HOST))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_stumble_is_tried_four_times_with_growing_waits(
    client: Ready, world: World, status: int
) -> None:
    each, asked = play(client, httpx2.Response(status))
    with pytest.raises(SourceError, match=f"status {status} \\(tried 4 times\\)"):
        each.get(Ask(HOST))
    assert len(asked) == 4
    assert [wait for wait in world.waited if wait > 0.5] == [1.0, 2.0, 4.0]


def test_chance_shortens_a_wait_to_its_half(client: Ready, world: World) -> None:
    each, _ = play(client, httpx2.Response(503))
    each._means.chance = lambda: 0.0  # noqa: SLF001
    with pytest.raises(SourceError):
        each.get(Ask(HOST))
    assert [wait for wait in world.waited if wait > 0.2] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("odd", ["-5", "²", "soon", "Mon, 99 Jan 99999 00:00:00 GMT", ""])
def test_an_odd_wish_to_wait_is_no_wish(client: Ready, world: World, odd: str) -> None:
    busy = httpx2.Response(429, headers=[(b"retry-after", odd.encode("latin-1"))])
    each, _ = play(client, busy, httpx2.Response(200, json=[]))
    assert each.get(Ask(HOST)).json() == []
    assert world.waited[0] == 1.0


def test_a_date_to_come_back_is_obeyed(client: Ready, world: World) -> None:
    later = format_datetime(datetime.fromtimestamp(world.at + 90, UTC), usegmt=True)
    busy = httpx2.Response(503, headers={"retry-after": later})
    each, _ = play(client, busy, httpx2.Response(200, json=[]))
    each.get(Ask(HOST))
    assert 89 <= world.waited[0] <= 90


def test_pages_come_no_faster_than_ten_a_second(client: Ready, world: World) -> None:
    each, _ = play(client, httpx2.Response(200, json=[]))
    for nth in range(5):
        each.get(Ask(f"{HOST}?page={nth}"))
    assert sum(world.waited) == pytest.approx(0.4)


def test_pages_are_counted(client: Ready) -> None:
    each, asked = play(client, httpx2.Response(200, json=[]), bounds=Bounds(pages=3))
    for nth in range(3):
        each.get(Ask(f"{HOST}?page={nth}"))
    with pytest.raises(SourceError, match="more than 3 pages"):
        each.get(Ask(f"{HOST}?page=3"))
    assert len(asked) == 3


def test_a_packed_answer_is_counted_packed_too(httpserver: HTTPServer, client: Ready) -> None:
    body = gzip.compress(os.urandom(200_000))
    httpserver.expect_request("/x").respond_with_data(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match="more than one answer may hold"):
        client(bounds=Bounds(reply_bytes=100_000)).get(Ask(httpserver.url_for("/x")))


def test_a_bomb_of_300_megabytes_stops_at_the_usual_limit(
    httpserver: HTTPServer, client: Ready
) -> None:
    packed = gzip.compress(b"0" * 300_000_000, 9)
    assert len(packed) < 1_000_000
    httpserver.expect_request("/x").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    each = client()
    with pytest.raises(SourceError, match="more than one answer may hold"):
        each.get(Ask(httpserver.url_for("/x")))
    written = max(path.stat().st_size for path in each._folder.iterdir())  # noqa: SLF001
    assert written <= 250_000_000


def test_a_packed_answer_that_is_damaged_is_said_plainly(
    httpserver: HTTPServer, client: Ready
) -> None:
    httpserver.expect_request("/x").respond_with_data(
        b"no gzip at all", headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(SourceError, match="cannot be unpacked"):
        client().get(Ask(httpserver.url_for("/x")))


@pytest.mark.parametrize(
    ("body", "media"),
    [
        ('<?xml version="1.0"?>\n<!-- hello -->\n<!DOCTYPE html><html/>', "application/json"),
        ("\ufeff  <HTML><body>Sign in</body>", "application/json"),
        ("<div>Sign in</div>", "text/html; charset=utf-8"),
    ],
)
def test_a_page_is_no_data_however_it_begins(client: Ready, body: str, media: str) -> None:
    answer = httpx2.Response(200, text=body, headers={"content-type": media})
    each, _ = play(client, answer)
    with pytest.raises(SourceError, match="a web page instead of data"):
        each.get(Ask(HOST))


def test_only_a_service_that_is_down_is_stood_in_for(client: Ready, world: World) -> None:
    each, _ = play(client, httpx2.Response(200, json={"n": 1}), cache=True)
    each.get(Ask(HOST))
    world.at += 100_000
    gone, _ = play(client, httpx2.Response(404), cache=True)
    with pytest.raises(SourceError, match="404"):
        gone.get(Ask(HOST))
    away, _ = play(client, httpx2.Response(503, headers={"retry-after": "9999"}), cache=True)
    reply = away.get(Ask(HOST))
    assert reply.json() == {"n": 1}
    assert reply.stale_since is not None


def test_what_a_reader_does_to_an_answer_leaves_the_cache_alone(client: Ready) -> None:
    each, asked = play(client, httpx2.Response(200, json={"n": 1}), cache=True)
    for _ in range(3):
        reply = each.get(Ask(HOST))
        assert reply.json() == {"n": 1}
        reply.body.write_text("spoilt", "utf-8")
    assert len(asked) == 1


def test_a_date_alone_is_enough_to_ask_what_changed(client: Ready, world: World) -> None:
    date = "Wed, 03 Jun 2026 10:00:00 GMT"
    each, asked = play(
        client,
        httpx2.Response(200, json={"n": 1}, headers={"last-modified": date}),
        httpx2.Response(304),
        cache=True,
    )
    each.get(Ask(HOST, max_age_s=100))
    world.at += 101
    assert each.get(Ask(HOST, max_age_s=100)).json() == {"n": 1}
    assert asked[1].headers["if-modified-since"] == date
    assert each.get(Ask(HOST, max_age_s=100)).from_cache  # fresh again: nobody was asked
    assert len(asked) == 2


def test_a_long_answer_may_be_stopped_in_its_middle(httpserver: HTTPServer, client: Ready) -> None:
    httpserver.expect_request("/x").respond_with_data("x" * 8_000_000)

    class StopError(Exception):
        pass

    heard: list[int] = []

    def listen(nth: int) -> None:
        heard.append(nth)
        if len(heard) == 3:
            raise StopError

    each = client()
    each._heard = listen  # noqa: SLF001
    with pytest.raises(StopError):
        each.get(Ask(httpserver.url_for("/x")))
    assert heard == [1, 1, 1]


def test_a_form_stays_a_form_only_where_the_redirect_says_so(client: Ready) -> None:
    for status, methods in ((307, ["POST", "POST"]), (302, ["POST", "GET"])):
        moved = httpx2.Response(status, headers={"location": "/z"})
        each, asked = play(client, moved, httpx2.Response(200, json={}))
        each.get(Ask(HOST, form={"data": "q"}))
        assert [request.method for request in asked] == methods
        assert (asked[1].content == b"data=q") == (status == 307)


def test_a_machine_without_the_newer_protocol_takes_the_next_address(client: Ready) -> None:
    tried: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        tried.append(request.url.host)
        if ":" in request.url.host:
            raise httpx2.ConnectError("no route")
        return httpx2.Response(200, json={"n": 1})

    each = client(
        REACH,
        resolve=lambda *_: ["2606:2800:220:1::1", "93.184.216.34"],
        transport=httpx2.MockTransport(answer),
    )
    assert each.get(Ask(HOST)).json() == {"n": 1}
    assert tried == ["2606:2800:220:1::1", "93.184.216.34"]


def test_behind_a_proxy_no_name_is_looked_up_and_the_name_is_passed_on(client: Ready) -> None:
    def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("looked a name up")

    reach = Reach(REACH.hosts, proxied=True)
    each, asked = play(client, httpx2.Response(200, json=[]), reach=reach, resolve=never)
    each.get(Ask(HOST))
    assert asked[0].url.host == "data.example.org"
    assert "sni_hostname" not in asked[0].extensions
    with pytest.raises(UnsafeAddressError):  # the list of hosts holds all the same
        each.get(Ask("https://elsewhere.org/x"))
