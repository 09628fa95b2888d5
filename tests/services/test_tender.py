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
from dataclasses import replace
from pathlib import Path

import docx
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
from pypdf import PdfReader
from shapely import Point

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.core.tender.editions import score_shares
from app.exports.csv_table import read as read_csv
from app.services.projects import load_project
from app.services.tender import clauses, pack, pack_date, tender

MARKER = "Zebra4711"
SCENARIO = Scenario(model="concession", v2g_phase=2)


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project("sampletown")


@pytest.fixture(scope="module")
def plan(project: Project) -> gpd.GeoDataFrame:
    bays = project.layers["parking"].map.iloc[:9]
    grid = project.layers["grid"].map
    names = [
        f"=cmd|{MARKER}",
        "@Kade",
        "“Plein” 🚲",
        "x" * 300,
        "Line\nbreak",
        "\u202eRTL",
        *["Kade"] * 3,
    ]
    return gpd.GeoDataFrame(
        {
            "candidate_id": [f"c{9 - each}" for each in range(9)],
            "name": names,
            "points": [2, 4, 6, 2, 4, 6, 2, 4, 6],
            "kw": [11.0] * 8 + [50.0],
            "lot": ["2", "1"] * 4 + ["2"],
            "phase": [1] * 9,
            "score": np.linspace(20, 90, 9),
            "part_room": [12.5] * 9,
            "cost_eur": [31_337.0] * 9,
            "served_kwh_day": [40.0, 60.0, 100.0] * 3,
            "transformer_id": [*grid["asset_id"].iloc[:8], None],
            "room_before_kw": [77.7] * 9,
            "reasons": [["Many homes", f"room {MARKER}"]] * 9,
            "walk_m_p90": [120.0] * 9,
            "homes": [40.0, 3.0, None, *[40.0] * 6],
            "note": [MARKER] * 9,
            "status": ["suggested"] * 8 + ["conditional"],
        },
        geometry=bays.geometry.representative_point().to_numpy(),
        crs=project.crs,
    )


@pytest.fixture(scope="module")
def internal(project: Project, plan: gpd.GeoDataFrame) -> TenderDraft:
    return tender(project, plan, SCENARIO, day="2027-01-15", edition="internal")


@pytest.fixture(scope="module")
def public(project: Project, plan: gpd.GeoDataFrame) -> TenderDraft:
    return tender(project, plan.assign(name="Kade"), SCENARIO, day="2027-01-15")


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
        *("requirements.csv", "compliance.csv", "assumptions.csv", "ocds.json"),
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


def test_phases_that_are_years_give_the_year_and_count_from_one(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    years = plan.assign(phase=[2028, 2026, 2030] * 3)
    found = tender(project, years, SCENARIO, day="2027-01-15").sites
    pairs = set(zip(found["phase"], found["planned_year"], strict=True))
    assert pairs == {(1, 2026), (2, 2028), (3, 2030)}
    usual = tender(project, plan, SCENARIO, day="2027-01-15").sites
    assert set(usual["planned_year"]) == {SCENARIO.year}


def test_bays_are_not_guessed_and_a_plan_may_say_them(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    found = tender(project, plan, SCENARIO, day="2027-01-15")
    assert found.sites["n_bays"].isna().all()
    assert "n_bays: unknown for 8 of 8 places" in found.open_items
    told = tender(project, plan.assign(n_bays=3, n_accessible=1), SCENARIO, day="2027-01-15")
    assert set(told.sites["n_bays"]) == {3}
    assert not [item for item in told.open_items if item.startswith(("n_bays", "n_acc"))]


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"parking_type": "on_street"}, "'parking_type' holds 'on_street' in 8 of 8 rows, not one"),
        ({"current_type": "steam"}, "'current_type' holds 'steam' in 8 of 8 rows, not one of: AC"),
        ({"n_bays": "many"}, "'n_bays' holds 'many' in 8 of 8 rows, not a number"),
        (
            {"grid_source_date": "soon"},
            "'grid_source_date' holds 'soon' in 8 of 8",
        ),
    ],
)
def test_words_the_list_does_not_know_are_refused_all_at_once(
    project: Project, plan: gpd.GeoDataFrame, own: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError) as refused:
        tender(project, plan.assign(**own, use_case="party"), SCENARIO, day="2027-01-15")
    assert words in str(refused.value)
    assert "'use_case' holds 'party'" in str(refused.value)
    kinds = plan.assign(parking_type="ON_STREET", use_case="resident", dso="Grid & Co")
    found = tender(project, kinds, SCENARIO, day="2027-01-15").sites
    assert set(found["use_case"]) == {"resident"}


