"""The parts of the assumptions page."""

import pandas as pd
import streamlit as st

from app.services.parameters import load_parameters, load_sources
from app.ui import tables
from app.ui.text import _, whole

LETTERS = {"A": "read at the source or measured", "B": "secondary source", "C": "our own default"}


def _confidence(source: str) -> str:
    return str(load_sources()[source].get("confidence", "C"))


def sentence() -> str:
    """Say how much rests on sources and how much on us."""
    marks = [_confidence(each.source) for each in load_parameters().values()]
    return _(
        "Kerbwatt rests on {all} numbers: {a} read at the source or measured, {b} from secondary "
        "sources, {c} our own defaults, each with a range you can see here."
    ).format(
        all=whole(len(marks)),
        a=marks.count("A"),
        b=marks.count("B"),
        c=marks.count("C"),
    )


def explain_letters() -> None:
    """Explain the confidence letters."""
    for letter, words in LETTERS.items():
        st.markdown(f"- **{letter}** · {_(words)}")


def parameters() -> None:
    """List every parameter."""
    found = load_parameters().values()
    table = pd.DataFrame(
        {
            _("Parameter"): [each.name for each in found],
            _("Value"): [each.value for each in found],
            _("Low"): [each.low for each in found],
            _("High"): [each.high for each in found],
            _("Unit"): [each.unit for each in found],
            _("Confidence"): [_confidence(each.source) for each in found],
            _("Source"): [str(load_sources()[each.source]["title"]) for each in found],
            _("Note"): [each.note for each in found],
        }
    )
    tables.show(table, key="parameters", height=560)


def sources() -> None:
    """List every source."""
    found = load_sources()
    table = pd.DataFrame(
        {
            _("Source"): [each["title"] for each in found.values()],
            _("Publisher"): [each.get("publisher", "") for each in found.values()],
            _("Year"): [str(each.get("year", "")) for each in found.values()],
            _("Licence"): [each.get("licence", "") for each in found.values()],
            _("Confidence"): [each.get("confidence", "") for each in found.values()],
            _("Address"): [each.get("url", "") for each in found.values()],
        }
    )
    tables.show(table, key="sources")
