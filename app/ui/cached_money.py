"""What is kept of the money of a tender between reruns."""

import streamlit as st

from app.core.scenario import Scenario
from app.services import money as use_case
from app.services.money import Facts, Money, MoneyInput


def inputs(scenario: Scenario, facts: Facts) -> tuple[MoneyInput, ...]:
    """List every number in use, and where it is from."""
    return _inputs(scenario.assumptions, facts)


@st.cache_resource(max_entries=64, show_spinner=False)
def _inputs(assumptions: tuple[tuple[str, float], ...], facts: Facts) -> tuple[MoneyInput, ...]:
    return use_case.inputs(Scenario(assumptions=assumptions), facts)


@st.cache_resource(max_entries=64, show_spinner=False)
def _money(assumptions: tuple[tuple[str, float], ...], facts: Facts, fifth: bool) -> Money:  # noqa: FBT001
    return use_case.money(_inputs(assumptions, facts), fifth=fifth)


def money(scenario: Scenario, facts: Facts, *, fifth: bool = False) -> Money:
    """Work all six models out, once per lot and set of numbers. Shared: read-only."""
    return _money(scenario.assumptions, facts, fifth)
