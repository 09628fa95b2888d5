"""The parts of the pages that show what charging does to the grid."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app.core.impact import OVER, Impact
from app.core.indicators import starves
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.strategies import STRATEGIES
from app.services.jobs import JOBS, Job
from app.services.parameters import load_parameters
from app.ui import cached, charts, maps, state, tables
from app.ui.text import _, delivered, energy, number, percent, plain, power, told_apart, whole

TRANSFORMER = "transformer"
PARTS = {
    "homes": "Homes and services",
    "heat_pumps": "Heat pumps",
    "panels": "Solar panels",
    "depots": "Depots",
}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def title(key: str) -> str:
    """Name a strategy in the visitor's words."""
    return _(STRATEGIES[key].title)


def short(key: str) -> str:
    """Name a strategy inside a sentence."""
    return _(STRATEGIES[key].short)


def doing(job: Job[Any]) -> str:
    """Say what a long run is doing, or for how many others it waits."""
    before = JOBS.waiting_before(job)
    return (
        _("Waiting; long runs before this one: {n}").format(n=whole(before))
        if before
        else plain(job.doing)
    )


def sentence(chosen: Impact, reference: Impact) -> str:
    """Say what the strategy changes in the busiest week, in one sentence with numbers."""
    if not chosen.known:
        text = _(
            "In the busiest week charging lifts the city's peak from {base} to {peak} at {time} "
            "{strategy}; no limit is known, so nobody can say whether it fits."
        )
    elif chosen.strategy == reference.strategy:
        text = _(
            "In the busiest week {over} of {known} transformers go over their limit when cars "
            "charge "
            "at once; the city peaks at {peak} at {time}."
        )
    else:
        text = _(
            "{Strategy}, {over} of {known} transformers go over their limit in the busiest week, "
            "against {before} when cars charge at once; the city peaks at {peak} at {time} "
            "instead of "
            "{peak_before} at {time_before}."
        )
    return text.format(
        strategy=short(chosen.strategy),
        Strategy=short(chosen.strategy)[:1].upper() + short(chosen.strategy)[1:],
        over=whole(chosen.count(OVER)),
        before=whole(reference.count(OVER)),
        known=whole(chosen.known),
        base=power(float(chosen.base_kw.max())),
        peak=power(float(chosen.load_kw.max())),
        time=_clock(chosen),
        peak_before=power(float(reference.load_kw.max())),
        time_before=_clock(reference),
    ) + _cost(chosen)


def _clock(answer: Impact) -> str:
    return f"{answer.times[int(np.argmax(answer.load_kw))]:%H:%M}"


def _cost(answer: Impact) -> str:
    """Say beside every success what drivers get: a strategy may win by withholding."""
    unserved = answer.city.get("unserved_kwh") or 0.0
    if unserved < 1:
        return " " + _("Every car leaves with the energy its stay allows.")
    text = _("{served} of the energy is delivered; {kwh} is not before departure.")
    if starves(answer.city, load_parameters()):
        text = _("But cars leave short: {served} of the energy is delivered, {kwh} is not.")
    served = delivered(answer.city.get("served_share"))
    return " " + text.format(served=served, kwh=energy(unserved))


def draw_map(project: Project, scenario: Scenario, strategy: str, *, key: str) -> None:
    """Draw transformers by state over quiet districts."""
    layer = project.layers["districts"]
    under = maps.Overlay("districts", cached.plain_map(project), _("Districts"), pickable=False)
    over = maps.Overlay(
        "transformers", cached.grid_map(project, scenario, strategy), _("Transformers"), text_size=9
    )
    maps.draw(
        [under, over],
        cached.bounds(layer),
        key=key,
        alt=_("Map of transformers by state; the table below says the same"),
        on_select=lambda: state.picked_from_map(key, "transformers", TRANSFORMER),
    )
    maps.legend(_("Transformers, disc by capacity"), maps.state_looks())


