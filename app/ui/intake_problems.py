"""What is wrong with a file: grouped by kind of problem, then one by one, with a file of it."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

import pandas as pd
import streamlit as st

from app.exports.csv_table import text as csv_text
from app.sources.problems import Problem, rows_of, rows_text
from app.ui import tables
from app.ui.intake_desk import Desk
from app.ui.text import _, plain, whole

SHOW = "show_problem"
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
        tables.show(_grouped(serious), key="problems")
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


def _grouped(problems: Sequence[Problem]) -> pd.DataFrame:
    """One line per kind of problem."""
    lines = []
    for code, group in groupby(problems, key=lambda each: each.code):
        same = list(group)
        rows = sorted(frozenset().union(*(rows_of(each) for each in same)))
        lines.append(
            {
                _("How serious"): _(same[0].severity),
                _("What was found"): same[0].message,
                _("Times"): len(rows) or len(same),
                _("Rows"): rows_text(rows),
                _("What to do"): same[0].hint,
                _("Code"): code,
            }
        )
    return pd.DataFrame(lines)


def _one_by_one(problems: Sequence[Problem]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("How serious"): [_(each.severity) for each in problems],
            _("Row"): [str(each.row or "") for each in problems],
            _("Column"): [each.column or "" for each in problems],
            _("What was found"): [each.message for each in problems],
            _("What to do"): [each.hint for each in problems],
            _("Code"): [each.code for each in problems],
        }
    )


def _csv(problems: Sequence[Problem]) -> bytes:
    return csv_text(_one_by_one(problems)).encode("utf-8-sig")
