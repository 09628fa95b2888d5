"""The way of a file through the page: by keyboard, read aloud, on a phone, and taken back."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.services.projects import load_project
from tests.browser.accessibility import SIDEWAYS, faults

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def own_table(path: Path) -> Path:
    """Write three transformers with headers nobody knows, and figures that may be megawatts."""
    places = load_project("sampletown").layers["grid"].map.to_crs(4326).geometry.head(3)
    rows = [f"T{n};{0.4 + n};{p.x:.5f};{p.y:.5f}" for n, p in enumerate(places)]
    path.write_text("\n".join(["trafo_nr;Q;lon;lat", *rows]) + "\n", "utf-8")
    return path


def press_until(page: Page, name: str, key: str = "Tab", most: int = 60) -> None:
    """Go on by keyboard until a button of this name has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.innerText?.trim()").endswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


@pytest.mark.timeout(300)
def test_a_file_is_set_right_and_accepted_by_keyboard(
    visit: Visit, settled: Callable[[Page], None], tmp_path: Path
) -> None:
    page = visit("/data")
    page.locator("input[type=file]").first.set_input_files(own_table(tmp_path / "trafos.csv"))
    expect(page.get_by_role("heading", name="What is wrong with it")).to_be_visible()
    expect(page.get_by_role("button", name="Accept this layer")).to_have_count(0)
    assert faults(page) == []

    target = page.get_by_role("combobox", name="Say it yourself: the column")
    target.focus()
    page.keyboard.type("headroom_kw")
    page.keyboard.press("Enter")
    settled(page)
    expect(target).to_have_value(re.compile("^headroom_kw"))
    header = page.get_by_role("combobox", name="is in your column")
    header.focus()
    page.keyboard.type("Q")
    page.keyboard.press("Enter")
    settled(page)
    expect(header).to_have_value(re.compile("^Q"))
    header.focus()
    press_until(page, "Set")
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 transformers and areas of the grid ·")).to_be_visible()
    question = page.get_by_role("combobox", name="In which unit is “Q”? The largest value is 2.4.")
    question.focus()
    page.keyboard.type("MW")
    page.keyboard.press("Enter")
    press_until(page, "Read it again with these answers")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Known room")).to_be_visible()
    expect(question).to_have_count(0)
    assert faults(page) == []

    page.get_by_role("textbox", name="Licence").focus()
    press_until(page, "Accept this layer")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stAlert").filter(has_text="all pages use it")).to_be_visible()
    expect(page.locator(".st-key-headline p").first).to_contain_text("3 transformers")
    page.get_by_role("button", name="Undo: back to the layers before").click()
    expect(page.locator(".st-key-headline p").first).not_to_contain_text(" 3 transformers")


def test_the_way_of_a_file_fits_a_phone(
    visit: Visit, settled: Callable[[Page], None], tmp_path: Path
) -> None:
    page = visit("/data", phone=True)
    page.locator("input[type=file]").first.set_input_files(own_table(tmp_path / "trafos.csv"))
    expect(page.get_by_role("heading", name="What now")).to_be_visible()
    settled(page)
    assert not page.evaluate(SIDEWAYS)
