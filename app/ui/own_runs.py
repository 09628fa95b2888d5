"""Own sessions in the engine: at once where it is quick, else in the background with progress."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.core.errors import Fault, RefusedError
from app.services import own_answers
from app.services.jobs import JOBS, Job, Report
from app.services.own_answers import OwnAnswer, OwnQuestion, OwnRow
from app.ui import own_inputs, state, tables
from app.ui.text import _, plain, whole

ONE, ALL = "own_one", "own_all"
SAID_AT_ONCE = 5  # in plain text; the table below lists them all
PATIENCE_S = 1.5  # quicker than that, nobody sees a bar
NEEDS = {
    "needs_prices": "This strategy follows prices: load prices for every hour of the sessions.",
    "needs_contract": "This strategy follows a contract: choose one above.",
    "needs_limits": (
        "This strategy acts where a limit is exceeded: load limits, or set the threshold of V2G "
        "to the lowest peak."
    ),
}
DOING = {
    "waiting": "Waiting for its turn",
    "starting": "Starting",
    "reading the files": "Reading the files",
    "sorting the sessions": "Sorting the sessions",
    "charging at once": "Simulating cars that charge at once",
    "charging as chosen": "Simulating the chosen strategy",
    "adding up": "Adding up",
}


def answer(question: OwnQuestion) -> OwnAnswer | None:
    """Return the answer; while it is worked on, show how far it is and return None."""
    found = own_answers.known(question)
    if found is not None:
        return found
    job = _job(ONE, question.key, lambda report: own_answers.answer(question, report))
    return job.result() if _finished(ONE, job) else None


def lacks() -> bool:
    """Say whether only something else that must be loaded stands in the way of an answer."""
    job = state.job(ONE)
    error = None if job is None else job.error
    return isinstance(error, RefusedError) and _lacking(error.faults)


def _lacking(faults: Sequence[Fault]) -> bool:
    return all(fault.code in NEEDS for fault in faults)


def every(question: OwnQuestion) -> Sequence[OwnRow] | None:
    """Return all strategies side by side, as far as they are known."""
    question = replace(question, pairs=own_inputs.all_pairs())
    found = own_answers.compared(question)
    if found is not None:
        return found
    job = _job(ALL, question.all_key, lambda report: own_answers.compare(question, report))
    return job.result() if _finished(ALL, job) else None


def _job(name: str, key: str, work: Callable[[Report], Any]) -> Job[Any]:
    """Start a run, unless the same question is on its way or was answered."""
    job = state.job(name)
    if job is None or state.value(f"asked_{name}") != key:
        job = JOBS.submit(work, owner=f"{state.visitor()}/{name}", title=name)
        state.remember_job(name, job)
        state.keep(f"asked_{name}", key)
        job.wait(PATIENCE_S)
    return job


def _finished(name: str, job: Job[Any]) -> bool:
    """Say whether the answer is there; else show why not."""
    if job.succeeded:
        return True
    if not job.done and not job.cancelled:
        _progress(name, job)
    elif job.cancelled:
        st.info(_("Cancelled. Nothing was changed."))
        st.button(_("Run again"), on_click=partial(_forget, name), key=f"again_{name}")
    elif isinstance(job.error, RefusedError):
        refused(job.error.faults)
    else:
        st.error(_("The run stopped: {why}").format(why=plain(str(job.error))))
    return False


def _forget(name: str) -> None:
    state.keep(f"asked_{name}", None)


def _progress(name: str, job: Job[Any]) -> None:
    @st.fragment(run_every=0.4)
    def bar() -> None:
        if job.done:
            st.rerun()  # the whole page: it draws the answer
        words = _(DOING.get(job.doing, job.doing)) or _("Simulating")
        st.progress(job.progress, text=words)

    bar()
    st.button(_("Cancel"), on_click=job.cancel, key=f"cancel_{name}")


def refused(faults: Sequence[Fault]) -> None:
    """Say what is wrong, every fault with its rows; nothing is simulated."""
    if _lacking(faults):
        for fault in faults:
            st.info(_(NEEDS[fault.code]), icon=":material/info:")
        return
    count = sum(fault.count for fault in faults)
    text = _("Refused: {n} problem(s) to mend in your files, {rows} in all. Nothing was simulated.")
    st.error(text.format(n=len(faults), rows=whole(count)), icon=":material/block:")
    for fault in faults[:SAID_AT_ONCE]:
        st.text(f"{fault.file}: {fault.message}")  # text: nothing of a stranger's is Markdown
    table = pd.DataFrame(
        {
            _("File"): [fault.file for fault in faults],
            _("What is wrong"): [fault.message for fault in faults],
            _("Column"): [fault.column or "" for fault in faults],
            _("Rows"): [fault.rows for fault in faults],
            _("How many"): [fault.count for fault in faults],
            _("Code"): [fault.code for fault in faults],
        }
    )
    tables.show(table, key="own_refused")
