"""The demand model against what was measured."""

import streamlit as st

from app.core.errors import InputError
from app.ui import cached, cached_calibration, calibration_view, state, style, tables
from app.ui.text import _, verbatim

PAGE = {"title": "Calibration", "icon": ":material/tune:", "order": 32, "needs": ["districts"]}

project = cached.project(state.city())
scenario = state.scenario()

st.title(_("Does the model fit what was measured?"))
answer = st.container()
st.header(_("Your own measurements"))
upload, kind, own = calibration_view.ask(project)

with answer:
    try:
        found = cached_calibration.found(project, scenario, upload, kind)
    except InputError as error:
        style.headline(_("This file says nothing about the model; 0 figures were changed."))
        st.error(verbatim(str(error)))
    else:
        style.headline(calibration_view.sentence(project, found, own=own))
        calibration_view.charts_of(found)
        calibration_view.verdict(found)
        calibration_view.apply(scenario, found, own=own)
        calibration_view.left_out(found)
        st.header(_("Every district"))
        calibration_view.district_table(project, found)
        tables.notes(found.notices)
        tables.provenance(project, ["districts", "chargers"])
