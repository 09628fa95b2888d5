"""Tables of text and workbooks: dialect, header, rows and cells, each fault by its row."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.sources.limits import Limits
from app.sources.text import begins_like_formula, clean, decode

HEAD = "asset_id,headroom_kw,lon,lat,note\n"
ROW = "a,5,5.1,52.1,x\n"


@pytest.fixture
def codes(take: Any) -> Callable[..., list[str]]:  # noqa: ANN401
    def of(text: str | bytes, severity: str = "error", **more: Any) -> list[str]:  # noqa: ANN401
        found = take(text, name="x.csv", **more)
        return [problem.code for problem in found.of(severity)]

    return of


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_found(encoding: str, take: Any) -> None:  # noqa: ANN401
    found = take((HEAD + ROW.replace("x", "Één café")).encode(encoding), name="x.csv")
    assert found.layer.frame["note"].tolist() == ["Één café"]
    said = "TAB-ENCODING" in {problem.code for problem in found.problems}
    assert said is (encoding not in {"utf-8", "utf-8-sig"})


def test_code_pages_follow_the_country() -> None:
    assert decode("őű".encode("cp1250"), country="HU") == ("őű", "cp1250")
    assert decode("şğ".encode("cp1254"), country="TR") == ("şğ", "cp1254")
    assert decode("é".encode("cp1252"), said="latin-1") == ("é", "latin-1")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str, take: Any) -> None:  # noqa: ANN401
    assert take((HEAD + ROW).replace(",", delimiter)).rows == 1


def test_a_title_and_the_hint_of_excel_are_honoured(take: Any) -> None:  # noqa: ANN401
    found = take("sep=,\nGrid of Utrecht\n\n" + HEAD + ROW)
    assert found.rows == 1
    assert "TAB-TITLE" in {problem.code for problem in found.problems}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + ROW + "b,5\n", "TAB-RAGGED"),
        (HEAD + ROW + "b,5,5.1,52.1,x,y\n", "TAB-RAGGED"),
        (HEAD + 'a,5,5.1,52.1,"x\n', "TAB-QUOTE"),
        (HEAD + "a,5,5.1,52.1," + "x" * 10_001 + "\n", "TAB-CELL"),
        ("1,2,3\n4,5,6\n", "TAB-HEADER"),
        (HEAD, "GEO-NONE"),
        ("just a text without any columns\n", "FILE-UNSUPPORTED"),
        ("asset_id,Asset_ID,headroom_kw,lon,lat\na,b,5,5.1,52.1\n", "COL-DUPLICATE"),
        ("asset_id,headroom_kw\na,5\n", "TAB-GEOMETRY"),
        (HEAD + "a,5,5.1,52.1,x\na,6,5.2,52.1,y\n", "ID-DUPLICATE"),
        (HEAD + ROW + ",6,5.2,52.1,y\n", "ID-MISSING"),
        (HEAD + "x" * 201 + ",5,5.1,52.1,x\n", "ID-TOOBIG"),
        (HEAD + "a,2000000,5.1,52.1,x\n", "VAL-RANGE"),
        (HEAD + "a,1.234,5.1,52.1,x\n".replace("5.1,52.1", "5,52"), "VAL-DECIMAL"),
        ("asset_id,lon,lat\na,5.1,52.1\n", "COL-MISSING"),
    ],
)
def test_a_fault_of_a_table_has_its_code(
    text: str, code: str, codes: Callable[..., list[str]]
) -> None:
    assert code in codes(text)


def test_a_quote_is_named_by_the_row_where_it_opened(take: Any) -> None:  # noqa: ANN401
    found = take(HEAD + ROW + ROW.replace("a,", "b,") + 'c,5,5.1,52.1,"x\n' + ROW * 3)
    assert [problem.row for problem in found.of("error")] == [3]


def test_columns_and_rows_have_limits(codes: Callable[..., list[str]]) -> None:
    assert codes(HEAD + ROW, limits=Limits(columns=5)) == []
    assert codes(HEAD + ROW, limits=Limits(columns=4)) == ["FILE-ROWS"]
    two = HEAD + ROW + ROW.replace("a,", "b,").replace("5.1", "5.2")
    assert codes(two, limits=Limits(map_rows=2)) == []
    assert codes(two, limits=Limits(map_rows=1)) == ["FILE-ROWS"]


def test_text_that_deceives_is_cleaned_and_said(take: Any) -> None:  # noqa: ANN401
    note = "\u202eevil\u0007<script>"
    found = take(HEAD + f"a,5,5.1,52.1,{note}\nb,5,5.2,52.1,=1+1\n")
    assert found.layer.frame["note"].tolist() == ["evil<script>", "=1+1"]
    assert {"TXT-CONTROL", "TXT-MARKUP", "TXT-FORMULA"} <= {p.code for p in found.problems}


@settings(derandomize=True, deadline=None, max_examples=60)
@given(text=st.text(max_size=30))
def test_cleaning_is_final_and_never_leaves_a_control_character(text: str) -> None:
    once, _ = clean(text)
    assert clean(once) == (once, False)
    assert "\x00" not in once
    assert "\u202e" not in once


def test_a_mark_against_formulas_is_taken_off_again(take: Any) -> None:  # noqa: ANN401
    found = take(HEAD + "a,5,5.1,52.1,'=SUM(A1)\nb,5,5.2,52.1,'tis\n")
    assert found.layer.frame["note"].tolist() == ["=SUM(A1)", "'tis"]
    assert begins_like_formula("=1+1")
    assert not begins_like_formula("-12,5")


def workbook(folder: Path, rows: list[list[object]], **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Map"
    for row in rows:
        book.active.append(row)
    for name, content in sheets.items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    path = folder / "x.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_read_below_its_title(tmp_path: Path, take: Any) -> None:  # noqa: ANN401
    rows = [
        ["Grid of Utrecht"],
        [],
        ["asset_id", "headroom (MW)", "lon", "lat"],
        [7, 0.25, 5.1, 52.1],
        ["08", "0,5", 5.2, 52.1],
    ]
    found = take(workbook(tmp_path, rows, Empty=[["only a line"]]))
    assert found.layer.frame["asset_id"].tolist() == ["7", "08"]
    assert found.layer.frame["headroom_kw"].tolist() == [250, 500]
    assert {"TAB-TITLE", "VAL-NUMBER"} <= {problem.code for problem in found.problems}


def test_a_formula_without_a_value_is_refused_by_its_cell(
    tmp_path: Path,
    take: Any,  # noqa: ANN401
) -> None:
    rows = [["asset_id", "headroom_kw", "lon", "lat"], ["a", "=1+1", 5.1, 52.1]]
    found = take(workbook(tmp_path, rows))
    (problem,) = [problem for problem in found.of("error") if problem.code == "XLS-FORMULA"]
    assert "B2" in problem.message


def test_one_sheet_of_several_is_asked_for(tmp_path: Path, take: Any) -> None:  # noqa: ANN401
    rows: list[list[object]] = [["asset_id", "headroom_kw", "lon", "lat"], ["a", 5, 5.1, 52.1]]
    path = workbook(tmp_path, rows, Other=rows)
    assert take(path).questions[0].choices == ("Map", "Other")
    assert take(path, layer="Other").rows == 1


def test_programs_and_links_in_a_workbook_are_refused(
    tmp_path: Path,
    take: Any,  # noqa: ANN401
) -> None:
    import zipfile  # noqa: PLC0415

    path = workbook(tmp_path, [["a", "b"], [1, 2]])
    for name, code in (
        ("xl/vbaProject.bin", "FILE-UNSUPPORTED"),
        ("xl/embeddings/x.bin", "FILE-UNSUPPORTED"),
        ("xl/externalLinks/externalLink1.xml", "XLS-LINK"),
    ):
        out = io.BytesIO(path.read_bytes())
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(name, b"x")
        found = take(out.getvalue(), name="x.xlsx")
        assert [problem.code for problem in found.problems] == [code]
    out = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/extra.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")
    assert [p.code for p in take(out.getvalue(), name="x.xlsx").problems] == ["XML-DOCTYPE"]
