"""Use-case: the store as one file, and back."""

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

import pyarrow as pa

from app.core.changes import canonical
from app.core.errors import InputError
from app.services.store import Store
from app.store.repository import PROGRAM_VERSION
from app.store.whole import TABLES, fill, rows, schema

FORMAT, VERSION = "kerbwatt-backup", 1
MANIFEST, LAYERS = "manifest.json", "layers/"
MOST_ROWS_BYTES = 1024**3
EPOCH = (1980, 1, 1, 0, 0, 0)


def backup(store: Store, target: Path) -> dict[str, Any]:
    """Write the whole store into one file; equal stores give equal bytes.

    Layers no project names are left out. The file is written beside and renamed at the end.

    Returns
    -------
    dict
        ``rows`` per table, ``layers``, ``bytes`` and ``sha256`` of the file.
    """
    part = target.with_name(f".{target.name}.{token_hex(4)}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            counts, digests = _write(store, archive)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    sealed = hashlib.sha256(target.read_bytes()).hexdigest()
    size = target.stat().st_size
    return {"rows": counts, "layers": len(digests), "bytes": size, "sha256": sealed}


def restore(store: Store, source: Path) -> dict[str, Any]:
    """Fill an empty store from a backup: all of it, or nothing of the database.

    Raises
    ------
    InputError
        It is no backup, a byte of it changed, it comes from a newer program, or the store is not
        empty.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            told = _manifest(archive, source)
            found = {name: _table(archive, told, name) for name in TABLES}
            used = {d["digest"] for row in found["projects"] for d in row["layers"].values()}
            for digest in sorted(used):
                _layer(store, archive, told, digest)
            counts = fill(store.database, found)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{source}: not a backup of Kerbwatt, or a damaged one") from error
    return {"rows": counts, "layers": len(used)}


def _write(store: Store, archive: zipfile.ZipFile) -> tuple[dict[str, int], list[str]]:
    counts: dict[str, int] = {}
    files: dict[str, str] = {}
    used: set[str] = set()
    for name in TABLES:
        found = list(rows(store.database, name))
        counts[name] = len(found)
        lines = "".join(canonical(dict(row)) + "\n" for row in found)
        files[f"{name}.jsonl"] = _put(archive, f"{name}.jsonl", lines.encode())
        if name == "projects":
            used = {known["digest"] for row in found for known in row["layers"].values()}
    for digest in sorted(used):
        entry = f"{LAYERS}{digest}.parquet"
        files[entry] = _put(archive, entry, store.layers.path(digest).read_bytes())
    told = {
        "format": FORMAT,
        "version": VERSION,
        "program": PROGRAM_VERSION,
        "schema": schema(),
        "rows": counts,
        "files": files,
    }
    _put(archive, MANIFEST, (canonical(told) + "\n").encode())
    return counts, sorted(used)


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> str:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)
    return hashlib.sha256(data).hexdigest()


def _manifest(archive: zipfile.ZipFile, source: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(archive.read(MANIFEST))
    except ValueError as error:
        raise InputError(f"{source}: not a backup of Kerbwatt, or a damaged one") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise InputError(f"{source}: not a backup of Kerbwatt")
    if told["version"] > VERSION or told["schema"] > schema():
        raise InputError(f"{source}: made by a newer Kerbwatt; restore it with that one")
    return told


def _read(archive: zipfile.ZipFile, told: Mapping[str, Any], name: str) -> bytes:
    if archive.getinfo(name).file_size > MOST_ROWS_BYTES:
        raise InputError(f"{name}: too large for a backup")
    data = archive.read(name)
    if hashlib.sha256(data).hexdigest() != told["files"].get(name):
        raise InputError(f"{name}: its content is not what the backup says; it was changed")
    return data


def _table(archive: zipfile.ZipFile, told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    if f"{name}.jsonl" not in told["files"]:  # a backup from before this table
        return []
    try:
        return [json.loads(line) for line in _read(archive, told, f"{name}.jsonl").splitlines()]
    except ValueError as error:
        raise InputError(f"{name}.jsonl: not readable") from error


def _layer(store: Store, archive: zipfile.ZipFile, told: Mapping[str, Any], digest: str) -> None:
    """Put a layer down and check that it says what its name says."""
    path = store.layers.path(digest)
    if store.layers.has(digest):
        return
    data = _read(archive, told, f"{LAYERS}{digest}.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{digest}.{token_hex(4)}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
        store.layers.get(digest)
    except (InputError, pa.ArrowException):
        path.unlink(missing_ok=True)
        raise
    finally:
        part.unlink(missing_ok=True)
