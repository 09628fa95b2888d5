"""The file of observed sessions or occupancy on its way in; an invented one until there is one."""

from functools import partial
from typing import cast

import streamlit as st

from app.core.errors import InputError, RefusedError
from app.core.project import Project
from app.services.calibrate import Answer, Kind
from app.services.calibrate_examples import template
from app.sources.limits import size_text
from app.sources.own_open import Dropped
from app.ui import cached_calibration, state
from app.ui.text import _, plain, verbatim
from app.ui.uploads import keep_dropped

KIND = "calibrate_kind"
TITLES = {"sessions": "Charging sessions", "occupancy": "Occupancy"}
COLUMNS = {
    "sessions": "Columns: *arrival, departure, energy_kwh*; where: *charger_id* as on the map of "
    "charge points, or *lon* and *lat*, or *district_id*; and where known *points, max_power_kw, "
    "session_id, user_group*.",
    "occupancy": "Columns: *charger_id*; *time*, or *date* and *hour*; *taken* and *total* points, "
    "or *percent*; and where the map does not know the location *lon* and *lat*, or *district_id*. "
    "The register's short form *id, date, hour, n, occ* is read too.",
}


def kind() -> Kind:
    """Choose what was observed."""
    chosen = st.segmented_control(
        _("What was observed?"),
        list(TITLES),
        default="sessions",
        required=True,
        format_func=lambda key: _(TITLES[key]),
        key=KIND,
        persist_state="session",
    )
    return cast("Kind", chosen)


def given(what: Kind) -> Dropped | None:
    """Return the file on the table."""
    found: Dropped | None = state.value(_file(what))
    return found


def upload(project: Project, what: Kind) -> None:
    """Take a file."""
    st.file_uploader(
        _("{what}: one CSV or Parquet file").format(what=_(TITLES[what])),
        type=["csv", "txt", "tsv", "parquet"],
        key=f"calibrate_upload_{what}",
        on_change=keep_dropped,
        args=(f"calibrate_upload_{what}", _file(what)),
        help=_("CSV or Parquet, at most 100 MB. It is read here and never stored."),
    )
    st.caption(_(COLUMNS[what]))
    with st.container(horizontal=True, vertical_alignment="center"):
        found = given(what)
        if found is not None:
            size = size_text(len(found.content))
            st.caption(f":material/check: {plain(found.name)}, {size}")
            st.button(
                _("Put away"),
                on_click=state.keep,
                args=(_file(what), None),
                key=f"calibrate_drop_{what}",
                type="tertiary",
            )
        for name, words, data in (
            (
                "example",
                _("Example file"),
                lambda: cached_calibration.worked(project, what).content,
            ),
            ("template", _("Template"), partial(template, what)),
        ):
            st.download_button(
                words,
                data=data,
                file_name=f"kerbwatt-{name}-{what}.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                key=f"calibrate_{name}_{what}",
                type="tertiary",
            )


def answer(project: Project, what: Kind) -> Answer | None:
    """Hold the model against the file; say what is wrong with it where it cannot be read."""
    file = given(what) or cached_calibration.worked(project, what)
    try:
        return cached_calibration.answer(project, state.scenario(), file, what)
    except RefusedError as error:
        n = len(error.faults)
        st.error(_("Refused: {n} problem(s) to mend. Nothing was fitted.").format(n=n))
        for fault in error.faults:
            st.text(fault.sentence)  # text: nothing of a stranger's is Markdown
    except InputError as error:
        st.error(_("Nothing was fitted: {why}.").format(why=verbatim(str(error))))
    return None


def _file(what: Kind) -> str:
    return f"calibrate_file_{what}"