def five_numbers(chosen: Impact, reference: Impact) -> None:
    """Show the week in five numbers."""
    before = {name: reference.city.get(name) for name in ("peak_kw", "window_peak_kw")}
    tables.metrics(
        [
            (
                _("Transformers full"),
                whole(chosen.count(OVER)),
                _("of {known} transformers with a known limit; {n} when charging at once").format(
                    known=whole(chosen.known), n=whole(reference.count(OVER))
                ),
            ),
            (
                _("City peak"),
                power(chosen.city.get("peak_kw")),
                _(
                    "at {time}; {peak} when charging at once. In the hours of the contract: "
                    "{inside}, against {inside_before}."
                ).format(
                    time=_clock(chosen),
                    peak=power(before["peak_kw"]),
                    inside=power(chosen.city.get("window_peak_kw")),
                    inside_before=power(before["window_peak_kw"]),
                ),
            ),
            (
                _("Above the limits"),
                energy(chosen.city.get("kwh_over")),
                _("energy above the limits in the week, all transformers"),
            ),
            (
                _("Energy served"),
                delivered(chosen.city.get("served_share")),
                _("of what the stays allow; {kwh} withheld before departure").format(
                    kwh=energy(chosen.city.get("unserved_kwh"))
                ),
            ),
            (
                _("Sessions worse off"),
                percent(chosen.city.get("worse_off_share"), 1),
                _("sessions that leave with over 2 percent less energy"),
            ),
        ]
    )


def feeders(chosen: Impact, reference: Impact) -> None:
    """Say what feeders and substations carry too much, where the map has some that bind."""
    if said := feeders_sentence(chosen, reference):
        (st.warning if chosen.city["parent_kwh_over"] else st.caption)(said)


def feeders_sentence(chosen: Impact, reference: Impact) -> str:
    """Say it in words; empty where no feeder or substation binds."""
    over, usual = (each.city.get("parent_kwh_over") for each in (chosen, reference))
    if over is None or usual is None:
        return ""
    text = _(
        "Feeders and substations carry {over} above their limits in this week, {usual} if cars "
        "charged at once. Cars made room for them where they could."
    )
    return text.format(over=energy(over), usual=energy(usual))


def ranking(chosen: Impact) -> None:
    """List the fullest transformers, beside the map."""
    tables.show(_rows(chosen).head(200), key=f"ranking_{chosen.horizon}", height=520)


def full_table(chosen: Impact) -> None:
    """List every transformer."""
    tables.show(_rows(chosen, wide=True), key=f"rows_{chosen.horizon}", height=420)


def _rows(answer: Impact, *, wide: bool = False) -> pd.DataFrame:
    frame = answer.rows.assign(used=100 * answer.rows["peak_kw"] / answer.rows["limit_kw"])
    frame = frame.sort_values(["used", "peak_kw"], ascending=False, na_position="last")
    words = [f"{maps.STATES[key].mark} {_(maps.STATES[key].word)}" for key in frame["state"]]
    table = pd.DataFrame(
        {
            _("Transformer"): frame["name"],
            _("State"): [word.partition(" (")[0] for word in words],
            _("Used [%]"): frame["used"].round(),
            _("Limit [kW]"): frame["limit_kw"].round(),
        }
    )
    if not wide:
        return table
    more = {
        _("Peak [kW]"): frame["peak_kw"].round(),
        _("Peak at"): frame["peak_time"].dt.tz_localize(None),
        _("Without charging [kW]"): frame["base_peak_kw"].round(),
        _("Charging peak [kW]"): frame["ev_peak_kw"].round(1),
        _("Hours over"): frame["hours_over"].round(1),
        _("Over the limit [kWh]"): frame["kwh_over"].round(),
        _("Lowest load [kW]"): frame["lowest_kw"].round(),
        _("Flows back too much [h]"): frame["export_hours_over"].round(1),
        _("Delivered [kWh]"): frame["served_kwh"].round(),
        _("Not delivered [kWh]"): frame["unserved_kwh"].round(1),
        _("Given back [kWh]"): frame["discharged_kwh"].round(1),
        _("Charge points"): frame["points"],
        _("District"): frame["district_id"],
    }
    return table.assign(**more)


def city_chart(answers: Mapping[str, Impact], stripes: Sequence[charts.Stripe] = ()) -> None:
    """Draw the busiest week of the whole city, without charging and with each strategy."""
    some = next(iter(answers.values()))
    lines = [charts.Line(key, title(key), each.load_kw) for key, each in answers.items()]
    figure = charts.load(
        some.times, some.base_kw, lines, parts=some.base_parts or None, stripes=stripes
    )
    words = base_sentence(some) + load_sentence(answers)
    st.plotly_chart(figure, key="city_load", alt=words)
    st.caption(words)


