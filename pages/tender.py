"""From the plan to an annex."""

import streamlit as st

from app.ui import cached, downloads, state, style, tables, tender_view
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

    st.header(_("Lots"))
    tender_view.lots(project, scenario, draft)
    st.header(_("Site list"))
    tender_view.sites(draft)
    st.header(_("Requirements"))
    tender_view.requirements(draft)
    st.header(_("Files"))
    downloads.tender(project, scenario)
    tables.provenance(project, ["parking", "grid", "chargers", "districts"])
