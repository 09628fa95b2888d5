"""A tender before it is sealed: the list, the lots, the clauses, and what is still open."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from app.core.duties.base import Check
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.columns import ListColumn
from app.core.tender.sealed import SealedPack
from app.core.tender.selection import Selection


@dataclass(frozen=True, slots=True, eq=False)
class TenderDraft:
    """What one tender holds, in one edition. Treat the tables as read-only.

    Attributes
    ----------
    project, scenario
        The city, and the question the plan answers; operating model and V2G phase are its own.
    edition
        "public" or "internal": what is not public is not in here either.
    day
        Date of the pack (ISO): the newest date of the layers, never the clock.
    sites
        The location list, ``columns`` in their order, and the geometry.
    reasons
        Why each place was chosen, in the order of the list; empty texts in the public edition.
    lots
        ``lot_code, sites, points, kw, kwh_day, kwh_share, districts`` and, internal, ``cost_eur``.
    selection
        Clauses in and out, each with its reason.
    open_items
        What a person must still settle before this can be published.
    id_map
        ``location_id`` to the plan's ``candidate_id``.
    plan_digest
        SHA-256 of the plan's rows.
    meta
        What every file says of itself.
    status, signing_note
        "draft", or "final" where nothing stands against it; the words of whoever signs.
    checks
        List held against clauses and grid; in the public edition without transformers.
    revision, before, retired
        How often it was issued, the pack issued before if there is one, and the numbers of places
        that no place may have again.
    """

    project: Project
    scenario: Scenario
    edition: str
    day: str
    columns: tuple[ListColumn, ...]
    sites: gpd.GeoDataFrame
    reasons: tuple[str, ...]
    lots: pd.DataFrame
    selection: Selection
    open_items: tuple[str, ...]
    id_map: Mapping[str, str]
    plan_digest: str
    meta: Mapping[str, str]
    status: str = "draft"
    signing_note: str = ""
    checks: tuple[Check, ...] = ()
    revision: int = 1
    before: SealedPack | None = None
    retired: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the mappings."""
        for name in ("id_map", "meta"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def internal(self) -> bool:
        """Whether costs and room on the grid are in here."""
        return self.edition == "internal"

    @property
    def points(self) -> int:
        """Charge points of all places."""
        return int(self.sites["n_charge_points"].sum())

    @property
    def requirements(self) -> pd.DataFrame:
        """Every clause as a row, ``selected`` yes or no, with the reason."""
        return self.selection.table

    @property
    def facts(self) -> dict[str, Any]:
        """What names this tender, as plain data."""
        return {
            "project": self.project.slug,
            "edition": self.edition,
            "model": self.selection.model,
            "v2g_phase": self.selection.phase,
            "revision": self.revision,
            "date": self.day,
            "status": self.status,
        }
