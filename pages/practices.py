"""Practices of cities, one case at a time."""

import streamlit as st

from app.ui import cached, cases_inputs, cases_map, state, style, tables
from app.ui import cases_view as view
from app.ui.text import _

PAGE = {"title": "Practices", "icon": ":material/lightbulb:", "order": 75}

project = cached.project(state.city())

st.title(_("What have other cities done?"))
top = st.container()
case = view.choose()
if case is None:
    with top:
        style.headline(view.nothing())
else:
    st.header(_(case.question))
    left, right = st.columns(2, gap="large")
    with right:
        st.subheader(_("What is assumed"))
        typed = cases_inputs.ask(project, case)
    with left:
        answered = view.answer(case, typed)
        if answered is not None:
            view.show(case, *answered)
            view.downloads(case, typed, *answered)
    with top:
        style.headline(view.headline(answered))
    if answered is not None:
        cases_map.draw(project, case, answered[1])
view.covered()
tables.explained(_("How is this computed?"), view.explanation())
