"""Own sessions in a real browser: one click, another transformer, bad files, a file to keep."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import SIDEWAYS, faults

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
Go = Callable[[Page, str], None]
HEAD = "session_id,arrival,departure,energy_kwh,max_power_kw\n"


def headline(page: Page) -> Locator:
    """The sentence under the title."""
    return page.locator(".st-key-headline p").first


@pytest.mark.timeout(300)  # the first visitor compiles
def test_one_click_answers_and_another_transformer_keeps_it(
    visit: Visit, go: Go, settled: Callable[[Page], None], tmp_path: Path
) -> None:
    page = visit()
    go(page, "Own sessions")
    page.get_by_role("button", name="Try the example").click()
    expect(headline(page)).to_contain_text("your 363 sessions peak at")
    said = headline(page).inner_text()
    expect(page.get_by_text("Lowest peak, about")).to_be_visible()
    box = page.get_by_role("combobox", name="Transformer (fullest first; type to search)")
    settled(page)  # the list closes when the page draws anew
    box.click()
    page.wait_for_timeout(500)
    box.fill("Molen")
    page.get_by_role("option", name="Molen").click()
    expect(page.get_by_text("Molen: ")).to_be_visible()
    expect(headline(page)).to_have_text(said)

    with page.expect_download() as caught:
        page.get_by_role("button", name="kpis.json").click()
    file = tmp_path / "kpis.json"
    caught.value.save_as(file)
    assert json.loads(file.read_text("utf-8"))["sessions"] == 363

    go(page, "Demand")
    go(page, "Own sessions")
    expect(headline(page)).to_have_text(said)

    page.get_by_text("Add what is known").click()
    page.get_by_text("Options of this strategy").click()
    assert faults(page) == []
    assert faults(page, "dark") == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"() => !({SIDEWAYS})", timeout=10_000)


@pytest.mark.timeout(300)
def test_a_bad_file_is_told_by_row_and_a_good_one_answers(
    visit: Visit, go: Go, tmp_path: Path
) -> None:
    page = visit()
    go(page, "Own sessions")
    times = "2026-01-12T18:00:00+01:00,2026-01-12T22:00:00+01:00"
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_text(f"{HEAD}a,{times},-4,11\nb,{times},4,11\n", "utf-8")
    good.write_text(f"{HEAD}a,{times},4,11\nb,{times},4,11\n", "utf-8")
    page.locator("input[type=file]").first.set_input_files(bad)
    alert = page.get_by_role("alert").filter(has_text="Refused")
    expect(alert).to_contain_text("Nothing was simulated")
    expect(page.get_by_text("row 1, column energy_kwh: found '-4'")).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(good)
    expect(headline(page)).to_contain_text("your 2 sessions peak at")
    expect(alert).to_have_count(0)
