"""Layers as files named by their content: what is there is never changed, only added."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from app.core.errors import InputError
from app.core.layer import Layer

FACTS = b"kerbwatt"
HEX = frozenset("0123456789abcdef")
DIGEST_LENGTH = 64


@dataclass(frozen=True, slots=True)
class LayerFolder:
    """A folder of GeoParquet (maps) and Parquet (tables) files, one per digest."""

    folder: Path

    def path(self, digest: str) -> Path:
        """Say where a layer lies; refuses anything that is not a digest, so no path escapes."""
        if len(digest) != DIGEST_LENGTH or not set(digest) <= HEX:
            raise InputError(f"{digest[:DIGEST_LENGTH]!r} is not the digest of a layer.")
        return self.folder / digest[:2] / f"{digest}.parquet"

    def put(self, layer: Layer) -> str:
        """Keep a layer and return its digest; a layer that is there already costs nothing."""
        path = self.path(layer.digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, lambda part: _write(layer, part))
        return layer.digest

    def has(self, digest: str) -> bool:
        """Say whether the layer is here."""
        return self.path(digest).exists()

    def size(self, digest: str) -> int:
        """Count the bytes of a layer that is here."""
        return self.path(digest).stat().st_size

    def get(self, digest: str) -> Layer:
        """Read a layer back and check that it still says what its name says."""
        path = self.path(digest)
        if not path.exists():
            raise InputError(f"The layer {digest[:12]} is not on this server; load it again.")
        try:
            layer = _read(path)
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise InputError(f"The layer {digest[:12]} is damaged; load it again.") from error
        if layer.digest != digest:
            raise InputError(f"The layer {digest[:12]} is damaged: its content has changed.")
        return layer

    def forget(self, keep: frozenset[str]) -> int:
        """Remove every layer but those of ``keep``; say how many went."""
        gone = [p for p in self.folder.glob("??/*.parquet") if p.stem not in keep]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)


def facts(layer: Layer) -> dict[str, str | None]:
    """Say where a layer came from: what its content does not say."""
    return {
        "kind": layer.kind,
        "origin": layer.origin,
        "licence": layer.licence,
        "as_of": layer.as_of,
        "source_crs": layer.source_crs,
    }


def with_facts(frame: pd.DataFrame, known: Mapping[str, str | None]) -> Layer:
    """Put rows and their origin together again."""
    return Layer(
        frame,
        kind=str(known["kind"]),
        origin=str(known["origin"]),
        licence=str(known["licence"]),
        as_of=str(known["as_of"]),
        source_crs=known.get("source_crs"),
    )


def _write(layer: Layer, part: Path) -> None:
    frame, about = layer.frame, {**facts(layer), "crs": None}
    if isinstance(frame, gpd.GeoDataFrame):
        about["crs"] = str(frame.crs)
        frame.to_parquet(part, index=False, compression="zstd")
    else:
        frame.to_parquet(part, index=False, compression="zstd")
    table = pq.read_table(part)
    named = table.replace_schema_metadata(
        {**(table.schema.metadata or {}), FACTS: json.dumps(about).encode()}
    )
    pq.write_table(named, part, compression="zstd")
    if _read(part).digest != layer.digest:
        raise InputError(
            f"The {layer.kind} layer holds values that a Parquet file cannot hold as they are."
        )


def _read(path: Path) -> Layer:
    about = json.loads(pq.read_schema(path).metadata[FACTS])
    if about["crs"] is None:
        return with_facts(pd.read_parquet(path), about)
    frame = gpd.read_parquet(path)
    crs = None if about["crs"] == "None" else about["crs"]
    return with_facts(frame.set_crs(crs, allow_override=True), about)


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    """Write beside, flush to the disk, then take the name: readers never see half a file."""
    part = path.with_name(f".{path.stem}.{token_hex(4)}.part")
    try:
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # Windows cannot open a folder; the file itself is safe there
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
