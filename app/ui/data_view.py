"""What is loaded, how sure it is, and the way back."""

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.schema import KINDS, MAP_KINDS
from app.ui import state, tables
from app.ui.text import _, plain, whole

BACK, DONE = "data_back", "data_done"
NOTHING = "–"
ONE = {
    "districts": "district",
    "grid": "transformer or area of the grid",
    "parking": "parking place or kerb",
    "chargers": "charge location",
    "exclusions": "excluded area",
    "places": "place of interest",
    "network": "street or path",
    "cables": "low-voltage cable",
}
COUNTED = {
    "districts": "districts",
    "grid": "transformers and areas of the grid",
    "parking": "parking places and kerbs",
    "chargers": "charge locations",
    "exclusions": "excluded areas",
    "places": "places of interest",
    "network": "streets and paths",
    "cables": "low-voltage cables",
}


def counted(kind: str, rows: int) -> str:
    """Say how many rows of a kind there are, in words."""
    return f"{whole(rows)} {_((ONE if rows == 1 else COUNTED)[kind])}"


def sentence(project: Project) -> str:
    """Say what is loaded and what is missing, in one sentence."""
    missing = [_(KINDS[k].title).lower() for k in MAP_KINDS[:4] if k not in project.layers]
    known = ", ".join(counted(kind, len(layer.frame)) for kind, layer in project.layers.items())
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
    state.keep(DONE, None)
