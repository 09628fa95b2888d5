"""A map of a layer on its way in: exactly what was understood."""

import streamlit as st

from app.core.assets import placed
from app.core.layer import Layer
from app.core.project import Project
from app.core.schema import KINDS
from app.ui import cached, maps
from app.ui.text import _, whole


def draw(project: Project, layer: Layer) -> None:
    """Draw the new layer over the districts."""
    if placed(layer.map).empty:
        st.info(_("None of its rows has a place on the map: they stand in the table only."))
        return
    overlays = []
    if "districts" in project.layers and layer.kind != "districts":
        under = cached.plain_map(project)
        overlays.append(maps.Overlay("districts", under, _("Districts"), pickable=False))
    overlays.append(maps.Overlay("preview", cached.preview_map(layer), _("Preview"), text_size=10))
    words = _("Preview: {n} rows of {kind}, where they lie").format(
        n=whole(len(placed(layer.map))), kind=_(KINDS[layer.kind].title).lower()
    )
    maps.draw(overlays, cached.bounds(layer), key="preview_map", alt=words, height=380)
    st.caption(words)
    if "constraint" in layer.frame and layer.frame["constraint"].notna().any():
        maps.legend(_("Colour the operator published"), maps.constraint_looks())
