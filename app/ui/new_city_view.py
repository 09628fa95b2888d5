"""Start from the districts of another place."""

import streamlit as st

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.services.open_project import new_project
from app.ui import (
    data_map,
    intake_columns,
    intake_problems,
    intake_questions,
    intake_verdict,
    state,
)
from app.ui.data_view import BACK
from app.ui.intake_desk import lay_out, uploader
from app.ui.text import _

CITY_NAME, UPLOADER = "new_city_name", "new_city_upload"


def draw() -> None:
    """Name the place and give its districts; the other layers follow above."""
    st.caption(
        _(
            "Name it and give its districts; grid, parking and charge points follow above. "
            "Other cities stay."
        )
    )
    name = st.text_input(_("Name of the city"), key=CITY_NAME, max_chars=60)
    upload = uploader(f"{UPLOADER}_{state.city()}", _("Its districts, in any of these formats"))
    if upload is None or not name.strip():
        return
    place = Project("new", name, "", "", "UTC", {})
    try:
        desk = lay_out(place, "districts", upload, name="new_city", first=True)
    except InputError as error:
        st.error(str(error))
        return
    if desk is None:
        return
    intake_verdict.draw(desk)
    intake_questions.draw(desk)
    intake_problems.draw(desk)
    intake_columns.draw(desk)
    if desk.found.layer is not None:
        data_map.draw(place, desk.found.layer, key="new_city_map")
        st.button(
            _("Make this city"),
            on_click=_make,
            args=(name, desk.found.layer),
            icon=":material/add_location:",
            key="make_city",
        )


def _make(name: str, districts: Layer) -> None:
    try:
        project = new_project(name, districts)
    except InputError as error:
        state.tell(str(error))
        return
    state.keep(BACK, state.city())
    state.open_city(project.slug)
