"""How the points of one district come about, and what an own number does to them."""

from functools import partial
from math import floor, log10

import pandas as pd
import streamlit as st

from app.core.demand.chain import STAGES, THOUSAND, Step
from app.core.demand.titles import title_of
from app.core.parameters import PLANNER, Parameter, limits
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS, file_name
from app.services import explain
from app.services.explain import Explanation
from app.services.parameters import assumptions, numbers_of
from app.ui import cached_chain, state, tables
from app.ui.text import _, number, percent, plain, today, whole

RESULT = {  # the step that a folded stage shows
    "cars": "cars",
    "share": "ev",
    "parking": "public_share",
    "energy": "kwh_year",
    "sessions": "load",
    "points": "points_plan",
}
DIGITS = 4
BARE = ("share", "logit")  # units that a number does without
WHOLE = ("year", "years", "posts", "points", "bays")
NUMBER = "own_number"


def show(project: Project, scenario: Scenario, district_id: str) -> None:
    """Show the chain of a district, with a place to set own numbers at each stage."""
    found = cached_chain.explanation(project, scenario, district_id)
    name = plain(found.chain.name)
    st.header(_("How do the points of {name} come about?").format(name=name))
    effect(project, found)
    for stage in STAGES:
        _stage(found, scenario, stage)
    st.caption(
        _(
            "The chain takes every number at its usual value, or at yours. P10–P90 is the model's "
            "own range, from {draws} draws of all numbers at once; points are planned from the "
            "middle of it. The district's figures are from: {origin}."
        ).format(draws=whole(found.answer.draws), origin=plain(project.layers["districts"].origin))
    )
    rows = found.answer.districts
    if rows.loc[rows["district_id"] == district_id, "rates_hidden"].any():
        st.caption(_("So few homes are here that one car more would change every share above."))
    csv = EXPORTS["csv"]
    st.download_button(
        _("The chain as CSV"),
        data=partial(_csv, project, scenario, found),
        file_name=file_name(project.slug, f"chain-{district_id}", today(), csv.suffix),
        mime=csv.mime,
        on_click="ignore",
        icon=":material/download:",
        key="download_chain",
    )


def effect(project: Project, found: Explanation) -> None:
    """Say what own numbers do to the district and to the city."""
    own = [each for each in found.chain.numbers.values() if each.source == PLANNER]
    with st.container(border=True, key="effect"):
        if not state.scenario().without_money().assumptions:
            st.markdown(_("Open a step, set a number of your own, and read here what it changes."))
            return
        st.markdown(effect_sentence(project, found))
        if found.before:
            moved = [
                f"- {_(found.chain[key].label)}: {written(old)} → **{written(found.chain[key])}**"
                for key, old in found.before.items()
            ]
            with st.expander(_("Steps that change"), key="moved_steps"):
                st.markdown("\n".join(moved))
        _elsewhere(len(own))
        st.button(
            _("Reset all own numbers"),
            on_click=state.drop_assumptions,
            icon=":material/restart_alt:",
            key="drop_assumptions",
        )


def effect_sentence(project: Project, found: Explanation) -> str:
    """Say the points before and after."""
    plan = found.chain["points_plan"]
    before = found.before.get("points_plan", plan)
    middle, usual = found.answer.city["points"], found.usual.city["points"]
    return _(
        "With your numbers **{name}** plans **{after}** points instead of {before}, and {city} "
        "**{city_after}** ({low}–{high}) instead of {city_before} ({usual_low}–{usual_high})."
    ).format(
        name=plain(found.chain.name),
        after=whole(plan.value),
        before=whole(before.value),
        city=plain(project.name),
        city_after=whole(found.answer.points_plan),
        city_before=whole(found.usual.points_plan),
        low=number(middle.p10),
        high=number(middle.p90),
        usual_low=number(usual.p10),
        usual_high=number(usual.p90),
    )


def _elsewhere(here: int) -> None:
    others = len(state.scenario().without_money().assumptions) - here
    if others > 0:
        words = _("{n} more of your numbers play no part in this district.")
        st.caption(words.format(n=others))


def _stage(found: Explanation, scenario: Scenario, stage: str) -> None:
    """Show the result of a stage; its steps and numbers unfold under it.

    The words to unfold never change with the result: they name the widget, which else would close.
    """
    result = found.chain[RESULT[stage]]
    names = found.chain.names_of(stage)
    with st.container(key=f"result_{stage}"):
        st.markdown(line(result, found.before.get(result.key)))
    folded = st.expander(
        _("{stage}: each step, and numbers to set").format(stage=_(STAGES[stage])),
        key=f"stage_{stage}",
        on_change="rerun",
    )
    if not folded.open:
        return
    with folded:
        chain, numbers = st.columns([3, 2], gap="medium")
        with chain, st.container(key=f"steps_{stage}"):
            for step in found.chain.steps:
                if step.stage == stage:
                    st.markdown(line(step, found.before.get(step.key)))
        with numbers:
            st.markdown(_("**Numbers behind it**: set your own"))
            for name in names:
                number_box(name, scenario)


