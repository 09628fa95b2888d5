"""Runs that look deeper into a plan: proof, firmness, least regret, and years."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.milp import REL_GAP
from app.core.siting.plan import Plan
from app.services import futures, years
from app.services.plan import prove_project
from app.ui import cached, charts, firm_view, runs, tables, take_over_view
from app.ui.impact_view import title
from app.ui.text import _, euro, number, percent, verbatim, whole

LOOK = "sites_look"
LOOKS: Mapping[str, str] = {
    "proof": "Is there a better plan?",
    "firm": "How firm is each place?",
    "regret": "Which plan regrets least?",
    "years": "What comes in which year?",
}
GRIDS: Mapping[str, str] = {"as_told": "grid as told", "late": "works on the grid late"}
UPTAKES: Mapping[str, str] = {
    "low": "few electric cars",
    "mid": "middle",
    "high": "many electric cars",
}
YEARS, PROOF_S = "sites_years", "sites_proof_s"
SECONDS = (10, 30, 60, 120)


def deeper(project: Project, scenario: Scenario) -> None:
    """Let the planner choose what to look into, and run it in the background."""
    look = st.segmented_control(
        _("Look deeper"),
        list(LOOKS),
        default="proof",
        required=True,
        format_func=lambda key: _(LOOKS[key]),
        key=LOOK,
        persist_state="session",
    )
    show: Mapping[str, Callable[[Project, Scenario], None]] = {
        "proof": _proof,
        "firm": firm_view.firm,
        "regret": _regret,
        "years": _years,
    }
    show[look](project, scenario)


def _question(project: Project, scenario: Scenario, *more: object) -> str:
    return "|".join([cached.plan_question(project, scenario), *map(str, more)])


def _proof(project: Project, scenario: Scenario) -> None:
    st.caption(
        _(
            "The plan above is found in an instant, with a bound no plan can beat. A search that "
            "takes its time may find a better one, and an exact solver may prove it. Its time is "
            "a promise: then it is stopped, and what it found is kept."
        )
    )
    seconds = st.select_slider(
        _("Time for the solver [s]"), SECONDS, value=30, key=PROOF_S, persist_state="session"
    )
    work = partial(prove_project, project, scenario, float(seconds))
    question = _question(project, scenario, seconds)
    show = partial(_show_proof, cached.plan_question(project, scenario))
    runs.offer("proof", _("Search and prove"), question, work, show)


def _show_proof(question: str, found: tuple[Plan, Plan]) -> None:
    first, better = found
    words = {
        "proven": _(
            "Proven within the solver's tolerance of {tolerance}: no plan is worth more than {gap} "
            "above this one."
        ),
        "improved": _("A better plan was found; no plan is worth more than {gap} above it."),
        "no_improvement": _("Nothing better was found; no plan is worth more than {gap} above it."),
        "timeout": _("Time was up: no plan is worth more than {gap} above this one."),
        "failed": _("The solver broke down; the plan and its bound stand."),
        "refused": _("The question is too large for the solver; the search and the bound stand."),
        "not_asked": _("No better plan was found."),
    }
    said = words[better.proof].format(gap=percent(better.gap, 2), tolerance=percent(REL_GAP, 1))
    st.markdown(f"**{said}**")
    table = pd.DataFrame(
        {
            _("Plan"): [_("found in an instant"), _("after the search")],
            _("Places"): [whole(each.totals["sites"]) for each in found],
            _("Points"): [whole(each.totals["points"]) for each in found],
            _("Served [kWh a day]"): [round(each.served_kwh_day, 1) for each in found],
            _("Worth [kWh a day]"): [round(each.value, 1) for each in found],
            _("At most [kWh a day]"): [round(each.bound, 1) for each in found],
            _("Of the best possible [%]"): [round(100 * (1 - each.gap), 2) for each in found],
            _("Time [s]"): [round(sum(each.seconds.values()), 1) for each in found],
        }
    )
    tables.show(table, key="proof_table")
    take_over_view.offer(
        "proof", question, better, label=_("Use the plan after the search"),
        better=better.value > first.value,
    )  # fmt: skip
    st.caption(
        _(
            "The search gained {kwh} kWh a day. A plan that is used stands on this page, in its "
            "files and in the tender, until a lever that matters is moved."
        ).format(kwh=number(better.value - first.value))
    )


def _regret(project: Project, scenario: Scenario) -> None:
    st.caption(
        _(
            "A plan is chosen for each of twelve futures (few, middle or many electric cars; the "
            "chosen strategy or charging at once; the grid as told or its works late) and one "
            "for their mean; each is tried in all. Points that do not fit in a future are "
            "switched off there."
        )
    )
    work = partial(futures.least_regret, project, scenario)
    question = cached.plan_question(project, scenario)
    show = partial(_show_regret, question)
    runs.offer("regret", _("Try every plan in every future"), question, work, show)


def future_name(row: Mapping[Any, Any]) -> str:
    """Name a future in the visitor's words."""
    uptake, grid = _(UPTAKES[row["uptake"]]), _(GRIDS[row["grid"]])
    return f"{uptake} · {title(row['strategy'])} · {grid}"


