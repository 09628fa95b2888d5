"""A sealed pack as it was read back: what it says of itself, and its tables as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {  # tables that can be set beside each other, and what names a row
        "sites": ("location_id",),
        "lots": ("lot_code",),
        "requirements": ("id",),
        "traffic_light": (
            *("profile_id", "direction", "asset_id", "lot_code"),
            *("months", "day_type", "start"),
        ),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class SealedPack:
    """A pack whose seal holds. Treat the tables as read-only.

    Attributes
    ----------
    name
        The name of its file, for sentences.
    manifest
        ``project, edition, model, v2g_phase, revision, date, id_map, retired`` and more.
    tables
        Those of ``KEYS`` that the pack holds; every cell is text, empty where nothing is known.
    """

    name: str
    manifest: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    @property
    def project(self) -> str:
        """The city, without the digest of a stored project's content."""
        return str(self.manifest["project"]).partition("--")[0]

    @property
    def public(self) -> bool:
        """Whether it is the edition for everybody."""
        return bool(self.manifest["edition"] == "public")

    @property
    def revision(self) -> int:
        """How often it was issued, from 1."""
        return int(self.manifest["revision"])

    @property
    def sites(self) -> pd.DataFrame:
        """The location list."""
        return self.tables["sites"]
