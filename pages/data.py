"""What is known of the city, and the way to load what you know better."""

import streamlit as st

from app.ui import cached, capacity_view, data_view, fetch_view, register_view, state, style
from app.ui.text import _

PAGE = {"title": "Data", "icon": ":material/database:", "order": 20}

project = cached.project(state.city())

st.title(_("What do we know about the city?"))
style.headline(data_view.sentence(project))
data_view.layer_table(project)
data_view.way_back(project)

st.header(_("Load a map of your own"))
kind = data_view.kind_menu(project)
upload = data_view.uploader(kind, project.slug)
if upload is not None:
    answers = data_view.answers_of(upload)
    found = cached.intake(upload, kind, project, answers)
    found = data_view.joined(found, upload, kind, project)
    data_view.verdict(project, found)
    data_view.questions(found)
    data_view.preview(project, found)
    register_view.draw(found)
    capacity_view.preview(found)
    data_view.problems(found)
    data_view.mapping(found, kind)
    data_view.accept(project, found)

st.header(_("Fetch open data"))
fetch_view.draw(project)

st.header(_("A city of your own"))
data_view.new_city()
