"""From the plan to an annex."""

import streamlit as st

from app.ui import cached, state, style, tables, tender_parts, tender_view
from app.ui.text import _

PAGE = {"title": "Tender", "icon": ":material/gavel:", "order": 70, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("What goes into the tender?"))
if not tender_view.nothing_to_list(cached.plan(project, scenario)):
    draft = cached.tender(project, scenario)
    style.headline(tender_view.sentence(draft, scenario))
    tables.grid_banner(project)
    tender_view.levers()
    tender_parts.show(project, scenario, draft)
    tables.provenance(project, ["parking", "grid", "chargers", "districts"])
