"""Which column of a file is which, how sure that is, and the way to say it better."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.schema import KINDS
from app.sources.answers import Answer, Answers
from app.sources.mapping_file import read_mapping, spelt_out, write_mapping
from app.sources.units import units
from app.ui import state, tables
from app.ui.intake_desk import Desk, say
from app.ui.text import _, number, plain, whole

NOTHING = "–"
LOCATION = ("lon", "lat", "x", "y")


def draw(desk: Desk) -> None:
    """Show the guess with sample values, a way to change it, and the file of it."""
    if not desk.found.mapping.headers:
        return
    _in_use(desk)
    title = _("Which column is which ({n} of your {all})").format(
        n=whole(sum(c.header is not None for c in desk.found.mapping.columns)),
        all=whole(len(desk.found.mapping.headers)),
    )
    with st.expander(title, expanded=True):
        _table(desk)
        _by_hand(desk)
        _files(desk)


def _in_use(desk: Desk) -> None:
    """Say what was answered before and is used again."""
    said = desk.answers.table()
    columns = said.pop("columns", {})
    parts = [f"{key} = {value}" for key, value in said.items()]
    parts += [f"{name} = {answer['from'] or NOTHING}" for name, answer in columns.items()]
    if not parts:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _("What was said of files with these columns is used: {answers}.").format(
                answers=plain(", ".join(parts[:8])) + (" …" if len(parts) > 8 else "")  # noqa: PLR2004
            )
        )
        st.button(
            _("Forget it, guess again"),
            on_click=say,
            args=(desk, Answers()),
            icon=":material/restart_alt:",
            key="mapping_forget",
        )


def _table(desk: Desk) -> None:
    """One line per column of the file, ours first."""
    mapping = desk.found.mapping
    kind = KINDS[desk.kind].with_years(mapping.headers)
    columns = {column.name: column for column in kind.columns}
    lines = [
        {
            _("Your column"): c.header or NOTHING,
            _("Values, for example"): ", ".join(c.samples),
            _("is read as"): c.column,
            _("which means"): (
                _(columns[c.column].meaning) if c.column in columns else _("where it lies")
            ),
            _("Why"): _(c.why),
            _("Unit"): f"{c.unit} × {number(c.factor)}" if c.unit else "",
        }
        for c in mapping.columns
    ]
    lines += [
        {
            _("Your column"): header,
            _("Values, for example"): ", ".join(mapping.shown(header)),
            _("is read as"): NOTHING,
            _("which means"): _("kept under its own name"),
            _("Why"): "",
            _("Unit"): "",
        }
        for header in mapping.unmapped
    ]
    tables.show(pd.DataFrame(lines), key="mapping")


def _by_hand(desk: Desk) -> None:
    """Set one column: what it means, which header holds it, in which unit."""
    kind, mapping = KINDS[desk.kind], desk.found.mapping
    meanings = {column.name: f"{column.name} · {_(column.meaning)}" for column in kind.columns}
    places = {_(name): name for name in LOCATION} if kind.geometry else {}
    meanings |= {name: f"{name} · {_('where it lies')}" for name in places.values()}
    shown = {header: ", ".join(mapping.shown(header)) for header in mapping.headers}
    left, middle, unit, right = st.columns([4, 4, 2, 2], vertical_alignment="bottom")
    target = left.selectbox(
        _("Say it yourself: the column"),
        list(meanings),
        format_func=meanings.__getitem__,
        key="map_target",
    )
    header = middle.selectbox(
        _("is in your column"),
        [NOTHING, *mapping.headers],
        format_func=lambda name: f"{name} · {shown[name]}" if shown.get(name) else name,
        key="map_header",
    )
    column = kind.column(target)
    known = units("share" if column and column.type == "share" else column.unit if column else "")
    chosen = unit.selectbox(_("in"), [NOTHING, *known], key=f"map_unit_{target}")
    right.button(
        _("Set"),
        on_click=_set,
        args=(desk, target, header, None if chosen == NOTHING else chosen),
        icon=":material/edit:",
        key="map_set",
    )


def _set(desk: Desk, target: str, header: str, unit: str | None) -> None:
    said = Answer("", None) if header == NOTHING else Answer(header, unit)
    say(desk, replace(desk.answers, columns={**desk.answers.columns, target: said}))


def _files(desk: Desk) -> None:
    """Take a mapping out, or one from elsewhere in."""
    whole_of_it = spelt_out(desk.answers, desk.found.mapping)
    out, back = st.columns([1, 2], vertical_alignment="bottom")
    out.download_button(
        _("Save this mapping (TOML)"),
        data=partial(write_mapping, desk.kind, desk.found.mapping.headers, whole_of_it),
        file_name=f"kerbwatt-{desk.kind}-mapping.toml",
        mime="application/toml",
        on_click="ignore",
        icon=":material/download:",
        help=_("For a colleague, another city, or the project file of the command line."),
        key="mapping_out",
    )
    key = f"mapping_in_{desk.upload.digest[:8]}"
    given = back.file_uploader(_("Use a saved mapping"), type=["toml"], key=key)
    if given is not None:
        back.button(
            _("Read the file by this mapping"),
            on_click=_import,
            args=(desk, given.getvalue()),
            icon=":material/upload_file:",
            key="mapping_use",
        )


def _import(desk: Desk, content: bytes) -> None:
    try:
        say(desk, read_mapping(content, desk.kind))
    except InputError as error:
        state.tell(str(error))
