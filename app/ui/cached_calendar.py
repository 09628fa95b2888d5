"""What is kept of calendars between reruns."""

from collections.abc import Sequence

import streamlit as st

from app.core.engine.contract import Contract
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.services import calendar
from app.services.calendar import Calendars
from app.services.calendar_trial import Trial
from app.services.own_contract import read_contracts
from app.sources.own_open import Dropped
from app.ui import cached

BY_DIGEST = {
    **cached.by_digest,
    TenderDraft: lambda draft: draft.plan_digest,
    Dropped: lambda dropped: (dropped.name, dropped.digest),
}


@st.cache_resource(max_entries=16, hash_funcs=BY_DIGEST, show_spinner=False)
def _calendars(project: Project, scenario: Scenario, draft: TenderDraft) -> Calendars:
    return calendar.calendars(project, scenario, draft.sites)


def calendars(project: Project, scenario: Scenario, draft: TenderDraft) -> Calendars:
    """Draw up the calendars of a plan once per question. Shared: read-only."""
    return _calendars(project, scenario.only(*calendar.ASKS, "point_type"), draft)


@st.cache_resource(max_entries=16, hash_funcs=BY_DIGEST, show_spinner=False)
def contracts(file: Dropped) -> Sequence[Contract]:
    """Read the calendars of a file once."""
    return read_contracts(file)


@st.cache_resource(max_entries=16, hash_funcs=BY_DIGEST, show_spinner=False)
def _replay(project: Project, scenario: Scenario, draft: TenderDraft, file: Dropped) -> Trial:
    return calendar.replay(project, scenario, draft.sites, contracts(file))


def replay(project: Project, scenario: Scenario, draft: TenderDraft, file: Dropped) -> Trial:
    """Run the calendars of a file on the plan, once."""
    return _replay(project, scenario.only(*calendar.ASKS, "point_type"), draft, file)
