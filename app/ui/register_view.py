"""How dirty a register of charge points is: a sentence, a table of faults, and the rows to keep."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from app.exports.csv_table import text
from app.sources.intake import Intake
from app.sources.problems import rows_text
from app.sources.register import CODES, Register
from app.ui import tables
from app.ui.text import _, percent, plain, whole

FAULTS: Mapping[str, str] = {
    "REG-PLACE": "no place, or at 0, 0",
    "REG-POINTS": "no charge point stands there",
    "REG-GONE": "planned or removed points",
    "REG-POWER": "power not said, or zero",
    "REG-HIGH": "power that cannot be",
    "REG-STATE": "state not said, or unknown",
    "REG-STALE": "long not heard of",
    "REG-TWICE": "on the very same spot as another",
    "REG-EVSE": "lists a charge point another lists",
    "REG-ID": "repeats the id of another",
}


def draw(found: Intake) -> None:
    """Say how dirty the register is, list its faults, and offer every row of them."""
    register = found.register
    if register is None:
        return
    st.subheader(_("How clean is this register?"))
    st.markdown(sentence(register))
    if not register.faults:
        return
    tables.show(table(register), key="register_faults")
    st.download_button(
        _("Every fault with its row (CSV)"),
        data=partial(csv, register),
        file_name="kerbwatt-register-faults.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="register_download",
    )


def sentence(register: Register) -> str:
    """Say in words how much of the register is doubtful."""
    if not register.faults:
        said = _("Nothing is wrong with its {n} locations that a file could show.")
        return said.format(n=whole(register.total))
    said = _("{dirty} of {n} locations ({share}) have at least one fault.").format(
        dirty=whole(register.dirty),
        n=whole(register.total),
        share=percent(register.dirty / register.total if register.total else None),
    )
    if register.points_again:
        said += " " + _(
            "{again} of the {points} charge points it lists repeat another: counted as listed, "
            "there are {more} too many."
        ).format(
            again=whole(register.points_again),
            points=whole(register.points),
            more=percent(register.points_again / (register.points - register.points_again)),
        )
    if register.newest:
        said += " " + _("Its newest word is of {day}.").format(day=plain(register.newest))
    return said


def table(register: Register) -> pd.DataFrame:
    """List the faults that occur, with how many locations have them and which rows these are."""
    rows = {code: register.rows(code) for code in CODES}
    there = {code: found for code, found in rows.items() if found}
    return pd.DataFrame(
        {
            _("Fault"): [_(FAULTS[code]) for code in there],
            _("Locations"): [len(found) for found in there.values()],
            _("Share [%]"): [
                round(100 * len(found) / max(register.total, 1), 1) for found in there.values()
            ],
            _("Rows"): [rows_text(found) for found in there.values()],
            _("Code"): list(there),
        }
    )


def csv(register: Register) -> bytes:
    """Write one line per fault, harmless in a spreadsheet."""
    lines = pd.DataFrame(
        {
            "row": [fault.row for fault in register.faults],
            "charger_id": [fault.id for fault in register.faults],
            "name": [fault.name for fault in register.faults],
            "fault": [FAULTS[fault.code] for fault in register.faults],
            "found": [fault.found for fault in register.faults],
            "code": [fault.code for fault in register.faults],
        }
    )
    return text(lines).encode("utf-8-sig")
