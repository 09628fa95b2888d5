"""What is kept of the equity lens between reruns."""

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.services import equity, setting
from app.services.equity import Equity
from app.ui import cached, text
from app.ui import equity_map as content

LEVERS = (*setting.DRIVERS, "radius_m")


@st.cache_resource(max_entries=64, hash_funcs=cached.by_digest, show_spinner=False)
def _lens(project: Project, scenario: Scenario) -> Equity:
    return equity.lens(project, scenario, cached.demand(project, scenario))


def lens(project: Project, scenario: Scenario) -> Equity:
    """Look through the lens once per question. Shared: read-only."""
    return _lens(project, scenario.only(*LEVERS))


@st.cache_resource(max_entries=64, hash_funcs=cached.by_digest, show_spinner=False)
def _equity_map(project: Project, scenario: Scenario, show: str, language: str) -> bytes:
    del language  # words on the map are in the visitor's language, so it is part of the key
    found = lens(project, scenario)
    if show == "cells":
        return content.cells(found)
    return content.districts(found, cached.outlines(project.layers["districts"]), show)


def equity_map(project: Project, scenario: Scenario, show: str) -> bytes:
    """Draw one view of the lens, once per question and language."""
    return _equity_map(project, scenario.only(*LEVERS), show, str(text.here()))
