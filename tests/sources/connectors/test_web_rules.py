"""Rules of the client that only show when a service, a name or a setting tries to bend them."""

import gzip
import logging
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from app.sources.addresses import Pinned, Reach, UnsafeAddressError, is_public, resolve
from app.sources.web import TIMEOUT
from app.sources.web_parts import Ask, Bounds, SourceError
from tests.sources.connectors.conftest import World

Ready = Callable[..., Any]
HOST, OTHER = "https://data.example.org/x", "https://other.example.net/y"
REACH = Reach(frozenset({"data.example.org", "other.example.net"}))
KEY = "s3cret-0123456789"


def _play(client: Ready, *answers: httpx2.Response, **more: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        asked.append(request)
        return answers[min(len(asked), len(answers)) - 1]

    transport = httpx2.MockTransport(answer)
    reach = more.pop("reach", REACH)
    given = {"resolve": lambda *_: ["93.184.216.34"], "transport": transport} | more
    return client(reach, **given), asked


@pytest.mark.parametrize(
    "inner",
    [
        "ff0e::1",  # multicast
        "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
        "64:ff9b:1::a00:1",  # NAT64 for local use
        "2002:7f00:1::",  # 6to4 of 127.0.0.1
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",  # Teredo of 10.0.0.1
        "::ffff:169.254.169.254",
        "::10.0.0.1",
        "fec0::1",
        "192.88.99.1",
        "3fff::1",
        "fe80::1%eth0",
        "no address",
    ],
)
def test_an_inner_address_is_known_in_every_disguise(inner: str) -> None:
    assert not is_public(inner)


@pytest.mark.parametrize("name", ["0x7f000001", "2130706433", "127.1"])
def test_odd_spellings_of_loopback_are_seen_after_resolving(client: Ready, name: str) -> None:
    socket.getaddrinfo(name, 443)  # the machine does take it for an address
    each, asked = _play(
        client, httpx2.Response(200), reach=Reach(frozenset({name})), resolve=resolve
    )
    with pytest.raises(UnsafeAddressError, match=r"leads to 127\.0\.0\.1"):
        each.get(Ask(f"https://{name}/x"))
    assert asked == []


@pytest.mark.parametrize("url", ["https://0177.0.0.1/x", "https://[::1/x", "https://a b/", "x" * 9])
def test_what_cannot_be_an_address_is_refused_in_words(client: Ready, url: str) -> None:
    each, asked = _play(client, httpx2.Response(200))
    with pytest.raises(UnsafeAddressError):
        each.get(Ask(url))
    assert asked == []


@pytest.mark.parametrize("url", ["https://data.example.org:80/x", "https://data.example.org:22/x"])
def test_only_the_port_of_https_is_open(client: Ready, url: str) -> None:
    each, asked = _play(client, httpx2.Response(200))
    with pytest.raises(UnsafeAddressError, match="port"):
        each.get(Ask(url))
    assert asked == []


@pytest.mark.parametrize(
    ("name", "open_"),
    [
        ("data.example.org", True),
        ("DATA.example.org", True),
        ("a.example.net", True),
        ("example.net", True),
        ("x.data.example.org", False),
        ("notexample.net", False),
    ],
)
def test_hosts_are_exact_names_but_for_a_leading_dot(name: str, open_: bool) -> None:  # noqa: FBT001
    reach = Reach(frozenset({"data.example.org", ".example.net"}))
    url = httpx2.URL(f"https://{name}/")
    if open_:
        reach.check(url)
    else:
        with pytest.raises(UnsafeAddressError, match="KERBWATT_ALLOW_HOSTS"):
            reach.check(url)


def test_a_redirect_from_https_to_http_is_refused_even_at_home(client: Ready) -> None:
    down = httpx2.Response(302, headers={"location": "http://data.example.org/plain"})
    reach = Reach(REACH.hosts, private=True)
    each, asked = _play(client, down, reach=reach)
    with pytest.raises(UnsafeAddressError, match="from https to http"):
        each.get(Ask(HOST))
    assert len(asked) == 1


@pytest.mark.parametrize("target", ["https://[::1", "https://0177.0.0.1/", "//\x00"])
def test_a_redirect_to_nonsense_is_refused_in_words(client: Ready, target: str) -> None:
    each, asked = _play(client, httpx2.Response(302, headers={"location": target}))
    with pytest.raises((UnsafeAddressError, SourceError)):
        each.get(Ask(HOST))
    assert len(asked) == 1


def test_three_redirects_are_followed(client: Ready) -> None:
    on = [httpx2.Response(302, headers={"location": f"{HOST}{nth}"}) for nth in range(3)]
    each, asked = _play(client, *on, httpx2.Response(200, json=[1]))
    assert each.get(Ask(HOST)).json() == [1]
    assert len(asked) == 4


def test_a_key_echoed_in_a_redirect_goes_no_further(client: Ready) -> None:
    moved = httpx2.Response(302, headers={"location": f"{OTHER}?token={KEY}&a=1"})
    each, asked = _play(client, moved, httpx2.Response(200, json={}))
    reply = each.get(Ask(HOST, secret={"authorization": KEY}, secret_params={"token": KEY}))
    assert asked[0].url.params["token"] == asked[0].headers["authorization"] == KEY
    assert str(asked[1].url.params) == "a=1"
    assert "authorization" not in asked[1].headers
    assert KEY not in reply.url


def test_a_key_is_sent_again_on_the_same_server(client: Ready) -> None:
    moved = httpx2.Response(302, headers={"location": "/z"})
    each, asked = _play(client, moved, httpx2.Response(200, json={}))
    each.get(Ask(HOST, secret_params={"token": KEY}))
    assert asked[1].url.params["token"] == KEY


def test_a_key_stands_in_no_log_and_no_text(
    httpserver: HTTPServer, client: Ready, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_request("/x").respond_with_json({"message": f"bad key {KEY}"}, 401)
    ask = Ask(
        httpserver.url_for("/x"),
        secret={"authorization": f"Token {KEY}"},
        secret_params={"token": KEY},
    )
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceError, match="bad key …") as caught:
        client().get(ask)
    asked, _ = httpserver.log[0]
    assert asked.args["token"] == KEY  # it was sent
    assert KEY not in f"{caught.value} {ask!r} {ask.name}"
    ours = [each for each in caplog.records if each.name.startswith("http")]  # not the server's
    assert any("/x" in each.getMessage() for each in ours)
    assert not any(KEY in each.getMessage() for each in ours)


def test_an_answer_to_a_key_is_cached_only_where_the_preset_says_so(
    client: Ready, tmp_path: Path
) -> None:
    each, _ = _play(client, httpx2.Response(200, json={"n": 1}), cache=True)
    each.get(Ask(HOST, secret_params={"token": KEY}))
    assert not (tmp_path / "cache").exists()
    each.get(Ask(HOST, secret_params={"token": KEY}, keep=True))
    kept = list((tmp_path / "cache").iterdir())
    assert len(kept) == 2
    for path in kept:
        assert KEY not in path.name
        assert KEY.encode() not in path.read_bytes()


def test_two_names_at_one_address_share_no_connection() -> None:
    made: list[httpx2.BaseTransport] = []

    def make() -> httpx2.BaseTransport:
        made.append(httpx2.MockTransport(lambda _: httpx2.Response(200)))
        return made[-1]

    pinned = Pinned(REACH, make, lambda *_: ["93.184.216.34"])
    for url in (HOST, OTHER, HOST):
        pinned.handle_request(httpx2.Request("GET", url))
    assert len(made) == 2


def test_nothing_of_the_environment_is_used(
    httpserver: HTTPServer, client: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    httpserver.expect_request("/x").respond_with_json({"direct": True})
    assert client().get(Ask(httpserver.url_for("/x"))).json() == {"direct": True}


def test_who_asks_is_said_and_how_long_is_waited(client: Ready) -> None:
    each, asked = _play(client, httpx2.Response(200, json={}))
    each.get(Ask(HOST))
    assert asked[0].headers["user-agent"] == "Kerbwatt test"
    assert asked[0].extensions["timeout"] == TIMEOUT.as_dict()
    assert (TIMEOUT.connect, TIMEOUT.read, TIMEOUT.pool) == (5.0, 30.0, 5.0)


def test_a_cookie_is_not_carried_along(client: Ready) -> None:
    given = httpx2.Response(200, json={}, headers={"set-cookie": "who=me; Path=/"})
    each, asked = _play(client, given)
    each.get(Ask(HOST))
    each.get(Ask(HOST))
    assert "cookie" not in asked[1].headers


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_a_refusal_is_not_tried_again(client: Ready, status: int) -> None:
    each, asked = _play(client, httpx2.Response(status))
    with pytest.raises(SourceError, match=f"refused with status {status}"):
        each.get(Ask(HOST))
    assert len(asked) == 1


@pytest.mark.parametrize("status", [300, 304, 305])
def test_a_status_that_is_no_success_is_no_data(client: Ready, status: int) -> None:
    each, _ = _play(client, httpx2.Response(status, json={"features": []}))
    with pytest.raises(SourceError, match=f"refused with status {status}"):
        each.get(Ask(HOST))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_stumble_is_tried_four_times_with_growing_waits(
    client: Ready, world: World, status: int
) -> None:
    each, asked = _play(client, httpx2.Response(status))
    with pytest.raises(SourceError, match=f"status {status} \\(tried 4 times\\)"):
        each.get(Ask(HOST))
    assert len(asked) == 4
    assert [wait for wait in world.waited if wait > 0.5] == [1.0, 2.0, 4.0]


def test_chance_shortens_a_wait_to_its_half(client: Ready, world: World) -> None:
    each, _ = _play(client, httpx2.Response(503))
    each._means.chance = lambda: 0.0  # noqa: SLF001
    with pytest.raises(SourceError):
        each.get(Ask(HOST))
    assert [wait for wait in world.waited if wait > 0.2] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("odd", ["-5", "²", "soon", "Mon, 99 Jan 99999 00:00:00 GMT", ""])
def test_an_odd_wish_to_wait_is_no_wish(client: Ready, world: World, odd: str) -> None:
    busy = httpx2.Response(429, headers=[(b"retry-after", odd.encode("latin-1"))])
    each, _ = _play(client, busy, httpx2.Response(200, json=[]))
    assert each.get(Ask(HOST)).json() == []
    assert world.waited[0] == 1.0


def test_a_date_to_come_back_is_obeyed(client: Ready, world: World) -> None:
    later = format_datetime(datetime.fromtimestamp(world.at + 90, UTC), usegmt=True)
    busy = httpx2.Response(503, headers={"retry-after": later})
    each, _ = _play(client, busy, httpx2.Response(200, json=[]))
    each.get(Ask(HOST))
    assert 89 <= world.waited[0] <= 90


def test_pages_come_no_faster_than_ten_a_second(client: Ready, world: World) -> None:
    each, _ = _play(client, httpx2.Response(200, json=[]))
    for nth in range(5):
        each.get(Ask(f"{HOST}?page={nth}"))
    assert sum(world.waited) == pytest.approx(0.4)


def test_pages_are_counted(client: Ready) -> None:
    each, asked = _play(client, httpx2.Response(200, json=[]), bounds=Bounds(pages=3))
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
    each, _ = _play(client, answer)
    with pytest.raises(SourceError, match="a web page instead of data"):
        each.get(Ask(HOST))


def test_only_a_service_that_is_down_is_stood_in_for(client: Ready, world: World) -> None:
    each, _ = _play(client, httpx2.Response(200, json={"n": 1}), cache=True)
    each.get(Ask(HOST))
    world.at += 100_000
    gone, _ = _play(client, httpx2.Response(404), cache=True)
    with pytest.raises(SourceError, match="404"):
        gone.get(Ask(HOST))
    away, _ = _play(client, httpx2.Response(503, headers={"retry-after": "9999"}), cache=True)
    reply = away.get(Ask(HOST))
    assert reply.json() == {"n": 1}
    assert reply.stale_since is not None


def test_what_a_reader_does_to_an_answer_leaves_the_cache_alone(client: Ready) -> None:
    each, asked = _play(client, httpx2.Response(200, json={"n": 1}), cache=True)
    for _ in range(3):
        reply = each.get(Ask(HOST))
        assert reply.json() == {"n": 1}
        reply.body.write_text("spoilt", "utf-8")
    assert len(asked) == 1


def test_a_date_alone_is_enough_to_ask_what_changed(client: Ready, world: World) -> None:
    date = "Wed, 03 Jun 2026 10:00:00 GMT"
    each, asked = _play(
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
        each, asked = _play(client, moved, httpx2.Response(200, json={}))
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
    each, asked = _play(client, httpx2.Response(200, json=[]), reach=reach, resolve=never)
    each.get(Ask(HOST))
    assert asked[0].url.host == "data.example.org"
    assert "sni_hostname" not in asked[0].extensions
    with pytest.raises(UnsafeAddressError):  # the list of hosts holds all the same
        each.get(Ask("https://elsewhere.org/x"))
