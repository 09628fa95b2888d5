"""A map of a layer on its way in: exactly what was understood."""

from collections.abc import Sequence

import streamlit as st

from app.core.assets import placed, texts
from app.core.layer import Layer
from app.core.project import Project
from app.ui import cached, mapcontent, maps
from app.ui.data_view import counted
from app.ui.text import _, whole

MOST_MARKED = 2_000  # rings; more would hide the map


def draw(
    project: Project, layer: Layer, marked: Sequence[int] = (), key: str = "preview_map"
) -> None:
    """Draw the new layer over the districts, some of its rows ringed."""
    shown = placed(layer.map)
    if shown.empty:
        st.info(_("None of its rows has a place on the map: they stand in the table only."))
        return
    words = _("Preview: {what}, exactly as understood").format(what=counted(layer.kind, len(shown)))
    if _by_postcode(project, layer):
        words += "; " + _("each district in the worst colour of its postcodes")
    overlays = _overlays(project, layer)
    if marked:
        ringed = mapcontent.marked(layer, marked[:MOST_MARKED])
        overlays.append(maps.Overlay("marked", ringed, _("Rows to look at"), text_size=12))
        words += "; " + _("{n} of them ringed in red").format(n=whole(len(marked)))
    maps.draw(overlays, cached.bounds(layer), key=key, alt=words, height=380)
    st.caption(words)
    if "constraint" in layer.frame and layer.frame["constraint"].notna().any():
        maps.legend(_("Colour the operator published"), maps.constraint_looks())


def _overlays(project: Project, layer: Layer) -> list[maps.Overlay]:
    """Put the layer over quiet districts, or districts in the colours of their postcodes."""
    over = maps.Overlay("preview", cached.preview_map(layer), _("Preview"), text_size=10)
    if "districts" not in project.layers:
        return [over]
    if _by_postcode(project, layer):
        colours = cached.postcode_map(layer, project.layers["districts"])
        stations = cached.preview_map(layer, points=True)
        return [
            maps.Overlay("postcodes", colours, _("Postcodes"), text_size=10),
            maps.Overlay("preview", stations, _("Preview"), text_size=10),
        ]
    under = cached.plain_map(project)
    return [maps.Overlay("districts", under, _("Districts"), pickable=False), over]


def _by_postcode(project: Project, layer: Layer) -> bool:
    """Whether colours are known per postcode, and the postcodes lie in districts."""
    if layer.kind != "grid" or "districts" not in project.layers:
        return False
    known = texts(layer.frame, "district_id") != ""
    return bool((known & (texts(layer.frame, "area_type") == "postcode_area")).any())
