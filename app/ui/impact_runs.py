"""Every strategy on the design weeks or the whole year: runs in the background, with progress."""

from collections.abc import Mapping
from functools import partial
from typing import TypeAlias

import streamlit as st

from app.core.impact import OVER, Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.jobs import JOBS, Job
from app.services.simulate import HORIZONS, simulate_all
from app.ui import cached, charts, drivers_view, impact_view, state, strategies_view, tables
from app.ui.text import _, number, percent, plain, power

Answers: TypeAlias = Mapping[str, Impact]

HORIZON = "horizon"
NAMES: Mapping[str, str] = {"design_weeks": "Four design weeks", "year": "The whole year"}


def all_strategies(project: Project, scenario: Scenario) -> None:
    """Offer the run, follow it, show what it answered."""
    horizon = st.segmented_control(
        _("Simulate"),
        [key for key in HORIZONS if key in NAMES],
        default="design_weeks",
        required=True,
        format_func=lambda key: _(NAMES[key]),
        key=HORIZON,
        persist_state="session",
    )
    question = cached.question(project, scenario, horizon)
    job, asked = state.job(horizon), state.value(f"asked_{horizon}")
    if job is None and horizon == "design_weeks":
        _start(project, scenario, horizon, question)
        job, asked = state.job(horizon), question
    running = job is not None and not job.done
    with st.container(horizontal=True):
        st.button(
            _("Simulate all strategies"),
            on_click=partial(_start, project, scenario, horizon, question),
            disabled=running or (asked == question and job is not None and job.succeeded),
            icon=":material/play_arrow:",
            key=f"run_{horizon}",
        )
        if running and job is not None:
            st.button(_("Cancel"), on_click=job.cancel, key=f"cancel_{horizon}")
    if job is not None:
        if asked != question:
            st.caption(
                ":material/update: "
                + _("These figures answer an earlier question; simulate again.")
            )
        _follow(job, running=running, weeks=_weeks(project, scenario, horizon))


def _weeks(project: Project, scenario: Scenario, horizon: str) -> Answers | None:
    """Find what the design weeks said to the same question, for the year to be held against."""
    job: Job[Answers] | None = state.job("design_weeks")
    same = state.value("asked_design_weeks") == cached.question(project, scenario, "design_weeks")
    there = horizon == "year" and job is not None and job.succeeded and same
    return job.result() if there and job is not None else None


def _start(project: Project, scenario: Scenario, horizon: str, question: str) -> None:
    work = partial(simulate_all, project, scenario, horizon)
    owner = f"{state.visitor()}/{horizon}"  # a visitor's weeks do not end the year
    state.remember_job(horizon, JOBS.submit(lambda report: work(report=report), owner=owner))
    state.keep(f"asked_{horizon}", question)


def _follow(job: Job[Answers], *, running: bool, weeks: Answers | None) -> None:
    @st.fragment(run_every=0.4 if running else None)
    def progress() -> None:
        if running and job.done:
            st.rerun()  # the whole page: it stops the clock and frees the button
        if not job.done:
            st.progress(job.progress, text=impact_view.doing(job) or _("Simulating"))
            return
        if job.cancelled:
            st.info(_("Cancelled. Nothing was changed."))
        elif job.succeeded:
            _show(job.result(), weeks)
        else:
            st.error(_("The run stopped: {why}").format(why=plain(str(job.error))))

    progress()


def _show(answers: Answers, weeks: Answers | None) -> None:
    st.markdown(strategies_view.strategies_sentence(answers))
    if weeks is not None:
        st.markdown(against_weeks(answers, weeks))
    left, right = st.columns(2)
    names = strategies_view.named(answers)
    over = [float(a.count("over")) for a in answers.values()]
    with left:
        figure = charts.bars(names, over, keys=list(answers), unit=_("Transformers over the limit"))
        st.plotly_chart(
            figure, key="strategies_over", alt=strategies_view.strategies_sentence(answers)
        )
    with right:
        figure = charts.bars(
            names,
            _megawatts(answers, "ev_peak_kw"),
            keys=list(answers),
            unit=_("Charging peak [MW]; hatched: in the contract's hours"),
            inside=_megawatts(answers, "rebound_in_kw"),
        )
        st.plotly_chart(figure, key="strategies_peak", alt=_peaks(answers, names))
    tables.show(strategies_view.strategy_table(answers), key="strategies")
    if "uncontrolled" in answers:
        with st.expander(_("Every indicator, as a difference to charging at once")):
            titles = {key: impact_view.title(key) for key in answers}
            tables.show(drivers_view.differences(answers, titles), key="differences")
    some = next(iter(answers.values()))
    st.caption(impact_view.horizon_note(some))
    seconds = some.city.get("seconds")
    if seconds:
        st.caption(_("Computed in {s} seconds.").format(s=number(seconds, 2)))


def _megawatts(answers: Answers, key: str) -> list[float]:
    return [(each.city.get(key) or 0.0) / 1000 for each in answers.values()]


def _peaks(answers: Answers, names: list[str]) -> str:
    text = _("{strategy}: charging peaks at {all}, {inside} in the contract's hours")
    return "; ".join(
        text.format(
            strategy=name,
            all=power(each.city.get("ev_peak_kw")),
            inside=power(each.city.get("rebound_in_kw")),
        )
        for name, each in zip(names, answers.values(), strict=True)
    )


def against_weeks(year: Answers, weeks: Answers) -> str:
    """Say how far the design weeks were from the year that now replaces them."""
    key = "uncontrolled" if "uncontrolled" in year else next(iter(year))
    whole_year, few = year[key], weeks[key]
    share = (few.city.get("peak_kw") or 0.0) / max(whole_year.city.get("peak_kw") or 0.0, 1e-9)
    single = (few.rows["peak_kw"] / whole_year.rows["peak_kw"]).quantile([0.1, 0.9])
    return _(
        "The year replaces the design weeks. {strategy}: the city's peak in the design weeks is "
        "{share} of the year's, {low} to {high} for most single transformers; {weeks} "
        "transformers were over their limit in the weeks, {year} are in the year."
    ).format(
        strategy=impact_view.title(key),
        share=percent(share, 1),
        low=percent(float(single.iloc[0])),
        high=percent(float(single.iloc[1])),
        weeks=number(few.count(OVER)),
        year=number(whole_year.count(OVER)),
    )


def explanation() -> str:
    """Tell how the figures come about."""
    return _(
        "Demand of each district is shared over its transformers by homes. Sessions are drawn from "
        "published distributions of arrival, stay and energy, the same draws for every "
        "strategy. Each "
        "strategy then shares the power, quarter of an hour by quarter of an hour, on top of "
        "the load of "
        "homes. A transformer is *full* when its highest load exceeds its limit, *tight* from "
        "80 percent. "
        "So it is when more flows back than it may. "
        "Unknown limits stay unknown. A strategy that leaves cars short is never called the best. "
        "What could be shed or taken for 15 minutes leaves every car as full at departure. "
        "The headline uses the week of the highest base load; "
        "all strategies "
        "together run on four design weeks, weighted to a year, or on the whole year."
    )
