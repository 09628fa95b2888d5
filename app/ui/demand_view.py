"""The parts of the demand page."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from app.core.demand.groups import GROUPS, LOGISTICS
from app.core.demand.result import STATISTICS, Band, Demand
from app.core.demand.sessions import DAYS
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
    rate = (frame["points_mean"] / homes).where(~frame["rates_hidden"])
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
        "year at public points in {sessions} sessions a day, hence {points} charge points. "
        "{homes} homes ({rate}) have no own parking."
    )
    hidden = _("too few homes for a rate")
    st.markdown(
        text.format(
            name=plain(row["name"]),
            ev=whole(row["ev_p50"]),
            share=hidden if row["rates_hidden"] else percent(row["ev_share"], 1),
            homes=whole(row["homes_no_own_parking"]),
            rate=hidden if row["rates_hidden"] else percent(row["no_own_parking"]),
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
    shares = (100 * frame["ev_share"]).round(1)
    table[_("Electric share [%]")] = shares.where(~frame["rates_hidden"])
    for quantity, unit in UNITS.items():
        for statistic in ("p10", "p50", "p90"):
            values = (frame[f"{quantity}_{statistic}"] * SHOWN[quantity]).round(1)
            table[f"{_(unit)} {statistic.upper()}"] = values
    table[_("points planned")] = frame["points_plan"]
    table[_("points a floor of one adds")] = frame["points_coverage"]
    without = (100 * frame["no_own_parking"]).round()
    table[_("homes without own parking")] = frame["homes_no_own_parking"].round()
    table[_("homes without own parking [%]")] = without.where(~frame["rates_hidden"])
    table[_("status")] = [_(status) for status in frame["status"]]
    tables.show(table, key="demand_table")
    st.caption(
        _(
            "Percentiles do not add up: the city's P90 is less than the sum of the districts'. "
            "Only means and planned points add exactly ({points} points planned in all). A floor "
            "of one point in every district with homes would add {floor}. Rates of districts with "
            "very few homes are not shown: one car more would change them."
        ).format(points=whole(answer.points_plan), floor=whole(int(frame["points_coverage"].sum())))
    )


def group_table(answer: Demand) -> None:
    """Show who charges."""
    titles = {group.key: group.title for group in (*GROUPS, LOGISTICS)}
    frame = answer.groups
    depots = answer.districts["depot_kwh_day"].sum() * DAYS / 1000
    at_depots = np.where(frame["group"] == LOGISTICS.key, depots, 0.0)
    table = pd.DataFrame(
        {
            _("User group"): [_(titles.get(key, key)) for key in frame["group"]],
            _("MWh a year at public points (mean)"): (frame["kwh_year_mean"] / 1000).round(),
            _("sessions a day (mean)"): frame["sessions_day_mean"].round(),
            _("MWh a year at depots"): at_depots.round(),
        }
    )
    with st.expander(_("By user group")):
        tables.show(table, key="demand_groups")


def fan_table(years: Sequence[int], bands: Sequence[Band]) -> None:
    """Show the fan in numbers."""
    table = pd.DataFrame({_("Year"): [str(year) for year in years]})
    for statistic in STATISTICS[1:]:
        points = [round(getattr(band, statistic)) for band in bands]
        table[_("charge points {statistic}").format(statistic=statistic.upper())] = points
    with st.expander(_("The years, as a table")):
        tables.show(table, key="demand_fan_table")


def tornado_table(project: Project, scenario: Scenario) -> None:
    """Show what every assumption alone does, also those too weak to be drawn."""
    frame = cached.tornado(project, scenario)
    table = pd.DataFrame(
        {
            _("Assumption"): [_(label) for label in frame["label"]],
            _("charge points at its low"): frame["low_points"].round(),
            _("charge points at its high"): frame["high_points"].round(),
            _("moves by"): frame["swing"].round(),
        }
    )
    with st.expander(_("Every assumption, as a table")):
        tables.show(table, key="demand_tornado_table")
