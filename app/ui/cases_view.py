"""The parts of the page of cases: one choice, its inputs, its answer."""

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import partial

import pandas as pd
import streamlit as st

from app.core.cases import CASES, Case
from app.core.cases.base import SETTINGS, Answer, Said, Table, document
from app.core.cases.coverage import coverage
from app.core.cases.given import Given
from app.core.cases.inputs import Typed
from app.core.errors import InputError
from app.exports import file_name
from app.services import cases
from app.ui import cached_cases, cases_charts, tables
from app.ui.text import NO_NUMBER, _, number, plain, today, verbatim, whole

ALL, LAW = "all", "law"
FINE = 5  # significant digits of a figure
WORDS: Mapping[str, str] = {
    "home": "at home",
    "public": "in public",
    "business": "at a business",
    "depot": "in a depot",
}


def choose() -> Case | None:
    """Choose a case by city and setting."""
    cities = [ALL, *dict.fromkeys(c.city for c in CASES.values() if c.city), LAW]
    titles = {ALL: _("all cities"), LAW: _("law and standards")}
    where, how, which = st.columns([2, 2, 4])
    city = where.selectbox(
        _("City"), cities, format_func=lambda c: titles.get(c, c), key="case_city"
    )
    setting = how.selectbox(
        _("Where cars stand"),
        [ALL, *SETTINGS],
        format_func=lambda s: _(WORDS[s]) if s in WORDS else _("anywhere"),
        key="case_setting",
    )
    found = [c for c in CASES.values() if _fits(c, str(city), str(setting))]
    if not found:
        return None
    keys = [c.key for c in found]
    key = which.selectbox(
        _("Case"), keys, format_func=lambda k: _(CASES[k].title), key="case_chosen"
    )
    return CASES[str(key)]


def _fits(case: Case, city: str, setting: str) -> bool:
    here = city == ALL or case.city == ("" if city == LAW else city)
    return here and setting in {ALL, case.setting}


def answer(case: Case, typed: Mapping[str, Typed]) -> tuple[Given, Answer] | None:
    """Answer, or say in place why not."""
    try:
        return cached_cases.answer(case.key, typed)
    except InputError as error:
        for sentence in str(error).splitlines():
            st.error(verbatim(sentence), icon=":material/error:")
        return None


def sentence(said: Said) -> str:
    """Say a sentence with its numbers in the visitor's way."""
    return _(said.words).format(**{name: _field(each) for name, each in said.fields.items()})


def _field(value: object) -> str:
    if isinstance(value, int):
        return whole(value)
    if isinstance(value, Fraction | float):
        return number(float(value), FINE)
    return NO_NUMBER if value is None else plain(_(str(value)))


def headline(answered: tuple[Given, Answer] | None) -> str:
    """Say the answer in a line, or what to do first."""
    if answered is None:
        return _("Correct what is marked below first.")
    return sentence(answered[1].sentence)


def explanation() -> str:
    """Tell how cases compute, and what their marks mean."""
    return _(
        "Each case is a formula of a page or less. Every input stands there with where "
        "it is from and how sure that is (A read in the primary text, B from a second hand, C a "
        "default of ours to be replaced). Numbers are read as decimal text and computed exactly "
        "before anything is rounded. Nothing here changes the scenario."
    )


def nothing() -> str:
    """Say that no case fits the choice."""
    return _("0 of {n} cases fit this city and setting: no bundled data there.").format(
        n=len(CASES)
    )


def show(case: Case, given: Given, found: Answer) -> None:
    """Draw the picture, the table under it and what is left out."""
    if found.picture is not None:
        words = cases_charts.alt(found.picture)
        st.plotly_chart(cases_charts.figure(found.picture), key=f"case_{case.key}", alt=words)
        st.caption(words)
    tables.show(frame(found.table), key=f"case_table_{case.key}")
    for note in found.notes:
        st.info(sentence(note), icon=":material/info:")
    own = [each for each in given.echo() if each["source"] == "given"]
    st.markdown("**" + _("What this leaves out") + "**")
    st.markdown("\n".join(f"- {_(limit)}" for limit in case.limits))
    if own:
        st.caption(_("{n} inputs are yours.").format(n=len(own)))


def frame(table: Table) -> pd.DataFrame:
    """Make the rows of a table; a column that mixes words and numbers is written as words."""
    columns = {}
    for at, title in enumerate(table.columns):
        cells = [row[at] for row in table.rows]
        words = any(isinstance(cell, str) for cell in cells)
        columns[_(title)] = (
            [_(c) if isinstance(c, str) else _written(c) for c in cells] if words else cells
        )
    return pd.DataFrame(columns)


def _written(cell: float | None) -> str:
    return "" if cell is None else number(float(cell), FINE)


def downloads(case: Case, typed: Mapping[str, Typed], given: Given, found: Answer) -> None:
    """Offer table and document, and the line that gives the same in a terminal."""
    st.markdown("**" + _("Download") + "**")
    files = {"csv": ("text/csv", partial(cases.table_csv, found))}
    files["json"] = ("application/json", partial(_json, given, found))
    with st.container(horizontal=True):
        for suffix, (mime, make) in files.items():
            st.download_button(
                _("Table (CSV)") if suffix == "csv" else _("Inputs and results (JSON)"),
                data=make,
                file_name=file_name(case.key, "case", today(), f".{suffix}"),
                mime=mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"download_case_{suffix}",
            )
        if case.writes and found.file:
            st.download_button(
                case.writes,
                data=found.file,
                file_name=case.writes,
                on_click="ignore",
                icon=":material/download:",
                key="download_case_file",
            )
    st.markdown(_("The same in a terminal, where files lie in the folder:"))
    st.code(cases.command(case, typed), language="bash", wrap_lines=True)


def _json(given: Given, found: Answer) -> str:
    return json.dumps(document(given, found), indent=2, ensure_ascii=False, allow_nan=False)


def covered() -> None:
    """Show which areas and settings have a case, and which have nothing."""
    table = coverage(CASES.values())
    named = Table((table.columns[0], *(WORDS[s] for s in SETTINGS)), table.rows)
    with st.expander(_("Which cities and settings are covered?"), icon=":material/grid_on:"):
        tables.show(frame(named), key="case_coverage")
