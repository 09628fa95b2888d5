"""The bar on top of every page: which scenario, the way back, and the link to share."""

from urllib.parse import urlencode

import streamlit as st

from app.core.errors import InputError
from app.core.words import summary
from app.services.scenario_files import presets, write_scenario
from app.services.store import store
from app.ui import cached, downloads, state
from app.ui.state import Stored
from app.ui.text import _, plain

NEW_NAME, RENAME, SEARCH = "new_name", "rename_to", "scenario_search"


def scenario_bar() -> None:
    """Draw the bar, and what is to be said once."""
    with st.container(horizontal=True, vertical_alignment="center", key="scenario_bar"):
        with st.popover(_title(), icon=":material/bookmark:"):
            _menu()
        st.button(
            _("Undo"),
            on_click=state.undo,
            disabled=not state.can_undo(),
            icon=":material/undo:",
            key="undo_change",
        )
        st.button(
            _("Redo"),
            on_click=state.redo,
            disabled=not state.can_redo(),
            icon=":material/redo:",
            key="redo_change",
        )
        with st.popover(_("Share"), icon=":material/share:"):
            _share()
    sentence = state.told()
    if sentence:
        st.warning(plain(sentence), icon=":material/info:")


def _title() -> str:
    kept = state.stored()
    if kept is None:
        return _("Scenario: not saved") if state.scenario().changes() else _("Scenario: start")
    dot = "" if kept.content == state.scenario() else f" • {_('changed')}"
    return f"{plain(kept.name)}{dot}"


def _menu() -> None:
    st.caption(plain(summary(state.scenario())))
    name = st.text_input(_("Name"), key=NEW_NAME, placeholder=_("Evening pauses, mid uptake"))
    with st.container(horizontal=True):
        st.button(_("Save as new"), on_click=_save, disabled=not name, key="save_new")
        kept = state.stored()
        if kept is not None:
            st.button(_("Save"), on_click=_update, key="save_over")
            st.button(_("Rename"), on_click=_rename, disabled=not name, key="rename")
            st.button(_("Duplicate"), on_click=_duplicate, key="duplicate")
            st.button(_("Delete"), on_click=_delete, key="delete")
    _saved()
    st.caption(_("Ready-made scenarios"))
    for key, preset in presets().items():
        st.button(
            _(preset.title),
            on_click=_preset,
            args=(key,),
            help=_(preset.story),
            key=f"preset_{key}",
            type="tertiary",
        )


def _saved() -> None:
    found = store().scenarios.list(state.city())
    if not found:
        st.caption(_("Nothing saved for this city yet."))
        return
    st.caption(_("Saved for this city"))
    for each in found[:20]:
        st.button(plain(each.name), on_click=_open, args=(each.id,), key=f"open_{each.id}")


def _told(words: str) -> None:
    state.tell(words)


def _save() -> None:
    layers = {k: layer.digest for k, layer in cached.project(state.city()).layers.items()}
    try:
        kept = store().scenarios.save(
            state.scenario(), project=state.city(), name=state.value(NEW_NAME), layers=layers
        )
    except InputError as error:
        _told(str(error))
        return
    state.remember_stored(Stored(kept.id, kept.name, state.scenario()))
    state.keep(NEW_NAME, "")


def _update() -> None:
    kept = state.stored()
    if kept is not None:
        store().scenarios.update(kept.id, state.scenario())
        state.remember_stored(Stored(kept.id, kept.name, state.scenario()))


def _rename() -> None:
    kept = state.stored()
    if kept is None:
        return
    try:
        found = store().scenarios.rename(kept.id, state.value(NEW_NAME))
    except InputError as error:
        _told(str(error))
        return
    state.remember_stored(Stored(found.id, found.name, kept.content))
    state.keep(NEW_NAME, "")


def _duplicate() -> None:
    kept = state.stored()
    if kept is not None:
        found = store().scenarios.duplicate(kept.id)
        state.remember_stored(Stored(found.id, found.name, found.scenario))


def _delete() -> None:
    kept = state.stored()
    if kept is not None:
        store().scenarios.delete(kept.id)
        state.remember_stored(None)
        _told(_("“{name}” is in the bin for 30 days.").format(name=kept.name))


def _open(key: str) -> None:
    try:
        found = store().scenarios.get(key)
        state.replace_scenario(found.scenario)
    except InputError as error:
        _told(str(error))
        return
    state.remember_stored(Stored(found.id, found.name, found.scenario))


def _preset(key: str) -> None:
    state.replace_scenario(presets()[key].scenario)
    state.remember_stored(None)


def _share() -> None:
    st.markdown(_("This link opens exactly what you see, in any browser that reaches this server."))
    st.code(link(), language=None, wrap_lines=True)
    st.download_button(
        _("Scenario file"),
        data=lambda: write_scenario(state.scenario()),
        file_name="kerbwatt-scenario.json",
        mime="application/json",
        on_click="ignore",
        icon=":material/download:",
        key="scenario_file",
    )
    project = cached.project(state.city())
    if "districts" in project.layers:
        st.caption(_("For people without this program: one page that opens anywhere."))
        downloads.take_away(project, state.scenario())


def link() -> str:
    """Write the address of this page with everything that differs from the default."""
    base = (st.context.url or "").partition("?")[0]
    query = urlencode(state.link_query())
    return f"{base}?{query}" if query else base
