"""Rules of the client that only show when a name, a key or a setting tries to bend them."""

import logging
import socket
from pathlib import Path

import httpx2
import pytest
from pytest_httpserver import HTTPServer

from app.sources.addresses import Pinned, Reach, UnsafeAddressError, is_public, resolve
from app.sources.web import TIMEOUT
from app.sources.web_parts import Ask, SourceError
from tests.sources.connectors.played import HOST, OTHER, REACH, Ready, play

KEY = "s3cret-0123456789"


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
    each, asked = play(
        client, httpx2.Response(200), reach=Reach(frozenset({name})), resolve=resolve
    )
    with pytest.raises(UnsafeAddressError, match=r"leads to 127\.0\.0\.1"):
        each.get(Ask(f"https://{name}/x"))
    assert asked == []


@pytest.mark.parametrize("url", ["https://0177.0.0.1/x", "https://[::1/x", "https://a b/", "x" * 9])
def test_what_cannot_be_an_address_is_refused_in_words(client: Ready, url: str) -> None:
    each, asked = play(client, httpx2.Response(200))
    with pytest.raises(UnsafeAddressError):
        each.get(Ask(url))
    assert asked == []


@pytest.mark.parametrize("url", ["https://data.example.org:80/x", "https://data.example.org:22/x"])
def test_only_the_port_of_https_is_open(client: Ready, url: str) -> None:
    each, asked = play(client, httpx2.Response(200))
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
    each, asked = play(client, down, reach=reach)
    with pytest.raises(UnsafeAddressError, match="from https to http"):
        each.get(Ask(HOST))
    assert len(asked) == 1


@pytest.mark.parametrize("target", ["https://[::1", "https://0177.0.0.1/", "//\x00"])
def test_a_redirect_to_nonsense_is_refused_in_words(client: Ready, target: str) -> None:
    each, asked = play(client, httpx2.Response(302, headers={"location": target}))
    with pytest.raises((UnsafeAddressError, SourceError)):
        each.get(Ask(HOST))
    assert len(asked) == 1


def test_three_redirects_are_followed(client: Ready) -> None:
    on = [httpx2.Response(302, headers={"location": f"{HOST}{nth}"}) for nth in range(3)]
    each, asked = play(client, *on, httpx2.Response(200, json=[1]))
    assert each.get(Ask(HOST)).json() == [1]
    assert len(asked) == 4


def test_a_key_echoed_in_a_redirect_goes_no_further(client: Ready) -> None:
    moved = httpx2.Response(302, headers={"location": f"{OTHER}?token={KEY}&a=1"})
    each, asked = play(client, moved, httpx2.Response(200, json={}))
    reply = each.get(Ask(HOST, secret={"authorization": KEY}, secret_params={"token": KEY}))
    assert asked[0].url.params["token"] == asked[0].headers["authorization"] == KEY
    assert str(asked[1].url.params) == "a=1"
    assert "authorization" not in asked[1].headers
    assert KEY not in reply.url


def test_a_key_is_sent_again_on_the_same_server(client: Ready) -> None:
    moved = httpx2.Response(302, headers={"location": "/z"})
    each, asked = play(client, moved, httpx2.Response(200, json={}))
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
    each, _ = play(client, httpx2.Response(200, json={"n": 1}), cache=True)
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
    each, asked = play(client, httpx2.Response(200, json={}))
    each.get(Ask(HOST))
    assert asked[0].headers["user-agent"] == "Kerbwatt test"
    assert asked[0].extensions["timeout"] == TIMEOUT.as_dict()
    assert (TIMEOUT.connect, TIMEOUT.read, TIMEOUT.pool) == (5.0, 30.0, 5.0)


def test_a_cookie_is_not_carried_along(client: Ready) -> None:
    given = httpx2.Response(200, json={}, headers={"set-cookie": "who=me; Path=/"})
    each, asked = play(client, given)
    each.get(Ask(HOST))
    each.get(Ask(HOST))
    assert "cookie" not in asked[1].headers
