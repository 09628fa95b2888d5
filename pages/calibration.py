"""Whether the model fits what was measured."""

import streamlit as st

from app.ui import cached, calibration_inputs, calibration_view, downloads, state, style, tables
from app.ui.text import _

PAGE = {
    "title": "Calibration",
    "icon": ":material/rule:",
    "order": 32,
    "needs": ["districts"],
}

project = cached.project(state.city())

st.title(_("Does the model fit what was measured?"))
top = st.container()
what = calibration_inputs.kind()
calibration_inputs.upload(project, what)
with top:
    found = calibration_inputs.answer(project, what)
    if found is not None:
        style.headline(calibration_view.sentence(found))
        calibration_view.synthetic(found)
if found is not None:
    calibration_view.picture(found)
    calibration_view.changes(project, found)
    calibration_view.beside(found)
    calibration_view.left_out(found)
    calibration_view.district_table(found)
    tables.notes(found.notices)
    tables.provenance(project, ["districts", "chargers"])
    if len(found.districts):
        downloads.calibration(found)
tables.explained(_("How is this computed?"), calibration_view.explanation())
