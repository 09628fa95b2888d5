"""One clause under the hand: words, values, reasons for dropping it, and who signs."""

import hashlib
from typing import Any

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.tender.clause_changes import as_tables
from app.core.tender.draft import TenderDraft
from app.core.tender.selection import Choice
from app.core.tender.settings import UNITS, Setting
from app.services import requirements
from app.ui import state, tables
from app.ui.text import _, verbatim

CHOSEN, SAID = "clause_chosen", "clause_said"
LEVELS = {"must": "binding", "should": "wanted", "award": "earns points"}


def show(draft: TenderDraft) -> None:
    """Choose a clause and change it."""
    by_id = {each.requirement.id: each for each in draft.selection.choices if _offered(each)}
    st.subheader(_("One clause"))
    chosen = st.selectbox(
        _("Clause to read or change"),
        list(by_id),
        format_func=lambda key: _named(by_id[key]),
        key=CHOSEN,
        persist_state="session",
    )
    choice = by_id[str(chosen)]
    with st.container(border=True, key="clause_card"):
        _read(choice)
        for line in str(state.value(SAID) or "").splitlines():
            st.error(verbatim(line), icon=":material/error:")
        _words(choice)
        with st.container(horizontal=True, key="clause_buttons"):
            _sign(choice)
            _drop(choice)
            if _table_of(choice):
                st.button(
                    _("As in the library"),
                    on_click=_back,
                    args=(choice.requirement.id,),
                    icon=":material/undo:",
                    help=_("Takes every change to this clause back."),
                    key="clause_back",
                )


def _offered(choice: Choice) -> bool:
    return choice.selected or choice.reason == "dropped"


def _named(choice: Choice) -> str:
    clause = choice.requirement
    marks = [
        _("dropped") if choice.reason == "dropped" else "",
        _("open") if choice.open_items else "",
        _("signed off") if choice.signed_off else "",
    ]
    told = ", ".join(mark for mark in marks if mark)
    return f"{clause.id} · {clause.text[:70]}" + (f" ({told})" if told else "")


def _read(choice: Choice) -> None:
    clause = choice.requirement
    st.markdown(f"**{clause.id} · {_(LEVELS[clause.level])}** · {verbatim(clause.text)}")
    mark = choice.legal_mark or _("primary source")
    said = _("Source: {source}. Confidence {letter}: {mark}. Verified by {how}.").format(
        source=verbatim(clause.source),
        letter=clause.confidence,
        mark=verbatim(mark),
        how=clause.verification.replace("_", " "),
    )
    st.caption(said)
    if clause.parameters:
        frame = pd.DataFrame([_parameter(each) for each in clause.parameters])
        tables.show(frame, key=f"clause_values_{clause.id}")


def _parameter(each: Setting) -> dict[str, str]:
    span = "" if each.low is None else f"{each.low:g}–{each.high:g}"
    return {
        _("Value of"): each.name,
        _("Is"): f"{each.value or _('unknown')} {each.unit}".strip(),
        _("May be"): span or ", ".join(each.options) or each.wanted,
        _("State"): _("open") if each.open_words else _("confirmed") if each.edited else _("given"),
        _("Note"): each.note,
        _("Source"): each.source,
        _("Confidence"): each.confidence,
    }


def _words(choice: Choice) -> None:
    """Draw text and values; what was not typed over stays the library's."""
    clause = choice.requirement
    with st.form(f"clause_form_{_mark(choice)}", border=False):
        st.text_area(_("Text"), clause.text, key=_key(choice, "text"), height=100)
        for each in clause.parameters:
            if each.kind != "law":
                _field(choice, each)
        st.form_submit_button(
            _("Keep text and values"),
            on_click=_keep_words,
            args=(choice,),
            icon=":material/check:",
        )


def _field(choice: Choice, each: Setting) -> None:
    label = _label(each)
    key, why = _key(choice, each.name), each.note or None
    if each.kind in {"choice", "flag"}:
        options = list(each.options) or ["true", "false"]
        st.selectbox(label, options, index=options.index(each.value), key=key, help=why)
    elif each.kind == "whole":
        st.number_input(label, value=int(float(each.value)), step=1, key=key, help=why)
    elif each.kind == "number":
        st.number_input(label, value=float(each.value), format="%g", key=key, help=why)
    else:
        st.text_input(label, each.value, key=key, help=f"{each.wanted}")
    if each.proposed:
        st.checkbox(_("{name}: the value is confirmed").format(name=label), key=f"{key}_confirm")


