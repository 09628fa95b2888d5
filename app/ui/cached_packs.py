"""What is kept of dropped packs between reruns: read and checked once per file."""

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.core.tender.draft import TenderDraft
from app.core.tender.pool import Pooled
from app.core.tender.revision import Changes
from app.core.tender.sealed import SealedPack
from app.services import pool as pooling
from app.services import tender as tendering
from app.services.pack_changes import open_pack, since
from app.ui import cached, maps, text
from app.ui.state import Upload
from app.ui.text import _, plain

ADDED, CHANGED, KEPT, REMOVED = "added", "changed", "kept", "removed"
LOOKS = {
    ADDED: ((0, 114, 178), "+"),
    CHANGED: ((230, 159, 0), "≠"),
    KEPT: ((190, 190, 190), ""),
    REMOVED: ((140, 14, 30), "–"),
}


@st.cache_resource(max_entries=64, hash_funcs=cached.by_digest, show_spinner=False)
def opened(upload: Upload) -> SealedPack:
    """Read a pack and check its seal. Shared: read-only."""
    return open_pack(upload.content, upload.name)


@st.cache_resource(max_entries=8, hash_funcs=cached.by_digest, show_spinner=False)
def _issued(project: Project, plan: Plan, scenario: Scenario, upload: Upload) -> TenderDraft:
    old = opened(upload)
    edition = str(old.manifest["edition"])
    return tendering.tender(project, plan.sites, scenario, edition=edition, before=old)


def issued(project: Project, scenario: Scenario, upload: Upload) -> tuple[TenderDraft, Changes]:
    """Draft the tender anew, in the edition and with the numbers of the pack before."""
    opened(upload)  # a pack that cannot be read is refused before anything is planned
    asked = scenario.only(*cached.PLAN, *cached.ENGINE, "strategy", "model", "v2g_phase")
    draft = _issued(project, cached.plan(project, scenario), asked, upload)
    return draft, _changes(project, cached.plan(project, scenario), asked, upload)


@st.cache_resource(max_entries=8, hash_funcs=cached.by_digest, show_spinner=False)
def _changes(project: Project, plan: Plan, scenario: Scenario, upload: Upload) -> Changes:
    found = since(_issued(project, plan, scenario, upload))
    if found is None:
        raise RuntimeError("a draft after a pack has changes")
    return found


@st.cache_resource(max_entries=8, hash_funcs=cached.by_digest, show_spinner=False)
def _map(project: Project, plan: Plan, scenario: Scenario, upload: Upload, language: str) -> bytes:
    del language  # words on the map are in the visitor's language, so it is part of the key
    draft, found = (
        _issued(project, plan, scenario, upload),
        _changes(project, plan, scenario, upload),
    )
    told = dict.fromkeys(draft.id_map, KEPT)
    told |= {name: way for way in (ADDED, CHANGED) for name in found.ids("sites", way)}
    rows = []
    for site in draft.sites.itertuples():
        rgb, mark = LOOKS[told[site.location_id]]
        word = plain(f"{site.location_id}: {site.address}")
        rows.append(
            (
                site.location_id,
                word,
                words()[told[site.location_id]],
                rgb,
                mark,
                7.0,
                site.lon,
                site.lat,
            )
        )
    return maps.discs(rows)


def words() -> dict[str, str]:
    """Name what may have happened to a place."""
    return {
        ADDED: _("New in this issue"),
        CHANGED: _("Changed"),
        KEPT: _("As before"),
        REMOVED: _("No longer in the list"),
    }


def revision_map(project: Project, scenario: Scenario, upload: Upload) -> bytes:
    """Draw the places of the new issue by what happened to them."""
    asked = scenario.only(*cached.PLAN, *cached.ENGINE, "strategy", "model", "v2g_phase")
    plan = cached.plan(project, scenario)
    return _map(project, plan, asked, upload, str(text.here()))


@st.cache_resource(max_entries=16, hash_funcs=cached.by_digest, show_spinner=False)
def joint(uploads: tuple[Upload, ...], rule: str) -> Pooled:
    """Put dropped packs together, once per set of files. Shared: read-only."""
    return pooling.pool([opened(each) for each in uploads], rule)
