"""What is kept of a project's zonings between reruns: the rooms of ``cached``, for other areas."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.core.demand.result import Demand
from app.core.layer import Layer
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import setting, zonings
from app.services.zonings import Zoning
from app.ui import cached, mapcontent, text

by_digest: dict[str | type[Any], Callable[[Any], Any]] = {
    **cached.by_digest,
    Zoning: lambda zoning: zoning.digest,
}


@st.cache_resource(max_entries=32, hash_funcs=by_digest, show_spinner=False)
def zoning(project: Project, key: str, own: Layer | None = None) -> Zoning:
    """Divide a project once. Shared: read-only."""
    return zonings.zoning(project, key, own)


@st.cache_resource(max_entries=64, hash_funcs=by_digest, show_spinner=False)
def _demand(project: Project, scenario: Scenario, by: Zoning) -> Demand:
    return zonings.demand(project, scenario, cached.demand(project, scenario), by)


def demand(project: Project, scenario: Scenario, by: Zoning) -> Demand:
    """Tell the demand by the areas of a zoning, once per question. Shared: read-only."""
    return _demand(project, scenario.only(*setting.DRIVERS), by)


@st.cache_resource(max_entries=32, hash_funcs=by_digest, show_spinner=False)
def _outlines(by: Zoning) -> mapcontent.Outlines:
    return mapcontent.cut_outlines(by.drawn)


@st.cache_resource(max_entries=64, hash_funcs=by_digest, show_spinner=False)
def _demand_map(
    project: Project, scenario: Scenario, by: Zoning, quantity: str, language: str
) -> bytes:
    del language  # words on the map are in the visitor's language, so it is part of the key
    told = demand(project, scenario, by)
    return mapcontent.demand(told, _outlines(by), quantity)


def demand_map(project: Project, scenario: Scenario, by: Zoning, quantity: str) -> bytes:
    """Draw the demand by the areas of a zoning, once per question and language."""
    asked = scenario.only(*setting.DRIVERS)
    return _demand_map(project, asked, by, quantity, str(text.here()))


@st.cache_resource(max_entries=32, hash_funcs=by_digest, show_spinner=False)
def unknown_map(by: Zoning) -> bytes | None:
    """Hatch where areas reach beyond the districts; None where they do nowhere."""
    return mapcontent.unknown(by.unknown[by.partly]) if by.partly.any() else None
