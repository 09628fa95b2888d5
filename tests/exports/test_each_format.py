"""What single formats promise: degrees, tables beside the map, no formula, points on shapes."""

import csv
import io
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from app.core.errors import InputError
from app.exports import EXPORTS, Result, file_name
from app.exports.cells import flat, guard, unguard
from app.exports.csv_table import read as read_csv
from app.services.export import export as use_case
from tests.exports.hostile import META, hostile_places, hostile_result


def test_geojson_is_in_degrees_with_at_most_seven_decimals_and_says_what_it_is() -> None:
    document = json.loads(EXPORTS["geojson"].write(hostile_result()))
    # RD 136500, 456100 is Neude in Utrecht, 52.0925 N 5.1181 E
    lon, lat = document["features"][0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((5.1181, 52.0925), abs=2e-3)
    assert lon == round(lon, 7)
    assert lat == round(lat, 7)
    assert document["kerbwatt"]["city"] == "Utrecht"
    assert "crs" not in document


def test_the_geopackage_holds_every_table_and_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    path.write_bytes(EXPORTS["gpkg"].write(hostile_result()))
    assert list(pyogrio.list_layers(path)[:, 0]) == ["sites", "lots", "meta"]
    meta = pyogrio.read_dataframe(path, layer="meta").set_index("key")["value"]
    assert meta["sources"] == "=cmd()"
    with sqlite3.connect(path) as opened:
        dates = {row[0] for row in opened.execute("select last_change from gpkg_contents")}
    opened.close()
    assert dates == {"2027-01-15T00:00:00.000Z"}


def test_no_cell_of_the_workbook_is_a_formula_and_ids_are_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(EXPORTS["xlsx"].write(hostile_result())))
    assert book.sheetnames == ["sites", "lots", "About"]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert book["lots"]["A2"].value == "01"
    assert book["sites"].freeze_panes == "A2"
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert about["sources"] == "=cmd()"


def test_a_column_called_fid_or_geom_does_not_break_the_geopackage(tmp_path: Path) -> None:
    odd = hostile_places().assign(fid="a", geom="b")
    path = tmp_path / "x.gpkg"
    path.write_bytes(EXPORTS["gpkg"].write(Result("sites", "Sites", {"sites": odd}, META)))
    assert set(pyogrio.read_dataframe(path, layer="sites")["fid_"]) == {"a"}


def test_lines_and_areas_get_a_point_that_lies_on_them_in_the_table() -> None:
    square = Polygon([(0, 0), (0, 1), (1, 1), (1, 0)])
    mixed = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (2, 0)]), square], crs=28992)
    table = read_csv(EXPORTS["csv"].write(Result("streets", "Streets", {"streets": mixed}, {})))
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float))
    assert all(
        gpd.GeoSeries(points, crs=4326).to_crs(28992).distance(mixed.geometry, align=False) < 0.02
    )


def test_no_csv_cell_starts_a_formula() -> None:
    rows = csv.reader(
        io.StringIO(EXPORTS["csv"].write(hostile_result()).decode("utf-8-sig"), newline="")
    )
    cells = [cell for row in rows for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+@\t\r")]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(max_size=30))
def test_the_apostrophe_comes_off_again(text: str) -> None:
    assert unguard(guard(text)) == text


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_goes_through_csv_unchanged(texts: list[str]) -> None:
    table = pd.DataFrame({"id": [str(each) for each in range(len(texts))], "text": texts})
    data = EXPORTS["csv"].write(Result("t", "T", {"t": table}, {}))
    assert list(read_csv(data)["text"]) == texts


@pytest.mark.parametrize("number", ["-5", "+1", "-2.5", "1,5"])
def test_a_number_is_never_quoted(number: str) -> None:
    assert guard(number) == number


def test_numbers_that_are_not_finite_are_missing() -> None:
    assert flat(hostile_places())["headroom_kw"].isna().sum() == 2


@pytest.mark.parametrize("name", ["Sites", "a b", "x" * 41, "", "drop table;"])
def test_names_of_layers_are_ours(name: str) -> None:
    with pytest.raises(InputError, match="not a name"):
        Result("ok", "Ok", {name: pd.DataFrame()}, {})


def test_file_names_are_ascii() -> None:
    name = file_name(
        "\N{RIGHT SINGLE QUOTATION MARK}s-Hertogenbosch/../é", "site list", "2027-01-15", ".csv"
    )
    assert name == "kerbwatt-s-hertogenbosch-e-site-list-2027-01-15.csv"
    with pytest.raises(InputError, match="not a date"):
        file_name("utrecht", "sites", "today", ".csv")


def test_a_download_has_a_name_a_type_and_content() -> None:
    found = use_case(hostile_result(), "csv", "utrecht")
    assert found.name == "kerbwatt-utrecht-sites-2027-01-15.csv"
    assert found.mime == "text/csv"
    with pytest.raises(InputError, match="choose from geojson"):
        use_case(hostile_result(), "docx", "utrecht")


def test_an_office_suite_opens_the_workbook(tmp_path: Path) -> None:
    # Takes some seconds where an office suite is installed: it starts one.
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs an office suite: soffice is not installed")
    (tmp_path / "x.xlsx").write_bytes(EXPORTS["xlsx"].write(hostile_result()))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1"  # comma, quotes, UTF-8
    told = [office, home, "--headless", "--convert-to", form, "--outdir", str(tmp_path)]
    subprocess.run([*told, str(tmp_path / "x.xlsx")], check=True, capture_output=True)  # noqa: S603
    found = pd.read_csv(tmp_path / "x.csv", dtype=str, keep_default_na=False)
    assert list(found["candidate_id"]) == list(hostile_places()["candidate_id"])
    assert found["name"][0] == "=1+1"  # shown, not computed
    assert found["points"].astype(int).sum() == hostile_places()["points"].sum()
