"""The client of open data against servers that are down, slow, hostile or confused."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Asked
from werkzeug import Response

from app.sources.addresses import Reach, UnsafeAddressError, is_public
from app.sources.web_parts import Ask, Bounds, SourceError
from tests.sources.connectors.conftest import World

Ready = Callable[..., Any]
JSON = "application/json"
PUBLIC = Reach(frozenset({"data.example.org", ".example.net"}))


def _answering(*answers: httpx2.Response) -> tuple[httpx2.MockTransport, list[httpx2.Request]]:
    """Answer in turn, the last one for ever; remember what was asked."""
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return answers[min(len(asked), len(answers)) - 1]

    return httpx2.MockTransport(answer), asked


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "127.0.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # refused, not bound
        "::1",
        "240.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "fe80::1",
    ],
)
def test_no_disguise_makes_an_inner_address_public(address: str) -> None:
    assert not is_public(address)


def test_open_addresses_are_public_in_every_form() -> None:
    assert all(map(is_public, ["8.8.8.8", "2001:4860:4860::8888", "64:ff9b::808:808"]))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://data.example.org/x", "only https"),
        ("file:///etc/passwd", "only https"),
        ("https://elsewhere.org/x", "not among the hosts"),
        ("https://example.net.evil.org/x", "not among the hosts"),
        ("https://data.example.org:8443/x", "port 8443"),
        ("https://me:pw@data.example.org/x", "name and password"),
    ],
)
def test_an_address_is_refused_by_its_text(client: Ready, url: str, why: str) -> None:
    def never(_host: str, _port: int) -> list[str]:
        raise AssertionError("looked a name up")

    with pytest.raises(UnsafeAddressError, match=why):
        client(PUBLIC, resolve=never).get(Ask(url))


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.8", "::1", "169.254.169.254"])
def test_a_name_that_leads_inside_is_refused(client: Ready, inner: str) -> None:
    transport, asked = _answering(httpx2.Response(200, json={}))
    each = client(PUBLIC, resolve=lambda *_: ["93.184.216.34", inner], transport=transport)
    with pytest.raises(UnsafeAddressError, match="not a public address"):
        each.get(Ask("https://data.example.org/x"))
    assert asked == []


def test_the_address_that_was_checked_is_the_one_connected_to(client: Ready) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])  # a name that changes its mind
    transport, asked = _answering(httpx2.Response(200, json={}))
    each = client(PUBLIC, resolve=lambda *_: next(answers), transport=transport)
    each.get(Ask("https://data.example.org/x"))
    assert asked[0].url.host == "93.184.216.34"
    assert asked[0].headers["host"] == "data.example.org"
    assert asked[0].extensions["sni_hostname"] == "data.example.org"
    with pytest.raises(UnsafeAddressError):
        each.get(Ask("https://data.example.org/y"))
    assert len(asked) == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "file:///etc/passwd",
        "http://data.example.org/plain",
    ],
)
def test_a_redirect_is_checked_like_the_first_address(client: Ready, target: str) -> None:
    transport, asked = _answering(httpx2.Response(302, headers={"location": target}))
    each = client(PUBLIC, resolve=lambda *_: ["93.184.216.34"], transport=transport)
    with pytest.raises(UnsafeAddressError):
        each.get(Ask("https://data.example.org/x"))
    assert len(asked) == 1


def test_a_key_does_not_follow_to_another_host_and_is_never_kept(
    client: Ready, tmp_path: Path
) -> None:
    moved = httpx2.Response(302, headers={"location": "https://other.example.net/y"})
    transport, asked = _answering(moved, httpx2.Response(200, json={"a": 1}))
    each = client(PUBLIC, cache=True, resolve=lambda *_: ["93.184.216.34"], transport=transport)
    secret = Ask(
        "https://data.example.org/x",
        secret={"apikey": "s3cret"},
        secret_params={"token": "s3cret"},
    )
    reply = each.get(secret)
    assert asked[0].headers["apikey"] == "s3cret"
    assert dict(asked[0].url.params) == {"token": "s3cret"}
    assert "apikey" not in asked[1].headers
    assert "token" not in asked[1].url.params
    assert "s3cret" not in reply.url
    assert "s3cret" not in secret.name
    assert not (tmp_path / "cache").exists()


def test_redirects_end(client: Ready) -> None:
    transport, asked = _answering(
        httpx2.Response(302, headers={"location": "https://data.example.org/x"})
    )
    each = client(PUBLIC, resolve=lambda *_: ["93.184.216.34"], transport=transport)
    with pytest.raises(SourceError, match="without end"):
        each.get(Ask("https://data.example.org/x"))
    assert len(asked) == 4


def _ask(server: HTTPServer, path: str = "/x", **more: Any) -> Ask:  # noqa: ANN401
    return Ask(server.url_for(path), **more)


def test_a_busy_service_is_asked_again_when_it_wishes(
    httpserver: HTTPServer, client: Ready, world: World
) -> None:
    httpserver.expect_ordered_request("/x").respond_with_data("", 429, headers={"Retry-After": "7"})
    for _ in range(2):
        httpserver.expect_ordered_request("/x").respond_with_data("", 500)
    httpserver.expect_ordered_request("/x").respond_with_json({"fine": True})
    assert client().get(_ask(httpserver)).json() == {"fine": True}
    assert [wait for wait in world.waited if wait > 0.5] == [7.0, 2.0, 4.0]


def test_a_service_that_is_down_is_given_up_in_words(httpserver: HTTPServer, client: Ready) -> None:
    httpserver.expect_request("/x").respond_with_data("", 503)
    with pytest.raises(SourceError, match=r"answered with status 503 \(tried 4 times\)"):
        client().get(_ask(httpserver))
    assert len(httpserver.log) == 4


def test_a_wish_to_wait_too_long_is_passed_on(httpserver: HTTPServer, client: Ready) -> None:
    httpserver.expect_request("/x").respond_with_data("", 503, headers={"Retry-After": "1800"})
    with pytest.raises(SourceError, match="come back in 30 minutes"):
        client().get(_ask(httpserver))


def test_nobody_there_is_said_plainly(client: Ready) -> None:
    with pytest.raises(SourceError, match=r"could not be reached \(tried 4 times\)"):
        client().get(Ask("http://127.0.0.1:9/x"))


def test_a_slow_drip_ends_at_the_limit(httpserver: HTTPServer, client: Ready, world: World) -> None:
    def drip(_request: Asked) -> Response:
        def slowly() -> Iterator[bytes]:
            for _ in range(100):
                world.at += 10.0
                yield b"x" * 70_000

        return Response(slowly(), content_type=JSON)

    httpserver.expect_request("/x").respond_with_handler(drip)
    with pytest.raises(SourceError, match="took longer than 600 s"):
        client().get(_ask(httpserver))


def test_a_packed_answer_is_counted_unpacked(httpserver: HTTPServer, client: Ready) -> None:
    packed = gzip.compress(b"0" * 3_000_000)
    httpserver.expect_request("/x").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(SourceError, match="more than one answer may hold"):
        client(bounds=Bounds(decoded_bytes=1_000_000)).get(_ask(httpserver))


def test_an_answer_longer_than_a_fetch_may_be_is_stopped(
    httpserver: HTTPServer, client: Ready
) -> None:
    httpserver.expect_request("/x").respond_with_data("x" * 400)
    each = client(bounds=Bounds(fetch_bytes=1_000))
    for _ in range(2):
        each.get(_ask(httpserver))
    with pytest.raises(SourceError, match="more than one fetch may hold"):
        each.get(_ask(httpserver))


def test_an_answer_that_breaks_off_is_asked_again(client: Ready) -> None:
    short = httpx2.Response(200, headers={"content-length": "500"}, content=b"{}")
    short.headers["content-length"] = "500"
    transport, asked = _answering(short, httpx2.Response(200, json={"whole": 1}))
    each = client(PUBLIC, resolve=lambda *_: ["93.184.216.34"], transport=transport)
    assert each.get(Ask("https://data.example.org/x")).json() == {"whole": 1}
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!DOCTYPE html><html><body>Log in</body></html>", "a web page instead of data"),
        (
            "<ows:ExceptionReport><ows:ExceptionText>No layer &lt;b&gt; here</ows:ExceptionText>",
            "“No layer <b> here”",
        ),
        ('{"error": {"code": 400, "message": "Invalid token"}}', "“Invalid token”"),
        (
            "<Acknowledgement_MarketDocument><Reason><text>No data</text></Reason>",
            "“No data”",
        ),
    ],
)
def test_an_error_that_comes_as_a_success_is_quoted(
    httpserver: HTTPServer, client: Ready, body: str, said: str
) -> None:
    httpserver.expect_request("/x").respond_with_data(body)
    with pytest.raises(SourceError, match=said):
        client().get(_ask(httpserver))


def test_a_quoted_sentence_is_short_and_on_one_line(httpserver: HTTPServer, client: Ready) -> None:
    httpserver.expect_request("/x").respond_with_data(
        json.dumps({"description": "a\u202eb\n\x07" + "long " * 500}), 400
    )
    with pytest.raises(SourceError) as caught:
        client().get(_ask(httpserver))
    said = str(caught.value)
    assert len(said) < 400
    assert said.isprintable()


def test_broken_json_is_said_plainly(httpserver: HTTPServer, client: Ready) -> None:
    httpserver.expect_request("/x").respond_with_data('{"features": [{"type"')
    with pytest.raises(SourceError, match="cut off or damaged"):
        client().get(_ask(httpserver)).json()


def test_what_did_not_change_is_not_sent_again(
    httpserver: HTTPServer, client: Ready, world: World
) -> None:
    httpserver.expect_ordered_request("/x").respond_with_json({"n": 1}, headers={"ETag": '"v1"'})
    httpserver.expect_ordered_request("/x", headers={"If-None-Match": '"v1"'}).respond_with_data(
        "", 304
    )
    assert not client(cache=True).get(_ask(httpserver)).from_cache
    assert client(cache=True).get(_ask(httpserver)).from_cache  # fresh: nobody is asked
    assert len(httpserver.log) == 1
    world.at += 100_000
    later = client(cache=True).get(_ask(httpserver))
    assert later.from_cache
    assert later.json() == {"n": 1}
    assert len(httpserver.log) == 2


def test_the_last_answer_stands_in_for_a_service_that_is_down(
    httpserver: HTTPServer, client: Ready, world: World
) -> None:
    httpserver.expect_ordered_request("/x").respond_with_json({"n": 1})
    client(cache=True).get(_ask(httpserver))
    world.at += 100_000
    reply = client(cache=True).get(_ask(httpserver))  # the server knows no more answers: 500
    assert reply.json() == {"n": 1}
    assert reply.stale_since is not None


def test_a_visitor_may_stop_a_fetch(httpserver: HTTPServer, client: Ready) -> None:
    httpserver.expect_request("/x").respond_with_json({})

    class StopError(Exception):
        pass

    def stop(_nth: int) -> None:
        raise StopError

    each = client()
    each._heard = stop  # noqa: SLF001
    with pytest.raises(StopError):
        each.get(_ask(httpserver))
