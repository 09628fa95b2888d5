"""Whether observed counts say more than the demand model."""

import streamlit as st

from app.ui import cached, learn_runs, learn_view, state, style, tables
from app.ui.text import _

PAGE = {
    "title": "Learning",
    "icon": ":material/model_training:",
    "order": 33,
    "needs": ["districts"],
}

project = cached.project(state.city())

st.title(_("Can the data say more than the model?"))
top = st.container()
if learn_runs.given() is None:
    with top:
        style.headline(learn_view.welcome())
        learn_view.start()
learn_runs.uploads(project)
with top:
    found = learn_runs.answer(project, state.scenario())
    if found is not None:
        style.headline(learn_view.sentence(found))
        learn_view.synthetic(found)
if found is not None:
    st.header(_("How much is explained?"))
    learn_view.models(found)
    learn_view.districts(found)
    learn_view.downloads(found)
    tables.notes(found.notices)
    tables.provenance(project, ["districts", "chargers", "parking"])
tables.explained(_("How is this judged?"), learn_view.explanation())
