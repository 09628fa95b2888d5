"""What every export format must keep: the same rows, ids and sums, and nothing that runs."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pytest
from shapely import LineString, Point, Polygon

from app.core.errors import InputError
from app.exports import EXPORTS, Export, Result, writable
from app.exports.cells import unguard
from app.exports.shapefile import cut_texts
from tests.exports.hostile import META, hostile_places, hostile_result


def _geojson(data: bytes, _: Path) -> pd.DataFrame:
    return gpd.read_file(io.BytesIO(data))


def _gpkg(data: bytes, folder: Path) -> pd.DataFrame:
    (folder / "x.gpkg").write_bytes(data)
    return pyogrio.read_dataframe(folder / "x.gpkg", layer="sites")


def _xlsx(data: bytes, _: Path) -> pd.DataFrame:
    rows = list(openpyxl.load_workbook(io.BytesIO(data))["sites"].iter_rows(values_only=True))
    return pd.DataFrame(rows[1:], columns=list(rows[0]))


def _csv(data: bytes, _: Path) -> pd.DataFrame:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    table = pd.DataFrame(rows[1:], columns=rows[0]).map(unguard)
    return table.astype({"points": int, "cost_eur": float})


def _parquet(data: bytes, _: Path) -> pd.DataFrame:
    return gpd.read_parquet(io.BytesIO(data))


def _read(data: bytes, folder: Path, name: str, **more: object) -> gpd.GeoDataFrame:
    (folder / name).write_bytes(data)
    return pyogrio.read_dataframe(folder / name, **more)


def _flatgeobuf(data: bytes, folder: Path) -> pd.DataFrame:
    return _read(data, folder, "x.fgb")


def _shapefile(data: bytes, folder: Path) -> pd.DataFrame:
    found = _read(data, folder, "x.shp.zip").rename(columns={"candidate_": "candidate_id"})
    long = found["name"].str.len() == 254
    return found.assign(name=found["name"].mask(long, "x" * 300))  # the format holds no more


def _kml(data: bytes, folder: Path) -> pd.DataFrame:
    return _read(data, folder, "x.kml").rename(columns={"Name": "name"})


def _filegdb(data: bytes, folder: Path) -> pd.DataFrame:
    return _read(data, folder, "x.gdb.zip", layer="sites")


def _unzipped(data: bytes, folder: Path, name: str) -> pd.DataFrame:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    return pyogrio.read_dataframe(folder / name)


def _gml(data: bytes, folder: Path) -> pd.DataFrame:
    assert b">\tTab<" in zipfile.ZipFile(io.BytesIO(data)).read("sites.gml")
    found = _unzipped(data, folder, "sites.gml")
    return found.assign(name=found["name"].replace("Tab", "\tTab"))  # lost by the reader


def _mapinfo(data: bytes, folder: Path) -> pd.DataFrame:
    found = _unzipped(data, folder, "sites.tab")
    long = found["name"].str.len() == 254
    return found.assign(name=found["name"].mask(long, "x" * 300))


def _dxf(data: bytes, folder: Path) -> pd.DataFrame:
    """Every place is a point and a label, nothing else."""
    found = _read(data, folder, "x.dxf")
    points = found[found["Layer"] == "places"].reset_index(drop=True)
    return points.assign(candidate_id=list(found[found["Layer"] == "labels"]["Text"]))


REOPEN: dict[str, Callable[[bytes, Path], pd.DataFrame]] = {
    "geojson": _geojson,
    "gpkg": _gpkg,
    "xlsx": _xlsx,
    "csv": _csv,
    "geoparquet": _parquet,
    "flatgeobuf": _flatgeobuf,
    "shapefile": _shapefile,
    "kml": _kml,
    "filegdb": _filegdb,
    "gml": _gml,
    "mapinfo": _mapinfo,
    "dxf": _dxf,
}
TABLES = {"csv", "xlsx"}


def _bare(key: str, data: bytes, folder: Path) -> pd.DataFrame:
    more = {"layer": "sites"} if key == "gpkg" else {}
    found = _read(data, folder, f"x{EXPORTS[key].suffix}", **more)
    return found.rename(columns={"candidate_": "candidate_id"})


every_export = pytest.mark.parametrize("export", EXPORTS.values(), ids=lambda e: e.key)


@pytest.mark.parametrize(
    "export", [each for key, each in EXPORTS.items() if key != "dxf"], ids=lambda e: e.key
)
def test_rows_ids_texts_and_sums_survive_the_way_out_and_back(
    export: Export, tmp_path: Path
) -> None:
    before = hostile_places()
    after = REOPEN[export.key](export.write(hostile_result()), tmp_path)
    assert list(after["candidate_id"]) == list(before["candidate_id"])
    assert list(after["name"]) == list(before["name"])
    assert int(after["points"].sum()) == int(before["points"].sum())
    assert float(after["cost_eur"].sum()) == float(before["cost_eur"].sum())
    assert list(after["reasons"]) == ["near homes; =2+2"] * len(before)


@pytest.mark.parametrize(
    "export", [each for key, each in EXPORTS.items() if key not in TABLES], ids=lambda e: e.key
)
def test_every_place_stands_where_it_stood(export: Export, tmp_path: Path) -> None:
    before = hostile_places()
    after = REOPEN[export.key](export.write(hostile_result()), tmp_path)
    assert list(after["candidate_id"]) == list(before["candidate_id"])
    degrees = abs(after.geometry.iloc[0].x) < 180
    there = (before.to_crs(4326) if degrees else before).geometry
    apart = [a.distance(b) for a, b in zip(after.geometry, there, strict=True)]
    assert max(apart) < (1e-6 if degrees else 0.05)  # a millionth of a degree is 0.07 m or more


@every_export
def test_equal_input_gives_equal_bytes(export: Export) -> None:
    if not export.sealed:
        assert export.key == "filegdb"  # random ids: said, and never in a pack
        return
    assert export.write(hostile_result()) == export.write(hostile_result())


def test_lines_areas_and_points_in_one_map_go_into_every_format(tmp_path: Path) -> None:
    mixed = gpd.GeoDataFrame(
        {"candidate_id": ["1", "2", "3"]},
        geometry=[
            LineString([(136_500, 456_100), (136_600, 456_100)]),
            Polygon([(136_500, 456_100), (136_500, 456_200), (136_600, 456_200)]),
            Point(136_700, 456_100),
        ],
        crs=28992,
    )
    result = Result("sites", "Sites", {"sites": mixed}, META)
    for key, export in EXPORTS.items():
        folder = tmp_path / key
        folder.mkdir()
        data = export.write(result)
        if key in {"gpkg", "flatgeobuf", "shapefile", "filegdb", "kml"}:
            assert list(_bare(key, data, folder)["candidate_id"].astype(int)) == [1, 2, 3]


def test_the_shapefile_has_the_short_names_of_the_location_list_and_real_dates() -> None:
    listed = gpd.GeoDataFrame(
        {
            "location_id": ["U-1"],
            "grid_source_date": ["2026-05-01"],
            "n_charge_points": [2],
            "address": ["é" * 200],
            "a_column_of_ours_1": [1],
            "a_column_of_ours_2": [2],
        },
        geometry=[Point(136_500, 456_100)],
        crs=28992,
    )
    data = EXPORTS["shapefile"].write(Result("sites", "Sites", {"sites": listed}, META))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == [f"sites.{end}" for end in ("cpg", "dbf", "prj", "shp", "shx")]
        assert archive.read("sites.cpg") == b"UTF-8"
        assert archive.read("sites.dbf")[1:4] == bytes([127, 1, 15])  # 2027-01-15
    found = pyogrio.read_dataframe(io.BytesIO(data))
    names = ["loc_id", "grid_date", "n_points", "address", "a_column_o", "a_column_1"]
    assert list(found) == [*names, "geometry"]
    assert str(found["grid_date"].iloc[0])[:10] == "2026-05-01"
    assert found["grid_date"].dtype.kind == "M"
    assert found["address"].iloc[0] == "é" * 127  # 254 bytes, no letter cut in half
    assert cut_texts(listed) == ["address: 1 cut after 254 bytes"]


def test_a_label_of_a_drawing_is_one_line_of_plain_letters() -> None:
    odd = hostile_places()[["name", "geometry"]]
    data = EXPORTS["dxf"].write(Result("sites", "Sites", {"sites": odd}, META))
    lines = data.decode("ascii").split("\r\n")
    codes = [int(line) for line in lines[:-1:2]]
    assert set(codes) <= {0, 1, 2, 8, 9, 10, 20, 30, 40}
    assert "two lines" in lines


def test_days_are_days_in_a_workbook_and_what_only_looks_like_one_is_text() -> None:
    days = ["2026-05-01", "unknown", None, "1899-12-31", "2026-13-01"]
    table = pd.DataFrame({"grid_source_date": days, "name": ["2026-05-01"] * 5})
    data = EXPORTS["xlsx"].write(Result("t", "T", {"t": table}, META))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["t"]
    cells = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert cells == [datetime(2026, 5, 1), "unknown", None, "1899-12-31", "2026-13-01"]  # noqa: DTZ001
    assert {row[1].value for row in sheet.iter_rows(min_row=2)} == {"2026-05-01"}


def test_a_long_sheet_is_written_row_by_row_and_loses_nothing() -> None:
    table = pd.DataFrame({"id": [f"{each:05d}" for each in range(2_500)], "n": range(2_500)})
    data = EXPORTS["xlsx"].write(Result("t", "T", {"t": table}, META))
    rows = list(
        openpyxl.load_workbook(io.BytesIO(data), read_only=True)["t"].iter_rows(values_only=True)
    )
    assert rows[0] == ("id", "n")
    assert rows[-1] == ("02499", 2499)
    assert data == EXPORTS["xlsx"].write(Result("t", "T", {"t": table}, META))


@every_export
def test_the_input_is_left_as_it_was(export: Export) -> None:
    result = hostile_result()
    before = result.main.copy()
    export.write(result)
    pd.testing.assert_frame_equal(pd.DataFrame(result.main), pd.DataFrame(before))


@every_export
def test_a_table_without_places_is_written_or_refused_in_words(export: Export) -> None:
    result = Result("lots", "Lots", {"lots": pd.DataFrame({"lot": ["01"]})}, {})
    if export.maps_only:
        assert export not in writable(EXPORTS.values(), result)
        with pytest.raises(InputError, match="without places"):
            export.write(result)
    else:
        assert export.write(result)


@every_export
def test_an_empty_map_can_be_written(export: Export) -> None:
    assert export.write(Result("sites", "Sites", {"sites": hostile_places().iloc[:0]}, META))


@every_export
def test_metres_without_a_coordinate_system_are_never_taken_for_degrees(export: Export) -> None:
    bare = hostile_places().set_crs(None, allow_override=True)
    result = Result("sites", "Sites", {"sites": bare}, META)
    if export.maps_only:
        with pytest.raises(InputError, match="coordinate system"):
            export.write(result)
    else:
        assert b"lon," not in export.write(result)
