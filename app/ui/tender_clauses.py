"""The clauses of a tender on the page: chosen, changed, signed off, and what is still open."""

from functools import partial

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.core.tender.selection import REASONS, Choice
from app.exports import file_name
from app.services import requirements
from app.services.freezing import stands_against
from app.ui import state, tables, tender_clause_form, tender_law, uploads
from app.ui.text import _, today, verbatim, whole

TOPIC, FILE, FILE_SAID = "requirement_topic", "clauses_file", "clauses_file_said"
FIRST_OPEN = 12  # lines; the rest behind a fold
LEVELS = {"must": "binding", "should": "wanted", "award": "earns points"}
MARKS = {"A": "primary source", "B": "secondary source", "C": "check with legal"}


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Draw everything about the clauses of this tender."""
    against = stands_against(draft)
    st.markdown(f"**{sentence(draft, against)}**")
    _numbers(draft, against)
    _against(against)
    _table(draft)
    tender_clause_form.show(draft)
    _left_out(draft)
    _file(project, scenario)
    tender_law.show(project, scenario, draft)


def sentence(draft: TenderDraft, against: list[str]) -> str:
    """Say how far the text is, in one sentence."""
    if not against:
        return _("Nothing stands against a final edition of these {n} clauses.").format(
            n=len(draft.selection.included)
        )
    return _("{open} things stand against a final edition of these {n} clauses.").format(
        open=whole(len(against)), n=len(draft.selection.included)
    )


def _numbers(draft: TenderDraft, against: list[str]) -> None:
    choices = draft.selection.included
    signed = sum(bool(each.signed_off) for each in choices)
    changed = sum(each.edited for each in choices)
    tables.metrics(
        [
            (_("Clauses in the annex"), whole(len(choices)), ""),
            (_("Changed by hand"), whole(changed), ""),
            (_("Signed off"), whole(signed), _("By name and day; the letter of a source stays.")),
            (_("Against a final edition"), whole(len(against)), ""),
        ]
    )
    for choice in draft.selection.choices:
        if choice.dropped_must:
            reason = choice.edit.drop_reason if choice.edit else ""
            st.error(
                _("{id} is binding and was dropped: {why}.").format(
                    id=choice.requirement.id, why=verbatim(reason) or _("no reason given")
                ),
                icon=":material/warning:",
            )


def _against(against: list[str]) -> None:
    if not against:
        return
    with st.expander(_("What stands against a final edition: {n}").format(n=len(against))):
        for item in against[:FIRST_OPEN]:
            st.markdown(f"- {verbatim(item)}")
        if more := against[FIRST_OPEN:]:
            tables.show(pd.DataFrame({_("And further"): more}), key="against_more", height=300)
        st.caption(_("A draft can go out all the same; it says what is open."))


def _table(draft: TenderDraft) -> None:
    topics = sorted({each.requirement.topic for each in draft.selection.choices})
    chosen = st.multiselect(_("Topics"), topics, key=TOPIC, placeholder=_("all topics"))
    rows = [
        each for each in draft.selection.included if not chosen or each.requirement.topic in chosen
    ]
    tables.show(pd.DataFrame([_row(each) for each in rows]), key="requirements", height=420)


def _row(choice: Choice) -> dict[str, str]:
    clause = choice.requirement
    letter = clause.confidence
    return {
        _("Id"): clause.id,
        _("Topic"): clause.topic,
        _("Level"): _(LEVELS[clause.level]),
        _("Requirement"): clause.text,
        _("Values"): "; ".join(
            f"{each.name} {each.value} {each.unit}".strip() for each in clause.parameters
        ),
        _("Open"): "; ".join(choice.open_items),
        _("Verification"): clause.verification.replace("_", " "),
        _("Source"): clause.source,
        _("Mark"): f"{letter} · {choice.signed_off or _(MARKS[letter])}",
    }


def _left_out(draft: TenderDraft) -> None:
    out = draft.selection.excluded
    with st.expander(_("Left out, with the reason: {n}").format(n=len(out))):
        rows = [{**_row(each), _("Why left out"): _why(each)} for each in out]
        columns = [_("Id"), _("Why left out"), _("Level"), _("Requirement"), _("Source")]
        tables.show(pd.DataFrame(rows, columns=columns), key="requirements_out")


def _why(choice: Choice) -> str:
    return choice.note or _(REASONS[choice.reason])


def _file(project: Project, scenario: Scenario) -> None:
    with st.expander(_("Changes to clauses as a file")):
        st.caption(
            _(
                "A file clauses.toml carries texts, values and sign-offs to another plan, or to "
                "the command line. Taking one in changes the clauses it names and no others."
            )
        )
        with st.container(horizontal=True):
            st.download_button(
                _("Download clauses.toml"),
                data=partial(requirements.to_file, scenario),
                file_name=file_name(project.slug, "clauses", today(), ".toml"),
                mime="application/toml",
                on_click="ignore",
                disabled=not scenario.clauses,
                icon=":material/download:",
                key="clauses_download",
            )
            st.button(
                _("Take all changes back"),
                on_click=_clear,
                disabled=not scenario.clauses,
                icon=":material/undo:",
                key="clauses_clear",
            )
        given = st.file_uploader(_("Take a clauses.toml in"), type=["toml"], key=FILE)
        st.button(_("Take over"), on_click=_take, disabled=given is None, key="clauses_take")
        for line in str(state.value(FILE_SAID) or "").splitlines():
            st.error(verbatim(line), icon=":material/error:")


def _clear() -> None:
    state.change(clauses=())


def _take() -> None:
    given = uploads.taken(state.value(FILE))
    if given is None:
        return
    try:
        after = requirements.from_file(state.scenario(), requirements.decoded(given.content))
    except InputError as error:
        state.keep(FILE_SAID, str(error))
        return
    state.keep(FILE_SAID, None)
    state.change(clauses=after.clauses)
