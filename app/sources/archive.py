"""Zip files, judged from their directory: nothing is unpacked before it is known to be safe."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from app.sources.limits import size_text
from app.sources.problems import Question, Refused, refuse
from app.sources.task import Task

END = b"PK\x05\x06"
END_BYTES = 65_557  # of the end record with the longest comment
END_FIELDS = struct.Struct("<4s4H2LH")
DIRECTORY_BYTES = 1_000_000
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, LookupError, OSError, ValueError),
)
LINK, TYPE = 0o120000, 0o170000
LOCKED = 0x1
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
MAGIC_BYTES = 6
JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")
NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".bz2", ".xz", ".kmz", ".jar")
ALONE = (".gpkg", ".geojson", ".json", ".csv", ".tsv", ".parquet", ".geoparquet", ".fgb", ".xlsx")
SHAPEFILE = (".shp", ".shx", ".dbf")
SIDE = (".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Member:
    """One layer of an archive: a file of its own, or the parts of a shapefile set by suffix."""

    name: str
    parts: Mapping[str, zipfile.ZipInfo]


def unpack(content: bytes, task: Task) -> dict[str, bytes]:
    """Return the files of the one layer in a zip, by suffix; names of the zip are not used."""
    _count(content, task)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and not _is_junk(e)]
            check_entries(archive.infolist(), task)
            _no_archives_inside(archive, entries)
            member = _choose(_layers(entries), task)
            _say_others(entries, member, task)
            return {suffix: _bytes(archive, entry) for suffix, entry in member.parts.items()}
    except Refused:
        raise
    except (NotImplementedError, RuntimeError) as error:
        raise refuse("FILE-UNSUPPORTED", found="A zip of this kind") from error
    except DAMAGE as error:
        raise refuse("FILE-DAMAGED", format="zip", where="an entry cannot be unpacked") from error


def check_entries(entries: Iterable[zipfile.ZipInfo], task: Task) -> None:
    """Refuse an archive by what its directory says."""
    limits = task.limits
    found = list(entries)
    if len(found) > limits.entries:
        raise refuse("ZIP-COUNT", n=f"{len(found):,}", limit=limits.entries)
    total = sum(entry.file_size for entry in found)
    if total > limits.unpacked_bytes:
        size, limit = size_text(total), size_text(limits.unpacked_bytes)
        raise refuse("ZIP-SIZE", size=size, limit=limit)
    names: set[str] = set()
    for entry in found:
        _check_entry(entry, names, task)


def _check_entry(entry: zipfile.ZipInfo, names: set[str], task: Task) -> None:
    """Refuse one entry that is not a plain file with a plain name."""
    name = entry.orig_filename
    if _is_unsafe(name) or name.casefold() in names:
        raise refuse("ZIP-PATH", entry=name)
    names.add(name.casefold())
    if (entry.external_attr >> 16) & TYPE == LINK:
        raise refuse("ZIP-LINK", entry=name)
    if entry.flag_bits & LOCKED:
        raise refuse("ZIP-LOCKED", entry=name)
    if name.lower().endswith(NESTED):
        raise refuse("ZIP-NESTED", entry=name)
    if entry.file_size > task.limits.ratio_from_bytes:
        ratio = entry.file_size / max(1, entry.compress_size)
        if ratio > task.limits.ratio:
            raise refuse("ZIP-RATIO", entry=name, ratio=f"{ratio:,.0f}")


def _no_archives_inside(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse an archive under another name, told by its first bytes; workbooks are zips too."""
    for entry in entries:
        with archive.open(entry) as file:
            start = file.read(MAGIC_BYTES)
        if start.startswith(ARCHIVES) and not entry.filename.lower().endswith(".xlsx"):
            raise refuse("ZIP-NESTED", entry=entry.orig_filename)


def _is_unsafe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return (
        name.startswith("/")
        or "\\" in name
        or "\x00" in name
        or ".." in parts
        or (len(name) > 1 and name[1] == ":")
    )


def _count(content: bytes, task: Task) -> None:
    """Read the number of entries from the end record, before any of them is looked at."""
    at = content.rfind(END, max(0, len(content) - END_BYTES))
    if at < 0 or at + END_FIELDS.size > len(content):
        raise refuse("FILE-DAMAGED", format="zip", where="its end is missing")
    entries, directory = END_FIELDS.unpack_from(content, at)[4:6]
    if entries > task.limits.entries or directory > DIRECTORY_BYTES:
        raise refuse("ZIP-COUNT", n=f"{entries:,}", limit=task.limits.entries)


def _is_junk(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    return name.startswith(JUNK[0]) or PurePosixPath(name).name in JUNK[1:]


def _layers(entries: list[zipfile.ZipInfo]) -> list[Member]:
    """Group the entries into layers: shapefile sets by their common name, others alone."""
    sets: dict[str, dict[str, zipfile.ZipInfo]] = {}
    found: list[Member] = []
    for entry in entries:
        path = PurePosixPath(entry.filename)
        suffix = path.suffix.lower()
        if suffix in SHAPEFILE + SIDE:
            sets.setdefault(str(path.with_suffix("")), {})[suffix] = entry
        elif suffix in ALONE:
            found.append(Member(path.name, {suffix: entry}))
    found += [
        Member(PurePosixPath(stem).name, parts)
        for stem, parts in sets.items()
        if set(parts) & set(SHAPEFILE)
    ]
    return found


def _choose(layers: list[Member], task: Task) -> Member:
    if not layers:
        raise refuse("ZIP-NONE")
    if len(layers) > task.limits.layers:
        raise refuse("FILE-ROWS", n=len(layers), what="layers", limit=task.limits.layers)
    said = task.answers.layer
    chosen = [m for m in layers if said in {m.name, PurePosixPath(m.name).stem}] if said else layers
    if len(chosen) != 1:
        names = tuple(member.name for member in layers)
        raise layer_question(names)
    return chosen[0]


def layer_question(names: tuple[str, ...]) -> Exception:
    """Refuse a file of several layers until a person says which one."""
    refusal = refuse("ZIP-LAYERS", n=len(names), names=", ".join(names[:20]))
    question = Question("ZIP-LAYERS", "layer", "Which layer of the file?", names)
    return Refused(*refusal.problems, questions=[question])


def _say_others(entries: list[zipfile.ZipInfo], member: Member, task: Task) -> None:
    used = {entry.filename for entry in member.parts.values()}
    left = [PurePosixPath(e.filename).name for e in entries if e.filename not in used]
    if left:
        more = f" and {len(left) - 10} more" if len(left) > 10 else ""  # noqa: PLR2004
        task.findings.add("ZIP-OTHER", names=", ".join(left[:10]) + more)


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack one entry, and stop when it gives more than its directory promised."""
    with archive.open(entry) as file:
        found = file.read(entry.file_size + 1)
    if len(found) != entry.file_size:
        raise zipfile.BadZipFile("an entry is not as long as the directory says")
    return found
