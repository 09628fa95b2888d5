"""A long run on a page: a button that starts it, progress with Cancel, and its answer."""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import streamlit as st

from app.services.jobs import JOBS, Job, Report
from app.ui import impact_view, state
from app.ui.text import _, plain

T = TypeVar("T")


class Work(Protocol):
    """What runs; it tells its progress to ``report``."""

    def __call__(self, *, report: Report) -> Any:  # noqa: ANN401  # every run has its own answer
        """Run and return the answer."""


def offer(name: str, label: str, question: str, work: Work, show: Callable[[Any], None]) -> None:
    """Offer a run, follow it, and show what it answered.

    ``question`` names what is asked: an answer to an earlier one is still shown, and says so. The
    run belongs to the visitor and survives a change of page.
    """
    job: Job[Any] | None = state.job(name)
    asked = state.value(f"asked_{name}")
    running = job is not None and not job.done
    with st.container(horizontal=True):
        st.button(
            label,
            on_click=partial(_start, name, question, work),
            disabled=running or (asked == question and job is not None and job.succeeded),
            icon=":material/play_arrow:",
            key=f"run_{name}",
        )
        if running and job is not None:
            st.button(_("Cancel"), on_click=job.cancel, key=f"cancel_{name}")
    if job is not None:
        if asked != question:
            st.caption(":material/update: " + _("This answers an earlier question; run it again."))
        _follow(job, show, running=running)


def _start(name: str, question: str, work: Work) -> None:
    owner = f"{state.visitor()}|{name}"
    state.remember_job(name, JOBS.submit(lambda report: work(report=report), owner=owner))
    state.keep(f"asked_{name}", question)


def _follow(job: Job[Any], show: Callable[[Any], None], *, running: bool) -> None:
    @st.fragment(run_every=0.5 if running else None)
    def progress() -> None:
        if running and job.done:
            st.rerun()  # the whole page: it stops the clock and frees the button
        if not job.done:
            st.progress(job.progress, text=impact_view.doing(job) or _("Working"))
        elif job.cancelled:
            st.info(_("Cancelled. Nothing was changed."))
        elif job.succeeded:
            show(job.result())
        else:
            st.error(_("The run stopped: {why}").format(why=plain(str(job.error))))

    progress()
