"""A depot, ferry or building on the map: its load takes room from its district."""

from collections.abc import Callable

import streamlit as st

from app.core.assets import texts
from app.core.cases import Case
from app.core.cases.base import Answer
from app.core.errors import InputError
from app.core.project import Project
from app.services import case_load
from app.ui import state
from app.ui.text import _, energy, plain, power, told_apart

WHERE = "case_district"


def draw(project: Project, case: Case, found: Answer) -> None:
    """Offer to put the load of a case on the map, or to take it off; say what it takes."""
    if not any(found.hours_kw) or "districts" not in project.layers:
        return
    st.header(_("On the map"))
    text = _(
        "The grid carries up to {kw} of this and {kwh} a day. On the map it comes on top of "
        "today's load: leave it out where it stands already."
    )
    st.markdown(text.format(kw=power(max(found.hours_kw)), kwh=energy(sum(found.hours_kw))))
    if "grid" not in project.layers:
        st.caption(_("No grid map is loaded, so no headroom falls: load one on the Data page."))
    frame = project.layers["districts"].frame
    names = told_apart(dict(zip(texts(frame, "district_id"), texts(frame, "name"), strict=True)))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            _("District"), list(names), format_func=lambda key: names.get(key, key), key=WHERE
        )
        st.button(
            _("Put this load on the map"),
            on_click=_put,
            args=(project, case, found),
            icon=":material/add_location:",
            key="case_put",
        )
        if case_load.stands(project, case):
            st.button(
                _("Take it off the map"),
                on_click=_take_off,
                args=(project, case),
                icon=":material/wrong_location:",
                key="case_off",
            )
    if case_load.stands(project, case):
        words = _("On the map of {city}: {case}. Headroom on Grid impact and Room counts it.")
        st.success(
            words.format(case=_(case.title), city=plain(project.name)), icon=":material/check:"
        )


def _put(project: Project, case: Case, found: Answer) -> None:
    _keep(lambda: case_load.put(project, case, found, str(state.value(WHERE))))


def _take_off(project: Project, case: Case) -> None:
    _keep(lambda: case_load.take_off(project, case))


def _keep(change: Callable[[], Project]) -> None:
    try:
        state.open_city(change().slug)
    except InputError as error:
        state.tell(str(error))
