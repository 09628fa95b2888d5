"""Parameter packs on the assumptions page: numbers of others over ours, with their provenance."""

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.words import number_text
from app.services.parameter_packs import AWAITING, HERE, Pack, bundled_packs, read_pack
from app.services.parameters import assumptions
from app.ui import state, tables
from app.ui.text import _, plain, verbatim, whole
from app.ui.uploads import taken

UPLOAD = "parameter_pack"


def show() -> None:
    """Take a pack, show whose numbers they are, and put them on the table."""
    for each in bundled_packs().values():
        waits = _("waits for its document; no number comes from it")
        word = waits if each.status == AWAITING else plain(each.status)
        st.markdown(f"- **{plain(each.title)}** ({plain(each.publisher)}): {word}.")
    upload = taken(
        st.file_uploader(
            _("A pack of parameters: a zip with {content}").format(content=HERE),
            type=["zip"],
            key=UPLOAD,
        )
    )
    if upload is None:
        return
    try:
        pack = read_pack(upload.name, upload.content)
    except InputError as error:
        for sentence in str(error).splitlines():
            st.error(verbatim(sentence), icon=":material/error:")
        return
    st.markdown(
        _("**{title}**, {publisher}, {year}, {licence}: {n} numbers.").format(
            title=plain(pack.title),
            publisher=plain(pack.publisher),
            year=plain(pack.year),
            licence=plain(pack.licence),
            n=whole(len(pack.numbers)),
        )
    )
    tables.show(_table(pack), key="pack_table")
    used = set(pack.values) <= set(state.scenario().assumptions)
    with st.container(horizontal=True):
        st.button(_("Use these numbers"), on_click=_use, args=(pack,), disabled=used, key="pack_on")
        st.button(
            _("Take the usual numbers again"),
            on_click=state.drop_assumptions,
            disabled=not state.scenario().assumptions,
            key="pack_off",
        )


def _use(pack: Pack) -> None:
    own = dict(state.scenario().assumptions) | dict(pack.values)
    state.change(assumptions=tuple(sorted(own.items())))


def _table(pack: Pack) -> pd.DataFrame:
    ours = assumptions()
    rows = pack.numbers.values()
    return pd.DataFrame(
        {
            _("Parameter"): [each.name for each in rows],
            _("Ours"): [number_text(ours[each.name].value, 5) for each in rows],
            _("Theirs"): [number_text(each.value, 5) for each in rows],
            _("Low"): [number_text(each.low, 5) for each in rows],
            _("High"): [number_text(each.high, 5) for each in rows],
            _("Unit"): [each.unit for each in rows],
            _("Note"): [each.note for each in rows],
        }
    )
