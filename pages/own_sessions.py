"""A person's own charging sessions under every strategy."""

import streamlit as st

from app.ui import (
    cached,
    own_figures,
    own_inputs,
    own_load,
    own_runs,
    own_view,
    own_words,
    state,
    style,
    tables,
)
from app.ui.text import _

PAGE = {"title": "Own sessions", "icon": ":material/upload_file:", "order": 45}

zone = cached.project(state.city()).timezone

st.title(_("What would your own sessions do?"))
top = st.container()
if own_inputs.given("sessions") is None:
    with top:
        style.headline(own_words.welcome())
        own_view.start()
own_inputs.uploads()
question = own_inputs.question(zone)
if question is not None:
    own_view.way_back()
    with top:
        found = own_runs.answer(question)
        if found is not None:
            style.headline(own_words.sentence(found))
    if found is not None:
        own_view.numbers(found)
        st.header(_("One transformer through the days"))
        row = own_load.choose_transformer(found)
        own_load.load_chart(found, row)
        st.header(_("Indicators"))
        own_figures.indicators(found, row)
    if found is not None or own_runs.lacks():
        st.header(_("All strategies"))
        every = own_runs.every(question)
        if every is not None:
            own_figures.strategies(every)
    if found is not None:
        own_view.notices(found)
        own_view.downloads(found)
tables.explained(_("How is this computed?"), own_words.explanation())
