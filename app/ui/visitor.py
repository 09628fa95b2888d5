"""A visitor who comes back: a random cookie, so that a lost connection loses nothing.

It names nobody: it finds the draft this browser left within the last week, and nothing else.
"""

import secrets
import time
from http.cookies import CookieError, SimpleCookie

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.services.open_project import open_project
from app.services.store import store
from app.store.drafts import DRAFT_DAYS, Draft
from app.ui import state
from app.ui.text import _, moment, plain

COOKIE = "kerbwatt_visitor"
BYTES = 16
EVERY_S = 2.0
KEPT, LAST, LEFT = "draft_kept", "draft_last", "draft_left"


class Recognise:
    """Give every browser that opens a page its cookie."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the cookie to a page that is sent to a browser without one."""
        if scope["type"] != "http" or scope["method"] != "GET" or _known(scope):
            await self._app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    life = f"Max-Age={DRAFT_DAYS * 86400}; Path=/; HttpOnly; SameSite=Lax"
                    headers.append("set-cookie", f"{COOKIE}={secrets.token_hex(BYTES)}; {life}")
            await send(message)

        await self._app(scope, receive, with_cookie)


def _known(scope: Scope) -> bool:
    found: SimpleCookie = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                found.load(value.decode("latin-1"))
            except CookieError:
                return False
    return COOKIE in found and _clean(found[COOKIE].value) != ""


def _clean(key: str) -> str:
    fits = len(key) == 2 * BYTES and all(c in "0123456789abcdef" for c in key)
    return key if fits else ""


def remember() -> None:
    """Write down where this visitor is, at most every two seconds."""
    who = _clean(st.context.cookies.get(COOKIE, ""))
    here = (state.city(), state.scenario())
    now = time.monotonic()
    if not who or here == state.value(KEPT) or now - state.value(LAST, 0.0) < EVERY_S:
        return
    if state.value(KEPT) is None and here[1] == Scenario():
        return  # a visit that has only begun must not wipe out what the last one left
    store().drafts.keep(who, *here)
    state.keep(KEPT, here)
    state.keep(LAST, now)


def offer() -> None:
    """Offer to go on where this browser stopped, until something else is begun."""
    if LEFT not in st.session_state:
        state.keep(LEFT, _left())
    left: Draft | None = state.value(LEFT)
    if left is None or state.scenario() != Scenario():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="go_on"):
        st.markdown(
            _("You stopped at {time} in {city}, with {n} levers moved.").format(
                time=moment(left.changed), city=plain(left.project), n=len(left.scenario.changes())
            )
        )
        st.button(_("Go on there"), on_click=_go_on, args=(left,), key="go_on_there")
        st.button(_("Begin anew"), on_click=_begin_anew, type="tertiary", key="go_on_not")


def _left() -> Draft | None:
    who = _clean(st.context.cookies.get(COOKIE, ""))
    found = store().drafts.last(who) if who else None
    return found if found and found.scenario != Scenario() else None


def _go_on(left: Draft) -> None:
    try:
        open_project(left.project)
    except InputError as error:
        state.tell(str(error))
        return
    state.open_city(left.project)
    state.replace_scenario(left.scenario)
    state.keep(LEFT, None)


def _begin_anew() -> None:
    who = _clean(st.context.cookies.get(COOKIE, ""))
    if who:
        store().drafts.forget(who)
    state.keep(LEFT, None)
