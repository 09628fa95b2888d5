"""The rooms of the tender page, in the order of the work: approach, procedure, requirements."""

from collections.abc import Callable, Mapping

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.ui import (
    tender_award,
    tender_calendar,
    tender_clauses,
    tender_compliance,
    tender_files,
    tender_money,
    tender_pool,
    tender_price,
    tender_revision,
    tender_view,
)
from app.ui.text import _

PART = "tender_part"
Show = Callable[[Project, Scenario, TenderDraft], None]
PARTS: Mapping[str, tuple[str, Show]] = {
    "money": ("Operating models", tender_money.show),
    "places": ("Lots and places", tender_view.places),
    "clauses": ("Requirements", tender_clauses.show),
    "calendar": ("Capacity contract", tender_calendar.show),
    "price": ("Price of a clause", tender_price.show),
    "compliance": ("Compliance", tender_compliance.show),
    "award": ("Award", tender_award.show),
    "revision": ("Earlier pack", tender_revision.show),
    "pool": ("Several cities", tender_pool.show),
    "files": ("Files", tender_files.show),
}


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Let the reader go from room to room."""
    part = st.segmented_control(
        _("Part of the tender"),
        list(PARTS),
        default="places",
        required=True,
        format_func=lambda key: _(PARTS[key][0]),
        key=PART,
        persist_state="session",
    )
    title, draw = PARTS[part]
    if part not in HEADED:
        st.header(_(title))
    draw(project, scenario, draft)


HEADED = ("money", "award")  # these write headings of their own
