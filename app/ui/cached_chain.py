"""What is kept of a district's chain between reruns: a room of ``cached``."""

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.services import explain, setting
from app.services.explain import Explanation
from app.ui import cached


@st.cache_resource(max_entries=256, hash_funcs=cached.by_digest, show_spinner=False)
def _explanation(project: Project, scenario: Scenario, district_id: str) -> Explanation:
    answer = cached.demand(project, scenario)
    usual = cached.demand(project, explain.as_usual(scenario))
    return explain.explained(project, scenario, district_id, answer, usual)


def explanation(project: Project, scenario: Scenario, district_id: str) -> Explanation:
    """Follow one district from cars to points. Shared: read-only."""
    return _explanation(project, scenario.only(*setting.DRIVERS), district_id)
