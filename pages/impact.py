"""What charging does to the grid."""

import streamlit as st

from app.ui import (
    cached,
    capacity_view,
    downloads,
    drivers_view,
    impact_runs,
    impact_view,
    state,
    style,
    tables,
    window_view,
)
from app.ui.text import _

PAGE = {"title": "Grid impact", "icon": ":material/bolt:", "order": 40, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("What does charging do to the grid?"))
chosen, reference = cached.headline(project, scenario)
both = {reference.strategy: reference, chosen.strategy: chosen}
style.headline(impact_view.sentence(chosen, reference))
tables.grid_banner(project)
impact_view.five_numbers(chosen, reference)
impact_view.feeders(chosen, reference)

left, right = st.columns([3, 2])
with left:
    impact_view.draw_map(project, scenario, scenario.strategy, key="impact_map")
with right:
    impact_view.ranking(chosen)

st.header(_("One transformer through the week"))
asset = impact_view.choose_transformer(reference)
stripes = window_view.stripes(project, scenario)
impact_view.transformer_chart(cached.one_transformer(project, scenario, asset), asset, stripes)

st.header(_("The whole city through the week"))
impact_view.city_chart(both, stripes)
st.caption(window_view.sentence(both, scenario, {key: impact_view.title(key) for key in both}))
tables.sanity(chosen.city)

st.header(_("Who pays for it"))
drivers_view.who_pays(chosen, reference)

st.header(_("All strategies"))
impact_runs.all_strategies(project, scenario)

capacity_view.on_page(project)

st.header(_("The same, as a table"))
impact_view.full_table(chosen)
st.caption(impact_view.horizon_note(chosen))
tables.explained(_("How is this computed?"), impact_runs.explanation())
tables.notes(cached.grid_notices(project))
tables.provenance(project, ["districts", "grid"])
downloads.impact(project, scenario)
