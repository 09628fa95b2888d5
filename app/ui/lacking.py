"""What a page says when the city lacks the layer it starts from."""

import streamlit as st

from app.core.project import Project
from app.core.schema import KINDS
from app.paths import PAGES
from app.services.templates import example_file
from app.ui import style
from app.ui.nav import PageInfo
from app.ui.text import _, plain


def lacks(project: Project, page: PageInfo) -> bool:
    """Say what to load and where, if this page cannot do without; else draw nothing."""
    missing = [kind for kind in page.needs if kind not in project.layers]
    if not missing:
        return False
    first = KINDS[missing[0]]
    st.title(_(page.title))
    style.headline(
        _(
            "{city} has no {layer} yet, and this page starts from them: load them on the Data page."
        ).format(city=plain(project.name), layer=_(first.title).lower())
    )
    st.markdown(_(first.why))
    st.markdown(_("What each map adds:"))
    for kind in ("districts", "grid", "parking", "chargers"):
        mark = _("loaded") if kind in project.layers else _("missing")
        st.markdown(f"- **{_(KINDS[kind].title)}** ({mark}): {_(KINDS[kind].why)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(PAGES / "data.py", label=_("Load them"), icon=":material/arrow_forward:")
        st.download_button(
            _("Example file"),
            data=lambda: example_file(first.key, "geojson"),
            file_name=f"kerbwatt-example-{first.key}.geojson",
            mime="application/geo+json",
            on_click="ignore",
            icon=":material/download:",
            key="example_to_start",
        )
    return True
