"""Two scenarios side by side."""

import streamlit as st

from app.ui import cached, compare_view, state, style, tables
from app.ui.text import _

PAGE = {
    "title": "Compare",
    "icon": ":material/compare_arrows:",
    "order": 80,
    "needs": ["districts"],
}

project = cached.project(state.city())
st.title(_("What does the other scenario change?"))
base = state.scenario()
name, other = compare_view.choose_other(base)

style.headline(compare_view.headline(project, base, other))
compare_view.assumptions(base, other)
tables.grid_banner(project)

st.header(_("Indicators"))
compare_view.indicators(project, base, other, name)

st.header(_("The busiest week, on the same axes"))
compare_view.weeks(project, base, other, name)

st.header(_("Transformers by state, same legend"))
compare_view.maps_side_by_side(project, base, other, name)
tables.provenance(project, ["districts", "grid"])
