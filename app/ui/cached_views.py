"""What is kept of the three views between reruns."""

from collections.abc import Mapping

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import Result
from app.services import three_views as use_case
from app.ui import cached, text


@st.cache_resource(max_entries=16, hash_funcs=cached.by_digest, show_spinner=False)
def _three(project: Project, scenario: Scenario, plan: str, day: str) -> Mapping[str, Result]:
    del plan  # a better plan may stand for the same question
    answer = cached.impact(project, scenario, scenario.strategy)
    return use_case.three_views(project, scenario, cached.plan(project, scenario), answer, day)


def three(project: Project, scenario: Scenario) -> Mapping[str, Result]:
    """Show a plan to all three, once per plan. Shared: read-only."""
    chosen = cached.plan(project, scenario)
    return _three(project, scenario, chosen.digest, text.today())
