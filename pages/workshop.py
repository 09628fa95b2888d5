"""A room that decides together."""

import streamlit as st

from app.ui import cached, presenter, state, workshop_view
from app.ui.text import _

PAGE = {"title": "Workshop", "icon": ":material/groups:", "order": 85, "needs": ["districts"]}

project = cached.project(state.city())

st.title(_("What does the room think?"))
room = workshop_view.room_here()
if room is None:
    workshop_view.begin(project)
    st.header(_("Show a story"))
    presenter.offer()
else:
    workshop_view.invite(room)
    workshop_view.effect(project)
    workshop_view.ask(room)
    workshop_view.answers(room.code)
    workshop_view.end(room)