def _show_regret(question: str, found: futures.LeastRegret) -> None:
    names = [future_name(row) for row in found.futures.to_dict("records")]
    plans = [*names, _("the mean of all")]
    worst = found.regret.max(axis=1)
    st.markdown(
        _(
            "**The plan for “{plan}” disappoints least**: in its worst future it serves {kwh} kWh "
            "a day ({share}) less than the best plan there."
        ).format(
            plan=plans[found.choice],
            kwh=whole(float(worst[found.choice])),
            share=percent(float(found.share[found.choice].max()), 1),
        )
    )
    take_over_view.offer("regret", question, found.plan, label=_("Use this plan"))
    figure = charts.bars(
        plans,
        [float(each) for each in worst],
        keys=[""] * len(plans),
        unit=_("Largest regret [kWh a day]"),
    )
    st.plotly_chart(figure, key="regret_chart", alt=_("Largest regret of each plan, in a table"))
    regrets = {
        _("Plan for"): plans,
        _("Largest regret [kWh a day]"): worst.round(),
        _("Largest regret [%]"): (100 * found.share.max(axis=1)).round(1),
        _("Mean regret [%]"): (100 * found.share.mean(axis=1)).round(1),
    }
    tables.show(pd.DataFrame(regrets), key="regret_table")
    with st.expander(_("Every plan in every future")):
        share = st.toggle(_("In percent of the best plan there"), key="regret_share")
        values = (100 * found.share).round(1) if share else found.regret.round()
        matrix = pd.DataFrame(values, columns=names)
        matrix.insert(0, _("Plan for"), plans)
        tables.show(matrix, key="regret_matrix")
    with st.expander(_("The places of this plan: {n}").format(n=whole(len(found.places)))):
        shown = pd.DataFrame(
            {
                _("Place"): found.places["name"],
                _("District"): found.places["district"],
                _("New points"): found.places["points"],
                _("Id"): found.places["candidate_id"],
            }
        )
        tables.show(shown, key="regret_places")


def _years(project: Project, scenario: Scenario) -> None:
    st.caption(
        _(
            "The budget is divided evenly over the years chosen. Each year has its own demand and "
            "its own room on the grid; what is built stays. Planned both year by year and back "
            "from the last year; the one that serves more is shown."
        )
    )
    options = list(range(max(2024, scenario.year - 10), scenario.year + 1))
    usual = (scenario.year - 4, scenario.year - 2, scenario.year)
    chosen = st.multiselect(
        _("Years"),
        options,
        default=[year for year in usual if year in options],
        max_selections=years.MOST_YEARS,
        key=f"{YEARS}_{scenario.year}",
        persist_state="session",
    )
    if not chosen:
        st.info(_("Choose at least one year."))
        return
    steps = years.spread(scenario, sorted(chosen))
    work = partial(years.in_years, project, scenario, steps)
    question = cached.plan_question(project, scenario)
    show = partial(_show_years, question, scenario.year)
    runs.offer("years", _("Plan these years"), _question(project, scenario, steps), work, show)


def _show_years(question: str, year: int, found: years.YearsPlan) -> None:
    frame = found.years
    first, last = frame.iloc[0], frame.iloc[-1]
    st.markdown(
        _(
            "**{points} points at {places} places by {year}**, {first} points of them in {begin}; "
            "planned {way}."
        ).format(
            points=whole(int(frame["points"].sum())),
            places=whole(int(frame["places"].sum())),
            year=int(last["year"]),
            first=whole(int(first["points"])),
            begin=int(first["year"]),
            way=_("year by year") if found.way == "forward" else _("back from the last year"),
        )
    )
    st.caption("  \n".join(verbatim(said) for said in found.plan.notices[-len(frame) :]))
    ends = int(last["year"]) == year
    label = _("Use this plan, each place with its year")
    take_over_view.offer("years", question, found.plan, label=label, better=ends)
    if not ends:
        st.caption(
            _("Only a plan that ends in {year}, the year of the scenario, can be used.").format(
                year=year
            )
        )
    figure = charts.bars(
        [str(each) for each in frame["year"]],
        [float(each) for each in frame["points"]],
        keys=[""] * len(frame),
        unit=_("New points in the year"),
    )
    st.plotly_chart(figure, key="years_chart", alt=_("New points per year, in the table below"))
    table = pd.DataFrame(
        {
            _("Year"): frame["year"].astype(str),
            _("New places"): frame["places"],
            _("New points"): frame["points"],
            _("Cost"): [euro(each) for each in frame["cost_eur"]],
            _("Served [kWh a day]"): frame["served_kwh_day"].round(),
            _("Asked for [kWh a day]"): frame["demand_kwh_day"].round(),
            _("Conditions that hold"): [
                _("{good} of {all}").format(good=int(held), all=int(count))
                for held, count in zip(frame["checks_held"], frame["checks"], strict=True)
            ],
        }
    )
    tables.show(table, key="years_table")
    with st.expander(_("The places by year: {n}").format(n=whole(len(found.places)))):
        tables.show(found.places.round(0), key="years_places")
    st.download_button(
        _("Places by year (CSV)"),
        data=found.places.to_csv(index=False).encode(),
        file_name="places-by-year.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="years_csv",
    )