def _label(each: Setting) -> str:
    """Name a value as a reader would: "max walk [m]"."""
    ending = next((end for end, unit in UNITS.items() if unit == each.unit), "")
    words = each.name.removesuffix(f"_{ending}").replace("_", " ")
    return f"{words} [{each.unit}]" if each.unit else words


def _sign(choice: Choice) -> None:
    with st.popover(_("Sign off"), icon=":material/draw:", key="clause_sign"):
        edit = choice.edit
        st.text_input(_("Who"), edit.checked_by if edit else "", key=_key(choice, "by"))
        st.date_input(_("On"), edit.checked_on or None if edit else None, key=_key(choice, "on"))
        st.button(_("Sign"), on_click=_keep_sign, args=(choice,), key="clause_signed")


def _drop(choice: Choice) -> None:
    clause = choice.requirement
    if choice.reason == "dropped":
        st.button(
            _("Take it in again"),
            on_click=_change,
            args=(clause.id, {"drop": None, "drop_reason": None}),
            key="clause_undrop",
        )
        return
    with st.popover(_("Drop"), icon=":material/delete:", key="clause_drop"):
        if clause.level == "must":
            st.warning(_("This clause is binding. Without it a duty is not asked for."))
        st.text_input(_("Why it is dropped"), key=_key(choice, "reason"))
        st.button(_("Drop it"), on_click=_keep_drop, args=(choice,), key="clause_dropped")


def _table_of(choice: Choice) -> dict[str, Any]:
    return as_tables(state.scenario().clauses).get(choice.requirement.id, {})


def _mark(choice: Choice) -> str:
    """Name the state of a clause: widgets of another state are other widgets, after undo too."""
    told = f"{choice.requirement.id}|{sorted(_table_of(choice).items())}"
    return hashlib.blake2s(told.encode(), digest_size=6).hexdigest()


def _key(choice: Choice, name: str) -> str:
    return f"clause_{name}_{_mark(choice)}"


def _keep_words(choice: Choice) -> None:
    clause = choice.requirement
    keys: dict[str, Any] = {}
    text = state.value(_key(choice, "text"))
    if text != clause.text:
        keys["text"] = text
    confirmed = list(choice.edit.confirmed) if choice.edit else []
    for each in clause.parameters:
        value = state.value(_key(choice, each.name))
        if value is not None and _differs(each, value):
            keys[each.name] = value
            confirmed = [name for name in confirmed if name != each.name]
        if state.value(f"{_key(choice, each.name)}_confirm"):
            confirmed.append(each.name)
    keys["confirm"] = sorted(set(confirmed)) or None
    if {"text", *(each.name for each in clause.parameters)} & keys.keys():
        keys |= {"checked_by": None, "checked_on": None}  # what was signed read differently
    _change(clause.id, keys)


def _differs(each: Setting, value: Any) -> bool:  # noqa: ANN401
    if each.kind in {"number", "whole"}:
        return float(value) != float(each.value)
    return str(value) != each.value


def _keep_sign(choice: Choice) -> None:
    day = state.value(_key(choice, "on"))
    keys = {"checked_by": state.value(_key(choice, "by")), "checked_on": str(day or "")}
    _change(choice.requirement.id, keys)


def _keep_drop(choice: Choice) -> None:
    reason = state.value(_key(choice, "reason"))
    _change(choice.requirement.id, {"drop": True, "drop_reason": reason})


def _back(clause: str) -> None:
    tables_now = as_tables(state.scenario().clauses)
    tables_now.pop(clause, None)
    state.change(clauses=requirements.with_tables(state.scenario(), tables_now).clauses)
    state.keep(SAID, None)


def _change(clause: str, keys: dict[str, Any]) -> None:
    try:
        after = requirements.changed(state.scenario(), clause, **keys)
    except InputError as error:
        state.keep(SAID, str(error))
        return
    state.keep(SAID, None)
    state.change(clauses=after.clauses)
