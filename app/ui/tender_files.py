"""The tender pack: made as a run with progress, taken home when it is there."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.exports import file_name
from app.services.jobs import Report
from app.services.money import with_money
from app.services.tender_pack import pack
from app.ui import cached, downloads, runs
from app.ui.text import _, number, plain, today, whole

EDITION, SHEETS, PRICED = "tender_edition", "tender_sheets", "tender_priced"
MEGA = 1e6


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pack is to hold."""

    edition: str
    sheets: bool
    priced: bool


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Choose the edition, make the pack, and say what is still open."""
    if not downloads.sound(cached.plan(project, scenario)):
        return
    asked = _ask()
    of_edition = with_money(cached.tender(project, scenario, asked.edition), scenario)
    st.caption(
        _("{n} items are still open; they stand in the README and on page one.").format(
            n=whole(len(draft.open_items))
        )
    )
    question = f"{cached.plan_question(project, scenario)}|{scenario!r}|{asked}"
    work = partial(_make, of_edition, asked)
    runs.offer("tender_pack", _("Make the pack"), question, work, partial(_take, project, asked))


def _ask() -> Asked:
    edition = st.segmented_control(
        _("Edition"),
        ["public", "internal"],
        default="public",
        required=True,
        format_func=lambda key: _("public") if key == "public" else _("internal, with costs"),
        key=EDITION,
        persist_state="session",
    )
    sheets = st.toggle(_("A sheet for every place"), key=SHEETS, persist_state="session")
    priced = edition == "internal" and st.toggle(
        _("Price every clause (some more seconds)"), key=PRICED, persist_state="session"
    )
    return Asked(str(edition), sheets, bool(priced))


def _make(draft: TenderDraft, asked: Asked, *, report: Report) -> bytes:
    price = "all" if asked.priced else "none"
    return pack(draft, sheets=asked.sheets, price=price, report=report)


def _take(project: Project, asked: Asked, data: bytes) -> None:
    name = file_name(project.slug, f"tender-{asked.edition}", today(), ".zip")
    st.download_button(
        _("Tender pack (zip), {size} MB").format(size=number(len(data) / MEGA, 2)),
        data=data,
        file_name=name,
        mime="application/zip",
        on_click="ignore",
        icon=":material/folder_zip:",
        type="primary",
        key="download_tender",
    )
    st.caption(plain(_("README.txt says what each file is and how to check the seal.")))
