"""What is wrong with a file: grouped by kind of problem, then one by one, with a file of it."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import groupby

import pandas as pd
import streamlit as st

from app.exports.csv_table import text as csv_text
from app.sources.problems import Problem, rows_of, rows_text
from app.ui import tables
from app.ui.intake_desk import Desk
from app.ui.text import _, plain, verbatim, whole

SHOW = "show_problem"
AT_ONCE, FEW = 8, 12
KEYS = re.compile(r" \(`\w+`\)|(?:A larger map|Say `)[^.]*\.")  # what belongs into a project.toml
LOOKS = {"error": ":material/block:", "warning": ":material/warning:"}
SEVERE = ("error", "warning")


def draw(desk: Desk) -> None:
    """Group what was found; errors and warnings are open, notices are there to be opened."""
    found = desk.found.problems
    if not found:
        st.markdown(_("Nothing was wrong with it."))
        return
    serious = [each for each in found if each.severity in SEVERE]
    if serious:
        groups = _groups(serious)
        st.markdown("\n".join(_line(group) for group in groups[:AT_ONCE]))
        if len(groups) > AT_ONCE:
            st.caption(_("… and {n} more kinds in the list").format(n=len(groups) - AT_ONCE))
    else:
        st.markdown(_("Nothing to look at."))
    title = _("Every message one by one ({n}), with notices for the record").format(
        n=whole(len(found))
    )
    with st.expander(title):
        tables.show(_one_by_one(found), key="problems_all")
        st.download_button(
            _("Download this list (CSV)"),
            data=partial(_csv, found),
            file_name=f"kerbwatt-{desk.kind}-problems.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="problems_csv",
        )


def choose_rows(desk: Desk) -> frozenset[int]:
    """Let a person pick one kind of problem to see on the map; returns rows of the file."""
    rows = {code: rows for code, rows in _rows_by_code(desk).items() if rows}
    if desk.found.layer is None or not rows:
        return frozenset()
    first = {problem.code: problem for problem in reversed(desk.found.problems)}
    chosen = st.selectbox(
        _("Show on the map"),
        [None, *rows],
        format_func=lambda code: (
            _("the whole file")
            if code is None
            else f"{plain(first[code].message)} · {_('rows')} {rows_text(sorted(rows[code]))}"
        ),
        key=SHOW,
    )
    return rows.get(chosen, frozenset()) if chosen else frozenset()


def positions(desk: Desk, rows: frozenset[int]) -> list[int]:
    """Turn rows of the file into places in the layer; rows set aside are in none."""
    aside = set(desk.found.mapping.set_aside)
    kept = (row for row in range(1, desk.found.mapping.rows_read + 1) if row not in aside)
    return [at for at, row in enumerate(kept) if row in rows]


def _rows_by_code(desk: Desk) -> dict[str, frozenset[int]]:
    aside = set(desk.found.mapping.set_aside)
    found: dict[str, frozenset[int]] = {}
    for problem in desk.found.problems:
        rows = rows_of(problem) - aside
        found[problem.code] = found.get(problem.code, frozenset()) | rows
    return found


def _groups(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Put problems of one kind together; they come sorted by kind."""
    found = groupby(problems, key=lambda each: (each.severity, each.code))
    return [list(group) for _kind, group in found]


def _line(group: Sequence[Problem]) -> str:
    """Say one kind of problem: the first of it in full, how many more, and what to do."""
    first = group[0]
    rows = sorted(frozenset().union(*(rows_of(each) for each in group)))
    words = f"- {LOOKS[first.severity]} **{_(first.severity)}:** {verbatim(_shortened(first))}"
    if len(group) > 1:
        more = _("{n} rows in all: {rows}.") if len(rows) > 1 else _("{n} times in all.")
        said = more.format(n=whole(len(rows) if len(rows) > 1 else len(group)), rows=_few(rows))
        words += f" {verbatim(said)}"
    hint = advice(first)
    return f"{words} *{verbatim(hint)}*" if hint else words


def _shortened(problem: Problem) -> str:
    """Say a sentence with the first of its rows; all of them stand in the list."""
    rows = dict(problem.fields).get("rows", "")
    spans = rows.split(", ")
    if len(spans) <= FEW:
        return problem.message
    return problem.message.replace(rows, ", ".join(spans[:FEW]) + " …")


def advice(problem: Problem) -> str:
    """Say what to do on a page, where nobody writes a project file."""
    return KEYS.sub("", problem.hint) if KEYS.search(problem.hint) else problem.hint


def _few(rows: Sequence[int]) -> str:
    return rows_text(rows[:FEW]) + (" …" if len(rows) > FEW else "")


def _one_by_one(problems: Sequence[Problem]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("How serious"): [_(each.severity) for each in problems],
            _("Row"): [str(each.row or "") for each in problems],
            _("Column"): [each.column or "" for each in problems],
            _("What was found"): [each.message for each in problems],
            _("What to do"): [advice(each) for each in problems],
            _("Code"): [each.code for each in problems],
        }
    )


def _csv(problems: Sequence[Problem]) -> bytes:
    return csv_text(_one_by_one(problems)).encode("utf-8-sig")
