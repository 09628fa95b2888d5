"""Each of these sentences is said, with all its fields, by the file that deserves it."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import shapely

from app.sources.area import Area
from app.sources.intake import Intake
from app.sources.limits import Limits
from app.sources.problems import Problem

HEAD = "asset_id,headroom_kw,lon,lat\n"
POINT = {"type": "Point", "coordinates": [5.1, 52.1]}


@pytest.fixture
def said(take: Callable[..., Intake]) -> Callable[..., Problem]:
    """Take a file in and return the one problem of a code."""

    def find(code: str, *arguments: Any, **more: Any) -> Problem:  # noqa: ANN401
        found = [p for p in take(*arguments, **more).problems if p.code == code]
        assert len(found) == 1, code
        assert "{" not in found[0].message + found[0].hint
        return found[0]

    return find


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('{"type": "FeatureCollection",\n"features": [1 2]}', "JSON-SYNTAX", "line 2"),
        ('{"type": "FeatureCollection", "features": [', "JSON-TRUNCATED", "43"),
        ('{"type": "FeatureCollection", "features": [3]}', "JSON-FEATURE", "Feature 1"),
        ('{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": 3}]}',
         "JSON-FEATURE", "Feature 1"),
    ],
)  # fmt: skip
def test_broken_json_is_named_by_its_place(
    text: str, code: str, words: str, said: Callable[..., Problem]
) -> None:
    found = said(code, text.encode(), name="x.geojson")
    assert found.severity == "error"
    assert words in found.message


@pytest.mark.parametrize(
    ("written", "read", "said"),
    [
        (r"a\ud800b", "ab", True), (r"\udc00a", "a", True),
        (r"\ud83d\ude00", "\U0001f600", False), (r"\\ud800", "\\ud800", False),
        (r"\ud83d\ud83d\ude00", "\U0001f600", True), (r"\\\udbff", "\\", True),
    ],
)  # fmt: skip
def test_half_a_character_is_taken_out_and_said(
    written: str,
    read: str,
    said: bool,  # noqa: FBT001
    take: Callable[..., Intake],
) -> None:
    """Found by the fuzzer: nothing could write such a name down again."""
    shape = json.dumps(POINT)
    text = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": ' + shape
        + ', "properties": {"asset_id": "a", "headroom_kw": 5, "name": "' + written
        + '", "x' + written + '": 1}}]}'
    )  # fmt: skip
    found = take(text.encode(), name="x.geojson")
    assert found.layer is not None, found.problems
    assert found.layer.frame["name"].tolist() == [read]
    assert f"x{read}" in found.layer.frame.columns
    assert ("TXT-CONTROL" in {p.code for p in found.problems}) is said


def test_a_conversion_that_is_only_rough_says_how_rough(said: Callable[..., Problem]) -> None:
    """Between the British and the Dutch datum no conversion is known where neither is meant."""
    member = {"type": "name", "properties": {"name": "EPSG:27700"}}
    here = {"type": "Point", "coordinates": [880_000, 300_000]}
    feature = {"type": "Feature", "properties": {"asset_id": "a", "headroom_kw": 5},
               "geometry": here}  # fmt: skip
    document = {"type": "FeatureCollection", "crs": member, "features": [feature]}
    anywhere = Area(shapely.box(-1e6, -1e6, 2e6, 2e6), "EPSG:28992", "Here")
    found = said("CRS-BALLPARK", document, area=anywhere)
    assert found.severity == "warning"
    assert "EPSG:27700" in found.message
    assert "200 m" in found.message


def test_a_header_under_another_name_is_said(said: Callable[..., Problem]) -> None:
    found = said("COL-MAPPED", "asset_id,Restcapaciteit,lon,lat\na,5,5.1,52.1\n")
    assert (found.column, found.severity) == ("headroom_kw", "notice")
    assert "Restcapaciteit" in found.message


def test_a_figure_worked_out_from_others_is_said(said: Callable[..., Problem]) -> None:
    text = "asset_id,capacity_kw,peak_load_kw,lon,lat\na,400,300,5.1,52.1\n"
    found = said("COL-COMPUTED", text)
    assert found.column == "headroom_kw"
    assert "1 rows" in found.message


def test_a_column_with_a_name_of_ours_is_kept_under_another(
    said: Callable[..., Problem], take: Callable[..., Intake]
) -> None:
    text = "asset_id,headroom_kw,lon,lat,status\na,5,5.1,52.1,in use\n"
    assert "status (file)" in said("COL-KEPT", text).message
    layer = take(text).layer
    assert layer is not None
    assert layer.frame["status"].tolist() == ["measured"]
    assert layer.frame["status (file)"].tolist() == ["in use"]


def test_formulas_with_a_saved_value_are_counted(said: Callable[..., Problem]) -> None:
    """A file of openpyxl holds no values of formulas, so one is written into the sheet by hand."""
    book = openpyxl.Workbook()
    for row in (["asset_id", "headroom_kw", "lon", "lat"], ["a", "=2+3", 5.1, 52.1]):
        book.active.append(row)
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            saved = re.sub(rb"(<f>2\+3</f>)<v(?: ?/>|></v>)", rb"\1<v>5</v>", content)
            new.writestr(entry, saved)
    assert "1 cells" in said("XLS-COMPUTED", out.getvalue(), name="x.xlsx").message


def test_a_file_over_the_limit_says_both_sizes(
    tmp_path: Any,  # noqa: ANN401
    said: Callable[..., Problem],
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(HEAD + "a,5,5.1,52.1\n" * 200)
    found = said("FILE-SIZE", path, limits=Limits(upload_bytes=2000))
    assert "2.6 kB" in found.message
    assert "2.0 kB" in found.message


def test_the_notices_of_a_register_are_no_refusal(take: Callable[..., Intake]) -> None:
    """OCPI locations speak with codes of their own; the tests of the connector say which."""
    evse = {"uid": "1", "status": "AVAILABLE",
            "connectors": [{"id": "1", "max_electric_power": 0}]}  # fmt: skip
    spot = {"latitude": "52.1", "longitude": "5.1"}
    many = [{"id": f"L{n}", "country_code": "NL", "party_id": "X", "coordinates": spot,
             "last_updated": when, "evses": [evse | {"status": state}] }
            for n, (when, state) in enumerate([("2025-06-01T00:00:00Z", "AVAILABLE"),
                                               ("2025-06-01T00:00:00Z", "REMOVED"),
                                               ("2015-01-01T00:00:00Z", "CHARGING")])]  # fmt: skip
    found = take(json.dumps(many).encode(), "chargers", "x.json")
    codes = {problem.code for problem in found.problems}
    assert {"REG-POINTS", "REG-POWER", "REG-TWICE", "REG-STALE", "REG-MOMENT"} <= codes
    assert found.of("error") == ()
    again = take(json.dumps([*many, many[0]]).encode(), "chargers", "x.json")
    assert again.rows == found.rows
    assert "REG-REPEATED" in {problem.code for problem in again.problems}
    failed = take(
        b'{"data": [], "status_code": 3000, "status_message": "no"}', "chargers", "x.json"
    )
    assert [problem.code for problem in failed.problems] == ["OCPI-STATUS"]
