"""What keeps a forecast of demand honest: the chain, published figures, yardstick, words."""

from typing import Literal

import pandas as pd
import streamlit as st

from app.core.demand.definitions import BREAKS, SCOPES, UNITS
from app.core.demand.result import Demand
from app.core.demand.sessions import HOURS
from app.core.demand.titles import MONTHS
from app.core.project import Project
from app.core.scenario import Scenario
from app.services import estimate
from app.services.parameters import load_sources, numbers_of
from app.ui import charts, tables
from app.ui.text import _, energy, number, percent, plain, power, whole

GWH = 1e6
GWH_OF_A_MW = 8.76  # one year
VERDICTS: dict[bool | None, tuple[str, Literal["green", "red", "gray"], str]] = {
    True: ("inside", "green", ":material/check_circle:"),
    False: ("outside", "red", ":material/error:"),
    None: ("cannot be said", "gray", ":material/help:"),
}


def chain(answer: Demand) -> None:
    """Show the way from cars to points in means, so that a slip of units shows."""
    mean = {name: band.mean for name, band in answer.city.items()}
    connected = mean["connected_hours_day"] / HOURS
    points = mean["points"]
    steps = [
        (whole(mean["cars"]), _("private cars")),
        (whole(mean["ev"]), _("electric cars of residents, company cars included")),
        (f"{number(mean['kwh_year'] / GWH)} GWh", _("a year at public points")),
        (f"{number(mean['kwh_year'] / GWH / GWH_OF_A_MW)} MW", _("on average")),
        (whole(mean["sessions_day"]), _("sessions a day")),
        (whole(connected), _("cars connected at once, on average")),
        (whole(points), _("points, of which {share} taken").format(share=_of(connected, points))),
    ]
    st.caption(
        _("Check the chain, in means (above the middle estimates where ranges are lopsided)")
        + ": "
        + " → ".join(f"**{value}** {label}" for value, label in steps)
    )


def _of(part: float, total: float) -> str:
    return percent(part / total if total else None)


def caution() -> None:
    """Say where the rule for points ends."""
    st.caption(
        _(
            "Caution: the rule for points (loss formula) holds for any distribution of stays but "
            "assumes that cars arrive independently and do not wait. Evening waves, drivers who "
            "come back and those who move on to the next post break it; so the load of the busiest "
            "hours is used. Where drivers queue, as at fast chargers, count waiting instead."
        )
    )


def fairness(answer: Demand, scenario: Scenario) -> None:
    """Say who is ahead and what follows from following demand alone."""
    frame = answer.districts
    large = frame[~frame["rates_hidden"] & (frame["cars_mean"] >= frame["cars_mean"].mean() / 2)]
    homes = float(frame["homes_no_own_parking"].sum())
    words = _("{homes} homes have no own parking. ").format(homes=whole(homes))
    if len(large) > 1:
        ordered = large.sort_values("ev_share_start")
        behind, ahead = ordered.iloc[0], ordered.iloc[-1]
        words += _(
            "In {start}, {a} of the private cars in {behind} had a plug and {b} in {ahead}; in "
            "{year} it is {c} and {d}. Following demand alone builds where cars are already "
            "electric: the lever “Served in every district” shows the same budget with a floor."
        ).format(
            start=int(numbers_of(scenario)["registrations_year"].value),
            behind=plain(behind["name"]),
            ahead=plain(ahead["name"]),
            a=percent(behind["ev_share_start"], 1),
            b=percent(ahead["ev_share_start"], 1),
            c=percent(behind["ev_share"], 1),
            d=percent(ahead["ev_share"], 1),
            year=answer.year,
        )
    st.markdown(words)


