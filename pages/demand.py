"""Where the demand will be."""

import streamlit as st

from app.ui import (
    cached,
    charts,
    demand_checks,
    demand_view,
    downloads,
    explain_view,
    state,
    style,
    tables,
    zoning_view,
)
from app.ui.text import _

PAGE = {"title": "Demand", "icon": ":material/ev_station:", "order": 30, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("Where will the demand be?"))
answer = cached.demand(project, scenario)
style.headline(demand_view.sentence(project, answer))

quantity = demand_view.quantity_menu()
shown = zoning_view.choose(project, scenario)
left, right = st.columns([3, 2])
with left:
    zoning_view.draw_map(project, scenario, quantity, shown)
with right:
    demand_view.ranking(shown.answer, quantity, shown.what)
demand_view.chosen_district(shown.answer, shown.what, shown.chosen)
if shown.zoning is None:
    explain_view.show(project, scenario, state.value(shown.chosen))
else:
    st.caption(_("How points come about is told by district: choose “district” above the map."))
demand_checks.fairness(answer, scenario)
demand_checks.chain(answer)

st.header(_("How sure is this?"))
fan_side, tornado_side = st.columns(2)
with fan_side:
    st.markdown(_("**Public charge points over the years**, for this uptake."))
    years, bands = demand_view.fan(project, scenario)
    st.plotly_chart(
        charts.fan(years, bands, _("Charge points")),
        key="demand_fan",
        alt=demand_view.fan_sentence(years, bands),
    )
    st.caption(demand_view.fan_sentence(years, bands))
    demand_view.fan_table(years, bands)
with tornado_side:
    st.markdown(_("**What moves the result most**, each assumption alone at low and high."))
    swings = demand_view.swings(project, scenario)
    st.plotly_chart(
        charts.tornado(swings, float(swings["points"].iloc[0]), _("Charge points")),
        key="demand_tornado",
        alt=demand_view.tornado_sentence(swings),
    )
    st.caption(demand_view.tornado_sentence(swings))
    demand_view.tornado_table(project, scenario)
demand_checks.benchmarks(answer)
demand_checks.caution()

st.header(_("Public power against the European yardstick"))
demand_checks.yardstick(project, scenario, answer)

st.header(_("The same, as a table"))
demand_view.district_table(shown.answer, shown.what)
demand_view.group_table(answer)
demand_checks.seasons(answer, scenario)
demand_checks.definitions()
tables.notes(shown.answer.notices)
tables.provenance(project, ["districts"])
downloads.demand(project, scenario, shown.zoning)
