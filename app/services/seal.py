"""Use-case: put files into one zip with a list of their checksums, the same bytes every time."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from app.exports.gdal import packed
from app.services.pack_member import Member, json_member


def sealed_zip(files: Sequence[Member], facts: Mapping[str, Any]) -> bytes:
    """Write a flat zip: the files in their order, and last the manifest that seals them."""
    sealed = (*files, json_member("manifest", {**facts, **seal(files)}))
    return packed({file.name: file.data for file in sealed})


def seal(files: Sequence[Member]) -> dict[str, Any]:
    """List every file with its checksum, and the checksum of that list."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda f: f.name))
    return {
        "files": [
            {
                "name": file.name,
                "bytes": len(file.data),
                "sha256": file.sha256,
                "media_type": file.media_type,
                "rows": file.rows,
            }
            for file in files
        ],
        "pack_digest": hashlib.sha256(lines.encode()).hexdigest(),
    }
