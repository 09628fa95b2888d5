"""The sheet for the meeting: complete, readable, reproducible."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import geopandas as gpd
import pytest
from pypdf import PdfReader
from shapely import Point, box

from app.core.errors import InputError
from app.exports.map_sheet import MapSheet, map_sheet, overview, site_sheets
from app.exports.paper.page import BODY, drawable, shorten, width_mm, wrap
from app.exports.paper.panel import power

CRS = 28992
DISTRICTS = gpd.GeoDataFrame(
    {"name": ["Oost", "West $x^2$"], "value": [120.0, float("nan")]},
    geometry=[box(0, 0, 2000, 1500), box(2000, 0, 4000, 1500)],
    crs=CRS,
)
SITES = gpd.GeoDataFrame(
    {
        "place": ["Kade 1 🚲", "=1+1 $ _x_ \\frac", "x" * 300],
        "points": [2, 4, 6],
        "kw": [22.0, 44.0, 300.0],
        "transformer": ["T1", None, "T2"],
        "cost_eur": [8000.0, 15000.0, 300000.0],
        "reason": ["Many homes", "", None],
    },
    geometry=[Point(300, 300), Point(310, 300), Point(3000, 900)],
    crs=CRS,
)
GRID = gpd.GeoDataFrame(
    {"state": ["room", "tight", "over", "unknown"]},
    geometry=[Point(x, 700) for x in (500, 1500, 2500, 3500)],
    crs=CRS,
)
SHEET = MapSheet(
    title="Places for charge points",
    city="Sampletown",
    scenario="2030, middle uptake, pauses and V2G",
    date="2027-01-15",
    sources=("Districts: own drawing",),
    notices=("Boundaries are schematic.",),
    version="Kerbwatt 0.1.0",
    districts=DISTRICTS,
    sites=SITES,
    grid=GRID,
    existing=GRID,
    value_title="Cars",
)


def _text(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def test_the_map_page_says_all_a_reader_needs() -> None:
    page = _text(map_sheet(SHEET))[0]
    for words in (
        "Sampletown: Places for charge points",
        "2030, middle uptake, pauses and V2G",
        "data of 2027-01-15",
        "Boundaries are schematic.",
        "Districts: own drawing",
        "Page 1 of 2",
        "1 km",
        "Scale 1:25,000 on A4",
        "Transformer, unknown (1)",
        "numbered as in the list (3)",
        "Oost",
        "Cars",
        "Pins that would hide each other",
    ):
        assert words in page
    # 22 + 44 + 300 kW
    assert "366" in page


def test_the_list_holds_every_place_and_no_column_nobody_filled() -> None:
    page = _text(map_sheet(SHEET))[1]
    assert "Kade 1 ?" in page
    assert "=1+1 $ _x_ \\frac" in page
    assert "300,000" in page
    assert "unknown" in page
    assert "District" not in page
    assert "Score" not in page


def test_pins_where_they_belong_need_no_confession() -> None:
    assert (
        "Pins that would hide" not in _text(map_sheet(replace(SHEET, sites=SITES.iloc[[0, 2]])))[0]
    )


def test_cost_is_drawn_only_where_it_is_given() -> None:
    bare = replace(SHEET, sites=SITES.drop(columns=["cost_eur", "transformer"]))
    text = " ".join(_text(map_sheet(bare)))
    assert "Cost" not in text
    assert "300,000" not in text


def test_equal_content_gives_equal_bytes_also_in_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(map_sheet, [SHEET] * 3))
    assert len(found) == 1
    about = PdfReader(io.BytesIO(found.pop())).metadata
    assert about is not None
    assert about["/CreationDate"] == "D:20270115000000Z"  # of the data, never of the clock


def test_every_lot_has_a_page_at_a_round_scale_and_the_list_tells_whose_a_place_is() -> None:
    lots = replace(SHEET, sites=SITES.assign(lot=["10", "10", "9"]))
    pages = _text(map_sheet(lots))
    assert [page.split("\n")[0] for page in pages] == [
        "Sampletown: Places for charge points",
        "Sampletown: lot 10",
        "Sampletown: lot 9",
        "List of places",
    ]
    assert "Scale 1:25,000 on A4" in pages[0]
    assert "Scale 1:1,000 on A4" in pages[1]
    assert "Another chosen place" not in pages[1]  # 2.7 km away
    assert re.search(r"\b3\b", pages[2])  # numbered as in the list
    # 22 + 44 kW in the first lot, 300 kW in the second
    assert "66" in pages[1]
    assert "366" not in pages[1]


def test_a_map_can_be_read_aloud() -> None:
    document = PdfReader(io.BytesIO(map_sheet(SHEET)))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    told = [document.get_object(number) for number in range(1, len(document.xref[0]) + 1)]
    said = [str(each["/Alt"]) for each in told if isinstance(each, dict) and "/Alt" in each]
    assert any(each.startswith("Map of Sampletown, scale 1:25,000: 3 places") for each in said)
    assert any(each.startswith("Legend: Chosen place, numbered") for each in said)


def test_pages_are_a4_landscape_and_numbered() -> None:
    many = SITES.loc[[0, 1, 2] * 24].reset_index(drop=True)
    document = PdfReader(io.BytesIO(map_sheet(replace(SHEET, sites=many))))
    count = len(document.pages)
    assert count > 2
    for number, page in enumerate(document.pages, start=1):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
            (841.89, 595.276), abs=0.01
        )
        assert f"Page {number} of {count}" in page.extract_text()
    rows = " ".join(page.extract_text() for page in document.pages[1:])
    assert all(re.search(rf"\b{number}\b", rows) for number in (1, 60, 72))


def test_a_city_with_nothing_but_districts_is_drawn() -> None:
    bare = replace(
        SHEET,
        sites=SITES.iloc[:0],
        grid=None,
        existing=None,
        districts=DISTRICTS[["name", "geometry"]],
    )
    assert len(_text(map_sheet(bare))) == 1


def test_degrees_and_maps_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="not in degrees"):
        replace(SHEET, districts=DISTRICTS.to_crs(4326))
    with pytest.raises(InputError, match="different coordinate systems"):
        replace(SHEET, sites=SITES.to_crs(3035))
    with pytest.raises(InputError, match="needs a map of districts"):
        replace(SHEET, districts=DISTRICTS.iloc[:0])


def test_more_sources_than_fit_are_counted() -> None:
    sheet = replace(SHEET, sources=tuple(f"Source number {each}" for each in range(80)))
    assert re.search(r"and \d+ more, in the downloaded table", _text(map_sheet(sheet))[0])


def test_lines_fit_their_width() -> None:
    lines = wrap("a long sentence " * 20 + "x" * 200, 40, BODY, most=3)
    assert len(lines) == 3
    assert all(width_mm(line, BODY) <= 40 for line in lines)
    assert lines[-1].endswith("…")
    assert shorten("short", 40, BODY) == "short"


def test_control_marks_and_signs_without_a_shape_are_never_drawn() -> None:
    assert drawable("a\u202eb\x00c\n🚲") == "abc ?"


@pytest.mark.parametrize(
    ("kw", "words"), [(999, ("999", "kW")), (9_999, ("9,999", "kW")), (12_345, ("12.3", "MW"))]
)
def test_power_is_in_kw_up_to_9999(kw: float, words: tuple[str, str]) -> None:
    assert power(kw) == words


def test_every_place_has_a_sheet_with_all_that_is_known_of_it() -> None:
    facts = [[("location id", f"S-{each}"), ("note", "$x$ #y " * 60)] for each in range(3)]
    data = site_sheets(SHEET, facts)
    pages = _text(data)
    assert len(pages) == 3
    for number, page in enumerate(pages):
        assert f"S-{number}" in page
        assert "Scale 1:2,000 on A4" in page
        assert "Districts: own drawing" in page
        assert "Another chosen place" in page
    assert site_sheets(SHEET, facts) == data
    assert PdfReader(io.BytesIO(data)).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_picture_for_a_document_says_in_words_what_it_shows() -> None:
    found = overview(SHEET)
    assert found.alt.startswith("Map of Sampletown with the places of this tender: 3 places, 12")
    assert found.pictures["png"].startswith(b"\x89PNG")
    assert b"<svg" in found.pictures["svg"]
    assert overview(SHEET).pictures == found.pictures
