"""What is kept of the sites page between reruns, beside the plan itself in ``cached``."""

from typing import TYPE_CHECKING

import streamlit as st

from app.core.impact import Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.services import plan as planning
from app.services import setting as setting_up
from app.ui import cached, mapcontent, text

if TYPE_CHECKING:
    from app.services.recommend import Prepared


@st.cache_resource(max_entries=16, hash_funcs=cached.by_digest, show_spinner=False)
def _refused_map(project: Project, scenario: Scenario, most: int, language: str) -> bytes:
    del language  # words on the map are in the visitor's language, so it is part of the key
    return mapcontent.refused(cached.plan(project, scenario).rejected.head(most))


def refused_map(project: Project, scenario: Scenario, most: int) -> bytes:
    """Draw the places that were not chosen, the best ``most`` of them, to be clicked."""
    asked = scenario.only(*cached.PLAN, *cached.ENGINE, "strategy")
    return _refused_map(project, asked, most, str(text.here()))


@st.cache_resource(max_entries=8, hash_funcs=cached.by_digest, show_spinner=False)
def _full_power(project: Project, scenario: Scenario) -> Plan:
    answer = cached.impact(project, scenario, scenario.strategy)
    return planning.full_power(cached.places(project, scenario), scenario, answer)


def full_power(project: Project, scenario: Scenario) -> Plan:
    """Choose places as if every point drew its full power at once: a yardstick."""
    with st.spinner(text._("Choosing places for full power at once")):
        return _full_power(project, scenario.only(*cached.PLAN, *cached.ENGINE, "strategy"))


@st.cache_resource(max_entries=8, hash_funcs=cached.by_digest, show_spinner=False)
def _setting(project: Project, scenario: Scenario) -> setting_up.Setting:
    return setting_up.prepare(project, cached.demand(project, scenario), scenario)


def scene(
    project: Project, scenario: Scenario
) -> tuple["Prepared", Scenario, setting_up.Setting, Impact]:
    """Gather what a plan is made of, for whoever searches on."""
    asked = scenario.only(*cached.PLAN, *cached.ENGINE, "strategy")
    setting = _setting(project, scenario.only(*setting_up.SCENE))
    answer = cached.impact(project, asked, asked.strategy)
    return cached.places(project, scenario), asked, setting, answer
