"""Every number Kerbwatt did not measure here, with its range and source."""

import streamlit as st

from app.ui import assumptions_view as view
from app.ui import explain_view, packs_view, state, style, validation_view
from app.ui.text import _

PAGE = {"title": "Assumptions", "icon": ":material/fact_check:", "order": 90}

st.title(_("What is assumed, and who says so?"))
style.headline(view.sentence())
view.explain_letters()
st.header(_("Numbers of the demand model, and your own"))
explain_view.own_numbers(state.scenario())
st.header(_("Numbers of others: parameter packs"))
packs_view.show()
st.header(_("Published figures, and ours"))
validation_view.show()
st.header(_("Parameters"))
view.parameters()
st.header(_("Sources"))
view.sources()
