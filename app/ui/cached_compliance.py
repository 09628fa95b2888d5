"""Checks of a tender, made once per plan, question and edition."""

import streamlit as st

from app.core.duties.base import Check
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.services import compliance
from app.ui import cached
from app.ui.cached import by_digest


@st.cache_resource(max_entries=32, hash_funcs=by_digest, show_spinner=False)
def _checks(
    project: Project, scenario: Scenario, plan_digest: str, edition: str, _draft: TenderDraft
) -> tuple[Check, ...]:
    del plan_digest, edition  # the draft is made of these, and they are its name
    return compliance.compliance(_draft, cached.demand(project, scenario))


def checks(project: Project, draft: TenderDraft) -> tuple[Check, ...]:
    """Hold a tender against its duties. Shared: read-only."""
    return _checks(project, draft.scenario, draft.plan_digest, draft.edition, draft)
