"""The parts of the demand page."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from app.core.demand.groups import GROUPS
from app.core.demand.result import STATISTICS, Band, Demand
from app.core.project import Project
from app.core.scenario import Scenario
from app.ui import cached, mapcontent, maps, state, tables
from app.ui.mapcontent import SHOWN, UNITS
from app.ui.text import _, number, percent, plain, span, told_apart, whole

DISTRICT, QUANTITY = "district", "demand_quantity"
TOP = 12


def sentence(project: Project, answer: Demand) -> str:
    """Say the demand of the city in one sentence, with its range and the places that stand out."""
    points = answer.city["points"]
    frame = answer.districts.sort_values("points_mean", ascending=False)
    layer = project.layers["districts"].frame
    counted = next((c for c in ("households", "dwellings") if c in layer), None)
    homes = layer[counted].loc[frame.index] if counted else pd.Series(np.nan, frame.index)
    rate = (frame["points_mean"] / homes).where(homes >= 100)  # noqa: PLR2004  # small areas flatter
    text = _(
        "In {year} {city} needs about {middle} public charge points ({low}–{high}). "
        "{first} and {second} need most; {last} needs the least per home."
    )
    if len(frame) < 3 or rate.isna().all():  # noqa: PLR2004
        text = _("In {year} {city} needs about {middle} public charge points ({low}–{high}).")
    place = int(rate.fillna(np.inf).to_numpy().argmin())
    least = str(frame["name"].iloc[place])
    names = [plain(str(name)) for name in frame["name"].head(2)] + ["", ""]
    return text.format(
        year=answer.year,
        city=plain(project.name),
        middle=whole(round(points.p50, -1)),
        low=whole(round(points.p10, -1)),
        high=whole(round(points.p90, -1)),
        first=names[0],
        second=names[1],
        last=plain(least),
    )


def quantity_menu() -> str:
    """Choose what the map shows."""
    return st.segmented_control(
        _("The map shows"),
        list(UNITS),
        default="points",
        required=True,
        format_func=lambda key: _(UNITS[key]),
        key=QUANTITY,
        persist_state="session",
    )


def draw_map(project: Project, scenario: Scenario, quantity: str) -> None:
    """Draw the districts filled by the middle estimate, with the number in each."""
    layer = project.layers["districts"]
    answer = cached.demand(project, scenario)
    scale = maps.round_scale(mapcontent.demand_values(answer, quantity), _(UNITS[quantity]))
    content = cached.demand_map(project, scenario, quantity)
    maps.draw(
        [maps.Overlay("districts", content, _("Districts"))],
        cached.bounds(layer),
        key="demand_map",
        alt=_("Map of demand per district; the table below says the same"),
        on_select=lambda: state.picked_from_map("demand_map", "districts", DISTRICT),
    )
    maps.legend(_(UNITS[quantity]), maps.scale_looks(scale))


def ranking(answer: Demand, quantity: str, what: str = "District") -> None:
    """List the districts that need most, or the areas ``what`` names, beside the map."""
    column = f"{quantity}_p50"
    frame = answer.districts.sort_values(column, ascending=False)
    factor = SHOWN[quantity]
    low, high = frame[f"{quantity}_p10"] * factor, frame[f"{quantity}_p90"] * factor
    table = pd.DataFrame(
        {
            _(what): frame["name"],
            _(UNITS[quantity]): (frame[column] * factor).round(),
            _("P10–P90"): [f"{number(a)}–{number(b)}" for a, b in zip(low, high, strict=True)],
        }
    )
    tables.show(table, key="demand_ranking", height=520)


def chosen_district(answer: Demand, what: str = "District", chosen: str = DISTRICT) -> None:
    """Say what one district asks for, chosen from a list or on the map."""
    districts = answer.districts
    names = told_apart(dict(zip(districts["district_id"], districts["name"], strict=True)))
    if state.value(chosen) not in names:
        state.select(chosen, next(iter(names)))
    key = st.selectbox(
        _(what),
        list(names),
        format_func=names.__getitem__,
        key=chosen,
        persist_state="session",
    )
    row = answer.districts[answer.districts["district_id"] == key].iloc[0]
    if np.isnan(row["points_mean"]):
        words = _("**{name}**: no district is here, so its demand is unknown.")
        st.markdown(words.format(name=plain(row["name"])))
        return
    text = _(
        "**{name}**: {ev} electric cars of residents ({share} of private cars), {mwh} MWh a "
        "year at "
        "public points in {sessions} sessions a day, hence {points} charge points."
    )
    st.markdown(
        text.format(
            name=plain(row["name"]),
            ev=whole(row["ev_p50"]),
            share=percent(row["ev_share"], 1),
            mwh=number(row["kwh_year_p50"] / 1000),
            sessions=number(row["sessions_day_p50"]),
            points=span(Band(*(row[f"points_{s}"] for s in STATISTICS))),
        )
    )


def fan(project: Project, scenario: Scenario) -> tuple[list[int], list[Band]]:
    """Return the points of the city over the years."""
    frame = cached.fan(project, scenario)
    columns = [frame[f"points_{statistic}"] for statistic in STATISTICS]
    bands = [Band(*values) for values in zip(*columns, strict=True)]
    return [int(year) for year in frame["year"]], bands


def fan_sentence(years: Sequence[int], bands: Sequence[Band]) -> str:
    """Say the fan in words."""
    return _("From {a} points in {first} to {b} in {last}, middle estimate").format(
        a=whole(bands[0].p50), first=years[0], b=whole(bands[-1].p50), last=years[-1]
    )


def swings(project: Project, scenario: Scenario) -> pd.DataFrame:
    """Return the assumptions that matter most, by how far they move the points."""
    frame = cached.tornado(project, scenario).head(TOP)
    return frame.rename(columns={"low_points": "low", "high_points": "high"})


def tornado_sentence(frame: pd.DataFrame) -> str:
    """Say in words what matters most."""
    first = frame.iloc[0]
    return _("Most of the range comes from “{name}”: {low} to {high} points.").format(
        name=first["label"], low=whole(first["low"]), high=whole(first["high"])
    )


def district_table(answer: Demand, what: str = "District") -> None:
    """Show every district with its ranges."""
    frame = answer.districts
    table = pd.DataFrame({_(what): frame["name"]})
    table[_("Electric share [%]")] = (100 * frame["ev_share"]).round(1)
    for quantity, unit in UNITS.items():
        for statistic in ("p10", "p50", "p90"):
            values = (frame[f"{quantity}_{statistic}"] * SHOWN[quantity]).round(1)
            table[f"{_(unit)} {statistic.upper()}"] = values
    table[_("points planned")] = frame["points_plan"]
    table[_("status")] = [_(status) for status in frame["status"]]
    tables.show(table, key="demand_table")
    st.caption(
        _(
            "Percentiles do not add up: the city's P90 is less than the sum of the districts'. "
            "Only means and planned points add exactly ({points} points planned in all)."
        ).format(points=whole(answer.points_plan))
    )


def group_table(answer: Demand) -> None:
    """Show who charges."""
    titles = {group.key: group.title for group in GROUPS}
    frame = answer.groups
    table = pd.DataFrame(
        {
            _("User group"): [_(titles.get(key, key)) for key in frame["group"]],
            _("MWh a year (mean)"): (frame["kwh_year_mean"] / 1000).round(),
            _("sessions a day (mean)"): frame["sessions_day_mean"].round(),
        }
    )
    with st.expander(_("By user group")):
        tables.show(table, key="demand_groups")


def benchmarks(answer: Demand) -> None:
    """Hold the result against published figures."""
    marks = {True: _("inside"), False: _("outside"), None: _("cannot be said")}
    table = pd.DataFrame(
        {
            _("Published figure"): [_(b.title) for b in answer.benchmarks],
            _("published"): [b.published for b in answer.benchmarks],
            _("ours"): [number(b.ours) for b in answer.benchmarks],
            _("verdict"): [marks[b.inside] for b in answer.benchmarks],
            _("confidence"): [b.mark for b in answer.benchmarks],
        }
    )
    inside = int(np.sum([b.inside is True for b in answer.benchmarks]))
    said = _("Does it hold against published figures? {inside} of {all} inside their band").format(
        inside=inside, all=len(answer.benchmarks)
    )
    with st.expander(said):
        tables.show(table, key="demand_benchmarks")
