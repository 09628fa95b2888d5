"""The addresses of a room: its page, its state for the phone that asks again, and the vote."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.core.errors import InputError
from app.services.rooms import ROOMS, NoRoomError, RefusedError, Room
from app.settings import SETTINGS
from app.ui.phone.paper import FIELD, Words, document, form, headers, waiting
from app.ui.text import exact, translation

COOKIE = "kerbwatt_room"
LARGEST_BODY = 2048
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
ID_LENGTH = 32
HEX = frozenset("0123456789abcdef")


async def page(request: Request) -> Response:
    """Show the question with this person's own last answer."""
    try:
        room = _room(request)
        who = _who(request) or secrets.token_hex(ID_LENGTH // 2)
        room.join(who)
    except NoRoomError:
        return _no_room(request)
    except RefusedError as error:
        return _sentence_page(request, str(error), error.status)
    told = "sent" in request.query_params and who in room.votes
    shown = HTMLResponse(_question(request, room, who, thanks=told), headers=dict(headers()))
    shown.set_cookie(
        COOKIE, who, httponly=True, samesite="lax", path=f"/room/{room.code}", max_age=12 * 3600
    )
    return shown


async def state(request: Request) -> Response:
    """Say what a phone shows; 304 while nothing changed."""
    try:
        room = _room(request)
    except NoRoomError:
        return _plain({"sentence": "No such room."}, HTTPStatus.NOT_FOUND)
    found = room.state(_who(request))
    tag = f'"{found["revision"]}"'
    told = {**headers(), "ETag": tag}
    if request.headers.get("if-none-match", "") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=told)
    return JSONResponse(found, headers=told)


async def vote(request: Request) -> Response:
    """Take an answer, as a form or as data; what was said is never repeated in a refusal."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    asks_data = kind == JSON
    _ = words(request)
    try:
        room = _room(request)
        ROOMS.heard(_address(request))
        token, values, why = await _answer(request, kind)
        who = _who(request)
        _check_origin(request, room, who, token)
        room.vote(who, values, why)
    except NoRoomError:
        return _no_room(request, data=asks_data)
    except RefusedError as error:
        return _told(request, _(str(error)), error.status, data=asks_data)
    except InputError as error:
        return _told(request, _(str(error)), HTTPStatus.UNPROCESSABLE_ENTITY, data=asks_data)
    if asks_data:
        thanks = _("Thank you: your answer counts. You may change it until the question closes.")
        return _plain({"sentence": thanks}, HTTPStatus.OK)
    return RedirectResponse(f"/room/{room.code}?sent", HTTPStatus.SEE_OTHER, dict(headers()))


ROUTES = [
    Route("/room/{code:str}", page),
    Route("/room/{code:str}/state", state),
    Route("/room/{code:str}/vote", vote, methods=["POST"]),
]


def words(request: Request) -> Words:
    """Translate for this phone."""
    return translation(_language(request)).gettext


def _language(request: Request) -> str:
    first = request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
    fits = 0 < len(first) <= len("zh-Hant-TW") and first.replace("-", "").isalnum()
    return first if fits else "en"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _who(request: Request) -> str:
    found = request.cookies.get(COOKIE, "")
    return found if len(found) == ID_LENGTH and set(found) <= HEX else ""


def _room(request: Request) -> Room:
    """Find the room; an address that guesses too much finds none it is not in already."""
    address = _address(request)
    try:
        room = ROOMS.find(request.path_params["code"])
    except NoRoomError:
        ROOMS.guessed(address)
        raise
    if _who(request) not in room.joined and ROOMS.guesses_too_much(address):
        raise NoRoomError
    return room


def _seal(room: Room, who: str) -> str:
    secret = SETTINGS.secret.get_secret_value().encode()
    return hmac.new(secret, f"{room.token}\n{who}".encode(), hashlib.sha256).hexdigest()


def _check_origin(request: Request, room: Room, who: str, token: str) -> None:
    """Refuse what another site sends in this person's name."""
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    sealed = hmac.compare_digest(token.encode(), _seal(room, who).encode())
    if foreign or who not in room.joined or not sealed:
        raise RefusedError(HTTPStatus.FORBIDDEN, "Open the room on this phone first.")


async def _answer(request: Request, kind: str) -> tuple[str, Mapping[str, object], object]:
    if kind not in {JSON, FORM}:
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "An answer comes as a form or as JSON."
        )
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That answer is too long.")
    try:
        text = body.decode()
        if kind == JSON:
            return _from_json(request, json.loads(text))
        said = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=10))
    except (ValueError, RecursionError) as error:
        raise InputError("That answer cannot be read.") from error
    values = {key.removeprefix(FIELD): said[key] for key in said if key.startswith(FIELD)}
    return said.get("token", ""), values, said.get("why", "")


def _from_json(request: Request, said: Any) -> tuple[str, Mapping[str, object], object]:  # noqa: ANN401
    if not isinstance(said, dict) or not isinstance(said.get("values"), dict):
        raise InputError("That answer cannot be read.")
    return request.headers.get("x-room-token", ""), said["values"], said.get("why", "")


def _question(request: Request, room: Room, who: str, *, thanks: bool) -> str:
    _ = words(request)
    title = room.question or _("Room {code}").format(code=room.code)
    digits = partial(exact, tag=_language(request))
    seal, mine = _seal(room, who), room.votes.get(who)
    body = form(room, mine, seal, _, digits) if room.number else waiting(_)
    said = _("Thank you: your answer counts.") if thanks else ""
    return document(_language(request), title, room.place, body, said)


def _no_room(request: Request, *, data: bool = False) -> Response:
    _ = words(request)
    sentence = _("There is no such room, or it has ended. Ask for the code on the screen.")
    return _told(request, sentence, HTTPStatus.NOT_FOUND, data=data)


def _told(request: Request, sentence: str, status: int, *, data: bool) -> Response:
    if data:
        return _plain({"sentence": sentence}, status)
    return _sentence_page(request, sentence, status)


def _sentence_page(request: Request, sentence: str, status: int) -> Response:
    text = document(_language(request), sentence, "Kerbwatt", "")
    return HTMLResponse(text, status, dict(headers()))


def _plain(content: Mapping[str, str], status: int) -> Response:
    return JSONResponse(dict(content), status, dict(headers()))
