"""Shapefile sets, checked byte by byte before GDAL sees them: it hides damaged records."""

import struct
from collections.abc import Mapping

from app.sources.archive import SHAPEFILE
from app.sources.limits import Limits
from app.sources.problems import refuse
from app.sources.raw import SILENT, Declared
from app.sources.task import Task
from app.sources.text import legacy

HEADER = 100
FILE_CODE = 9994
PARTED = {3, 5, 13, 15, 23, 25}  # lines and polygons, flat, with height, with measure
SEVERAL = {8, 18, 28}  # several points
LARGEST_WKT = 8192
# What the language byte of a .dbf says, where there is no .cpg.
LANGUAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0xC8: "cp1250",
             0xCA: "cp1254"}  # fmt: skip
CODE_PAGES = {"utf-8": "UTF-8", "utf8": "UTF-8", "65001": "UTF-8", "1252": "CP1252",
              "1250": "CP1250", "1254": "CP1254", "iso-8859-1": "ISO-8859-1",
              "88591": "ISO-8859-1", "latin1": "ISO-8859-1", "iso8859-1": "ISO-8859-1",
              "ansi 1252": "CP1252", "cp1252": "CP1252", "cp1250": "CP1250",
              "cp1254": "CP1254", "cp437": "CP437", "cp850": "CP850"}  # fmt: skip


def check_shapefile(parts: Mapping[str, bytes], limits: Limits) -> None:
    """Refuse a set that is incomplete, disagrees with itself, or has a damaged record."""
    for suffix in SHAPEFILE:
        if suffix not in parts:
            raise refuse("SHP-PART", part=suffix)
    shp, shx, dbf = (parts[suffix] for suffix in SHAPEFILE)
    _header(shp, ".shp")
    _header(shx, ".shx")
    indexed = (len(shx) - HEADER) // 8
    rows = struct.unpack_from("<L", dbf, 4)[0] if len(dbf) >= 32 else 0  # noqa: PLR2004
    if rows != indexed:
        raise refuse("SHP-COUNT", first=".shp", second=".dbf", a=f"{indexed:,}", b=f"{rows:,}")
    if indexed > limits.map_rows:
        raise refuse("FILE-ROWS", n=f"{indexed:,}", what="rows", limit=f"{limits.map_rows:,}")
    _table(dbf, rows)
    for number in range(indexed):
        _record(shp, shx, number, limits)


def shapefile_crs(parts: Mapping[str, bytes]) -> Declared:
    """Read what the ``.prj`` says; nothing where there is none."""
    text = parts.get(".prj", b"").decode("utf-8", "replace").strip()
    if not text:
        return SILENT
    if len(text) > LARGEST_WKT:
        return Declared("unknown", "a .prj of this length")
    return Declared("wkt", text)


def shapefile_encoding(parts: Mapping[str, bytes], task: Task) -> str:
    """Say how the text is written: the ``.cpg`` is a claim, checked against the bytes."""
    said = task.answers.encoding
    claim = said or parts.get(".cpg", b"").decode("ascii", "replace").strip()
    records = parts[".dbf"][struct.unpack_from("<H", parts[".dbf"], 8)[0] :]
    known = CODE_PAGES.get(claim.lower().replace("_", "-"))
    if known is None:
        known = CODE_PAGES.get(LANGUAGES.get(parts[".dbf"][29], "utf-8"), "UTF-8")
    try:
        records.decode(known)
    except UnicodeDecodeError:
        used = legacy(records, task.country).upper()
        if claim:
            task.findings.add("TXT-ENCODING", claimed=claim[:20], used=used)
        else:
            task.findings.add("TAB-ENCODING", encoding=used)
        return used
    return known


def _header(content: bytes, part: str) -> None:
    if len(content) < HEADER or struct.unpack_from(">L", content, 0)[0] != FILE_CODE:
        raise refuse("FILE-DAMAGED", format="shapefile", where=f"{part} has no header")
    if struct.unpack_from(">L", content, 24)[0] * 2 != len(content):
        where = f"{part} is not as long as it says"
        raise refuse("FILE-DAMAGED", format="shapefile", where=where)


def _table(dbf: bytes, rows: int) -> None:
    start, width = struct.unpack_from("<2H", dbf, 8)
    if start + rows * width > len(dbf) + 1 or not width:
        where = ".dbf is not as long as it says"
        raise refuse("FILE-DAMAGED", format="shapefile", where=where)


def _record(shp: bytes, shx: bytes, number: int, limits: Limits) -> None:
    """Check that one record lies inside the file and holds as many points as it says."""
    words, length_words = struct.unpack_from(">2L", shx, HEADER + 8 * number)
    start, length = words * 2, length_words * 2
    damaged = refuse("SHP-DAMAGED", row=number + 1)
    if start < HEADER or start + 8 + length > len(shp) or length < 4:  # noqa: PLR2004
        raise damaged
    if struct.unpack_from(">L", shp, start + 4)[0] != length_words:
        raise damaged
    content = memoryview(shp)[start + 8 : start + 8 + length]
    kind = struct.unpack_from("<L", content, 0)[0]
    if kind in PARTED:
        if length < 44:  # noqa: PLR2004  # type, box, two counts
            raise damaged
        parts, points = struct.unpack_from("<2l", content, 36)
        fits = 0 < parts <= points and 44 + 4 * parts + 16 * points <= length
    elif kind in SEVERAL:
        points = struct.unpack_from("<l", content, 36)[0] if length >= 40 else -1  # noqa: PLR2004
        fits = points >= 0 and 40 + 16 * points <= length
    else:
        points, fits = 1, kind in {0, 1, 11, 21} and (kind == 0 or length >= 20)  # noqa: PLR2004
    if not fits or points > limits.vertices_layer:
        raise damaged
