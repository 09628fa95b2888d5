"""What is known of the city, and the way to load what you know better."""

import streamlit as st

from app.ui import cached, data_view, fetch_view, intake_wizard, new_city_view, state, style
from app.ui.text import _

PAGE = {"title": "Data", "icon": ":material/database:", "order": 20}

project = cached.project(state.city())

st.title(_("What do we know about the city?"))
style.headline(data_view.sentence(project))
data_view.layer_table(project)
data_view.way_back(project)

st.header(_("Load a map of your own"))
intake_wizard.draw(project)

st.header(_("Fetch open data"))
fetch_view.draw(project)

st.header(_("A city of your own"))
new_city_view.draw()
