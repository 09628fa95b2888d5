"""Read a sealed pack back: ours, or one that a stranger says is ours. No byte may have changed."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import pandas as pd

from app.core.changes import parse_plain
from app.core.errors import InputError
from app.core.tender.sealed import KEYS, SealedPack
from app.exports.csv_table import read as read_csv

FORMAT, VERSION = "kerbwatt-tender-pack", 1
MANIFEST, MANIFEST_BYTES = "manifest.json", 16 * 1024 * 1024
MOST_FILES = 200
LOCKED = 0x1
LONGEST_NAME, MOST_REVISIONS = 100, 1_000_000
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError),
    *(EOFError, LookupError, OSError, RuntimeError, ValueError),
)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return type(value) is int and 0 <= value < MOST_REVISIONS


def _is_map(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


PARTS: Mapping[str, Callable[[object], bool]] = MappingProxyType(
    {
        **dict.fromkeys(("project", "edition", "model", "date", "pack_digest"), _is_text),
        **dict.fromkeys(("revision", "v2g_phase"), _is_whole),
        "id_map": _is_map,
        "retired": _is_list,
        "open_items": _is_list,
        "files": lambda value: isinstance(value, list),
    }
)


def read_pack(data: bytes, name: str, *, most_bytes: int, most_unpacked: int) -> SealedPack:
    """Read a pack and check its seal; nothing is unpacked before its directory was judged.

    Raises
    ------
    InputError
        It is no pack, too large, holds what a pack never holds, or a file of it was changed,
        added or taken away after it was sealed.
    """
    if len(data) > most_bytes:
        raise InputError(f"{name}: {len(data):,} bytes is more than the {most_bytes:,} allowed")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, name, most_unpacked)
            files = {each.filename: _bytes(archive, each) for each in entries}
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(f"{name}: this is not a zip file that can be read ({error})") from error
    manifest = _manifest(files.pop(MANIFEST, b""), name)
    _check_seal(manifest, files, name)
    tables = {
        key: _table(files[f"{key}.csv"], columns, f"{name}, {key}.csv")
        for key, columns in KEYS.items()
        if f"{key}.csv" in files
    }
    if "sites" not in tables:
        raise InputError(f"{name}: there is no sites.csv in this pack")
    if set(manifest["id_map"]) != set(tables["sites"]["location_id"]):
        raise InputError(f"{name}: manifest.json names other places than sites.csv")
    return SealedPack(name, manifest, tables)


def _check_entries(entries: list[zipfile.ZipInfo], name: str, most_unpacked: int) -> None:
    """Refuse an archive by what its directory says: a pack is flat, small and not locked."""
    if len(entries) > MOST_FILES:
        raise InputError(f"{name}: {len(entries):,} files are more than a pack has")
    total = sum(each.file_size for each in entries)
    if total > most_unpacked:
        raise InputError(f"{name}: unpacks to {total:,} bytes, {most_unpacked:,} are allowed")
    names = [each.orig_filename for each in entries]
    if len({each.casefold() for each in names}) < len(names):
        raise InputError(f"{name}: holds a file twice")
    for entry in entries:
        title = entry.orig_filename
        plain = PurePosixPath(title).name == title and "\\" not in title and title.isprintable()
        if not plain or len(title) > LONGEST_NAME or ":" in title:
            raise InputError(f"{name}: {title[:LONGEST_NAME]!r} is no name of a file in a pack")
        if entry.flag_bits & LOCKED:
            raise InputError(f"{name}: {title} is locked with a password")
        if title == MANIFEST and entry.file_size > MANIFEST_BYTES:
            raise InputError(f"{name}: {MANIFEST} is too large")


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack one file, and stop when it gives more than its directory promised."""
    with archive.open(entry) as file:
        found = file.read(entry.file_size + 1)
    if len(found) != entry.file_size:
        raise zipfile.BadZipFile("a file is not as long as the directory says")
    return found


def _manifest(data: bytes, name: str) -> Mapping[str, Any]:
    """Read what the pack says of itself, and check that it says it in our words."""
    if not data:
        raise InputError(f"{name}: this is no tender pack; it has no {MANIFEST}")
    try:
        found = parse_plain(data.decode("utf-8"))
    except (InputError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: {MANIFEST} cannot be read: {error}") from error
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        raise InputError(f"{name}: this is no tender pack of Kerbwatt")
    version = found.get("format_version")
    if version != VERSION:
        raise InputError(f"{name}: version {str(version)[:20]} of the pack is not known here")
    wrong = [key for key, fits in PARTS.items() if not fits(found.get(key))]
    if wrong:
        raise InputError(f"{name}: {MANIFEST} does not say {', '.join(wrong)} as a pack does")
    return found


def _check_seal(manifest: Mapping[str, Any], files: Mapping[str, bytes], name: str) -> None:
    """Compare every file with the seal; say which does not fit."""
    told = {
        str(each.get("name")): str(each.get("sha256"))
        for each in manifest["files"]
        if isinstance(each, Mapping)
    }
    found = {title: hashlib.sha256(data).hexdigest() for title, data in files.items()}
    faults = [f"{title} is missing" for title in sorted(told.keys() - found.keys())]
    faults += [f"{title} was added" for title in sorted(found.keys() - told.keys())]
    faults += [
        f"{title} was changed"
        for title in sorted(told.keys() & found.keys())
        if told[title] != found[title]
    ]
    lines = "".join(f"{told[title]}  {title}\n" for title in sorted(told))
    if not faults and hashlib.sha256(lines.encode()).hexdigest() != manifest["pack_digest"]:
        faults.append("the list of files was changed")
    if faults:
        raise InputError(f"{name}: the seal is broken: {'; '.join(faults)}")


def _table(data: bytes, keys: tuple[str, ...], name: str) -> pd.DataFrame:
    """Read a table of the pack, every cell as text; each row has a name of its own."""
    try:
        table = read_csv(data)
    except ValueError as error:
        raise InputError(f"{name}: cannot be read: {error}") from error
    lacking = [column for column in keys if column not in table]
    if lacking:
        raise InputError(f"{name}: there is no column {', '.join(lacking)}")
    if table.duplicated(list(keys)).any():
        raise InputError(f"{name}: a row stands in it twice")
    return table
