"""Forecasts and counts a visitor adds: a file, or rows typed on the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from app.core.demand.forecasts import ALSO, COLUMNS, KINDS, QUANTITIES, Row, parse
from app.core.errors import InputError
from app.core.project import Project
from app.services import forecast_files
from app.ui import state
from app.ui.text import _, plain, verbatim
from app.ui.uploads import taken

NAMES = ("made_on", "for_year", "quantity", "kind", "low", "value", "high", "scope", "source")
SHOWN = (*NAMES, "note")
NUMBERS = ("for_year", "low", "value", "high")
SCOPED = ("public", "semi_public", "public+semi_public")


@dataclass(frozen=True, slots=True)
class Desk:
    """The own rows of one city in this visit.

    ``base`` is what the table was drawn with, ``table`` what it holds now, both as text;
    ``good`` are the rows of the last table without a fault. A new ``turn`` draws a new table.
    """

    base: tuple[Mapping[str, str], ...] = ()
    table: tuple[Mapping[str, str], ...] = ()
    good: tuple[Row, ...] = ()
    turn: int = 0
    seen: str = ""


def kept(project: Project) -> Desk:
    """Return the own rows of a city."""
    found: Desk = state.value(_key(project), Desk())
    return found


def _key(project: Project) -> str:
    return f"own_forecasts_{forecast_files.place_of(project)}"


def ask(project: Project) -> tuple[Row, ...]:
    """Draw the uploader and the table; returns the rows that are used.

    While a row has a fault, every fault is told and the last table without one stays in use.
    """
    st.markdown(
        _(
            "One row per forecast and year, or per count of what happened. Shares from 0 to 1. "
            "Without *low* and *high* the range is ours. They stay in this visit and in your "
            "download."
        )
    )
    _take(project)
    desk = kept(project)
    editor = f"{_key(project)}_{desk.turn}"
    if state.value(editor) is None:  # drawn anew after another page: begin with what it held
        desk = replace(desk, base=desk.table)
    edited = st.data_editor(
        _frame(desk.base),
        key=editor,
        num_rows="dynamic",
        hide_index=True,
        column_order=SHOWN,
        column_config=_columns(),
        alt=_("Table of your own forecasts and counts, to be filled in"),
    )
    desk = replace(desk, table=_texts(edited))
    try:
        desk = replace(desk, good=_parsed(project, desk.table))
    except InputError as error:
        _complain(error)
    state.keep(_key(project), desk)
    _buttons(project, desk)
    return desk.good


def _parsed(project: Project, table: tuple[Mapping[str, str], ...]) -> tuple[Row, ...]:
    return parse(table, file=_("your table"), place=forecast_files.place_of(project))


def _take(project: Project) -> None:
    """Add the rows of a file to the table, once; nothing of a file with a fault."""
    file = st.file_uploader(
        _("Forecasts as CSV"),
        type=["csv", "txt"],
        key=f"{_key(project)}_file",
        max_upload_size=1,
        help=_("Columns {names}. At most 1 MB; it is not stored.").format(
            names=", ".join((*COLUMNS, *ALSO))
        ),
    )
    desk, upload = kept(project), taken(file)
    if upload is None or upload.digest == desk.seen:
        return
    try:
        found = forecast_files.read_texts(upload.content, file=upload.name, project=project)
    except InputError as error:
        _complain(error)
        return
    joined = (*desk.table, *found)
    again = Desk(joined, joined, desk.good, desk.turn + 1, upload.digest)
    state.keep(_key(project), again)


def _complain(error: InputError) -> None:
    """Tell every fault in a line of one box."""
    st.error("\n".join(f"- {verbatim(line)}" for line in str(error).splitlines()))


def _buttons(project: Project, desk: Desk) -> None:
    with st.container(horizontal=True):
        st.download_button(
            _("Example file"),
            data=forecast_files.template,
            file_name="kerbwatt-example-forecasts.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="forecasts_example",
        )
        if desk.table:
            st.download_button(
                _("Your rows"),
                data=lambda: forecast_files.to_csv(desk.table),
                file_name=f"kerbwatt-own-forecasts-{plain(project.slug)}.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                key="forecasts_own",
            )
            st.button(
                _("Remove all your rows"),
                on_click=state.keep,
                args=(_key(project), Desk(turn=desk.turn + 1, seen=desk.seen)),
                icon=":material/delete:",
                key="forecasts_drop",
            )


def _frame(table: tuple[Mapping[str, str], ...]) -> pd.DataFrame:
    """Give the table its types, so that a browser offers the right way to type a cell."""
    frame = pd.DataFrame(list(table), columns=[*COLUMNS, *ALSO], dtype="string")
    for name in NUMBERS:
        numeric = pd.to_numeric(frame[name].str.replace(",", "."), errors="coerce")
        frame[name] = numeric.astype("Float64")
    return frame


def _texts(frame: pd.DataFrame) -> tuple[Mapping[str, str], ...]:
    """Turn the table back into text, as a file would hold it."""
    return tuple(
        {str(name): _text(cell) for name, cell in row.items()} for row in frame.to_dict("records")
    )


def _text(cell: object) -> str:
    if cell is None or cell is pd.NA or cell != cell:  # noqa: PLR0124  # not a number
        return ""
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


def _columns() -> dict[str, Any]:
    column = st.column_config
    return {
        "made_on": column.TextColumn(
            _("made on"), help=_("2018, 2018-11 or 2018-11-20"), required=True
        ),
        "for_year": column.NumberColumn(_("for year"), step=1, format="%d", required=True),
        "quantity": column.SelectboxColumn(
            _("quantity"),
            options=list(QUANTITIES),
            format_func=lambda key: _(QUANTITIES[str(key)].title),
            required=True,
        ),
        "kind": column.SelectboxColumn(
            _("kind"), options=list(KINDS), format_func=lambda key: _(str(key)), default=KINDS[0]
        ),
        "low": column.NumberColumn(_("low (P10)"), format="plain"),
        "value": column.NumberColumn(_("value"), format="plain"),
        "high": column.NumberColumn(_("high (P90)"), format="plain"),
        "scope": column.SelectboxColumn(
            _("scope"),
            options=list(SCOPED),
            help=_("Of charge points only: public where blank"),
        ),
        "source": column.TextColumn(_("source"), help=_("Who said or counted it"), required=True),
        "note": column.TextColumn(_("note")),
    }
