"""The parts of the comparison: one to three scenarios beside the one on the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.impact import OVER
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.words import sentences, summary
from app.exports.csv_table import text as csv_text
from app.services import parameters
from app.services.compare import AREA, Row, by_district, compare, in_common, indicators_of
from app.services.scenario_files import presets
from app.services.store import store
from app.services.takeaway import Beside
from app.ui import cached, charts, compare_map, impact_view, maps, state, tables
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

OTHERS, WHAT, WHICH, COMMON = "compare_with", "compare_area", "compare_other", "compare_sites"
MOST = 3
DIGITS = 4
ARROWS = {"better": "▲", "worse": "▼", "neutral": "="}


@dataclass(frozen=True, slots=True)
class Column:
    """One scenario of the comparison under the name people know it by."""

    name: str
    scenario: Scenario


def choose() -> list[Column]:
    """Choose what stands beside the table: saved scenarios, or ready-made ones."""
    found: dict[str, tuple[str, Scenario]] = {}
    for key, preset in presets().items():
        found[f"preset:{key}"] = (_(preset.title), preset.scenario)
    for each in store().scenarios.list(state.city())[:50]:
        try:
            found[each.id] = (each.name, each.scenario)
        except InputError:  # saved by a newer program
            continue
    usual = "preset:uncontrolled"
    chosen = [key for key in state.value(OTHERS, [usual]) if key in found] or [usual]
    if state.value(OTHERS) != chosen:
        state.keep(OTHERS, chosen)
    names = told_apart({each: name for each, (name, _said) in found.items()})
    keys = st.multiselect(
        _("Compare what is on the table with (one to three)"),
        list(found),
        format_func=names.__getitem__,
        max_selections=MOST,
        key=OTHERS,
        persist_state="session",
    )
    return [Column(*found[key]) for key in keys]


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


def of_several(project: Project, columns: Sequence[Column]) -> str:
    """Say of several scenarios which puts the fewest transformers over, and which peaks lowest."""
    answers = [cached.headline(project, each.scenario)[0] for each in columns]
    peaks = [each.city.get("peak_kw") or np.inf for each in answers]
    low = int(np.argmin(peaks))
    peak = _("“{name}” has the lowest city peak, {peak}").format(
        name=plain(columns[low].name), peak=power(peaks[low])
    )
    if not all(each.known for each in answers):
        return _("{peak}; no limit is known, so nobody can say what fits.").format(peak=peak)
    over = [each.count(OVER) for each in answers]
    least = int(np.argmin(over))
    return _(
        "“{name}” puts the fewest transformers over their limit, {least} of {all}; {peak}."
    ).format(
        name=plain(columns[least].name),
        least=whole(over[least]),
        all=whole(answers[least].known),
        peak=peak,
    )


def assumptions(base: Scenario, other: Scenario, name: str = "") -> None:
    """Say in words which assumptions differ, from what is on the table to the other."""
    with st.container(border=True):
        title = _("Assumptions, from what is on the table to “{name}”").format(name=plain(name))
        st.markdown(f"**{title if name else _('Assumptions that differ')}**")
        for each in sentences(base, other, parameters.settable()):
            st.markdown(f"- {each}")
        st.caption(plain(summary(other)) + " · " + _("against") + " · " + plain(summary(base)))


def rows(project: Project, columns: Sequence[Column]) -> list[list[Row]]:
    """Set the indicators of every other column against those of the first."""
    first, *rest = (
        indicators_of(cached.demand(project, s), cached.headline(project, s)[0])
        for s in (each.scenario for each in columns)
    )
    return [compare(first, each) for each in rest]


def indicators(project: Project, columns: Sequence[Column]) -> None:
    """Set indicators side by side, with the difference to the table and its direction."""
    found = rows(project, columns)
    names = list(told_apart({str(k): each.name for k, each in enumerate(columns)}.copy()).values())
    table = {
        _("Indicator"): [_(row.label) for row in found[0]],
        names[0]: [written(row.before, row.unit) for row in found[0]],
    }
    for name, each in zip(names[1:], found, strict=True):
        table[name] = [written(row.after, row.unit) for row in each]
        table[_("{name}: difference").format(name=name)] = [_difference(row) for row in each]
        table[_("{name}: verdict").format(name=name)] = [
            f"{ARROWS[row.verdict]} {_(row.verdict)}" for row in each
        ]
    tables.show(pd.DataFrame(table), key="compare_indicators")
    st.download_button(
        _("Comparison as CSV"),
        data=lambda: csv_text(as_table(found, names)),
        file_name=f"{project.slug}-comparison.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="compare_csv",
    )


def _difference(row: Row) -> str:
    said = written(row.difference, row.unit)
    return said if row.percent is None else f"{said} ({percent(row.percent / 100, 1)})"


def as_table(found: Sequence[Sequence[Row]], names: Sequence[str]) -> pd.DataFrame:
    """Write every indicator of every scenario as plain numbers, absolute and relative."""
    return pd.DataFrame(
        [
            {
                "indicator": row.key,
                "label": row.label,
                "unit": row.unit,
                "scenario": name,
                "base": names[0],
                "base_value": row.before,
                "value": row.after,
                "difference": row.difference,
                "difference_percent": row.percent,
                "verdict": row.verdict,
            }
            for name, each in zip(names[1:], found, strict=True)
            for row in each
        ]
    )


def beside(project: Project, columns: Sequence[Column]) -> list[Beside]:
    """Give the comparison as a part of the page people take home."""
    return [
        Beside(each.name, each.scenario, found)
        for each, found in zip(columns[1:], rows(project, columns), strict=True)
    ]


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


def weeks(project: Project, columns: Sequence[Column]) -> None:
    """Draw all weeks on one scale."""
    answers = [cached.headline(project, each.scenario)[0] for each in columns]
    top = max(float(each.load_kw.max()) for each in answers)
    table = pd.DataFrame({_("Local time"): answers[0].times.tz_localize(None)})
    for nth, (column, answer) in enumerate(zip(columns, answers, strict=True)):
        if nth % 2 == 0:
            places = st.columns(2)
        with places[nth % 2]:
            st.markdown(f"**{plain(column.name)}**")
            line = charts.Line(answer.strategy, impact_view.title(answer.strategy), answer.load_kw)
            figure = charts.load(answer.times, answer.base_kw, [line], top_kw=top)
            words = impact_view.load_sentence({answer.strategy: answer})
            st.plotly_chart(figure, key=f"compare_week_{nth}", alt=words)
            st.caption(words)
        if len(answer.load_kw) == len(table):
            table[f"{nth + 1}. {plain(column.name)} [kW]"] = np.round(answer.load_kw)
    with st.expander(_("The same, as a table")):
        tables.show(table, key="compare_table")


def difference_map(project: Project, columns: Sequence[Column]) -> None:
    """Draw where another scenario is more, and where less, than what is on the table."""
    left, right = st.columns(2)
    names = told_apart({str(k): each.name for k, each in enumerate(columns[1:], start=1)})
    with left:
        which = st.selectbox(_("Scenario"), list(names), format_func=names.__getitem__, key=WHICH)
    with right:
        what = st.selectbox(
            _("Difference in"), list(AREA), format_func=lambda k: _(compare_map.WORDS[k]), key=WHAT
        )
    unit = _(AREA[what])
    base, other = (
        by_district(cached.demand(project, each), cached.headline(project, each)[0])
        for each in (columns[0].scenario, columns[int(which)].scenario)
    )
    frame = other[["name"]].assign(**{what: other[what] - base[what]})
    values = [float(each) for each in frame[what]]
    outlines = cached.outlines(project.layers["districts"])
    content = compare_map.differences(frame, outlines, what, unit)
    said = _area_sentence(frame, what, unit)
    st.markdown(said)
    overlay = maps.Overlay("difference", content, _(compare_map.WORDS[what]), text_size=10)
    bounds = cached.bounds(project.layers["districts"])
    maps.draw([overlay], bounds, key="compare_difference", alt=plain(said), height=480)
    maps.legend(_("Difference [{unit}]").format(unit=unit), compare_map.looks(values, unit))
    with st.expander(_("The same, as a table")):
        table = pd.DataFrame(
            {
                _("District"): other["name"],
                _("On the table [{unit}]").format(unit=unit): base[what].round(1),
                plain(columns[int(which)].name): other[what].round(1),
                _("Difference [{unit}]").format(unit=unit): frame[what].round(1),
            }
        )
        tables.show(table, key="compare_area_table")


def _area_sentence(frame: pd.DataFrame, what: str, unit: str) -> str:
    known = frame.dropna(subset=[what])
    up, down = int((known[what] > 0).sum()), int((known[what] < 0).sum())
    if not up and not down:
        return _("No district differs.") if len(known) else _("Nothing is known of any district.")
    place = int(known[what].abs().to_numpy().argmax())
    return _(
        "{quantity}: more in {up} districts, less in {down}; most of all in {name}, {value}."
    ).format(
        quantity=_(compare_map.WORDS[what]),
        up=whole(up),
        down=whole(down),
        name=plain(str(known["name"].iloc[place])),
        value=compare_map.signed(float(known[what].iloc[place]), unit),
    )


def sites(project: Project, columns: Sequence[Column]) -> None:
    """Say which places the plans have in common: where all agree, nobody need argue."""
    label = _("Plan the places of every scenario and find those in common")
    if not st.toggle(label, key=COMMON, persist_state="session"):
        return
    found = in_common([cached.plan(project, each.scenario) for each in columns])
    count = len(columns)
    if found.empty:
        st.info(_("No plan holds a place that is certain."))
        return
    shared = int((found["plans"] == count).sum())
    st.markdown(
        _("**{shared} of {all} places stand in all {n} plans.**").format(
            shared=whole(shared), all=whole(len(found)), n=count
        )
    )
    points: Mapping[str, pd.Series] = {
        f"{k + 1}. {plain(each.name)} [{_('points')}]": found[f"points_{k}"]
        for k, each in enumerate(columns)
    }
    table = {
        _("Place"): found["name"],
        _("District"): found["district"],
        _("In so many plans"): found["plans"],
    }
    tables.show(pd.DataFrame(table | dict(points)), key="compare_common", height=360)


def maps_side_by_side(project: Project, columns: Sequence[Column]) -> None:
    """Draw all maps with one legend."""
    bounds = cached.bounds(project.layers["districts"])
    for nth, column in enumerate(columns):
        if nth % 2 == 0:
            places = st.columns(2)
        with places[nth % 2]:
            _states(project, column, nth, bounds)
    maps.legend(_("Transformers, disc by capacity"), maps.state_looks())


def _states(project: Project, column: Column, nth: int, bounds: maps.Bounds) -> None:
    answer = cached.headline(project, column.scenario)[0]
    st.markdown(
        _("**{label}**: {over} over, {tight} tight, {room} with room").format(
            label=plain(column.name),
            over=whole(answer.count(OVER)),
            tight=whole(answer.count("tight")),
            room=whole(answer.count("room")),
        )
    )
    under = maps.Overlay("districts", cached.plain_map(project), _("Districts"), pickable=False)
    content = cached.grid_map(project, column.scenario, column.scenario.strategy)
    over = maps.Overlay("transformers", content, _("Transformers"), text_size=9)
    alt = _("Map of transformers by state, {label}").format(label=plain(column.name))
    maps.draw([under, over], bounds, key=f"compare_map_{nth}", alt=alt, height=420)
