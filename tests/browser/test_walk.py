"""The whole walk with own files: load, accept, ask, plan, take the files home; and a bad file."""

import json
import random
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.schema import KINDS
from app.services.projects import load_project

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
Go = Callable[[Page, str], None]


def own_grid(path: Path) -> Path:
    """Write one transformer per district of Sampletown, as an operator might: WGS 84, GeoJSON."""
    districts = load_project("sampletown").layers["districts"].map
    places = districts.representative_point().to_crs(4326)
    features = [
        {
            "type": "Feature",
            "properties": {
                "asset_id": f"OWN-{row.district_id}",
                "name": f"Own {row.name}",
                "level": "transformer",
                "capacity_kw": 900,
                "peak_load_kw": 500,
                "dwellings": row.dwellings,
            },
            "geometry": {"type": "Point", "coordinates": [place.x, place.y]},
        }
        for row, place in zip(
            districts[["district_id", "name", "dwellings"]].itertuples(index=False, name="Row"),
            places,
            strict=True,
        )
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def own_parking(path: Path) -> Path:
    """Write sixty parking places as a spreadsheet of the Low Countries would: semicolons."""
    districts = load_project("sampletown").layers["districts"].map
    spots = districts.sample_points(5, rng=1).explode().to_crs(4326)
    chance = random.Random(1)  # noqa: S311
    lines = ["parking_id;kind;spaces;lat;lon"]
    for nth, spot in enumerate(spots):
        spaces = chance.randint(4, 30)
        lines.append(f"P{nth:03};on_street;{spaces};{spot.y:.6f};{spot.x:.6f}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def load(page: Page, kind: str, path: Path) -> None:
    """Choose what it is and hand the file over; each kind has its own place to drop it."""
    page.get_by_role("radio", name=KINDS[kind].title, exact=True).click()
    expect(page.get_by_role("paragraph").filter(has_text=KINDS[kind].why)).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.locator("input[type=file]").first.set_input_files(path)


def accept(page: Page) -> None:
    """Take the layer over."""
    page.get_by_role("button", name="Accept this layer").click()
    expect(page.get_by_test_id("stAlert").filter(has_text="all pages use it")).to_be_visible()


def headline(page: Page) -> Locator:
    """The sentence under the title."""
    return page.locator(".st-key-headline p").first


def figure(page: Page, label: str) -> int:
    """Read a whole number among the five numbers."""
    card = page.get_by_test_id("stMetric").filter(has_text=label)
    return int(card.get_by_test_id("stMetricValue").inner_text().replace(",", ""))


@pytest.mark.timeout(300)
def test_own_maps_go_in_and_a_plan_comes_out(visit: Visit, go: Go, tmp_path: Path) -> None:
    page = visit()
    go(page, "Data")
    load(page, "grid", own_grid(tmp_path / "grid.geojson"))
    expect(page.get_by_text("13 transformers and areas of the grid ·")).to_be_visible()
    accept(page)
    expect(page.get_by_role("combobox", name="City")).to_have_value("Sampletown, own layers")
    load(page, "parking", own_parking(tmp_path / "parking.csv"))
    expect(page.get_by_text("65 parking places and kerbs ·")).to_be_visible()
    accept(page)

    go(page, "Demand")
    newest = "Sampletown, own layers, version 2"
    expect(page.get_by_role("combobox", name="City")).to_have_value(newest)
    expect(headline(page)).to_contain_text("public charge points")
    go(page, "Grid impact")
    expect(headline(page)).to_contain_text("of 13 transformers")
    go(page, "Sites")
    expect(headline(page)).to_contain_text("new charge points at")
    sites, points = figure(page, "Places"), figure(page, "New charge points")
    assert sites > 0

    with page.expect_download() as caught:
        page.get_by_role("button", name="GeoPackage").click()
    assert caught.value.suggested_filename.startswith("kerbwatt-sampletown")
    file = tmp_path / "sites.gpkg"
    caught.value.save_as(file)
    plan = gpd.read_file(file, layer="sites")
    firm = plan[plan["status"] == "suggested"]
    assert len(firm) == sites
    assert int(firm["points"].sum()) == points
    assert firm.crs.is_projected

    with page.expect_download() as caught:
        page.get_by_role("button", name="Map sheet (PDF)").click()
    assert caught.value.path().read_bytes().startswith(b"%PDF")


def test_a_bad_file_is_refused_with_row_and_remedy_and_changes_nothing(
    visit: Visit, go: Go, tmp_path: Path
) -> None:
    page = visit()
    go(page, "Data")
    bad = tmp_path / "parking.csv"
    bad.write_text("parking_id;spaces;lat;lon\nP1;12;52.55;5.22\nP2;-9;52.55;5.23\n", "utf-8")
    load(page, "parking", bad)
    refused = page.get_by_role("alert").filter(has_text="Refused for one reason")
    expect(refused).to_contain_text("What was loaded before stays as it is")
    expect(page.get_by_role("button", name="Accept this layer")).to_have_count(0)
    expect(page.get_by_text("spaces -9 in row 2 is not plausible (limit 0).")).to_be_visible()
    expect(page.get_by_text("Correct it, or give the unit.")).to_be_visible()
    expect(headline(page)).to_contain_text("303 parking")
    expect(page.get_by_role("combobox", name="City")).to_have_value("Sampletown")
