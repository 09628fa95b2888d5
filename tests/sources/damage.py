"""Good files of every format, and seeded ways to damage them."""

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from app.services.templates import example_file

NUMBERS = (b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff")
WORDS = (b"1e999", b"NaN", b"-Infinity", b"[]", b"{}", b"null", b"\\ud800", b"\x00", b"'", b'"',
         b"<b>", b"=1+1", b"\xe2\x80\xae", b"9" * 400, b"-99997", b"EPSG:4979", b"/vsicurl/http://x",
         b"1.234", b"31/02/2025", b"\xff\xfe", b"%00", b"true")  # fmt: skip
FIGURE = re.compile(rb"-?\d+(?:\.\d+)?")
KEY = re.compile(rb'"([A-Za-z_]+)"')
PACKED = {".zip", ".xlsx"}
Dice = random.Random


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Pack files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@cache
def seeds(folder: Path) -> Mapping[str, tuple[str, bytes]]:
    """Make one good file of every format: name -> kind, content."""
    grid = pd.DataFrame(
        {"asset_id": ["T1", "T2", "T3"], "name": ["Één", "b", "c"], "headroom_kw": [50.5, -3, 120],
         "source_date": ["2025-01-01", "", None]}
    )  # fmt: skip
    points = gpd.points_from_xy([5.10, 5.12, 5.14], [52.08, 52.09, 52.10])
    frame = gpd.GeoDataFrame(grid, geometry=points, crs="EPSG:4326")
    for suffix in ("gpkg", "fgb"):
        frame.to_file(folder / f"map.{suffix}", engine="pyogrio")
    frame.to_parquet(folder / "map.parquet")
    pd.DataFrame(grid).assign(time="2025-01-01T00:00Z", eur_per_mwh=[1, 2, 3]).to_feather(
        folder / "map.arrow", compression="uncompressed"
    )
    grid.assign(lon=points.x, lat=points.y).to_excel(folder / "map.xlsx", index=False)
    squares = gpd.GeoDataFrame(
        {"id": ["a", "b"], "naam": ["Oost", "West"], "huishoud": [10, 20]},
        geometry=[shapely.box(5.1, 52.08, 5.11, 52.09), shapely.box(5.12, 52.08, 5.13, 52.09)],
        crs="EPSG:4326",
    ).to_crs("EPSG:28992")
    (folder / "set").mkdir()
    squares.to_file(folder / "set" / "map.shp", engine="pyogrio", encoding="UTF-8")
    shapefile = {path.name: path.read_bytes() for path in sorted((folder / "set").iterdir())}
    hours = [f"2025-10-26 {h:02}:00;{h * 3},5" for h in range(24)]
    made = {name: (folder / f"map{name}").read_bytes() for name in
            (".gpkg", ".fgb", ".parquet", ".arrow", ".xlsx")}  # fmt: skip
    return {
        "a.geojson": ("districts", example_file("districts", "geojson")),
        "b.json": ("chargers", json.dumps([OCPI, OCPI | {"id": "L2"}]).encode()),
        "c.csv": ("grid", example_file("grid", "csv")),
        "d.csv": ("prices", "\n".join(["tijd;prijs", *hours]).encode("cp1252")),
        "e.zip": ("grid", zipped({"x.csv": example_file("grid", "csv")})),
        "f.zip": ("districts", zipped(shapefile)),
        "g.xlsx": ("grid", made[".xlsx"]),
        "h.gpkg": ("grid", made[".gpkg"]),
        "i.fgb": ("grid", made[".fgb"]),
        "j.parquet": ("grid", made[".parquet"]),
        "k.arrow": ("prices", made[".arrow"]),
    }


OCPI = {
    "id": "L1", "country_code": "NL", "party_id": "X", "last_updated": "2025-06-01T00:00:00Z",
    "coordinates": {"latitude": "52.1", "longitude": "5.1"},
    "evses": [{"uid": "1", "status": "AVAILABLE", "connectors": [
        {"id": "1", "standard": "IEC_62196_T2", "power_type": "AC_3_PHASE", "max_voltage": 230,
         "max_amperage": 16, "max_electric_power": 11000}]}],
}  # fmt: skip


def damaged(name: str, content: bytes, others: list[bytes], dice: Dice) -> bytes:
    """Damage a file one to six times; of a packed one mostly a part, so that its seals fit."""
    if Path(name).suffix in PACKED and dice.random() < 0.7:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {entry.filename: archive.read(entry) for entry in archive.infolist()}
        part = dice.choice(sorted(files))
        files[part] = _several(files[part], others, dice)
        if dice.random() < 0.1:
            files[dice.choice(("../x", "map.SHP", "a/b.gpkg", "x.csv"))] = files[part]
        if dice.random() < 0.1:
            files.pop(dice.choice(sorted(files)))
        return zipped(files)
    return _several(content, others, dice)


def _several(content: bytes, others: list[bytes], dice: Dice) -> bytes:
    made = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 6))):
        dice.choice(WAYS)(made, others, dice)
    return bytes(made)


def _spot(made: bytearray, dice: Dice) -> tuple[int, int]:
    return dice.randrange(len(made) or 1), dice.randrange(1, 65)


def _flip(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    at, _ = _spot(made, dice)
    made[at : at + 1] = bytes([dice.randrange(256)])


def _insert(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    at, length = _spot(made, dice)
    made[at:at] = dice.randbytes(length)


def _remove(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    at, length = _spot(made, dice)
    del made[at : at + length]


def _repeat(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    at, length = _spot(made, dice)
    made[at:at] = made[at : at + length] * dice.choice((1, 1, 40))


def _swap(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    (a, length), (b, _) = _spot(made, dice), _spot(made, dice)
    first, second = bytes(made[a : a + length]), bytes(made[b : b + length])
    made[b : b + length] = first
    made[a : a + length] = second


def _cut(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    del made[_spot(made, dice)[0] :]


def _splice(made: bytearray, others: list[bytes], dice: Dice) -> None:
    other = dice.choice(others)
    made[_spot(made, dice)[0] :] = other[dice.randrange(len(other)) :]


def _count(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    at = _spot(made, dice)[0] // 4 * 4
    number = dice.choice(NUMBERS)
    made[at : at + len(number)] = number


def _word(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    found = list(FIGURE.finditer(made)) or [re.match(rb"", made)]
    spot = dice.choice(found)
    if spot is not None:
        made[spot.start() : spot.end()] = dice.choice(WORDS)


def _key(made: bytearray, _others: list[bytes], dice: Dice) -> None:
    keys = list(KEY.finditer(made))
    if len(keys) > 1:
        one, other = dice.sample(keys, 2)
        made[one.start() : one.end()] = other[0]


WAYS: tuple[Callable[[bytearray, list[bytes], Dice], None], ...] = (
    _flip, _insert, _remove, _repeat, _swap, _cut, _splice, _count, _word, _word, _key,
)  # fmt: skip
