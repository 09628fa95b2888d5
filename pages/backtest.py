"""Earlier forecasts against what happened, and against ours."""

import streamlit as st

from app.ui import backtest_view as view
from app.ui import cached, cached_backtest, own_forecasts, state, style, tables
from app.ui.text import _

PAGE = {"title": "Back-test", "icon": ":material/history:", "order": 34, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("How good were earlier forecasts?"))
answer = st.container()
st.header(_("Add your own"))
own = own_forecasts.ask(project)
found = cached_backtest.found(project, scenario, own)

with answer:
    style.headline(view.sentence(project, found))
    share, points = st.columns(2)
    with share:
        st.markdown(_("**Electric share of private cars**"))
        view.chart(found, "ev_share")
    with points:
        st.markdown(_("**Public charge points**"))
        view.chart(found, "points")
    st.header(_("Did later counts lie inside?"))
    view.coverage(found)
    st.header(_("Every forecast and count, with its source"))
    view.rows(found)

tables.notes(view.notes(found))
tables.explained(_("How is this computed?"), view.explanation())
tables.provenance(project, ["districts"])
view.download(project, scenario, found)
