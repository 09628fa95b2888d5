"""Who is left out of charging at the kerb."""

import streamlit as st

from app.ui import cached, cached_equity, downloads, equity_view, state, style, tables
from app.ui.text import _

PAGE = {"title": "Equity", "icon": ":material/balance:", "order": 35, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("Who is left out?"))
found = cached_equity.lens(project, scenario)
style.headline(equity_view.sentence(project, found))

left, right = st.columns([3, 2])
with left:
    show = equity_view.draw_map(project, scenario, found)
with right:
    equity_view.ranking(found, show)
equity_view.norm(found)

st.header(_("Where incomes are low and high"))
equity_view.income(project, scenario, found)
equity_view.effect(project, scenario, found)

st.header(_("The same, as a table"))
equity_view.district_table(found)
tables.notes(found.notices)
tables.provenance(project, ["districts", "chargers"])
downloads.equity(project, scenario)
