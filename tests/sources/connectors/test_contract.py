"""What every connector must keep to; a new one joins by having a play of its own."""

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from pytest_httpserver import HTTPServer

from app.sources.connectors import CONNECTORS
from app.sources.connectors.base import Request
from app.sources.web_parts import DownError, SourceError
from tests.sources.connectors.plays import PLAYS, Play, reply

Ask = Callable[..., Request]
BOX = (5.0, 52.0, 5.2, 52.2)
KEY = "a-very-secret-key-0815"
NAMES = sorted(PLAYS)
DAY = re.compile(r"2026-\d\d-\d\d")
DATED = {"ocpi", "overpass", "nobil", "entsoe", "opendatasoft", "ckan"}


@pytest.fixture
def request_of(httpserver: HTTPServer, ask: Ask) -> Callable[..., Request]:
    """Put a request to the played service of a protocol together."""

    def make(name: str, answer: Any = None, **more: Any) -> Request:  # noqa: ANN401
        play = PLAYS[name]
        httpserver.expect_request(Everything()).respond_with_handler(answer or play.answer)
        said = {"box": BOX, **play.said, **more}
        return ask(httpserver.url_for(play.path), said.pop("box"), **said)

    return make


class Everything(str):
    """Any path at all."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        """Be like everything."""
        return isinstance(other, str)

    __hash__ = str.__hash__


def _fetch(name: str, request: Request) -> Any:  # noqa: ANN401
    return CONNECTORS[name].fetch(request)


def test_every_protocol_has_a_play() -> None:
    assert set(PLAYS) == set(CONNECTORS)


@pytest.mark.parametrize("name", NAMES)
def test_all_rows_come_in_one_file_of_the_throw_away_folder(
    name: str, request_of: Callable[..., Request]
) -> None:
    request = request_of(name)
    found = _fetch(name, request)
    play: Play = PLAYS[name]
    assert (found.rows or 0) == play.rows
    assert found.body.is_file()
    assert found.body.stat().st_size > 10
    temporary = {request.folder, request.client._folder}  # noqa: SLF001
    assert found.body.parent in temporary
    assert "/" not in found.name
    assert request.notes.asked.startswith(request.endpoint.rstrip("/"))
    assert request.notes.stale_since is None
    assert found.as_of is None or DAY.fullmatch(found.as_of)
    assert (found.as_of is not None) == (name in DATED)  # nobody invents a date


@pytest.mark.parametrize("name", NAMES)
def test_a_key_stays_out_of_all_that_is_kept(
    name: str, request_of: Callable[..., Request], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    request = request_of(name, key=SecretStr(KEY))
    with caplog.at_level(logging.DEBUG):
        found = _fetch(name, request)
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("http")]
    assert not any(KEY in each for each in ours)
    assert KEY not in f"{found} {request} {request.notes}"
    for path in tmp_path.rglob("*"):
        assert KEY not in path.name
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_to_log_in_is_no_data(name: str, request_of: Callable[..., Request]) -> None:
    request = request_of(name, lambda _: reply("<!DOCTYPE html><html>Sign in</html>"))
    with pytest.raises(SourceError, match=r"web page|offers no JSON"):
        _fetch(name, request)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_that_is_down_is_tried_and_given_up(
    name: str, request_of: Callable[..., Request], httpserver: HTTPServer
) -> None:
    request = request_of(name, lambda _: _down())
    with pytest.raises(DownError, match="tried 4 times"):
        _fetch(name, request)
    assert len(httpserver.log) == 4


def _down() -> Any:  # noqa: ANN401
    found = reply("")
    found.status_code = 503
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", ["{}", "[]", "42", '{"features": 7}', '{"data', "<a>", "", "\x00"])
def test_another_shape_is_refused_in_a_sentence(
    name: str, body: str, request_of: Callable[..., Request]
) -> None:
    if not PLAYS[name].shaped:
        pytest.skip("hands over whatever comes: the intake looks inside")
    request = request_of(name, lambda _: reply(body))
    if name in {"socrata", "openchargemap"} and body == "[]":
        assert _fetch(name, request).rows == 0
        return
    with pytest.raises(SourceError) as caught:
        _fetch(name, request)
    assert str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_rows_that_are_none_are_refused_in_a_sentence(
    name: str, request_of: Callable[..., Request]
) -> None:
    def spoilt(asked: Any) -> Any:  # noqa: ANN401
        found = PLAYS[name].answer(asked)
        text = found.get_data(as_text=True)
        for kind in ('"features": [', '"value": [', '"elements": [', '"chargerstations": ['):
            text = text.replace(kind, kind + '7, "x", null, ')
        found.set_data("[7, null]" if text == found.get_data(as_text=True) else text)
        return found

    request = request_of(name, spoilt)
    try:
        found = _fetch(name, request)
    except SourceError as error:
        assert str(error)  # noqa: PT017  # either way is right, but never anything else
    else:
        assert found.body.is_file()


@pytest.mark.parametrize("name", NAMES)
def test_a_box_is_passed_on_or_kept_to_here(
    name: str, request_of: Callable[..., Request], httpserver: HTTPServer
) -> None:
    """What comes from far away is cut off here, or was not asked for."""
    if name in {"odata", "socrata", "ckan", "download", "entsoe"}:
        pytest.skip("tables and files have no box; the intake cuts them to the place")
    request = request_of(name)
    _fetch(name, request)
    asked = " ".join(f"{each.url} {each.get_data(as_text=True)}" for each, _ in httpserver.log)
    by_service = "5.2" in asked and "52.2" in asked
    assert by_service or name in {"ocpi", "cursor_json", "points_csv"}


def test_a_request_shows_no_key_when_it_is_printed(ask: Ask) -> None:
    request = ask("http://127.0.0.1/x", key=SecretStr(KEY))
    assert KEY not in f"{request!r} {request}"
    assert request.secret("Token {}") == f"Token {KEY}"


def test_every_connector_is_named_for_people() -> None:
    orders = [each.order for each in CONNECTORS.values()]
    assert orders == sorted(orders)
    for key, each in CONNECTORS.items():
        assert each.key == key
        assert each.title
        assert httpx2.URL(f"https://{key.replace('_', '-')}.example").host
