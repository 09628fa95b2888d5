"""The parts of the page that asks who is left out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from app.core.demand.equity import SHORT, UNKNOWN
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.equity import Equity
from app.services.parameters import load_parameters
from app.ui import cached, cached_equity, charts, maps, state, tables
from app.ui.equity_map import LOOKS, UNITS, shown
from app.ui.text import _, number, percent, plain, whole

SHOW, EFFECT, PICKED = "equity_show", "equity_effect", "equity_cell"
FLOOR = 0.5  # shown where the planner has set none
VIEWS: Mapping[str, str] = {
    "no_own_parking": "no own parking",
    "far": "far from a point",
    "points_per_1000": "points per home",
    "cells": "coverage norm",
}


def sentence(project: Project, found: Equity) -> str:
    """Say who is left out, in figures and names."""
    city = found.city
    words = _(
        "In {city} {homes} homes ({low}–{high}) have no own parking, and {far} lie more than "
        "{walk} m on foot from a public point."
    ).format(
        city=plain(project.name),
        homes=whole(round(city["homes_no_own_parking"], -2)),
        low=whole(round(city["homes_no_own_parking_low"], -3)),
        high=whole(round(city["homes_no_own_parking_high"], -3)),
        far=_far(city),
        walk=whole(found.walk_m),
    )
    fifths = found.quintiles
    if len(fifths) < 2 or fifths["plugin_share"].isna().any():  # noqa: PLR2004  # poor and rich
        return words
    poor, rich = fifths.iloc[0], fifths.iloc[-1]
    return f"{words} " + _(
        "Where incomes are lowest {a} of the cars had a plug in {start}, where they are highest "
        "{b}; in {year} {c} and {d}."
    ).format(
        a=percent(poor["plugin_share"], 1),
        b=percent(rich["plugin_share"], 1),
        start=found.start,
        year=found.year,
        c=percent(poor["ev_share"]),
        d=percent(rich["ev_share"]),
    )


def _far(city: Mapping[str, float]) -> str:
    if np.isnan(city["homes_far"]):
        return _("an unknown number")
    text = _("{homes} of all homes ({share})")
    return text.format(homes=whole(round(city["homes_far"], -1)), share=percent(city["far"], 1))


def draw_map(project: Project, scenario: Scenario, found: Equity) -> str:
    """Let the visitor choose what the map shows, and draw it; returns the choice."""
    show = st.segmented_control(
        _("The map shows"),
        list(VIEWS),
        default="no_own_parking",
        required=True,
        format_func=lambda key: _(VIEWS[key]),
        key=SHOW,
        persist_state="session",
    )
    layer = project.layers["districts"]
    content = cached_equity.equity_map(project, scenario, show)
    maps.draw(
        [maps.Overlay("equity", content, "", text_size=9 if show == "cells" else 12)],
        cached.bounds(layer),
        key=f"equity_map_{show}",
        alt=_("Map: {what}; the table below says the same").format(what=_(VIEWS[show])),
        on_select=lambda: state.picked_from_map(f"equity_map_{show}", "equity", PICKED),
    )
    if show == "cells":
        looks = [maps.Look(each.rgb, each.mark, _(each.word)) for each in LOOKS.values()]
        maps.legend(_("Coverage norm per 500 m square"), looks)
    else:
        scale = maps.round_scale(shown(found, show), _(UNITS[show]))
        blank = maps.Look(maps.QUIET, "?", _("unknown, or too few homes for a rate"))
        maps.legend(_(UNITS[show]), [*maps.scale_looks(scale), blank])
    return str(show)


def ranking(found: Equity, show: str) -> None:
    """List who is worst off, beside the map."""
    if show == "cells":
        short = found.cells[found.cells["state"] == SHORT].sort_values(
            "households", ascending=False
        )
        table = pd.DataFrame(
            {_("Square"): short["cell_id"], _("Households"): short["households"].round()}
        )
        tables.show(table, key="equity_short", height=520)
        return
    frame = found.districts.assign(rate=shown(found, show))
    rising = show == "points_per_1000"
    frame = frame.sort_values("rate", ascending=rising, na_position="last")
    table = pd.DataFrame(
        {
            _("District"): frame["name"],
            _(UNITS[show]): frame["rate"].round(1),
            _("homes without own parking"): frame["homes_no_own_parking"].round(),
        }
    )
    tables.show(table, key="equity_ranking", height=520)


def income(found: Equity) -> None:
    """Show plug-in cars, points and walks by income."""
    fifths = found.quintiles
    if fifths.empty:
        st.info(
            _("No incomes are loaded. Add a column income_eur to the districts to see them here.")
        )
        return
    names = [
        _("fifth {n}: € {low}–{high}").format(
            n=int(row["quintile"]), low=whole(row["income_low"]), high=whole(row["income_high"])
        )
        for row in fifths.to_dict("records")
    ]
    share = {
        _("registered in {year}").format(year=found.start): 100 * fifths["plugin_share"],
        _("in {year}").format(year=found.year): 100 * fifths["ev_share"],
    }
    figure = charts.grouped(
        names, {name: [*each] for name, each in share.items()}, _("Percent of private cars")
    )
    st.plotly_chart(figure, key="equity_income", alt=income_sentence(found))
    st.markdown(income_sentence(found))
    table = pd.DataFrame(
        {
            _("Income per inhabitant"): names,
            _("Districts"): fifths["districts"],
            _("Households"): fifths["households"],
            _("With a plug, registered [%]"): (100 * fifths["plugin_share"]).round(1),
            _("Electric in the year [%]"): (100 * fifths["ev_share"]).round(1),
            _("Homes without own parking [%]"): (100 * fifths["no_own_parking"]).round(),
            _("Homes beyond the walk [%]"): (100 * fifths["far"]).round(1),
            _("Public points per 1,000 homes without"): fifths["points_per_1000"].round(1),
        }
    )
    tables.show(table, key="equity_quintiles")
    st.caption(
        _(
            "Fifths of the households by the mean income of their district, so a poor street in a "
            "rich district counts as rich. Rates are sums over sums."
        )
    )


def income_sentence(found: Equity) -> str:
    """Say how far electric cars lean to high incomes, now and then."""
    now, then = found.city["concentration_now"], found.city["concentration_then"]
    if np.isnan(now) or np.isnan(then):
        return _("How electric cars lean to high incomes is unknown.")
    text = _(
        "Electric cars lean to high incomes: concentration index {now} in {start}, {then} in "
        "{year} (0 even, 1 all with the richest)."
    )
    if now < 0:
        text = _("Electric cars lean to low incomes: {now} in {start}, {then} in {year}.")
    return text.format(now=number(now, 2), then=number(then, 2), start=found.start, year=found.year)


def norm(found: Equity) -> None:
    """Say how many squares meet the norm."""
    busy, met = found.city["cells_busy"], found.city["cells_met"]
    counts = found.cells["state"].value_counts()
    if np.isnan(met) or not busy:
        st.markdown(_("**Coverage norm**: unknown."))
        return
    st.markdown(
        _(
            "**{share} of the {n} squares of 500 m with 125 households or more hold a public "
            "point**; {short} do not, {unknown} are unknown. Dutch norm; {national} nationally in "
            "2025."
        ).format(
            share=percent(met / busy),
            n=whole(busy),
            short=whole(int(counts.get(SHORT, 0))),
            unknown=whole(int(counts.get(UNKNOWN, 0))),
            national=percent(load_parameters()["coverage_national"].value),
        )
    )


def effect(project: Project, scenario: Scenario, found: Equity) -> None:
    """Show what the same budget does with a floor."""
    if found.quintiles.empty:
        return
    st.button(
        _("Show what a floor does"),
        on_click=state.keep,
        args=(EFFECT, True),
        icon=":material/balance:",
        key="show_floor",
    )
    if not state.value(EFFECT):
        return
    floor = scenario.floor_share or FLOOR
    fifth = dict(zip(found.districts["district_id"], found.districts["quintile"], strict=True))
    columns: dict[str, list[float]] = {}
    served = []
    for share in (0.0, floor):
        plan = cached.plan(project, scenario.but(floor_share=share))
        per = plan.firm.groupby(plan.firm["district_id"].astype(str).map(fifth))["points"].sum()
        name = _("no floor") if not share else _("{share} in every district")
        columns[name.format(share=percent(share))] = [
            float(per.get(each, 0)) for each in found.quintiles["quintile"]
        ]
        served.append(plan.served_kwh_day)
    names = [_("fifth {n}").format(n=int(each)) for each in found.quintiles["quintile"]]
    figure = charts.grouped(names, columns, _("New points with the same budget"))
    without, with_floor = columns.values()
    words = _(
        "With a floor of {floor} the two lowest fifths get {a} new points instead of {b}; the "
        "city as a whole is served {loss} less."
    ).format(
        floor=percent(floor),
        a=whole(sum(with_floor[:2])),
        b=whole(sum(without[:2])),
        loss=percent(max(0.0, 1 - served[1] / max(served[0], 1e-9)), 1),
    )
    st.plotly_chart(figure, key="equity_floor", alt=words)
    st.markdown(words)
    tables.show(pd.DataFrame({_("Income"): names, **columns}), key="equity_floor_table")
    st.caption(_("Set the floor with the lever “Served in every district” under All levers."))


def district_table(found: Equity) -> None:
    """Show every district."""
    frame = found.districts
    seen = ~frame["rates_hidden"]
    table = pd.DataFrame(
        {
            _("District"): frame["name"],
            _("Households"): frame["households"],
            _("homes without own parking"): frame["homes_no_own_parking"].round(),
            _("low"): frame["homes_no_own_parking_low"].round(),
            _("high"): frame["homes_no_own_parking_high"].round(),
            _("without own parking [%]"): (100 * frame["no_own_parking"]).where(seen).round(),
            _("beyond the walk [%]"): (100 * frame["far"]).where(seen).round(1),
            _("public points"): frame["points"],
            _("points per 1,000 homes without"): frame["points_per_1000"].where(seen).round(1),
            _("income [EUR]"): frame["income_eur"],
            _("income fifth"): frame["quintile"].where(frame["quintile"] > 0),
            _("with a plug, registered [%]"): (100 * frame["plugin_share"]).where(seen).round(1),
            _("electric in the year [%]"): (100 * frame["ev_share"]).where(seen).round(1),
        }
    )
    tables.show(table, key="equity_table")
    st.caption(_("Rates of districts with fewer than 100 households are not shown."))
