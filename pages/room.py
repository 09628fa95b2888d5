"""How many charge points the grid still carries."""

import streamlit as st

from app.ui import (
    cached,
    capacity_view,
    hosting_view,
    overview_view,
    room_view,
    state,
    style,
    tables,
)
from app.ui.text import _

PAGE = {
    "title": "Room on the grid",
    "icon": ":material/electrical_services:",
    "order": 50,
    "needs": ["districts"],
}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("How many charge points still fit?"))
two = cached.two_rooms(project, scenario)
style.headline(room_view.sentence(project, two, scenario))
tables.grid_banner(project)
overview_view.areas(project)

left, right = st.columns([3, 2])
with left:
    room_view.draw_map(project, scenario)
with right:
    room_view.ranking(project, scenario, two)

st.header(_("One street, point by point"))
hosting_view.street(project, scenario, two[scenario.strategy])

st.header(_("What each strategy makes room for"))
rooms = cached.rooms(project, scenario)
room_view.strategies(rooms)
st.header(_("The same, as a table"))
by_district, by_transformer = st.tabs([_("By district"), _("By transformer")])
with by_district:
    room_view.districts(project, scenario, rooms)
with by_transformer:
    room_view.table(rooms)
st.header(_("Every transformer, point by point"))
hosting_view.city(project, scenario)
capacity_view.on_page(project)
room_view.explained()
tables.provenance(project, ["districts", "grid", "chargers"])
