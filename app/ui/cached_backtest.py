"""What is kept of the back-test between reruns."""

import streamlit as st

from app.core.demand.forecasts import Row
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import backtest, setting
from app.services.backtest import Backtest
from app.ui import cached

LEVERS = tuple(name for name in setting.DRIVERS if name != "year")  # it shows every year


@st.cache_resource(max_entries=64, hash_funcs=cached.by_digest, show_spinner=False)
def _found(project: Project, scenario: Scenario, own: tuple[Row, ...]) -> Backtest:
    return backtest.compare(project, scenario, own)


def found(project: Project, scenario: Scenario, own: tuple[Row, ...]) -> Backtest:
    """Compare once per question; a visitor's own rows are part of it. Shared: read-only."""
    return _found(project, scenario.only(*LEVERS), own)
