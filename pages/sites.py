"""Where the next charge points go."""

import streamlit as st

from app.ui import (
    cached,
    coincidence_view,
    deeper_view,
    downloads,
    hand_view,
    lots_view,
    practice_view,
    search_view,
    sites_view,
    state,
    tables,
    views_view,
)
from app.ui.text import _

PAGE = {"title": "Sites", "icon": ":material/pin_drop:", "order": 60, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("Where do the next charge points go?"))
plan = hand_view.plan_or_way_out(project, scenario)
search_view.headline(project, scenario, plan)
tables.grid_banner(project)
sites_view.numbers(search_view.sure(project, scenario, plan))

left, right = st.columns([3, 2])
with left:
    sites_view.draw_map(project, scenario, plan)
with right:
    sites_view.ranking(plan)

explain, weigh = st.columns([3, 2])
with explain:
    st.header(_("Why here, and why not there?"))
    sites_view.explain_site(plan)
    sites_view.explain_refusal(plan)
with weigh:
    st.header(_("What counts"))
    sites_view.weights(scenario)

st.header(_("Work by hand"))
hand_view.work(project, scenario, plan)
st.header(_("What limits the plan"))
sites_view.limits(project, scenario, plan)
coincidence_view.show(project, scenario, plan)
st.header(_("How good, how firm, how soon?"))
deeper_view.deeper(project, scenario)
lots_view.show(plan)
st.header(_("From a suggestion to a post"))
practice_view.practice(project, scenario, plan)
st.header(_("One plan, three readers"))
views_view.show(project, scenario, plan)
st.header(_("The same, as a table"))
sites_view.site_table(plan)
sites_view.refused_table(plan)
sites_view.verdict(plan)
tables.notes(plan.notices)
tables.provenance(project, ["parking", "grid", "chargers", "districts"])
downloads.plan(project, scenario, practice_view.kept(project))
