"""What a file is, told from its first bytes: the content decides, the name only has to agree."""

import re
from dataclasses import dataclass

from app.sources.problems import refuse

HEAD = 8192
SUFFIXES = {
    "GeoJSON": (".geojson", ".json", ".geojsonl", ".ndjson"),
    "zip": (".zip",),
    "XLSX": (".xlsx",),
    "GeoPackage": (".gpkg",),
    "Parquet": (".parquet", ".geoparquet"),
    "Arrow": (".arrow", ".feather"),
    "FlatGeobuf": (".fgb",),
    "DATEX II": (".xml",),
    "CSV": (".csv", ".tsv", ".txt"),
}
OFFICE = (".html", ".htm", ".pdf", ".docx", ".ods", ".xls", ".xlsm", ".xlsb")
MAPS = (".kml", ".kmz", ".gml", ".gpx", ".vrt", ".shp", ".dbf", ".shx", ".dxf", ".dwg")
ARCHIVES = (".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar")
OTHERS = (".sqlite", ".db", ".pkl", ".pickle", ".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff")
OTHER_SUFFIXES = frozenset({*OFFICE, *MAPS, *ARCHIVES, *OTHERS})
BINARY = (
    (b"\x00\x00\x27\x0a", "A bare .shp (send the whole set as one zip)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
)
PACKED = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstandard"),
)
PICKLE = re.compile(rb"\A(?:\x80[\x02-\x05]|c[\w.]+\r?\n\w+\r?\n|\(lp\d*\r?\n|\(dp\d*\r?\n)")
POINTER = re.compile(
    r"\A\s*(?:/vsi\w*|https?://|ftp://|file:|s3://|(?:OAPIF|OGCAPI|WFS|WFS3|PG|PGDUMP|MYSQL|MSSQL|"
    r"MVT|CSW|ES|GPKG|ODBC|OCI|ADBC|CARTO|NGW|PLSCENES|AMIGOCLOUD|SQLITE|VIRTUALOGR|"
    r"ELASTICSEARCH|EEDA|JSONFG|STACIT|GTI|DERIVED_SUBDATASET):)",
    re.IGNORECASE,
)
ROOT = re.compile(r"<\s*([A-Za-z_][\w.:-]*)")
DATEX_ROOTS = frozenset({"payload", "messageContainer", "d2LogicalModel"})
STRAYS = 5
GEOPACKAGE_ID = (b"GPKG", b"GP10", b"GP11")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is: a key of ``SUFFIXES``."""

    format: str


def sniff(content: bytes, suffix: str) -> Found:
    """Name the format of a file, or refuse it. Looks at the first 8 KiB and the last 4 bytes."""
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise refuse("FILE-EMPTY")
    head = content[:HEAD]
    found = _binary(content, head, suffix) or _text(head, suffix)
    agree(found, suffix)
    return Found(found)


def agree(found: str, suffix: str) -> None:
    """Refuse a name that promises another format; a name that promises nothing is fine."""
    promised = {s for all_of in SUFFIXES.values() for s in all_of} | OTHER_SUFFIXES
    if suffix in promised and suffix not in SUFFIXES[found]:
        raise refuse("FILE-TYPE", found=found, suffix=suffix)


def _binary(content: bytes, head: bytes, suffix: str) -> str | None:
    """Recognise formats by their magic bytes."""
    _turn_away(head, suffix)
    if head.startswith(b"PK"):
        return _zip(content, suffix)
    if head.startswith(b"SQLite format 3\x00"):
        if head[68:72] not in GEOPACKAGE_ID:
            raise refuse("FILE-UNSUPPORTED", found="A database that is not a GeoPackage")
        return "GeoPackage"
    if head.startswith(b"PAR1"):
        if len(content) < 12 or content[-4:] != b"PAR1":  # noqa: PLR2004  # head, length, tail
            raise refuse("FILE-DAMAGED", format="Parquet", where="its end is missing")
        return "Parquet"
    if head.startswith(b"ARROW1"):
        return "Arrow"
    return "FlatGeobuf" if head.startswith(b"fgb\x03fgb") else None


def _turn_away(head: bytes, suffix: str) -> None:
    """Refuse what is never opened, by its own name."""
    if PICKLE.match(head):
        raise refuse("FILE-PICKLE")
    for magic, name in PACKED:
        if head.startswith(magic):
            raise refuse("FILE-COMPRESSED", found=name)
    for magic, name in BINARY:
        if head.startswith(magic):
            raise _unwanted(name, suffix)


def _unwanted(name: str, suffix: str) -> Exception:
    """Refuse a known format nobody can use, by its own name."""
    if any(suffix in all_of for all_of in SUFFIXES.values()):
        return refuse("FILE-TYPE", found=name, suffix=suffix)
    return refuse("FILE-UNSUPPORTED", found=name[0].upper() + name[1:])


def _zip(content: bytes, suffix: str) -> str:
    if content.startswith(b"PK\x05\x06"):
        if suffix == ".xlsx":
            raise refuse("FILE-TYPE", found="an empty zip", suffix=suffix)
        raise refuse("FILE-EMPTY")
    if not content.startswith(b"PK\x03\x04"):
        raise refuse("FILE-DAMAGED", format="zip", where="its beginning is not readable")
    # The directory at the end names the entries; reading it as text needs no parser.
    end = content[-1_000_000:]
    return "XLSX" if b"[Content_Types].xml" in end and b"xl/" in end else "zip"


def _text(head: bytes, suffix: str) -> str:
    """Recognise formats that are text."""
    text = _decoded(head)
    start = text.lstrip("\ufeff \t\r\n\x1e")
    if start.startswith("<"):
        return _markup(start, suffix)
    if start[:1] in {"{", "["}:
        return "GeoJSON"
    if POINTER.match(start) and "\n" not in start.strip():
        raise refuse("FILE-POINTER", found=start.partition(":")[0][:20])
    if "\x00" in text or not _readable(text):
        raise refuse("FILE-UNSUPPORTED", found="Files of this kind")
    return "CSV"


def _decoded(head: bytes) -> str:
    """Decode for a first look; the table reader decides properly."""
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(name, "replace")
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > 0.3 * max(1, len(head) // 2):
        return head.decode("utf-16-le" if odd > even else "utf-16-be", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def _readable(text: str) -> bool:
    """Tell text from bytes: at most one control character in a hundred, and a handful more."""
    strange = sum(1 for c in text if ord(c) < 32 and c not in "\t\r\n")  # noqa: PLR2004
    return (strange - STRAYS) * 100 <= len(text)


def _markup(start: str, suffix: str) -> str:
    """Recognise the one kind of XML that is read; refuse the others by their own name."""
    low = start.lower()
    if low.startswith(("<!doctype html", "<html")):
        raise refuse("FILE-HTML", suffix=suffix or "data")
    if "<!doctype" in low or "<!entity" in low:
        raise refuse("XML-DOCTYPE")
    root = next((name for name in ROOT.findall(start) if not name.lower().startswith("xml")), "XML")
    if root in {"OGRVRTDataSource", "OGRWFSDataSource", "GDALVRT", "VRTDataset"}:
        raise refuse("FILE-POINTER", found=root)
    if "/vsi" in low:
        raise refuse("FILE-POINTER", found="/vsi")
    name = root.rpartition(":")[2]
    if name in DATEX_ROOTS:
        return "DATEX II"
    known = {"kml": "KML", "FeatureCollection": "GML", "gpx": "GPX", "html": "Web pages"}
    raise refuse("FILE-UNSUPPORTED", found=f"{known.get(name, f'XML ({name})')} files")
