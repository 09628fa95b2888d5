"""One plan, seen by the city, the grid operator and the operator of points."""

import streamlit as st

from app.ui import cached, cached_views, state, style, tables, tender_view, together_view
from app.ui.text import _

PAGE = {"title": "Three views", "icon": ":material/visibility:", "order": 72, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("Who sees what of the plan?"))
if not tender_view.nothing_to_list(cached.plan(project, scenario)):
    found = cached_views.three(project, scenario)
    style.headline(together_view.sentence(found["city"]))
    who = together_view.choose()
    tables.grid_banner(project)
    together_view.show(project, who, found[who])
    together_view.downloads(project, who, found[who])
    tables.provenance(project, ["parking", "grid", "chargers", "districts"])
