"""The parts of the page that asks who is left out."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from app.core.demand.equity import SHORT, UNKNOWN
from app.core.project import Project
from app.core.scenario import Scenario, choices
from app.paths import PAGES
from app.services import equity as lens
from app.services import floor
from app.services.equity import Equity
from app.services.parameters import load_parameters
from app.ui import cached, cached_equity, charts, maps, runs, tables
from app.ui.cached_equity import lens as lenses
from app.ui.equity_map import LOOKS, UNITS, shown
from app.ui.text import _, number, percent, plain, whole

SHOW = "equity_show"
GAPS = ("stays", "slow", "closes")  # from the widest to the narrowest
LOWEST = 2  # fifths that count as low incomes
VIEWS: Mapping[str, str] = {  # short: a phone shows them side by side
    "no_own_parking": "no parking",
    "far": "far away",
    "points_per_1000": "points",
    "cells": "norm",
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
    pair = lens.apart(found)
    if pair is None:
        return words
    behind, ahead = pair
    return f"{words} " + _(
        "In {start}, {a} of the cars in {behind} had a plug and {b} in {ahead}; in {year} it is "
        "{c} and {d}."
    ).format(
        behind=plain(behind["name"]),
        ahead=plain(ahead["name"]),
        a=percent(behind["plugin_share"], 1),
        b=percent(ahead["plugin_share"], 1),
        start=found.start,
        year=found.year,
        c=percent(behind["ev_share"], 1),
        d=percent(ahead["ev_share"], 1),
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
        alt=_("Map: {what}; the table below says the same").format(
            what=_(UNITS.get(show, "coverage norm per square"))
        ),
    )
    if show == "cells":
        looks = [maps.Look(each.rgb, each.mark, _(each.word)) for each in LOOKS.values()]
        maps.legend(_("Coverage norm per {m} m square").format(m=whole(found.cell_m)), looks)
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


def income(project: Project, scenario: Scenario, found: Equity) -> None:
    """Show plug-in cars, points and walks by income."""
    fifths = found.quintiles
    if fifths.empty:
        st.info(
            _("No incomes are loaded. Add a column income_eur to the districts to see them here.")
        )
        return
    cases = {gap: lenses(project, scenario.but(gap=gap)) for gap in (*GAPS, scenario.gap)}
    names = [
        _("fifth {n}: € {low}–{high}").format(
            n=int(row["quintile"]), low=whole(row["income_low"]), high=whole(row["income_high"])
        )
        for row in fifths.to_dict("records")
    ]
    share = {_("registered in {year}").format(year=found.start): 100 * fifths["plugin_share"]}
    titles = choices()["gap"].options()
    for gap, case in cases.items():
        label = _("{year}, gap: {case}").format(year=found.year, case=_(titles[gap]).lower())
        share[label] = 100 * case.quintiles["ev_share"]
    figure = charts.grouped(
        names, {name: [*each] for name, each in share.items()}, _("Percent of private cars")
    )
    words = income_sentence(found, list(cases.values()))
    st.plotly_chart(figure, key="equity_income", alt=words)
    st.markdown(words)
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


def income_sentence(found: Equity, cases: Sequence[Equity]) -> str:
    """Say how far electric cars lean to high incomes, now and then, in plain words."""
    now, then = _ratio(found, "plugin_share"), _ratio(found, "ev_share")
    if np.isnan(now) or np.isnan(then):
        return _("How electric cars lean to incomes is unknown.")
    others = [_ratio(each, "ev_share") for each in cases]
    index = {name: found.city[f"concentration_{name}"] for name in ("now", "then")}
    return _(
        "In {start} a car had a plug {now} times as often where incomes are highest as where they "
        "are lowest; in {year} it is {then} times ({low}–{high} by how fast the gap closes). "
        "Concentration index {index_now}, then {index_then}: 0 even, towards 1 all with the "
        "richest, below 0 with the poorest."
    ).format(
        now=number(now, 2),
        then=number(then, 2),
        low=number(min(others), 2),
        high=number(max(others), 2),
        start=found.start,
        year=found.year,
        index_now=number(index["now"], 2),
        index_then=number(index["then"], 2),
    )


def _ratio(found: Equity, share: str) -> float:
    """How often the highest fifth has what the lowest has."""
    fifths = found.quintiles
    if len(fifths) < 2 or not fifths[share].iloc[0] > 0:  # noqa: PLR2004  # poor and rich
        return float("nan")
    return float(fifths[share].iloc[-1] / fifths[share].iloc[0])


def norm(found: Equity) -> None:
    """Say how many squares meet the norm."""
    busy, met = found.city["cells_busy"], found.city["cells_met"]
    counts = found.cells["state"].value_counts()
    if np.isnan(met) or not busy:
        st.markdown(_("**Coverage norm**: unknown."))
        return
    st.markdown(
        _(
            "**{share} of the {n} squares of {side} m with {least} households or more hold a "
            "public point**; {short} do not, {unknown} are unknown. Dutch norm; {national} "
            "nationally in 2025."
        ).format(
            side=whole(found.cell_m),
            least=whole(found.cell_households),
            share=percent(met / busy),
            n=whole(busy),
            short=whole(int(counts.get(SHORT, 0))),
            unknown=whole(int(counts.get(UNKNOWN, 0))),
            national=percent(load_parameters()["coverage_national"].value),
        )
    )


def effect(project: Project, scenario: Scenario, found: Equity) -> None:
    """Offer to plan the same budget with a floor, and say where the lever is."""
    if found.quintiles.empty:
        return
    st.markdown(
        _(
            "Following demand alone builds where cars are already electric. A floor asks that a "
            "share of the demand of **every** district is served; where few cars are electric yet, "
            "that share is small too. The lever “Served in every district” (All levers) sets it."
        )
    )
    question = f"{cached.plan_question(project, scenario)}|{scenario.floor_share}"
    work = partial(floor.effect, project, scenario, found)
    runs.offer("floor", _("Show the same budget with a floor"), question, work, _show_effect)
    st.page_link(
        PAGES / "sites.py",
        label=_("See the plan on the Sites page"),
        icon=":material/arrow_forward:",
    )


def _show_effect(answer: floor.Floor) -> None:
    points, share = answer.points, percent(answer.floor_share)
    names = [_("fifth {n}").format(n=int(each)) for each in points["quintile"]]
    columns = {
        _("no floor"): points["without"].to_list(),
        _("{share} in every district").format(share=share): points["with_floor"].to_list(),
    }
    words = effect_sentence(answer)
    figure = charts.grouped(names, columns, _("New points with the same budget"))
    st.plotly_chart(figure, key="equity_floor", alt=words)
    st.markdown(words)
    tables.show(pd.DataFrame({_("Income"): names, **columns}), key="equity_floor_table")
    if any(answer.unplaced):
        st.caption(
            _("Districts without a known income: {a} points, with the floor {b}.").format(
                a=whole(answer.unplaced[0]), b=whole(answer.unplaced[1])
            )
        )


def effect_sentence(answer: floor.Floor) -> str:
    """Say who gains, who loses, and what the city pays for it."""
    poor = answer.points[answer.points["quintile"] <= LOWEST]
    before, after = answer.served_kwh_day
    words = _(
        "With a floor of {floor} the two lowest fifths get {a} new points instead of {b}; the "
        "city as a whole is served {loss} less."
    ).format(
        floor=percent(answer.floor_share),
        a=whole(int(poor["with_floor"].sum())),
        b=whole(int(poor["without"].sum())),
        loss=percent(max(0.0, 1 - after / before) if before > 0 else 0.0, 1),
    )
    fewer = (answer.points["without"] - answer.points["with_floor"]).to_list()
    if max(fewer, default=0) <= 0:
        return words
    loser = fewer.index(max(fewer))
    return f"{words} " + _("Fifth {n} pays most: {less} points fewer.").format(
        n=int(answer.points["quintile"].iloc[loser]), less=whole(fewer[loser])
    )


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
