"""What a case asks, as widgets: each with its unit, range, source and confidence beside it."""

from collections.abc import Sequence
from fractions import Fraction

import streamlit as st

from app.core.cases import Case
from app.core.cases.inputs import NUMBERS, File, Input, Typed
from app.core.project import Project
from app.core.schema import KINDS
from app.services import case_maps, cases
from app.services.parameters import load_sources
from app.ui import cached_cases
from app.ui.text import _, number, plain, whole
from app.ui.uploads import taken

FINE = 5  # significant digits of an edge
FIRST = 14  # inputs shown at once
OURS = "kerbwatt"  # the source of what no document says


def ask(project: Project, case: Case) -> dict[str, Typed]:
    """Ask for every input, with where its default is from; return what differs from ours."""
    said = _pairs(project, case, case.inputs[:FIRST])
    rest = case.inputs[FIRST:]
    if rest:
        with st.expander(_("{n} more inputs").format(n=len(rest)), icon=":material/tune:"):
            said |= _pairs(project, case, rest)
    return cases.changed(case, said)


def _pairs(project: Project, case: Case, inputs: Sequence[Input]) -> dict[str, Typed | None]:
    """Draw two beside each other; on a phone they stand in their order."""
    said = {}
    for at in range(0, len(inputs), 2):
        for column, each in zip(st.columns(2), inputs[at : at + 2], strict=False):
            with column:
                said[each.name] = _widget(project, case, each)
                st.caption(_origin(each))
    return said


def _widget(project: Project, case: Case, each: Input) -> Typed | None:
    key = f"case_{case.key}_{each.name}"
    label = f"{_(each.label)} [{_(each.unit)}]" if each.unit else _(each.label)
    words = _(each.help) if each.help else None
    if each.kind in NUMBERS:
        return _number(each, label, key, words)
    if each.kind == "choice":
        usual = each.names.index(str(each.value))
        return str(
            st.selectbox(
                label,
                each.names,
                usual,
                format_func=lambda name: _(str(name).replace("_", " ")),
                key=key,
                help=words,
            )
        )
    if each.kind == "flag":
        return bool(st.checkbox(label, key=key, help=words))
    if each.kind == "file":
        return _file(project, each, label, key)
    usual_text = each.value if isinstance(each.value, str) else ", ".join(each.value or ())
    text: str = st.text_input(label, usual_text, key=key, help=words)
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    return parts if each.kind == "parts" else text


def _file(project: Project, each: Input, label: str, key: str) -> File | None:
    """Take the map of the city on the table, or a file."""
    if each.layer in project.layers:
        offer = _("Use the map of {city}: {layer}").format(
            city=plain(project.name), layer=_(KINDS[each.layer].title).lower()
        )
        if st.checkbox(offer, key=f"{key}_map"):
            silent = case_maps.untold(project, each.layer)
            if silent:
                text = _("{n} rows say nothing and are left out.")
                st.caption(text.format(n=whole(silent)))
            return cached_cases.from_map(project, each.layer)
    words = _(each.help) if each.help else None
    upload = taken(st.file_uploader(label, ["csv", "txt"], key=key, help=words))
    return None if upload is None else cases.as_file(upload.name, upload.content)


def _number(each: Input, label: str, key: str, words: str | None) -> str | None:
    if each.kind == "count":
        return _count(each, label, key, words)
    usual = None if each.value is None else float(Fraction(str(each.value)))
    value = st.number_input(
        label,
        min_value=None if each.kind == "signed" else 0.0,
        max_value=1.0 if each.kind in {"share", "efficiency"} else None,
        value=usual,
        step=_step(each, usual),
        format="%g",
        key=key,
        help=words,
        placeholder=_("open"),
    )
    return None if value is None else str(value)


def _count(each: Input, label: str, key: str, words: str | None) -> str | None:
    usual = None if each.value is None else int(str(each.value))
    value = st.number_input(
        label,
        min_value=0,
        value=usual,
        step=max(1, round((usual or 0) / 20)),
        key=key,
        help=words,
        placeholder=_("open"),
    )
    return None if value is None else str(value)


def _step(each: Input, usual: float | None) -> float:
    """Step a share by hundredths, a quantity by its second digit."""
    if each.kind in {"share", "efficiency"}:
        return 0.01
    return 10.0 ** (len(str(int(usual))) - 2) if usual and usual >= 1 else 0.1


def _origin(each: Input) -> str:
    """Say where a default is from, how sure it is, and the range held likely."""
    if each.kind == "flag":
        return _("Off unless you say so.")
    if not each.value:
        return _("Open: nothing is assumed.")
    if each.source == OURS:
        source = _("our own default")
    else:
        source = plain(load_sources()[each.source]["title"])
    text = _("{source} · confidence {mark}").format(source=source, mark=each.confidence)
    if each.low is None or each.high is None or each.low == each.high:
        return text
    span = _("likely {low} to {high}").format(
        low=number(each.low, FINE), high=number(each.high, FINE)
    )
    return f"{span} · {text}"
