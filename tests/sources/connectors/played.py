"""Answers played to the client in the place of services, one after the other."""

from collections.abc import Callable
from typing import Any

import httpx2

from app.sources.addresses import Reach

Ready = Callable[..., Any]
HOST, OTHER = "https://data.example.org/x", "https://other.example.net/y"
REACH = Reach(frozenset({"data.example.org", "other.example.net"}))


def play(client: Ready, *answers: httpx2.Response, **more: Any) -> tuple[Any, list[Any]]:  # noqa: ANN401
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        asked.append(request)
        return answers[min(len(asked), len(answers)) - 1]

    transport = httpx2.MockTransport(answer)
    reach = more.pop("reach", REACH)
    given = {"resolve": lambda *_: ["93.184.216.34"], "transport": transport} | more
    return client(reach, **given), asked