def yardstick(project: Project, scenario: Scenario, answer: Demand) -> None:
    """Hold public power against what the AFIR asks of a fleet like this."""
    there, planned = estimate.installed_kw(project), estimate.planned_kw(answer, scenario)
    target, numbers = answer.afir_kw, numbers_of(scenario)
    now = _("no map of charge points is loaded") if there is None else _("rated power, as mapped")
    tables.metrics(
        [
            (
                _("AFIR yardstick"),
                power(target),
                _("{bev} kW for a battery-electric car, {phev} kW for a plug-in hybrid").format(
                    bev=number(numbers["afir_kw_bev"].value),
                    phev=number(numbers["afir_kw_phev"].value),
                ),
            ),
            (_("Installed today"), power(there), now),
            (
                _("With the points planned"),
                power(planned),
                _("{points} points at their rated power").format(points=whole(answer.points_plan)),
            ),
            (
                _("Gap to the yardstick"),
                power(max(0.0, target - planned)),
                _("{kw} if nothing were built").format(
                    kw=power(None if there is None else max(0.0, target - there))
                ),
            ),
        ]
    )
    st.caption(
        _(
            "A yardstick for a city; the rule itself holds nationally. Rated power is nominal: "
            "the grid sees the peak of the Grid impact page, never this."
        )
    )


def benchmarks(answer: Demand) -> None:
    """Hold the result against published figures."""
    if not answer.benchmarks:
        return
    with st.container(horizontal=True):
        for each in answer.benchmarks:
            verdict, colour, icon = VERDICTS[each.inside]
            words = _("{title}: {verdict}").format(title=_(each.title), verdict=_(verdict))
            told = _("published: {published}; ours: {ours}").format(
                published=each.published, ours=number(each.ours)
            )
            st.badge(words, icon=icon, color=colour, help=told)
    table = pd.DataFrame(
        {
            _("Published figure"): [_(b.title) for b in answer.benchmarks],
            _("published"): [b.published for b in answer.benchmarks],
            _("ours (P50)"): [number(b.ours) for b in answer.benchmarks],
            _("verdict"): [_(VERDICTS[b.inside][0]) for b in answer.benchmarks],
            _("source"): [str(load_sources()[b.source]["title"]) for b in answer.benchmarks],
            _("confidence"): [b.mark for b in answer.benchmarks],
        }
    )
    inside = sum(b.inside is True for b in answer.benchmarks)
    said = _("Does it hold against published figures? {inside} of {all} inside their band").format(
        inside=inside, all=len(answer.benchmarks)
    )
    with st.expander(said):
        tables.show(table, key="demand_benchmarks")


def seasons(answer: Demand, scenario: Scenario) -> None:
    """Show when in the year the energy is charged."""
    mwh = estimate.months_mwh(answer, scenario)
    names = [_(name) for name in MONTHS]
    top, low = mwh.index(max(mwh)), mwh.index(min(mwh))
    words = _("Most in {top} ({most}), least in {low} ({least}); our own estimate.").format(
        top=names[top],
        low=names[low],
        most=energy(max(mwh) * estimate.MWH),
        least=energy(min(mwh) * estimate.MWH),
    )
    with st.expander(_("Over the months")):
        st.markdown(words)
        figure = charts.columns(names, mwh, _("MWh at public points"))
        st.plotly_chart(figure, key="demand_months", alt=words)
        table = pd.DataFrame({_("Month"): names, "MWh": mwh}).round(1)
        tables.show(table, key="demand_months_table")


def definitions() -> None:
    """Say what is counted as what, and which counts do not add up."""
    with st.expander(_("What counts as what: post, point, connector, location")):
        for found in (UNITS, SCOPES):
            for key, words in found.items():
                st.markdown(f"- **{_(key.replace('_', '-'))}**: {_(words)}")
        st.markdown(
            _(
                "Kerbwatt counts points. Counts of another unit, scope or day are never added, and "
                "two counts are no trend: a chart marks where what is counted changed."
            )
        )
        for day, words in BREAKS.items():
            st.markdown(f"- {day:%d %b %Y}: {_(words)}")
