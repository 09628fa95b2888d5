"""From a plan to a pack: the same places everywhere, nothing internal outside, sealed."""

import hashlib
import io
import json
import re
import socket
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import docx
import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from pypdf import PdfReader

from app.core.project import Project
from app.core.tender.draft import TenderDraft
from app.core.tender.editions import score_shares
from app.exports.csv_table import read as read_csv
from app.services.tender import pack, tender
from tests.services.conftest import MARKER, SCENARIO


def _files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def inside(internal: TenderDraft) -> dict[str, bytes]:
    return _files(pack(internal))


@pytest.fixture(scope="module")
def outside(public: TenderDraft) -> dict[str, bytes]:
    return _files(pack(public))


def test_the_list_is_in_the_columns_and_order_of_the_contract(internal: TenderDraft) -> None:
    assert [*(each.name for each in internal.columns), "geometry"] == list(internal.sites)
    assert len(internal.columns) == 42
    # lot, then candidate: lot 1 holds c8, c6, c4, c2
    assert list(internal.id_map.values()) == ["c2", "c4", "c6", "c8", "c3", "c5", "c7", "c9"]
    assert internal.sites["location_id"].iloc[0] == "SAMPLETOWN-0001"
    assert internal.sites["location_id"].is_unique


def test_what_the_plan_and_the_city_know_is_filled_in(
    internal: TenderDraft, project: Project
) -> None:
    rows = internal.sites
    assert int(rows["n_charge_points"].sum()) == 2 + 4 + 6 + 2 + 4 + 6 + 2 + 4
    assert (rows["station_kw"] == rows["n_charge_points"] * rows["power_kw_point"]).all()
    assert set(rows["district"]) <= set(project.layers["districts"].frame["name"])
    assert set(rows["grid_class"]) <= {"green", "amber", "red", "unknown"}
    assert set(rows["v2g_phase"]) == {"ready"}
    assert set(rows["status"]) == {"free"}
    back = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326).to_crs(project.crs)
    assert back.distance(rows.geometry.set_crs(project.crs), align=False).max() < 0.2


def test_what_is_not_known_is_said_and_never_guessed(internal: TenderDraft) -> None:
    assert set(internal.sites["dso"]) == {"unknown"}
    assert "dso: unknown for 8 of 8 places" in internal.open_items
    assert internal.sites["n_accessible"].isna().all()
    assert "1 places left out: they wait for the grid operator's answer" in internal.open_items


def test_lots_add_up_to_the_list(internal: TenderDraft, public: TenderDraft) -> None:
    lots = internal.lots
    # lot 1: c8 4, c6 2, c4 6, c2 4 points; 60, 40, 100, 60 kWh a day
    first = lots.set_index("lot_code").loc["1"]
    assert (first["sites"], first["points"], first["kwh_day"]) == (4, 16, 260.0)
    assert lots["sites"].sum() == len(internal.sites)
    assert lots["points"].sum() == internal.points
    assert lots["cost_eur"].sum() == pytest.approx(8 * 31_337.0)
    assert lots["kwh_share"].sum() == pytest.approx(1.0, abs=1e-3)
    assert "cost_eur" not in public.lots


def test_every_file_holds_the_same_places(
    inside: dict[str, bytes], internal: TenderDraft, tmp_path: Path
) -> None:
    ids, points = set(internal.sites["location_id"]), internal.points
    document = json.loads(inside["sites.geojson"])
    rows = [feature["properties"] for feature in document["features"]]
    degrees = [each for f in document["features"] for each in f["geometry"]["coordinates"]]
    assert [round(each, 6) for each in degrees] == degrees
    table = read_csv(inside["sites.csv"])
    sheet = openpyxl.load_workbook(io.BytesIO(inside["sites.xlsx"]))["sites"]
    values = list(sheet.iter_rows(values_only=True))
    book = pd.DataFrame(values[1:], columns=list(values[0]))
    for name in ("sites.gpkg", "sites.fgb", "sites_shp.zip", "sites.kml"):
        (tmp_path / name).write_bytes(inside[name])
    stream = pyogrio.read_dataframe(tmp_path / "sites.fgb")
    globe = pyogrio.read_dataframe(tmp_path / "sites.kml")
    old = pyogrio.read_dataframe(tmp_path / "sites_shp.zip")
    old = old.rename(columns={each.short_name: each.name for each in internal.columns})
    layer = pyogrio.read_dataframe(tmp_path / "sites.gpkg", layer="sites")
    for frame in (pd.DataFrame(rows), table, book, layer, stream, globe, old):
        assert set(frame["location_id"]) == ids
        assert int(frame["n_charge_points"].astype(int).sum()) == points
        assert float(frame["station_kw"].astype(float).sum()) == internal.sites["station_kw"].sum()
        assert f"=cmd|{MARKER}" in set(frame["address"])
    names = list(pyogrio.list_layers(tmp_path / "sites.gpkg")[:, 0])
    assert names == ["sites", "lots", "lot_table", "meta"]
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(inside["map.pdf"])).pages)
    assert all(each in text for each in ids)


