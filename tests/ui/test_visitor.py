"""A browser is recognised by a random cookie, once, and only on pages."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from app.ui.visitor import COOKIE, Recognise


async def _page(_: Request) -> Response:
    return HTMLResponse("<p>page</p>")


async def _data(_: Request) -> Response:
    return JSONResponse({})


def test_a_page_brings_a_cookie_once_and_data_brings_none() -> None:
    routes = [Route("/", _page), Route("/data", _data)]
    app = Starlette(routes=routes, middleware=[Middleware(Recognise)])
    with TestClient(app) as browser:
        assert "set-cookie" not in browser.get("/data").headers
        told = browser.get("/").headers["set-cookie"].lower()
        assert "httponly" in told
        assert "samesite=lax" in told
        assert "set-cookie" not in browser.get("/").headers
    with TestClient(app) as other:
        nonsense = other.get("/", headers={"cookie": f"{COOKIE}=<script>"})
        assert COOKIE in nonsense.headers["set-cookie"]
        first, second = (TestClient(app).get("/").cookies[COOKIE] for _ in range(2))
        assert first != second
