"""Archives are judged before anything is unpacked."""

import io
import struct
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from app.sources.limits import Limits

MAP = b"asset_id,headroom_kw,lon,lat\na,5,5.1,52.1\n"


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the same name twice is what is tested
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


@pytest.fixture
def codes(take: Any) -> Callable[..., list[str]]:  # noqa: ANN401
    def of(content: bytes, **more: Any) -> list[str]:  # noqa: ANN401
        return [problem.code for problem in take(content, name="x.zip", **more).of("error")]

    return of


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([("../x.csv", MAP)], "ZIP-PATH"),
        ([("a/../../x.csv", MAP)], "ZIP-PATH"),
        ([("/x.csv", MAP)], "ZIP-PATH"),
        ([("C:x.csv", MAP)], "ZIP-PATH"),
        ([("a\\..\\x.csv", MAP)], "ZIP-PATH"),
        ([("x.csv", MAP), ("X.CSV", MAP)], "ZIP-PATH"),
        ([(entry("x.csv", 0o120777), b"/etc/passwd")], "ZIP-LINK"),
        ([("x.zip", zipped(("x.csv", MAP)))], "ZIP-NESTED"),
        ([("x.csv.gz", b"x")], "ZIP-NESTED"),
        ([("x.csv", zipped(("x.csv", MAP)))], "ZIP-NESTED"),
        ([("x.csv", MAP), ("read.me", zipped(("y.csv", MAP)))], "ZIP-NESTED"),
        ([("x.csv", MAP), ("read.me", b"\x1f\x8b\x08 more")], "ZIP-NESTED"),
        ([("x.csv", b"0" * 2_000_000)], "ZIP-RATIO"),
        ([("readme.md", b"hello")], "ZIP-NONE"),
        ([("a.csv", MAP), ("b.geojson", b"{}")], "ZIP-LAYERS"),
        ([("a.shp", b"x"), ("a.shx", b"x")], "SHP-PART"),
        ([("a.dbf", b"x"), ("a.prj", b"x")], "SHP-PART"),
    ],
)
def test_an_unsafe_archive_is_refused(
    entries: list[tuple[Any, bytes]], code: str, codes: Callable[..., list[str]]
) -> None:
    assert codes(zipped(*entries)) == [code]


def test_junk_of_other_systems_is_ignored_and_the_rest_is_named(take: Any) -> None:  # noqa: ANN401
    content = zipped(
        ("folder/", b""),
        ("__MACOSX/._x.csv", b"junk"),
        ("folder/.DS_Store", b"junk"),
        ("folder/x.csv", MAP),
        ("folder/licence.pdf", b"%PDF"),
    )
    found = take(content, name="x.zip")
    assert found.rows == 1
    said = [problem.message for problem in found.problems if problem.code == "ZIP-OTHER"]
    assert said == ["Not read from the zip: licence.pdf."]


def test_a_layer_can_be_chosen(take: Any) -> None:  # noqa: ANN401
    content = zipped(("a.csv", MAP), ("b.csv", MAP.replace(b"5,5.1", b"7,5.1")))
    assert take(content, name="x.zip").questions[0].choices == ("a.csv", "b.csv")
    chosen = take(content, name="x.zip", layer="b.csv")
    assert chosen.layer.frame["headroom_kw"].tolist() == [7.0]


def test_count_and_size_are_known_before_unpacking(codes: Callable[..., list[str]]) -> None:
    hundred = [("x.csv", MAP), *((f"{at}.txt", b"") for at in range(99))]
    assert codes(zipped(*hundred)) == []
    assert codes(zipped(*hundred, ("one.txt", b""))) == ["ZIP-COUNT"]
    small = replace(Limits(), unpacked_bytes=len(MAP))
    assert codes(zipped(("x.csv", MAP)), limits=small) == []
    assert codes(zipped(("x.csv", MAP + b"b,5,5.1,52.1\n")), limits=small) == ["ZIP-SIZE"]


def test_a_directory_that_lies_or_breaks_is_refused(codes: Callable[..., list[str]]) -> None:
    good = zipped(("x.csv", MAP))
    assert codes(good[:-10]) == ["FILE-DAMAGED"]
    assert codes(good[:40] + b"\xff" * 8 + good[48:]) == ["FILE-DAMAGED"]
    at = good.index(b"PK\x01\x02")
    shorter = good[: at + 24] + struct.pack("<L", len(MAP) - 5) + good[at + 28 :]
    assert codes(shorter) == ["FILE-DAMAGED"]
    locked = good[: at + 8] + b"\x01" + good[at + 9 :]
    assert codes(locked) == ["ZIP-LOCKED"]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder: Path = tmp_path_factory.mktemp("shape")
    boxes = [shapely.box(x, 454_000, x + 900, 455_000) for x in (133_000, 134_000, 135_000)]
    table = {"district_i": ["a", "b", "c"], "name": ["Één", "b", "c"]}
    gpd.GeoDataFrame(table, geometry=boxes, crs=28992).to_file(folder / "m.shp", encoding="UTF-8")
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


def shape(parts: dict[str, bytes], **changed: bytes | None) -> bytes:
    made = parts | {f".{key}": value for key, value in changed.items()}
    return zipped(*((f"m{k}", v) for k, v in made.items() if v is not None))


def test_a_whole_set_is_read(parts: dict[str, bytes], take: Any) -> None:  # noqa: ANN401
    found = take(shape(parts), "districts", "x.zip")
    assert found.rows == 3
    assert found.mapping.crs == "EPSG:28992"
    assert found.layer.frame["name"].tolist() == ["Één", "b", "c"]


def test_every_part_of_a_set_is_needed(
    parts: dict[str, bytes],
    codes: Callable[..., list[str]],
) -> None:
    for part in ("shp", "shx", "dbf"):
        assert codes(shape(parts, **{part: None}), kind="districts") == ["SHP-PART"]
    assert codes(shape(parts, prj=None), kind="districts") == ["CRS-MISSING"]


def test_a_claimed_encoding_that_does_not_fit_is_said(
    parts: dict[str, bytes],
    take: Any,  # noqa: ANN401
) -> None:
    latin = parts[".dbf"].replace("Één".encode(), "Één  ".encode("cp1252"))
    assert len(latin) == len(parts[".dbf"])
    claimed = take(shape(parts, dbf=latin, cpg=b"UTF-8"), "districts", "x.zip")
    assert "TXT-ENCODING" in {problem.code for problem in claimed.problems}
    assert claimed.layer.frame["name"].tolist() == ["Één", "b", "c"]


def test_damage_is_found_before_gdal_hides_it(
    parts: dict[str, bytes],
    codes: Callable[..., list[str]],
) -> None:
    shp, dbf = parts[".shp"], parts[".dbf"]
    second = 100 + 8 + struct.unpack_from(">L", shp, 104)[0] * 2
    many = shp[: second + 8 + 36] + struct.pack("<l", 2_000_000_000) + shp[second + 8 + 40 :]
    assert codes(shape(parts, shp=many), kind="districts") == ["SHP-DAMAGED"]
    assert codes(shape(parts, shp=shp[:-40]), kind="districts") == ["FILE-DAMAGED"]
    assert codes(shape(parts, shp=b"\x00" * len(shp)), kind="districts") == ["FILE-DAMAGED"]
    lying = dbf[:4] + struct.pack("<L", 9_999) + dbf[8:]
    assert codes(shape(parts, dbf=lying), kind="districts") == ["SHP-COUNT"]
    assert codes(shape(parts, dbf=dbf[:70]), kind="districts") == ["FILE-DAMAGED"]
