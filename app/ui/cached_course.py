"""Answers of the course, worked out once per exercise."""

import streamlit as st

from app.core.exercises import Value
from app.services.exercises import exercises, solve
from app.ui.text import _


@st.cache_data(max_entries=64, show_spinner=False)
def _answer(key: str) -> Value:
    return solve(exercises()[key])


def answer(key: str) -> Value:
    """Work an answer out, once."""
    with st.spinner(_("Working it out")):
        return _answer(key)
