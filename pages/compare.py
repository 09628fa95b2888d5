"""Two to four scenarios side by side."""

import streamlit as st

from app.ui import cached, compare_view, downloads, state, style, tables
from app.ui.compare_view import Column
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
others = compare_view.choose()
columns = [Column(_("On the table"), base), *others]

if len(others) == 1:
    style.headline(compare_view.headline(project, base, others[0].scenario))
else:
    style.headline(compare_view.of_several(project, columns))
for each in others:
    compare_view.assumptions(base, each.scenario, each.name)
tables.grid_banner(project)

st.header(_("Indicators"))
compare_view.indicators(project, columns)

st.header(_("Where it is more, and where less"))
compare_view.difference_map(project, columns)

st.header(_("The busiest week, on the same axes"))
compare_view.weeks(project, columns)

st.header(_("Transformers by state, same legend"))
compare_view.maps_side_by_side(project, columns)

st.header(_("Places in common"))
compare_view.sites(project, columns)
tables.provenance(project, ["districts", "grid"])
downloads.take_away(project, base, compare_view.beside(project, columns), key="compare")
