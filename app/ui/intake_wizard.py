"""A map of one's own on its way in: drop it, see what it is, set it right, accept it or not."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.schema import KINDS, MAP_KINDS
from app.services.open_project import drop_layer, keep_layer
from app.services.remembered import new_record, records
from app.services.templates import example_file
from app.ui import (
    capacity_view,
    data_map,
    intake_changes,
    intake_columns,
    intake_problems,
    intake_questions,
    intake_reading,
    intake_verdict,
    register_view,
    state,
)
from app.ui.data_view import BACK, DONE
from app.ui.intake_desk import Desk, lay_out, put_away, uploader
from app.ui.text import _

KIND, UPLOADER = "data_kind", "data_upload"
LONGEST = 200
SAID = ("origin", "licence", "as_of")


def draw(project: Project) -> None:
    """Lead one file in, from top to bottom."""
    kind = _kind_menu(project)
    label = _("GeoJSON, GeoPackage, zipped shapefile, CSV with coordinates, XLSX or GeoParquet")
    name = f"{UPLOADER}_{kind}_{project.slug}"  # an accepted file is no longer on the table
    upload = uploader(name, label)
    if upload is None:
        _done()
        return
    state.keep(DONE, None)
    try:
        desk = lay_out(project, kind, upload, name="intake")
    except InputError as error:
        st.error(str(error))
        return
    if desk is None:
        return
    st.subheader(_("What it is"))
    intake_verdict.draw(desk)
    if desk.found.layer is None:
        st.subheader(_("What is wrong with it"))
        intake_problems.draw(desk)
    intake_questions.draw(desk)
    draw_map = _map_and_problems(desk) if desk.found.layer is not None else None
    register_view.draw(desk.found)
    capacity_view.preview(desk.found)
    if desk.found.mapping.headers:
        st.subheader(_("How it was read"))
        intake_columns.draw(desk)
    intake_reading.draw(desk)
    _decide(desk, name, ready=not intake_changes.draw(desk))
    if draw_map is not None:  # the words do not wait for the map
        draw_map()


def _map_and_problems(desk: Desk) -> Callable[[], None]:
    """Say what is wrong with it, beside where it lies; returns what draws the map there."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader(_("Where it lies"))
        rows = intake_problems.choose_rows(desk)
        place = st.container()
    with right:
        st.subheader(_("What to look at"))
        intake_problems.draw(desk)

    def draw_map() -> None:
        if desk.found.layer is not None:
            with place:
                marked = intake_problems.positions(desk, rows)
                data_map.draw(desk.project, desk.found.layer, marked)

    return draw_map


def _kind_menu(project: Project) -> str:
    """Choose what the file is."""
    kind = st.segmented_control(
        _("What is it?"),
        list(MAP_KINDS),
        default="grid" if "districts" in project.layers else "districts",
        required=True,
        format_func=lambda key: _(KINDS[key].title),
        key=KIND,
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_(KINDS[kind].why), width="stretch")
        for form, mime in (("csv", "text/csv"), ("geojson", "application/geo+json")):
            st.download_button(
                _("Example ({format})").format(format=form.upper()),
                data=partial(example_file, kind, form),
                file_name=f"kerbwatt-example-{kind}.{form}",
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"example_{kind}_{form}",
            )
        if kind in project.layers and kind != "districts":
            st.button(
                _("Remove this layer"),
                on_click=_remove,
                args=(project, kind),
                icon=":material/delete:",
                key=f"remove_{kind}",
            )
    return kind


def _remove(project: Project, kind: str) -> None:
    state.keep(BACK, project.slug)
    state.open_city(drop_layer(project, kind).slug)


def _decide(desk: Desk, name: str, *, ready: bool) -> None:
    """Say where it comes from; then accept it, or put it away. Nothing is kept before."""
    layer = desk.found.layer
    st.subheader(_("Accept it, or not") if layer is not None else _("What now"))
    if layer is not None:
        _provenance(desk, layer)
    with st.container(horizontal=True):
        if layer is not None:
            st.button(
                _("Accept this layer"),
                on_click=_accept,
                args=(desk, layer, name),
                disabled=not ready,
                icon=":material/check:",
                key="accept_layer",
            )
        st.button(
            _("Put the file away"),
            on_click=put_away,
            args=(name,),
            icon=":material/close:",
            key="put_away",
        )
    if layer is None:
        st.caption(_("Mend the file and drop it again: what you said of its columns is kept."))


def _provenance(desk: Desk, layer: Layer) -> None:
    """Ask for what files hardly ever say; unknown is allowed, and shown."""
    labels = (_("Source (publisher, name of the file)"), _("Licence"), _("As of (date of figures)"))
    for place, key, label in zip(st.columns(3), SAID, labels, strict=True):
        place.text_input(
            label, value=getattr(layer, key), max_chars=LONGEST, key=_said_key(key, desk)
        )


def _said_key(key: str, desk: Desk) -> str:
    return f"said_{key}_{desk.upload.digest[:8]}"


def _with_provenance(desk: Desk, layer: Layer) -> Layer:
    """Read the boxes when the button is pressed: what was typed last may not be drawn yet."""
    origin, licence, as_of = (
        str(state.value(_said_key(key, desk)) or "").strip() or "unknown" for key in SAID
    )
    return replace(layer, origin=origin, licence=licence, as_of=as_of)


def _accept(desk: Desk, layer: Layer, name: str) -> None:
    layer = _with_provenance(desk, layer)
    project = desk.project
    before = records(project).get(desk.kind, {})
    record = new_record(
        desk.found, desk.answers, name=desk.upload.name, columns=desk.columns, before=before
    )
    try:
        kept = keep_layer(project, layer, record)
    except InputError as error:
        state.tell(str(error))
        return
    put_away(name)
    state.keep(BACK, project.slug)
    state.open_city(kept.slug)
    state.keep(DONE, layer.kind)
    st.toast(_accepted(layer.kind), icon=":material/check:")  # read aloud, wherever one looks


def _accepted(kind: str) -> str:
    words = _(
        "{layer} accepted: all pages use it from now on. The link in the address bar keeps it."
    )
    return words.format(layer=_(KINDS[kind].title))


def _done() -> None:
    """Say what was accepted where the visitor looks, which is not the top of the page."""
    kind = state.value(DONE)
    if kind is not None:
        st.success(_accepted(kind), icon=":material/check:")
