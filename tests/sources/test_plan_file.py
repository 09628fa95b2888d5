"""A plan file of a stranger is looked at before a map library opens it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from app.core.errors import InputError
from app.exports import EXPORTS, Result
from app.sources.plan_file import read_plan

SITES = gpd.GeoDataFrame(
    {"candidate_id": ["01", "02"], "points": [2, 4]}, geometry=[Point(1, 1), Point(2, 2)], crs=28992
)
LIMITS = {"most_bytes": 1_000_000, "most_rows": 100}


def _write(path: Path, **tables: pd.DataFrame) -> Path:
    result = Result("plan", "Plan", tables, {"date": "2027-01-15"})
    path.write_bytes(EXPORTS["gpkg"].write(result))
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return _write(tmp_path / "plan.gpkg", sites=SITES)


def _told(tmp_path: Path, report: str) -> Path:
    path = tmp_path / "told.gpkg"
    meta = {"date": "2027-01-15", "report": report}
    path.write_bytes(EXPORTS["gpkg"].write(Result("plan", "Plan", {"sites": SITES}, meta)))
    return path


def _run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as opened, opened:
        for statement in statements:
            opened.execute(statement)


def test_our_own_plan_is_read_as_it_was_written(plan: Path) -> None:
    read = read_plan(plan, **LIMITS)
    found = read.sites
    assert read.report is None
    assert list(found["candidate_id"]) == ["01", "02"]
    assert found.crs == SITES.crs
    assert list(found.geometry) == list(SITES.geometry)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_plan(tmp_path / "none.gpkg", **LIMITS)


def test_limits_hold_to_the_byte_and_the_row(plan: Path) -> None:
    size = plan.stat().st_size
    assert len(read_plan(plan, most_bytes=size, most_rows=2).sites) == 2
    with pytest.raises(InputError, match="allowed"):
        read_plan(plan, most_bytes=size - 1, most_rows=2)
    with pytest.raises(InputError, match="2 sites are more than the 1"):
        read_plan(plan, most_bytes=size, most_rows=1)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04zip", b"<OGRVRTDataSource/>", b"SQLite format 3\0" + b"x" * 100]
)
def test_what_is_no_geopackage_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(data)
    with pytest.raises(InputError, match="not a GeoPackage"):
        read_plan(path, **LIMITS)


def test_a_cut_or_garbled_file_is_damaged(plan: Path) -> None:
    whole = plan.read_bytes()
    plan.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged"):
        read_plan(plan, **LIMITS)
    plan.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
    with pytest.raises(InputError, match="damaged"):
        read_plan(plan, **LIMITS)


def test_another_layer_is_refused_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no layer 'sites'; it has meta, places"):
        read_plan(_write(tmp_path / "x.gpkg", places=SITES), **LIMITS)


def test_a_table_without_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no places"):
        read_plan(_write(tmp_path / "x.gpkg", sites=pd.DataFrame({"a": [1]})), **LIMITS)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW sneaky AS SELECT 1",
        "CREATE VIRTUAL TABLE sneaky USING fts5(a)",
    ],
)
def test_views_and_foreign_tables_are_refused(plan: Path, statement: str) -> None:
    _run(plan, statement)
    with pytest.raises(InputError, match="no plain table"):
        read_plan(plan, **LIMITS)


def test_the_report_of_a_plan_is_read_as_plain_data(tmp_path: Path) -> None:
    found = read_plan(_told(tmp_path, '{"project":"utrecht","scenario":{"points":60}}'), **LIMITS)
    assert found.report == {"project": "utrecht", "scenario": {"points": 60}}
    assert found.name == "told.gpkg"


@pytest.mark.parametrize("report", ["{", '{"gap": NaN}', '{"a":1,"a":2}', "[]", "7"])
def test_a_report_that_cannot_be_read_is_refused_not_ignored(tmp_path: Path, report: str) -> None:
    with pytest.raises(InputError, match=r"told\.gpkg: the report in layer 'meta'"):
        read_plan(_told(tmp_path, report), **LIMITS)
