"""How a file was read: encoding, marks, dates and coordinate system, and the way to correct it."""

from collections.abc import Mapping
from pathlib import PurePath

import streamlit as st

from app.core.errors import InputError
from app.core.schema import KINDS
from app.sources.answers import Answers
from app.sources.crs import CANDIDATES, spoken
from app.sources.sniff import SUFFIXES
from app.ui import state
from app.ui.intake_desk import Desk, say
from app.ui.text import _

FOUND = ""  # as it was found out
ENCODINGS = ("utf-8", "cp1252", "cp1250", "cp1254", "mac-roman", "utf-16")
MARKS: Mapping[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ".": "point"}


def draw(desk: Desk) -> None:
    """Offer what can be corrected about this kind of file; nothing is asked that was clear."""
    offered = _offered(desk)
    if not offered:
        return
    turn = desk.upload.digest[:8]
    with st.expander(_("Encoding, marks and coordinate system")), st.form(f"reading_{turn}"):
        for place, (name, choices) in zip(st.columns(len(offered)), offered.items(), strict=True):
            said = getattr(desk.answers, name)
            now = FOUND if said is None else str(said).lower() if said in {True, False} else said
            place.selectbox(
                _(LABELS[name]),
                [FOUND, *choices],
                index=[FOUND, *choices].index(now) if now in choices else 0,
                format_func=lambda value: _spoken(value) if value else _("as it was found"),
                key=f"read_{name}_{turn}",
            )
        st.form_submit_button(
            _("Read it this way"),
            on_click=_set,
            args=(desk, tuple(offered)),
            icon=":material/redo:",
        )


LABELS: Mapping[str, str] = {
    "encoding": "Encoding",
    "delimiter": "Between columns",
    "decimal": "Decimal mark",
    "dayfirst": "Days before months",
    "crs": "Coordinate system",
    "swap_xy": "Exchange x and y",
}


def _offered(desk: Desk) -> dict[str, tuple[str, ...]]:
    """List what can be said, with the choices; the words of a table only where it is one."""
    format_ = desk.found.mapping.format
    if not format_ and PurePath(desk.upload.name.lower()).suffix in SUFFIXES["CSV"]:
        format_ = "CSV"  # refused before it was read: a wrong mark may be the reason
    systems = tuple(f"EPSG:{code}" for code in CANDIDATES)
    offered: dict[str, tuple[str, ...]] = {}
    if format_.startswith(("CSV", "shapefile")):
        offered["encoding"] = ENCODINGS
    if format_.startswith("CSV"):
        offered |= {"delimiter": (",", ";", "\t", "|"), "decimal": (".", ",")}
    if any(column.type == "time" for column in KINDS[desk.kind].columns):
        offered["dayfirst"] = ("true", "false")
    if KINDS[desk.kind].geometry and format_:
        asked = {question.answer for question in desk.found.questions}
        offered |= {} if "crs" in asked else {"crs": systems}
        offered |= {} if "swap_xy" in asked else {"swap_xy": ("true", "false")}
    return offered


def _spoken(value: str) -> str:
    if value in MARKS:
        return _(MARKS[value])
    if value.startswith("EPSG:"):
        return spoken(value)
    return {"true": _("yes"), "false": _("no")}.get(value, value)


def _set(desk: Desk, names: tuple[str, ...]) -> None:
    table = desk.answers.table()
    for name in names:
        value = state.value(f"read_{name}_{desk.upload.digest[:8]}", FOUND)
        table.pop(name, None)
        if value != FOUND:
            table[name] = {"true": True, "false": False}.get(value, value)
    try:
        say(desk, Answers.read(table))
    except InputError as error:
        state.tell(str(error))