def test_a_walk_of_few_homes_is_withheld_in_public(
    public: TenderDraft, internal: TenderDraft
) -> None:
    walks = dict(zip(public.id_map.values(), public.sites["walk_m_p90"], strict=True))
    # c8 serves 3 homes, c7 nobody knows
    assert np.isnan(walks["c8"])
    assert np.isnan(walks["c7"])
    assert walks["c9"] == 120.0
    assert internal.sites["walk_m_p90"].notna().all()


def test_the_sum_of_a_site_is_not_taken_for_the_power_of_a_point(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    # our own plans write kw = points x 11; a type that nobody knows leaves the number as it is
    own = plan.assign(kw=plan["points"] * 11.0, type=["ac11"] * 7 + ["odd"] * 2, status="suggested")
    found = tender(project, own, SCENARIO, day="2027-01-15").sites
    by_points = found.groupby("n_charge_points")["power_kw_point"].agg(list)
    assert sorted(by_points[2]) == [11.0, 11.0, 11.0]
    assert sorted(by_points[6]) == [11.0, 11.0, 66.0]
    assert set(found[found["power_kw_point"] == 11.0]["current_type"]) == {"AC"}


def test_a_number_on_a_map_is_no_address(project: Project, plan: gpd.GeoDataFrame) -> None:
    bays = project.layers["parking"].map.iloc[:9]
    numbered = plan.assign(name=[f"Quay, {each} (1/3)" for each in bays["parking_id"]])
    found = tender(project, numbered, SCENARIO, day="2027-01-15").sites
    assert set(found["address"]) == {"unknown"}


def test_a_pack_of_another_phase_names_other_words(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    found = tender(project, plan, SCENARIO.but(v2g_phase=0, model="direct"), day="2026-06-01")
    assert set(found.sites["v2g_phase"]) == {"none"}
    assert found.meta["model"].startswith("Direct purchase")


def test_a_text_that_promises_another_walk_than_the_plan_is_an_open_item(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    far = tender(project, plan, SCENARIO.but(radius_m=400), day="2027-01-15")
    assert "LOC-01 asks for 300 m, the plan walks 400 m" in far.open_items
    edits = clauses("[clause.LOC-01]\nmax_walk_m = 400\nconfirm = ['max_walk_m']")
    settled = tender(project, plan, SCENARIO.but(radius_m=400), day="2027-01-15", edits=edits)
    assert not [item for item in settled.open_items if item.startswith("LOC-01")]


def test_a_hand_made_plan_in_degrees_with_names_of_the_list_works(
    project: Project, plan: gpd.GeoDataFrame
) -> None:
    bare = (
        plan[["candidate_id", "geometry"]]
        .to_crs(4326)
        .assign(n_charge_points=2, power_kw_point=22.0, address="Here")
    )
    found = tender(project, bare, SCENARIO, day="2027-01-15", edition="internal")
    assert found.points == 18
    assert set(found.sites["address"]) == {"Here"}
    assert found.lots["kwh_day"].isna().all()
    assert pack(found)


def test_the_date_is_of_the_maps_or_of_the_environment_never_of_today(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(layer.as_of for layer in project.layers.values())
    assert pack_date(project) == newest[:10]
    bare = replace(project, layers={})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")  # 15 January 2027
    assert pack_date(bare) == "2027-01-15"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert pack_date(bare) == "2000-01-01"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda plan: plan.iloc[:0], "no sites in the plan"),
        (lambda plan: plan.drop(columns="candidate_id"), "need the column 'candidate_id'"),
        (lambda plan: plan.assign(points=[None, *[2] * 8]), "need the column 'points'"),
        (lambda plan: plan.assign(points=[0, *[2] * 8]), "above 0"),
        (lambda plan: plan.assign(kw="eleven"), "above 0"),
        (lambda plan: plan.assign(candidate_id="c1"), "same candidate_id twice"),
        (lambda plan: plan.set_crs(None, allow_override=True), "no coordinate system"),
        (lambda plan: plan.set_geometry([Point(0, 0)] * 9, crs=plan.crs), "lie outside Sampletown"),
        (lambda plan: plan.assign(location_id="UTR-0001"), "same location_id twice"),
    ],
)
def test_a_plan_that_cannot_be_tendered_is_refused_in_words(
    project: Project, plan: gpd.GeoDataFrame, spoil: object, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        tender(project, spoil(plan), SCENARIO, day="2027-01-15")  # type: ignore[operator]


def test_unknown_edition_and_date_are_refused(project: Project, plan: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="choose from public, internal"):
        tender(project, plan, SCENARIO, edition="secret")
    with pytest.raises(InputError, match="not a date"):
        tender(project, plan, SCENARIO, day="soon")
