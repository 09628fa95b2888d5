"""The content decides what a file is; the name only has to agree."""

import gzip
import io
import pickle
from pathlib import Path
from typing import Any

import pytest

from app.sources.intake import receive
from app.sources.limits import Limits
from app.sources.problems import Refused
from app.sources.sniff import sniff

POINT = '{"type":"Feature","properties":{},"geometry":null}'


@pytest.mark.parametrize(
    ("content", "suffix", "found"),
    [
        (b'\xef\xbb\xbf \n{"a":1}', ".geojson", "GeoJSON"),
        (b"[1]", ".json", "GeoJSON"),
        (b"a,b\n1,2\n", ".csv", "CSV"),
        (b"a;b\n1;2\n", "", "CSV"),
        (b"a\tb\n1\t2\n", ".txt", "CSV"),
        ("naam;kw\né;1\n".encode("utf-16"), ".csv", "CSV"),
        (b"PAR1" + b"\x00" * 20 + b"PAR1", ".geoparquet", "Parquet"),
        (b"fgb\x03fgb\x00" + b"\x00" * 40, ".fgb", "FlatGeobuf"),
        (b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG", ".gpkg", "GeoPackage"),
        (b"ARROW1\x00\x00", ".feather", "Arrow"),
    ],
)
def test_formats_are_told_by_their_first_bytes(content: bytes, suffix: str, found: str) -> None:
    assert sniff(content, suffix).format == found


@pytest.mark.parametrize(
    ("content", "suffix", "code"),
    [
        (b"", ".csv", "FILE-EMPTY"),
        (b"\xef\xbb\xbf \r\n", ".geojson", "FILE-EMPTY"),
        (b"<!doctype html><p>log in", ".gpkg", "FILE-HTML"),
        (b"<html lang=nl>", ".csv", "FILE-HTML"),
        (b"\x89PNG\r\n\x1a\n", ".zip", "FILE-TYPE"),
        (b"\x89PNG\r\n\x1a\n", ".png", "FILE-UNSUPPORTED"),
        (b"%PDF-1.7", ".geojson", "FILE-TYPE"),
        (b"a,b\n1,2\n", ".geojson", "FILE-TYPE"),
        (POINT.encode(), ".gpkg", "FILE-TYPE"),
        (POINT.encode(), ".kml", "FILE-TYPE"),
        (gzip.compress(POINT.encode(), mtime=0), ".geojson", "FILE-COMPRESSED"),
        (b"BZh91AY", ".csv", "FILE-COMPRESSED"),
        (b"\x28\xb5\x2f\xfd\x00", ".zst", "FILE-COMPRESSED"),
        (pickle.dumps([1], 2), ".parquet", "FILE-PICKLE"),
        (pickle.dumps({"a": 1}, 5), "", "FILE-PICKLE"),
        (b"cposix\nsystem\np0\n.", ".csv", "FILE-PICKLE"),
        (b"\x00\x00\x27\x0a" + b"\x00" * 96, ".shp", "FILE-UNSUPPORTED"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a/>", ".xml", "XML-DOCTYPE"),
        (b"<OGRVRTDataSource/>", "", "FILE-POINTER"),
        (b"<a><b>/vsicurl/http://x</b></a>", ".xml", "FILE-POINTER"),
        (b"/vsizip/etc", ".txt", "FILE-POINTER"),
        (b"https://example.org/map.geojson\n", ".csv", "FILE-POINTER"),
        (b"PG:dbname=x", "", "FILE-POINTER"),
        (b"<kml/>", ".kml", "FILE-UNSUPPORTED"),
        (b"SQLite format 3\x00" + b"\x00" * 80, ".gpkg", "FILE-UNSUPPORTED"),
        (b"PAR1" + b"\x00" * 30, ".parquet", "FILE-DAMAGED"),
        (b"PK\x05\x06" + b"\x00" * 18, ".zip", "FILE-EMPTY"),
        (bytes(range(256)) * 4, ".bin", "FILE-UNSUPPORTED"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 50, "", "FILE-UNSUPPORTED"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(content: bytes, suffix: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        sniff(content, suffix)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_json_that_is_no_map_is_named(take: Any) -> None:  # noqa: ANN401
    for text, word in (
        ('{"type":"Topology","objects":{}}', "TopoJSON"),
        ('{"version":0.6,"elements":[]}', "Overpass"),
        ('{"type":"gdal_streamed_alg"}', "pipeline"),
        ("[1,2]", "FeatureCollection"),
        ("{}", "FeatureCollection"),
    ):
        found = take(text.encode(), name="x.json")
        assert word in found.problems[0].message
        assert not found.accepted


def test_a_file_at_the_limit_passes_and_one_byte_more_does_not(tmp_path: Path) -> None:
    limits = Limits(upload_bytes=1000)
    path = tmp_path / "x.bin"
    path.write_bytes(b"x" * 1000)
    assert len(receive(path, limits)) == 1000
    assert len(receive(io.BytesIO(b"x" * 1000), limits)) == 1000
    path.write_bytes(b"x" * 1001)
    for source in (path, io.BytesIO(b"x" * 1001)):
        with pytest.raises(Refused, match="limit"):
            receive(source, limits)


def test_no_more_than_the_limit_is_ever_read() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.given += size
            return b"x" * size

    source = Endless()
    with pytest.raises(Refused):
        receive(source, Limits(upload_bytes=3_000_000))  # type: ignore[arg-type]
    assert source.given == 3_000_001


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path, take: Any) -> None:  # noqa: ANN401
    for path in (tmp_path, tmp_path / "nothing.csv"):
        assert [problem.code for problem in take(path).problems] == ["FILE-UNSUPPORTED"]