def line(step: Step, before: Step | None) -> str:
    """Write a step: the number large, the formula small."""
    parts = [f"**{written(step)}** {_(step.label)}"]
    if step.status:
        colour = tables.STATUS_LOOK[step.status][1]
        parts.append(f":{colour}-badge[{_(step.status)}]")
    if before:
        parts.append(f":orange-badge[{_('was {value}').format(value=written(before))}]")
    small = formula(step) if step.status else f"= {formula(step)}"  # a figure that was loaded
    if step.band and step.band.p10 < step.band.p90:
        small += f" · P10–P90 {in_digits(step.band.p10)}–{in_digits(step.band.p90)}"
    return f"{' '.join(parts)}  \n:small[{small}]"


def formula(step: Step) -> str:
    """Write a formula with its numbers, in the visitor's way."""
    put_in = step.put_in(in_digits, lambda share: percent(share, 2))
    return _(step.words).format(**put_in).replace(" x ", " × ")


def written(step: Step) -> str:
    """Write the number of a step with its unit."""
    if step.unit == "share":
        return percent(step.value, 1)
    unit = "" if step.unit in BARE else f" {_(step.unit)}"
    return f"{in_digits(step.value)}{unit}"


def in_digits(value: float) -> str:
    """Write a number so that it can be worked out again."""
    return whole(value) if abs(value) >= THOUSAND else number(value, DIGITS)


def number_box(name: str, scenario: Scenario) -> None:
    """Let the planner set one number; its range and source stand under it."""
    usual = explain.usual_numbers(scenario)[name]
    used = dict(scenario.assumptions).get(name, usual.value)
    changed = name in dict(scenario.assumptions)
    least, most = limits(assumptions()[name])
    state.fill_assumption(name, used, usual.value)
    title = f"{_(title_of(name))} [{_(usual.unit)}]"
    st.number_input(
        f"{title} •" if changed else title,
        least,
        most,
        value=usual.value,
        step=step_of(usual),
        format="%g",
        key=state.assumption_key(name),
        on_change=state.turn_assumption,
        args=(name,),
        help=usual.note or None,
    )
    st.caption(f"{_range(usual)} · {plain(explain.source_title(usual))} ({_sure(usual)})")
    if changed:
        st.button(
            _("Back to {value}").format(value=in_digits(usual.value)),
            on_click=state.set_assumption,
            args=(name, None),
            icon=":material/restart_alt:",
            type="tertiary",
            key=f"usual_{name}",
        )


def _range(usual: Parameter) -> str:
    if usual.low == usual.high:
        return _("usual {value}, no range").format(value=_bare(usual, usual.value))
    return _("usual {value}, {low}–{high}").format(
        value=_bare(usual, usual.value), low=_bare(usual, usual.low), high=_bare(usual, usual.high)
    )


def _bare(usual: Parameter, value: float) -> str:
    return f"{value:.0f}" if usual.unit == "year" else in_digits(value)


def _sure(usual: Parameter) -> str:
    return explain.confidence(usual)


def step_of(usual: Parameter) -> float:
    """Step by a power of ten that fits both the number and its range."""
    if usual.unit in WHOLE:
        return 1.0
    sizes = [each for each in (usual.high - usual.low, abs(usual.value)) if each > 0]
    return float(10.0 ** floor(log10(min(sizes, default=1.0) / 10)))


def own_numbers(scenario: Scenario) -> None:
    """List every number of the demand model, searchable, and let one be changed."""
    own = dict(scenario.without_money().assumptions)
    said = _("You set {n} of {all} numbers yourself; the table has a search.")
    st.markdown(said.format(n=len(own), all=len(assumptions())))
    usual, used = explain.usual_numbers(scenario), numbers_of(scenario)
    names = sorted(assumptions(), key=lambda name: (name not in own, list(usual).index(name)))
    table = pd.DataFrame(
        {
            _("Number"): [_(title_of(name)) for name in names],
            _("Changed"): ["•" if name in own else "" for name in names],
            _("In use"): [own.get(name, usual[name].value) for name in names],
            _("Usual"): [usual[name].value for name in names],
            _("Low"): [usual[name].low for name in names],
            _("High"): [usual[name].high for name in names],
            _("Unit"): [_(usual[name].unit) for name in names],
            _("Confidence"): [explain.confidence(used[name]) for name in names],
            _("Source"): [explain.source_title(used[name]) for name in names],
            _("Key"): names,
        }
    )
    tables.show(table, key="own_numbers", height=420)
    left, right = st.columns(2)
    with left:
        name = st.selectbox(
            _("Change a number"),
            names,
            format_func=lambda each: _(title_of(each)),
            key=NUMBER,
            persist_state="session",
        )
    with right:
        number_box(name, scenario)
    st.button(
        _("Reset all own numbers"),
        on_click=state.drop_assumptions,
        disabled=not own,
        icon=":material/restart_alt:",
        key="drop_assumptions",
    )


def _csv(project: Project, scenario: Scenario, found: Explanation) -> bytes:
    return EXPORTS["csv"].write(explain.result(project, scenario, found, today()))