def load_sentence(answers: Mapping[str, Impact]) -> str:
    """Say the peaks of a chart in words; strategies that peak alike are named together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for key, each in answers.items():
        time = f"{each.times[int(np.argmax(each.load_kw))]:%a %H:%M}"
        alike.setdefault((power(float(each.load_kw.max())), time), []).append(title(key))
    if len(alike) == 1 < len(answers):
        ((peak, time),) = alike
        return _("Every strategy here peaks at {peak} at {time}").format(peak=peak, time=time)
    text = _("{strategy}: peak {peak} at {time}")
    return "; ".join(
        text.format(strategy=", ".join(names), peak=peak, time=time)
        for (peak, time), names in alike.items()
    )


def choose_transformer(usual: Impact) -> str:
    """Choose a transformer from a list or on the map; the fullest when charging at once is first.

    So the choice stays while strategies are tried.
    """
    frame = usual.rows.assign(used=usual.rows["peak_kw"] / usual.rows["limit_kw"])
    frame = frame.sort_values("used", ascending=False, na_position="last")
    names = told_apart(dict(zip(frame["asset_id"], frame["name"], strict=True)))
    if state.value(TRANSFORMER) not in names:
        state.select(TRANSFORMER, next(iter(names)))
    chosen_id: str = st.selectbox(
        _("Transformer (fullest first; type to search)"),
        list(names),
        format_func=names.__getitem__,
        key=TRANSFORMER,
        persist_state="session",
    )
    return chosen_id


def transformer_chart(
    answers: Mapping[str, Impact], asset_id: str, stripes: Sequence[charts.Stripe] = ()
) -> None:
    """Draw one transformer through the busiest week under every strategy."""
    some = next(iter(answers.values()))
    row = some.rows.iloc[0]
    named = {"uncontrolled", state.scenario().strategy}  # five labels in one place cover each other
    lines = [
        charts.Line(key, title(key), each.load_kw, labelled=key in named)
        for key, each in answers.items()
    ]
    limit = float(row["limit_kw"])
    figure = charts.load(
        some.times,
        some.base_kw,
        lines,
        limit_kw=limit,
        parts=some.base_parts or None,
        stripes=stripes,
    )
    st.plotly_chart(figure, key="transformer_load", alt=load_sentence(answers))
    known = np.isfinite(limit)
    words = _("{name}: limit {limit}, {base} without charging. ").format(
        name=plain(str(row["name"])),
        limit=power(limit) if known else _("unknown"),
        base=power(float(some.base_kw.max())),
    )
    st.caption(words + base_sentence(some) + load_sentence(answers))
    clock = some.times.tz_localize(None)
    table = pd.DataFrame(
        {_("Local time"): clock, _("Without charging [kW]"): some.base_kw.round(1)}
    )
    for key, part_kw in some.base_parts.items():
        table[f"{_(PARTS[key])} [kW]"] = np.round(part_kw, 1)
    for key, each in answers.items():
        table[f"{title(key)} [kW]"] = np.round(each.load_kw, 1)
    with st.expander(_("The same, as a table")):
        tables.show(table, key=f"transformer_table_{asset_id}")


def base_sentence(answer: Impact) -> str:
    """Say what the levers put on top of today's load; nothing where they are at rest."""
    if not answer.base_parts:
        return ""
    tops = {key: float(np.abs(each).max()) for key, each in answer.base_parts.items()}
    text = _(
        "Without charging, homes and services draw up to {homes} and further heat pumps up to "
        "{heat}; further panels give up to {panels}, and the lowest load is {low}. "
    )
    if "depots" in tops:
        text += _("Depots draw up to {depots}. ")
    return text.format(
        homes=power(tops["homes"]),
        heat=power(tops["heat_pumps"]),
        panels=power(tops["panels"]),
        depots=power(tops.get("depots")),
        low=power(float(answer.base_kw.min())),
    )


def horizon_note(answer: Impact) -> str:
    """Say which days were simulated."""
    words = {
        "peak_week": _("the week of the highest base load"),
        "design_weeks": _("four design weeks, weighted to a year"),
        "year": _("every day of the year"),
    }
    first, last = answer.times[0], answer.times[-1]
    return _("Simulated: {what}; drawn: {first} to {last}, {n} steps of 15 minutes.").format(
        what=words[answer.horizon],
        first=f"{first:%d %b %Y}",
        last=f"{last:%d %b %Y}",
        n=number(len(answer.times)),
    )