def test_the_files_stand_in_the_order_of_the_contract(outside: dict[str, bytes]) -> None:
    assert list(outside) == [
        *("README.txt", "annex.docx", "annex.pdf", "map.pdf", "sites.gpkg", "sites.geojson"),
        *("sites.fgb", "sites_shp.zip", "sites.kml", "sites.xlsx", "sites.csv", "lots.csv"),
        *("requirements.csv", "compliance.csv", "traffic_light.csv", "traffic_light.json"),
        *("assumptions.csv", "budget.xlsx", "scoring.xlsx", "ocds.json"),
        *("ocpi_locations.json", "datex.json"),
        *("eforms.csv", "layers.csv", "scenario.json", "manifest.json"),
    ]
    told = [
        each["title"]
        for each in json.loads(outside["ocds.json"])["releases"][0]["tender"]["documents"]
    ]
    own = {
        "README.txt",
        "manifest.json",
        "ocds.json",
        "ocpi_locations.json",
        "datex.json",
        "eforms.csv",
    }
    assert told == [name for name in outside if name not in own]
    read = outside["README.txt"].decode()
    assert all(
        f"  {name} " in read for name in outside if name not in {"README.txt", "manifest.json"}
    )
    assert "address: 1 cut after 254 bytes" not in read  # no long text in this plan


def test_what_the_shapefile_cannot_hold_is_said(inside: dict[str, bytes]) -> None:
    assert "address: 1 cut after 254 bytes" in inside["README.txt"].decode()


def test_a_sheet_per_place_comes_on_request(public: TenderDraft) -> None:
    found = _files(pack(public, sheets=True))
    assert list(found)[4] == "site_sheets.pdf"
    pages = PdfReader(io.BytesIO(found["site_sheets.pdf"])).pages
    assert len(pages) == len(public.sites)
    assert "est capex" not in pages[0].extract_text()


def test_the_annex_holds_exactly_the_chosen_clauses_with_their_marks(
    inside: dict[str, bytes], internal: TenderDraft
) -> None:
    annex = docx.Document(io.BytesIO(inside["annex.docx"]))
    lines = [each.text for each in annex.paragraphs]
    for choice in internal.selection.choices:
        head = f"{choice.requirement.id}: "
        assert any(line.startswith(head) for line in lines) == choice.selected
    letters = [each.requirement.confidence for each in internal.selection.included]
    assert lines.count("Confidence: C, check with legal") == letters.count("C")
    assert lines.count("Confidence: B, secondary source") == letters.count("B")
    assert "In this annex" in annex.tables[0].cell(0, 1).text
    read = " ".join(
        page.extract_text() for page in PdfReader(io.BytesIO(inside["annex.pdf"])).pages
    )
    ids = {each.requirement.id for each in internal.selection.included}
    assert set(re.findall(r"([A-Z0-9]{3}-[0-9]{2}): (?:must|should|award)", read)) == ids
    listed = read_csv(inside["requirements.csv"])
    assert set(listed[listed["selected"] == "yes"]["id"]) == {
        each.requirement.id for each in internal.selection.included
    }
    assert (listed["reason"] != "").all()


def test_the_annex_tells_the_checks_and_no_transformer_outside(
    outside: dict[str, bytes], public: TenderDraft
) -> None:
    annex = docx.Document(io.BytesIO(outside["annex.docx"]))
    table = next(each for each in annex.tables if each.cell(0, 0).text == "Check")
    listed = read_csv(outside["compliance.csv"])
    assert len(table.rows) == len(listed) + 1
    assert table.cell(1, 0).text == listed["check_id"].iloc[0].replace("_", " ")
    dated = next(each for each in annex.tables if each.cell(0, 1).text == "Duty")
    assert "2027-01-01" in [row.cells[0].text for row in dated.rows]
    told = " ".join(cell.text for row in table.rows for cell in row.cells)
    assert not [name for name in public.project.layers["grid"].frame["asset_id"] if name in told]


