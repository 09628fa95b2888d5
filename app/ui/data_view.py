"""The parts of the data page: what is loaded, and a file on its way in."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.core.schema import KINDS, MAP_KINDS
from app.services.open_project import drop_layer, keep_layer, new_project
from app.services.templates import example_file
from app.sources.answers import Answer, Answers
from app.sources.intake import Intake
from app.ui import cached, capacity_view, data_map, state, tables
from app.ui.state import Upload
from app.ui.text import _, number, plain, power, whole

KIND, UPLOADER, CITY_NAME, BACK = "data_kind", "data_upload", "new_city_name", "data_back"
TYPES = ["geojson", "json", "gpkg", "zip", "csv", "xlsx", "parquet", "geoparquet", "fgb", "xml"]
NOTHING = "–"
SAID_AT_ONCE = 5  # errors in plain text; the table below lists them all
COUNTED = {
    "districts": "districts",
    "grid": "transformers and areas of the grid",
    "parking": "parking places and kerbs",
    "chargers": "charge locations",
    "exclusions": "excluded areas",
    "places": "places of interest",
}


def sentence(project: Project) -> str:
    """Say what is loaded and what is missing, in one sentence."""
    missing = [_(KINDS[k].title).lower() for k in MAP_KINDS[:4] if k not in project.layers]
    known = ", ".join(
        f"{whole(len(layer.frame))} {_(COUNTED[kind])}" for kind, layer in project.layers.items()
    )
    text = _("{city} has {known}.") if known else _("{city} is empty: load its districts first.")
    if missing and known:
        text += " " + _("Missing: {missing}; the pages say what still works.")
    return text.format(city=plain(project.name), known=known, missing=", ".join(missing))


def layer_table(project: Project) -> None:
    """List the layers with their provenance."""
    rows = []
    for kind in MAP_KINDS:
        layer = project.layers.get(kind)
        rows.append(
            {
                _("Layer"): _(KINDS[kind].title),
                _("Rows"): len(layer.frame) if layer else 0,
                _("How sure"): tables.shares(layer) if layer else _("not loaded"),
                _("As of"): layer.as_of if layer else NOTHING,
                _("Source"): layer.origin if layer else NOTHING,
                _("Licence"): layer.licence if layer else NOTHING,
                _("File was in"): (layer.source_crs or NOTHING) if layer else NOTHING,
                _("What for"): _(KINDS[kind].why),
            }
        )
    tables.show(pd.DataFrame(rows), key="layers")
    st.caption(
        _("All maps are computed in {crs}; local time is {zone}.").format(
            crs=plain(project.crs), zone=plain(project.timezone)
        )
    )


def way_back(project: Project) -> None:
    """Offer the version before the last accepted layer."""
    before = state.value(BACK)
    if before and before != project.slug:
        st.button(
            _("Undo: back to the layers before"),
            on_click=_open,
            args=(before,),
            icon=":material/undo:",
            key="data_undo",
        )


def _open(slug: str) -> None:
    here = state.city()
    state.open_city(slug)
    state.keep(BACK, here)


def kind_menu(project: Project) -> str:
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
    st.caption(_(KINDS[kind].why))
    with st.container(horizontal=True):
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


def uploader(kind: str, slug: str) -> Upload | None:
    """Take a file; it stays until it is accepted or put away."""
    found = st.file_uploader(
        _("GeoJSON, GeoPackage, zipped shapefile, CSV with coordinates, XLSX or GeoParquet"),
        type=TYPES,
        key=f"{UPLOADER}_{kind}_{slug}",  # an accepted file is no longer on the table
        help=_(
            "At most 100 MB. National capacity maps (JSON), OCPI and DATEX II registers are "
            "recognised. Nothing is kept before you accept it."
        ),
    )
    return None if found is None else Upload.of(found.name, found.getvalue())


def answers_of(upload: Upload) -> Answers:
    """Return what this visitor answered about this file so far."""
    kept: Answers = state.value(_key(upload), Answers())
    return kept


def _key(upload: Upload) -> str:
    return f"answers_{upload.digest[:16]}"


def joined(found: Intake, upload: Upload, kind: str, project: Project) -> Intake:
    """Put rows without a place on a second map, where somebody gives one."""
    second = capacity_view.second_map(found, project.slug)
    if second is None:
        return found
    try:
        return cached.intake(upload, kind, project, answers_of(upload), second)
    except InputError as error:
        st.error(plain(str(error)))
        return found


def verdict(project: Project, found: Intake) -> None:
    """Say in a line what the file is."""
    errors, warnings = len(found.of("error")), len(found.of("warning"))
    if found.layer is None:
        st.error(
            _("Refused: {n} problem(s) to mend. What was loaded before stays as it is.").format(
                n=errors
            ),
            icon=":material/block:",
        )
        for each in found.of("error")[:SAID_AT_ONCE]:
            st.markdown(f"- {plain(each.message)} {plain(each.hint)}")
        return
    text = _("{rows} rows read as {kind}, coordinates in {crs}; {warnings} thing(s) to look at.")
    st.success(
        text.format(
            rows=whole(found.rows),
            kind=_(KINDS[found.kind].title).lower(),
            crs=plain(found.mapping.crs or _("unknown")),
            warnings=warnings,
        ),
        icon=":material/check_circle:",
    )
    before = project.layers.get(found.kind)
    if before is not None:
        st.caption(difference(before, found.layer))


def difference(before: Layer, after: Layer) -> str:
    """Say what accepting would change."""
    key = KINDS[after.kind].id
    old, new = set(before.frame[key]), set(after.frame[key])
    text = _("Replaces {n} rows: {same} ids stay, {gone} go, {fresh} are new.").format(
        n=whole(len(before.frame)),
        same=whole(len(old & new)),
        gone=whole(len(old - new)),
        fresh=whole(len(new - old)),
    )
    if after.kind == "grid":
        sums = [power(_room(layer)) for layer in (before, after)]
        text += " " + _("Known room {a} before, {b} after.").format(a=sums[0], b=sums[1])
    return text


def _room(layer: Layer) -> float:
    """Sum what is left, where a map says it; capacities of two kinds of map do not compare."""
    if "headroom_kw" not in layer.frame or layer.frame["headroom_kw"].isna().all():
        return float("nan")
    return float(np.nansum(layer.frame["headroom_kw"].to_numpy(dtype=float)))


def questions(found: Intake) -> None:
    """Ask what only a person can say, all on one screen."""
    for question in found.questions:
        choices = list(question.choices)
        if not choices:
            continue
        picked = question.preselected if question.preselected in choices else choices[0]
        chosen = st.selectbox(
            plain(question.text), choices, index=choices.index(picked), key=f"ask_{question.answer}"
        )
        st.button(
            _("Answer"),
            on_click=_answer,
            args=(question.answer, chosen),
            key=f"answer_{question.answer}",
        )


def _answer(name: str, said: str) -> None:
    if name.startswith("columns."):
        _map(name.removeprefix("columns."), said)
        return
    upload = state.current_upload()
    if upload is not None:
        flag = {"true": True, "false": False}.get(said, said)
        state.keep(_key(upload), Answers.read({**answers_of(upload).table(), name: flag}))


def preview(project: Project, found: Intake) -> None:
    """Show exactly what was understood, on the map."""
    if found.layer is not None:
        data_map.draw(project, found.layer)


def problems(found: Intake) -> None:
    """List every problem in plain words."""
    if not found.problems:
        return
    table = pd.DataFrame(
        {
            _("How serious"): [_(each.severity) for each in found.problems],
            _("Row"): [str(each.row or "") for each in found.problems],
            _("Column"): [each.column or "" for each in found.problems],
            _("What was found"): [each.message for each in found.problems],
            _("What to do"): [each.hint for each in found.problems],
            _("Code"): [each.code for each in found.problems],
        }
    )
    serious = sum(each.severity != "notice" for each in found.problems)
    title = _("Problems and notices: {n}, of which {serious} to look at").format(
        n=len(table), serious=serious
    )
    with st.expander(title, expanded=serious > 0):
        tables.show(table, key="problems")


def mapping(found: Intake, kind: str) -> None:
    """Show which column was read as what, and let a person correct it."""
    headers = list(found.mapping.headers)
    if not headers:
        return
    with st.expander(_("How the columns were read"), expanded=found.layer is None):
        table = pd.DataFrame(
            {
                _("Kerbwatt's column"): [c.column for c in found.mapping.columns],
                _("Your column"): [c.header or NOTHING for c in found.mapping.columns],
                _("Why"): [_(c.why) for c in found.mapping.columns],
                _("Unit"): [c.unit or "" for c in found.mapping.columns],
                _("Times"): [number(c.factor) for c in found.mapping.columns],
                _("Samples"): [", ".join(c.samples) for c in found.mapping.columns],
            }
        )
        tables.show(table, key="mapping")
        if found.mapping.unmapped:
            st.caption(
                _("Kept under their own name: {names}").format(
                    names=plain(", ".join(found.mapping.unmapped))
                )
            )
        columns = {c.name: f"{c.name} · {_(c.meaning)}" for c in KINDS[kind].columns}
        left, middle, right = st.columns([3, 3, 1], vertical_alignment="bottom")
        target = left.selectbox(
            _("Set by hand"), list(columns), format_func=columns.__getitem__, key="map_target"
        )
        header = middle.selectbox(_("is in your column"), [NOTHING, *headers], key="map_header")
        right.button(_("Set"), on_click=_map, args=(target, header), key="map_set")


def _map(target: str, header: str) -> None:
    upload = state.current_upload()
    if upload is not None:
        before = answers_of(upload)
        said = Answer("" if header == NOTHING else header)
        state.keep(_key(upload), replace(before, columns={**before.columns, target: said}))


def accept(project: Project, found: Intake) -> None:
    """Put the layer into the project, and not before."""
    if found.layer is None:
        return
    st.button(
        _("Accept this layer"),
        on_click=_accept,
        args=(project, found.layer),
        icon=":material/check:",
        key="accept_layer",
    )


def _accept(project: Project, layer: Layer) -> None:
    state.keep(BACK, project.slug)
    state.open_city(keep_layer(project, layer).slug)
    state.tell(
        _(
            "{layer} accepted: all pages use it from now on. The link in the address bar keeps it."
        ).format(layer=_(KINDS[layer.kind].title))
    )


def new_city() -> None:
    """Start from the districts of another place."""
    st.caption(
        _(
            "Name it and give its districts; grid, parking and charge points follow above. "
            "Other cities stay."
        )
    )
    name = st.text_input(_("Name of the city"), key=CITY_NAME, max_chars=60)
    upload = uploader("new_city", state.city())
    if upload is None or not name.strip():
        return
    found = cached.first_intake(upload, answers_of(upload))
    verdict(Project("new", name, "", "", "UTC", {}), found)
    questions(found)
    problems(found)
    mapping(found, "districts")
    if found.layer is not None:
        st.button(
            _("Make this city"),
            on_click=_new_city,
            args=(name, found.layer),
            icon=":material/add_location:",
            key="make_city",
        )


def _new_city(name: str, districts: Layer) -> None:
    try:
        project = new_project(name, districts)
    except InputError as error:
        state.tell(str(error))
        return
    state.keep(BACK, state.city())
    state.open_city(project.slug)
