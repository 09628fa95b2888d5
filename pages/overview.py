"""Where the city stands, and where to begin."""

import streamlit as st

from app.ui import cached, impact_view, overview_view, state, style, tables
from app.ui.text import _, plain

PAGE = {"title": "Overview", "icon": ":material/map:", "order": 10, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(
    _("{city}: does the grid carry the cars of {year}?").format(
        city=plain(project.name), year=scenario.year
    )
)
demand = cached.demand(project, scenario)
chosen, reference = cached.headline(project, scenario)
style.headline(impact_view.sentence(chosen, reference))
tables.grid_banner(project)
overview_view.five_numbers(demand, chosen, reference)

left, right = st.columns([3, 2])
with left:
    impact_view.draw_map(project, scenario, scenario.strategy, key="overview_map")
with right:
    overview_view.districts(project, demand, chosen)
overview_view.areas(project)
tables.sanity(chosen.city)

st.header(_("Start here"))
overview_view.start_here()
tables.provenance(project, ["districts", "grid", "parking", "chargers"])
