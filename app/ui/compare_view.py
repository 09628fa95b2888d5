"""The parts of the comparison."""

import numpy as np
import pandas as pd
import streamlit as st

from app.core.impact import OVER
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.words import sentences, summary
from app.services import parameters
from app.services.compare import compare, indicators_of
from app.services.scenario_files import presets
from app.services.store import store
from app.ui import cached, charts, impact_view, maps, state, tables
from app.ui.text import (
    NO_NUMBER,
    _,
    delivered,
    energy,
    number,
    percent,
    plain,
    power,
    told_apart,
    whole,
)

OTHER = "compare_with"
DIGITS = 4
ARROWS = {"better": "▲", "worse": "▼", "neutral": "="}


def choose_other(base: Scenario) -> tuple[str, Scenario]:
    """Choose what to compare with: a saved scenario, or a ready-made one."""
    del base
    found: dict[str, tuple[str, Scenario]] = {}
    for key, preset in presets().items():
        found[f"preset:{key}"] = (_(preset.title), preset.scenario)
    for each in store().scenarios.list(state.city())[:50]:
        found[each.id] = (each.name, each.scenario)
    if state.value(OTHER) not in found:
        state.select(
            OTHER, "preset:uncontrolled" if "preset:uncontrolled" in found else next(iter(found))
        )
    names = told_apart({each: name for each, (name, _said) in found.items()})
    key = st.selectbox(
        _("Compare what is on the table with"),
        list(found),
        format_func=names.__getitem__,
        key=OTHER,
        persist_state="session",
    )
    return found[key]


def headline(project: Project, base: Scenario, other: Scenario) -> str:
    """Say the difference in one sentence."""
    a, b = (cached.headline(project, each)[0] for each in (base, other))
    demand_a, demand_b = (cached.demand(project, each) for each in (base, other))
    if not (a.known and b.known):
        text = _(
            "A city peak of {peak_a} against {peak_b}; {served_a} of the energy served against "
            "{served_b}; {points_a} charge points planned against {points_b}; no limit is known, "
            "so nobody can say what fits."
        )
    else:
        text = _(
            "{over_a} transformers over their limit against {over_b}; a city peak of {peak_a} "
            "against {peak_b}; {served_a} of the energy served against {served_b}; {points_a} "
            "charge points planned against {points_b}."
        )
    return text.format(
        over_a=whole(a.count(OVER)),
        over_b=whole(b.count(OVER)),
        peak_a=power(a.city.get("peak_kw")),
        peak_b=power(b.city.get("peak_kw")),
        served_a=delivered(a.city.get("served_share")),
        served_b=delivered(b.city.get("served_share")),
        points_a=whole(demand_a.points_plan),
        points_b=whole(demand_b.points_plan),
    )


def assumptions(base: Scenario, other: Scenario) -> None:
    """Say in words which assumptions differ."""
    with st.container(border=True):
        st.markdown("**" + _("Assumptions, from the other scenario to what is on the table") + "**")
        for each in sentences(other, base, parameters.assumptions()):
            st.markdown(f"- {each}")
        st.caption(plain(summary(base)) + " · " + _("against") + " · " + plain(summary(other)))


def indicators(project: Project, base: Scenario, other: Scenario, name: str) -> None:
    """Set indicators side by side, with the difference and its direction."""
    a, b = (
        indicators_of(cached.demand(project, s), cached.headline(project, s)[0])
        for s in (base, other)
    )
    rows = compare(b, a)
    table = pd.DataFrame(
        {
            _("Indicator"): [_(row.label) for row in rows],
            _("On the table"): [written(row.after, row.unit) for row in rows],
            plain(name): [written(row.before, row.unit) for row in rows],
            _("Difference"): [written(row.difference, row.unit) for row in rows],
            _("Verdict"): [f"{ARROWS[row.verdict]} {_(row.verdict)}" for row in rows],
        }
    )
    tables.show(table, key="compare_indicators")


def written(value: float | None, unit: str) -> str:
    """Write an indicator with its unit, the way sentences do."""
    if value is None:
        return NO_NUMBER
    match unit:
        case "kW":
            return power(value)
        case "kWh":
            return energy(value)
        case "share":
            return percent(value, 1)
        case _:
            return f"{number(value, DIGITS)} {_(unit)}" if unit else whole(value)


def weeks(project: Project, base: Scenario, other: Scenario, name: str) -> None:
    """Draw both weeks on one scale."""
    pair = [cached.headline(project, each)[0] for each in (base, other)]
    top = max(float(each.load_kw.max()) for each in pair)
    for column, answer, label, key in zip(
        st.columns(2), pair, (_("On the table"), plain(name)), ("a", "b"), strict=True
    ):
        with column:
            st.markdown(f"**{label}**")
            line = charts.Line(answer.strategy, impact_view.title(answer.strategy), answer.load_kw)
            figure = charts.load(answer.times, answer.base_kw, [line], top_kw=top)
            words = impact_view.load_sentence({answer.strategy: answer})
            st.plotly_chart(figure, key=f"compare_week_{key}", alt=words)
            st.caption(words)
    table = pd.DataFrame({_("Local time"): pair[0].times.tz_localize(None)})
    for label, each in zip((_("On the table"), plain(name)), pair, strict=True):
        if len(each.load_kw) == len(table):
            table[f"{label} [kW]"] = np.round(each.load_kw)
    with st.expander(_("The same, as a table")):
        tables.show(table, key="compare_table")


def maps_side_by_side(project: Project, base: Scenario, other: Scenario, name: str) -> None:
    """Draw both maps with one legend."""
    bounds = cached.bounds(project.layers["districts"])
    for column, scenario, label, key in zip(
        st.columns(2), (base, other), (_("On the table"), plain(name)), ("a", "b"), strict=True
    ):
        with column:
            answer = cached.headline(project, scenario)[0]
            st.markdown(
                _("**{label}**: {over} over, {tight} tight, {room} with room").format(
                    label=label,
                    over=whole(answer.count(OVER)),
                    tight=whole(answer.count("tight")),
                    room=whole(answer.count("room")),
                )
            )
            under = maps.Overlay(
                "districts", cached.plain_map(project), _("Districts"), pickable=False
            )
            over = maps.Overlay(
                "transformers",
                cached.grid_map(project, scenario, scenario.strategy),
                _("Transformers"),
                text_size=9,
            )
            alt = _("Map of transformers by state, {label}").format(label=label)
            maps.draw([under, over], bounds, key=f"compare_map_{key}", alt=alt, height=420)
    maps.legend(_("Transformers, disc by capacity"), maps.state_looks())
