"""What only a browser can show: the address bar, the map, accessibility, third parties, phones."""

import math
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from app.paths import PAGES
from app.services.projects import load_project
from app.ui import maps
from app.ui.nav import read_pages
from tests.browser.accessibility import SIDEWAYS, faults

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
Go = Callable[[Page, str], None]
Settled = Callable[[Page], None]
TITLES = [page.title for page in read_pages(PAGES)]


def headline(page: Page) -> Locator:
    """The sentence under the title."""
    return page.locator(".st-key-headline p").first


@pytest.mark.timeout(300)  # a minute on a quiet machine
def test_every_page_is_accessible_in_light_and_dark_and_fits_a_phone(visit: Visit, go: Go) -> None:
    page = visit()
    found = {}
    for title in TITLES:
        go(page, title)
        expect(headline(page)).to_be_visible()
        found[title, "light"], found[title, "dark"] = faults(page), faults(page, "dark")
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(f"() => !({SIDEWAYS})", timeout=10_000)  # charts draw anew
        page.set_viewport_size({"width": 1280, "height": 1000})
    assert {where: what for where, what in found.items() if what} == {}


def test_a_key_press_changes_the_answer_and_the_link_brings_it_back(
    visit: Visit, go: Go, settled: Settled
) -> None:
    page = visit()
    go(page, "Grid impact")
    before = headline(page).inner_text()
    slider = page.get_by_role("slider", name="V2G share")
    slider.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(headline(page)).not_to_have_text(before)
    settled(page)
    expect(slider).to_have_value("0.375")
    after = headline(page).inner_text()
    assert "q=" in page.url
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_test_id("stCode")).to_have_text(page.url)

    guest = visit(page.url)
    expect(headline(guest)).to_have_text(after)
    expect(guest.get_by_role("slider", name="V2G share")).to_have_value("0.375")
    expect(guest.get_by_role("link", name="Grid impact")).to_have_attribute("aria-current", "page")

    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    expect(headline(page)).not_to_have_text(after)


def test_a_damaged_link_says_so_and_shows_the_usual(visit: Visit) -> None:
    page = visit("/?q=garbage&city=..%2F..%2Fetc")
    expect(page.get_by_role("alert")).to_contain_text("This link is damaged")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sampletown")
    assert "garbage" not in page.url


def test_a_click_on_the_map_fills_the_select_box(visit: Visit, go: Go) -> None:
    page = visit()
    go(page, "Demand")
    row = load_project("sampletown").layers["districts"].map.to_crs(4326).iloc[6]
    inside = row.geometry.representative_point()
    chosen = page.get_by_role("combobox", name="District")
    expect(chosen).to_have_value("Centre")
    chart = page.get_by_test_id("stDeckGlJsonChart")
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(2000)  # software rendering: the first frame comes late
    x, y = on_screen(chart, (inside.x, inside.y))
    # Picking is slow without a GPU; the map takes a click for a long press. Stop its clock.
    page.evaluate("() => { window.now = Date.now; const t = Date.now(); Date.now = () => t; }")
    page.mouse.click(x, y)
    page.wait_for_timeout(300)
    page.evaluate("() => { Date.now = window.now; }")
    expect(chosen).to_have_value(row["name"])
    expect(page.get_by_text(f"{row['name']}: ")).to_be_visible()


def on_screen(chart: Locator, place: tuple[float, float]) -> tuple[float, float]:
    """Where on the screen a place of the freshly opened map of Sampletown is, by Mercator."""
    box = chart.bounding_box()
    assert box
    west, south, east, north = (
        load_project("sampletown").layers["districts"].map.to_crs(4326).total_bounds
    )
    view = maps.fit((west, south, east, north), round(box["height"]))
    pixels = 512 * 2**view.zoom / 360

    def up(latitude: float) -> float:
        return math.degrees(math.asinh(math.tan(math.radians(latitude))))

    return (
        box["x"] + box["width"] / 2 + (place[0] - view.longitude) * pixels,
        box["y"] + box["height"] / 2 - (up(place[1]) - up(view.latitude)) * pixels,
    )


def test_the_year_runs_with_progress_and_can_be_cancelled(visit: Visit, go: Go) -> None:
    page = visit("/?city=utrecht")
    expect(headline(page)).to_contain_text("transformers go over their limit")
    go(page, "Grid impact")
    page.get_by_role("radio", name="The whole year").click()
    page.get_by_role("button", name="Simulate all strategies").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("transformers 1–64")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled. Nothing was changed.")).to_be_visible()
    expect(page.get_by_role("button", name="Simulate all strategies")).to_be_enabled()
    expect(headline(page)).to_contain_text("transformers go over their limit")


def test_a_phone_reaches_menu_and_levers(visit: Visit) -> None:
    page = visit(phone=True)
    bar = page.get_by_role("button", name="Scenario: start")
    expect(bar).to_be_in_viewport()
    header = page.get_by_test_id("stHeader").bounding_box()
    below = bar.bounding_box()
    assert header
    assert below
    assert below["y"] >= header["y"] + header["height"], "the header covers the bar"
    page.get_by_test_id("stExpandSidebarButton").tap()
    expect(page.get_by_role("slider", name="Year")).to_be_visible()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Demand").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where will the demand be?")
    expect(page.get_by_test_id("stDeckGlJsonChart")).to_be_visible()
