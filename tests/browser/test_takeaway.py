"""The take-away page opens from a disk without a network, and everybody can read it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core.scenario import Scenario
from app.services.scenario_files import read_scenario
from tests.browser.accessibility import AXE, RULES, WCAG

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def test_a_page_to_take_home(visit: Visit, browser: Browser, tmp_path: Path) -> None:
    page = visit("/?q=")
    page.get_by_test_id("stPopoverButton").filter(has_text="Share").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Take-away page").click()
    home = tmp_path / "take-away.html"
    waiting.value.save_as(home)

    context = browser.new_context(offline=True, viewport={"width": 390, "height": 844})
    opened, asked, said = context.new_page(), list[str](), list[str]()
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.goto(home.as_uri())
    expect(opened.get_by_role("heading", level=1)).to_contain_text("Sampletown")
    assert not opened.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    opened.evaluate(Path(AXE).read_text("utf-8"))
    assert opened.evaluate(WCAG.replace("RULES", RULES["light"])) == []
    with opened.expect_download() as saved:
        opened.get_by_role("button", name="Save the scenario").click()
    scenario, notices = read_scenario(Path(saved.value.path()))
    assert (scenario, notices) == (Scenario(), ())
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert said == []
    context.close()