def test_the_seal_names_every_file_and_finds_a_changed_byte(inside: dict[str, bytes]) -> None:
    told = json.loads(inside["manifest.json"])
    assert next(iter(inside)) == "README.txt"
    assert list(inside)[-1] == "manifest.json"
    assert [each["name"] for each in told["files"]] == [
        name for name in inside if name != "manifest.json"
    ]
    for each in told["files"]:
        data = inside[each["name"]]
        assert each["sha256"] == hashlib.sha256(data).hexdigest()
        assert each["bytes"] == len(data)
        assert hashlib.sha256(data[:-1] + bytes([data[-1] ^ 1])).hexdigest() != each["sha256"]
    lines = "".join(
        f"{e['sha256']}  {e['name']}\n" for e in sorted(told["files"], key=lambda e: e["name"])
    )
    assert told["pack_digest"] == hashlib.sha256(lines.encode()).hexdigest()
    assert told["status"] == "draft"
    assert told["open_items"]


def test_equal_drafts_give_equal_bytes_without_a_network(
    project: Project,
    plan: gpd.GeoDataFrame,
    inside: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a pack asks nobody")

    monkeypatch.setattr(socket, "socket", refuse)
    shuffled = plan.sample(frac=1, random_state=3)
    again = tender(project, shuffled, SCENARIO, day="2027-01-15", edition="internal")
    assert _files(pack(again)) == inside


def test_the_public_edition_shows_no_cost_no_room_and_no_free_text(
    outside: dict[str, bytes], public: TenderDraft, tmp_path: Path
) -> None:
    assert len(public.columns) == 38
    (tmp_path / "p.gpkg").write_bytes(outside["sites.gpkg"])
    layers = [
        pyogrio.read_dataframe(tmp_path / "p.gpkg", layer=name).to_csv()
        for name in ("sites", "lots", "meta")
    ]
    book = openpyxl.load_workbook(io.BytesIO(outside["sites.xlsx"]))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    pdf = [
        page.extract_text()
        for name in ("map.pdf", "annex.pdf")
        for page in PdfReader(io.BytesIO(outside[name])).pages
    ]
    with zipfile.ZipFile(io.BytesIO(outside["annex.docx"])) as parts:
        pdf += [parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")]
    texts = [
        data.decode("utf-8", "ignore")
        for name, data in outside.items()
        if name.endswith((".csv", ".json", ".geojson", ".txt"))
    ]
    told = "\n".join([*layers, *cells, *pdf, *texts])
    for hidden in (
        MARKER,
        "31337",
        "31,337",
        "77.7",
        "est_capex_eur",
        "grid_headroom_kw",
        "Transformer",
    ):
        assert hidden not in told


def _raw(outside: dict[str, bytes]) -> bytes:
    """Every byte of the pack, workbooks and pages unpacked."""
    found = [*outside.values()]
    for data in outside.values():
        if data.startswith(b"PK"):
            found += _files(data).values()
    for page in re.finditer(rb"stream\r?\n(.*?)endstream", outside["map.pdf"], re.DOTALL):
        with suppress(zlib.error):
            found.append(zlib.decompress(page[1]))
    return b"\0".join(found)


def test_no_byte_of_the_public_pack_tells_what_is_internal(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    marked = {name: f"{MARKER}{name}" for name in ("note", "by_hand", "reason_by_hand", "secret")}
    numbers = {"est_capex_eur": 31_337.25, "grid_headroom_kw": 7_713.25, "room_after_kw": 7_714.25}
    planted = plan.assign(name="Kade", reasons=[[MARKER]] * 9, **marked, **numbers)
    planted["transformer_id"] = MARKER
    asked = SCENARIO.but(locked=("c1",), reasons=(("c1", f"{MARKER} said so"),))
    draft = tender(project, planted, asked, day="2027-01-15")
    raw = _raw(_files(pack(draft)))
    assert raw.count(b"Kade") > 3  # the search finds what is there
    for form in ("utf-8", "utf-16-le"):
        assert MARKER.encode(form) not in raw
    for number in (*numbers.values(), 7_713.2, 31_337):
        assert struct.pack(">d", number) not in raw
        assert struct.pack("<d", number) not in raw
        assert str(number).encode() not in raw
    inside = tender(project, planted, asked, day="2027-01-15", edition="internal")
    told = _raw(_files(pack(inside)))
    assert MARKER.encode() in told
    assert struct.pack(">d", 7_713.2) in told  # where room is meant to be, it is found so


def test_parts_of_the_score_go_out_as_whole_numbers(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    share = score_shares(SCENARIO)["demand"]
    scored = plan.assign(part_demand=100 * share * 0.62, part_headroom=16.25)
    public = tender(project, scored, SCENARIO, day="2027-01-15").sites
    internal = tender(project, scored, SCENARIO, day="2027-01-15", edition="internal").sites
    for text, colour in zip(public["score_parts"], public["grid_class"], strict=True):
        assert json.loads(text) == {"demand": 6, "headroom": colour}
    assert json.loads(internal["score_parts"].iloc[0])["headroom"] == 16.2
