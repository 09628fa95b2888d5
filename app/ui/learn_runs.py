"""The file of observed places on its way in, and learning from it in the background."""

from functools import partial

import streamlit as st

from app.core.errors import RefusedError
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import learn
from app.services.jobs import JOBS, Job
from app.services.learn import LearnAnswer, LearnQuestion
from app.services.learn_examples import example
from app.sources.limits import size_text
from app.sources.own_open import Dropped
from app.ui import state
from app.ui.text import _, plain, verbatim
from app.ui.uploads import dropped, keep_dropped

FILE, UPLOAD, JOB, ASKED = "learn_file", "learn_upload", "learn", "asked_learn"
PATIENCE_S = 1.5  # quicker than that, nobody sees a bar
DOING = {
    "waiting": "Waiting for its turn",
    "starting": "Starting",
    "reading the places": "Reading the places",
    "learning and judging": "Learning on some parts of the city, judging on the others",
}


def given() -> Dropped | None:
    """Return the file on the table."""
    found: Dropped | None = state.value(FILE)
    return found


def uploads(project: Project) -> None:
    """Take a file, or an invented one."""
    st.file_uploader(
        _("Observed places: what was counted where, in how many days"),
        type=["csv", "txt", "tsv", "parquet"],
        key=UPLOAD,
        on_change=keep_dropped,
        args=(UPLOAD, FILE),
        help=_("CSV or Parquet, at most 100 MB. It is read here and never stored."),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        found = given()
        if found is not None:
            size = size_text(len(found.content))
            st.caption(f":material/check: {plain(found.name)}, {size}")
            st.button(
                _("Put away"),
                on_click=state.keep,
                args=(FILE, None),
                key="learn_drop",
                type="tertiary",
            )
        for kind, words in (
            ("signal", _("Synthetic example with a signal")),
            ("noise", _("Synthetic example without one")),
        ):
            st.button(
                words,
                on_click=_invent,
                args=(project, kind),
                icon=":material/play_arrow:",
                key=f"learn_{kind}",
            )
        st.download_button(
            _("Example file"),
            data=partial(example, project, "signal"),
            file_name="kerbwatt-synthetic-places.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="learn_template",
            type="tertiary",
        )


def _invent(project: Project, kind: str) -> None:
    state.keep(FILE, dropped(f"synthetic-{kind}.csv", example(project, kind)))


def answer(project: Project, scenario: Scenario) -> LearnAnswer | None:
    """Return the answer; while it is worked on, show how far it is and return None."""
    file = given()
    if file is None:
        return None
    question = LearnQuestion(project, scenario, file)
    found = learn.known(question)
    if found is not None:
        return found
    job = _job(question)
    if job.succeeded:
        return job.result()
    if job.done or job.cancelled:
        _stopped(job)
    else:
        _progress(job)
    return None


def _job(question: LearnQuestion) -> Job[LearnAnswer]:
    """Start learning, unless the same question is on its way or was answered."""
    job = state.job(JOB)
    if job is None or state.value(ASKED) != question.key:
        owner = f"{state.visitor()}/{JOB}"
        job = JOBS.submit(lambda report: learn.answer(question, report), owner=owner, title=JOB)
        state.remember_job(JOB, job)
        state.keep(ASKED, question.key)
        job.wait(PATIENCE_S)
    return job


def _progress(job: Job[LearnAnswer]) -> None:
    @st.fragment(run_every=0.4)
    def bar() -> None:
        if job.done:
            st.rerun()  # the whole page: it draws the answer
        st.progress(job.progress, text=_(DOING.get(job.doing, job.doing)) or _("Starting"))

    bar()
    st.button(_("Cancel"), on_click=job.cancel, key="learn_cancel")


def _stopped(job: Job[LearnAnswer]) -> None:
    """Say why there is no answer."""
    if job.cancelled:
        st.info(_("Cancelled. Nothing was changed."))
        st.button(_("Run again"), on_click=state.keep, args=(ASKED, None), key="learn_again")
    elif isinstance(job.error, RefusedError):
        n = len(job.error.faults)
        st.error(_("Refused: {n} problem(s) to mend. Nothing was learned.").format(n=n))
        for fault in job.error.faults:
            st.text(fault.sentence)  # text: nothing of a stranger's is Markdown
    else:
        st.error(_("Nothing was learned: {why}.").format(why=verbatim(str(job.error))))
