"""A whole workshop: a room, phones that vote and reload, the median applied, a file at the end."""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
PHONES = 58  # and two that are watched
SHARES = [2.5 * step for step in range(41)]


@pytest.fixture
def phones(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Open a room on another phone: (address)."""
    contexts: list[BrowserContext] = []

    def open_room(address: str) -> Page:
        contexts.append(browser.new_context(**PHONE))
        page = contexts[-1].new_page()
        page.goto(address)
        return page

    yield open_room
    for each in contexts:
        each.close()


def vote(room: str, number: int) -> None:
    """Be one of many phones: open the page, read the seal, answer."""
    with httpx2.Client(timeout=30) as client:
        found = re.search(r'name="token" value="([0-9a-f]+)"', client.get(room).text)
        assert found is not None
        body = {"values": {"v2g_share": SHARES[number % len(SHARES)]}, "why": f"reason {number}"}
        for _wait in range(20):  # a whole room behind one address takes turns
            answer = client.post(f"{room}/vote", json=body, headers={"X-Room-Token": found[1]})
            if answer.status_code != 429:
                break
            time.sleep(0.3)
        assert answer.status_code == 200


def answered(page: Page) -> str:
    return page.get_by_test_id("stMetricValue").nth(1).inner_text()


def test_a_room_decides_together(visit: Visit, server: str, phones: Callable[[str], Page]) -> None:
    page = visit("/workshop")
    page.get_by_role("button", name="Open a room").click()
    page.get_by_label("Question to the room").fill("How far?")
    page.get_by_role("button", name="Ask", exact=True).click()
    code = page.locator("h2").filter(has_text=re.compile(r"^[2-9A-Z]{6}$")).inner_text()
    room = f"{server}/room/{code}"
    first, second = phones(room), phones(room)
    expect(first.get_by_role("heading", level=1)).to_have_text("How far?")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: vote(room, number), range(PHONES)))
    expect(page.get_by_test_id("stMetricValue").nth(1)).to_have_text(str(PHONES))

    first.get_by_label("Your number").first.fill("90")
    first.get_by_role("button", name="Send").click()
    expect(first.get_by_role("status")).to_contain_text("Thank you")
    expect(page.get_by_test_id("stMetricValue").nth(1)).to_have_text(str(PHONES + 1))
    first.reload()
    expect(first.get_by_label("Your number").first).to_have_value("90")
    assert page.get_by_test_id("stMetricValue").first.inner_text() == str(PHONES + 2)

    page.get_by_role("button", name="Close the question").click()
    expect(second.get_by_role("button", name="Send")).to_be_disabled()
    median = page.get_by_text(re.compile(r"V2G share: median")).first.inner_text()
    page.get_by_role("button", name="Apply the median").click()
    expect(page.get_by_role("heading", name="What it does")).to_be_visible()
    expect(page.get_by_text(re.compile("transformers over their limit against"))).to_be_visible()
    assert "median" in median
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="What it does")).to_have_count(0)

    page.get_by_role("button", name="End the room").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="What the room said").click()
    told = Path(waiting.value.path()).read_text("utf-8")
    assert "v2g_share" in told
    assert "reason" not in told
    assert second.reload().status == 404  # type: ignore[union-attr]
