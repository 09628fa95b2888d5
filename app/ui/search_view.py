"""A search behind the plan that is shown: its sentence grows surer while somebody reads it."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.services.jobs import SEARCHES, Job
from app.services.search import News, Outcome, search
from app.ui import cached, cached_sites, sites_view, state, style
from app.ui.text import _, number

NAME, ASKED, LEAST_KWH = "search", "asked_search", 0.05
LAGRANGIAN = "lagrangian"


def sure(project: Project, scenario: Scenario, plan: Plan) -> Plan:
    """Give the plan that is shown the best bound a search has found for it."""
    news = _news(_job(cached.plan_question(project, scenario)))
    if news is None or state.better_plan(cached.plan_question(project, scenario)) is not None:
        return plan
    return _bounded(plan, news)


def headline(project: Project, scenario: Scenario, plan: Plan) -> None:
    """Say what the plan buys; search for a better one meanwhile and say what came of it."""
    question = cached.plan_question(project, scenario)
    if plan.firm.empty or state.better_plan(question) is not None:
        style.headline(sites_view.sentence(plan, scenario))
        if state.better_plan(question) is not None:
            _taken(question)
        return
    if state.value(ASKED) != question:
        _start(project, scenario, question)
    job = _job(question)
    running = job is not None and not job.done

    @st.fragment(run_every=0.5 if running else None)
    def live() -> None:
        if state.better_plan(question) is not None:
            st.rerun()  # taken over by the button below
        news = _news(job)
        known = plan if news is None else _bounded(plan, news)
        style.headline(sites_view.sentence(known, scenario))
        if job is None:
            return
        if running and job.done:
            st.rerun()  # the whole page: it stops the clock, and its figures follow the sentence
        _told(job, news, question)

    live()


def _told(job: Job[Any], news: News | None, question: str) -> None:
    """Say how the search goes, and offer what it found."""
    if not job.done:
        gain = _("nothing better yet") if news is None or news.gain < LEAST_KWH else _more(news)
        st.caption(
            ":material/search: "
            + _("A search for a better plan goes on in the background: {gain}.").format(gain=gain)
        )
        return
    if not job.succeeded:
        return
    found: Outcome = job.result()
    if found.better is None or found.news.gain < LEAST_KWH:
        st.caption(":material/search: " + _("A search in the background found no better plan."))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            ":material/search: "
            + _(
                "A search in the background found a better plan: {gain}. The independent check "
                "accepts it."
            ).format(gain=_more(found.news))
        )
        st.button(
            _("Use the better plan"),
            on_click=state.take_over,
            args=(question, found.better),
            icon=":material/check:",
            key="use_found",
        )


def _taken(question: str) -> None:
    """Say that a plan of a search stands here, and lead back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            ":material/check: "
            + _("This plan comes from a search; it stands until a lever that matters is moved.")
        )
        st.button(
            _("Use the first plan again"),
            on_click=state.take_over,
            args=(question, None),
            icon=":material/undo:",
            key="drop_found",
        )


def _more(news: News) -> str:
    return _("{kwh} kWh a day more").format(kwh=number(news.gain))


def _start(project: Project, scenario: Scenario, question: str) -> None:
    """Search once per question; where too many search already, the plan stands as it is."""
    work = partial(search, *cached_sites.scene(project, scenario))
    owner = f"{state.visitor()}|{NAME}"
    state.keep(ASKED, question)
    try:
        job = SEARCHES.submit(lambda report: work(report=report), owner=owner)
    except InputError:
        return
    state.remember_job(NAME, job)
    state.keep(f"{ASKED}_job", question)


def _job(question: str) -> Job[Any] | None:
    return state.job(NAME) if state.value(f"{ASKED}_job") == question else None


def _news(job: Job[Any] | None) -> News | None:
    return job.partial[-1] if job is not None and job.partial else None


def _bounded(plan: Plan, news: News) -> Plan:
    if news.bound >= plan.bound:
        return plan
    bound = max(news.bound, plan.value)
    gap = max(0.0, (bound - plan.value) / bound) if bound > 0 else 0.0
    return replace(plan, bound=bound, gap=gap, bound_method=LAGRANGIAN)
