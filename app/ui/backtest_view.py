"""The parts of the page of earlier forecasts."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from app.core.demand.backtest import Revision, Verdict, breaks, forecasts
from app.core.demand.forecasts import QUANTITIES, Row
from app.core.project import Project
from app.core.scenario import Scenario
from app.exports import EXPORTS, Export, file_name
from app.services import backtest
from app.services.backtest import Backtest
from app.ui import backtest_charts as charts
from app.ui import tables
from app.ui.text import NO_NUMBER, _, percent, plain, today, whole

FEW = 5  # comparisons below this prove nothing
HALF = 0.5
SHORT = 12  # letters of a note that fit beside a figure, such as: at least
SIDES: Mapping[str, str] = {
    "inside": "inside",
    "below": "below the range",
    "above": "above the range",
    "not comparable": "not comparable",
}


def sentence(project: Project, found: Backtest) -> str:
    """Say how the forecast moved and how the counts lie, in a line."""
    if not found.revisions and not found.coverage[1]:
        return _nothing(project, found)
    return " ".join(filter(None, (_moved(project, found), _held(found))))


def _moved(project: Project, found: Backtest) -> str:
    """Tell the furthest revision, of the electric share before all others."""
    if not found.revisions:
        own = [each for each in forecasts(found.rows) if each.first.own]
        text = _("No published forecast of {city} is known here; yours: {n}.")
        return text.format(city=plain(project.name), n=len(own))
    shares = [each for each in found.revisions if each.first.quantity == "ev_share"]
    each = (shares or found.revisions)[0]
    text = _(
        "In {years} years the forecast of {city} for {year} {moved}, from {before} to {after} "
        "({what})."
    )
    return text.format(
        years=each.years,
        city=plain(project.name),
        year=each.first.for_year,
        moved=_way(each),
        before=charts.written(each.first),
        after=charts.written(each.last),
        what=_(QUANTITIES[each.first.quantity].title).lower(),
    )


def _way(each: Revision) -> str:
    if each.ratio <= HALF:
        return _("more than halved") if each.ratio < HALF else _("halved")
    return _("fell") if each.ratio < 1 else _("rose") if each.ratio > 1 else _("stayed")


def _held(found: Backtest) -> str:
    """Tell how many later counts lay inside; a single one is told itself."""
    inside, judged = found.coverage
    if not judged:
        return _("0 later counts can be held against it yet.")
    if judged > 1:
        text = _("Of {m} comparisons with later counts, {n} lie inside the range of their day.")
        return text.format(m=judged, n=inside)
    each = next(one for every in found.verdicts for one in every if one.place)
    text = _(
        "The 1 later count that can be compared, {value} in {year}, lies {side} that could "
        "have been drawn then ({low}–{high})."
    )
    sides = {
        "inside": _("inside the range"),
        "below": _("below the range"),
        "above": _("above the range"),
    }
    low, high = _edges(each)
    return text.format(
        value=charts.written(each.fact),
        year=each.fact.for_year,
        side=sides[each.place],
        low=low,
        high=high,
    )


def _edges(each: Verdict) -> tuple[str, str]:
    write = percent if each.fact.unit == "share" else whole
    return write(each.low), write(each.high)


def _nothing(project: Project, found: Backtest) -> str:
    """Say what is there where nobody's forecast of the city is known."""
    year = 2030
    low, middle, high = (float(each) for each in found.ours.at("ev_share", year))
    return _(
        "No earlier forecast of {city} can be judged yet. Ours says {middle} electric cars in "
        "{year} ({low}–{high}); add forecasts and counts below to hold them against it."
    ).format(
        city=plain(project.name),
        middle=percent(middle),
        year=year,
        low=percent(low),
        high=percent(high),
    )


def chart(found: Backtest, quantity: str) -> None:
    """Draw a quantity, with its words."""
    words = alt(found, quantity)
    st.plotly_chart(charts.picture(found, quantity), key=f"backtest_{quantity}", alt=words)
    st.caption(words)


def alt(found: Backtest, quantity: str) -> str:
    """Say the picture in words."""
    said = []
    for each in forecasts(found.rows):
        if each.quantity == quantity:
            figures = ", ".join(
                _("{value} in {year}").format(value=charts.written(row), year=row.for_year)
                + (f" ({plain(row.note)})" if 0 < len(row.note) <= SHORT else "")
                for row in each.rows
            )
            said.append(f"{charts.named(each, found.place)}: {figures}")
    counted = [row for row in found.rows if row.observed and row.quantity == quantity]
    said += [
        _("Counted: {value} on {day} ({what})").format(
            value=charts.written(row), day=row.made_on, what=plain(row.note or row.counts)
        )
        for row in counted
    ]
    last = found.ours.years[-1]
    low, middle, high = (float(each) for each in found.ours.bands[quantity][:, -1])
    write = percent if quantity == "ev_share" else whole
    said.append(
        _("Ours: {middle} ({low}–{high}) in {year}").format(
            middle=write(middle), low=write(low), high=write(high), year=int(last)
        )
    )
    shown = [row for row in found.rows if row.quantity == quantity]
    said += [
        _("Dotted line at {day}: {why}").format(day=day, why=_(why))
        for day, why in breaks(shown).items()
    ]
    return "; ".join(said) + "."


def coverage(found: Backtest) -> None:
    """List every later count with its verdict, or why there is none."""
    inside, judged = found.coverage
    st.markdown(
        _("**{n} of {m}** comparable later counts lie between P10 and P90 of their day.").format(
            n=inside, m=judged
        )
        + ("" if judged >= FEW else " " + _("So few prove nothing: they show a direction at most."))
    )
    frame = backtest.judged(found)
    if frame.empty:
        st.markdown(_("No count was made after any of the forecasts; add one below."))
        return
    shares = frame["quantity"] == "ev_share"
    counted = [
        _write(value, share=unit == "share") + ("" if unit == "share" else f" {unit}s")
        for value, unit in zip(frame["fact"], frame["fact_unit"], strict=True)
    ]
    edges = zip(frame["p10"], frame["p90"], shares, strict=True)
    table = pd.DataFrame(
        {
            _("Range of"): [_("today (ours)") if d == "today" else d for d in frame["made_on"]],
            _("What"): [_(QUANTITIES[each].title) for each in frame["quantity"]],
            _("P10–P90 then"): [
                "" if np.isnan(low) else f"{_write(low, share=share)}–{_write(high, share=share)}"
                for low, high, share in edges
            ],
            _("Counted"): counted,
            _("on"): frame["fact_on"],
            _("Verdict"): [_(SIDES[each]) for each in frame["verdict"]],
            _("Why not"): frame["reason"],
            _("Source of the forecast"): frame["source"],
        }
    )
    tables.show(table, key="backtest_verdicts")


def rows(found: Backtest) -> None:
    """List every forecast and count beside ours."""
    places = list(QUANTITIES)
    ordered = sorted(found.rows, key=lambda r: (places.index(r.quantity), r.for_year, r.made_on))
    tables.show(pd.DataFrame([_line(found, row) for row in ordered]), key="backtest_rows")


def _line(found: Backtest, row: Row) -> Mapping[str, object]:
    fact = None if row.observed else backtest.happened(found, row)
    ours = np.full(3, np.nan)
    if row.place == found.place and row.quantity in found.ours.bands:
        ours = found.ours.at(row.quantity, row.for_year)
    share = row.unit == "share"
    low, middle, high = (_write(float(each), share=share) for each in ours)
    return {
        _("What"): _(QUANTITIES[row.quantity].title),
        _("Year"): str(row.for_year),
        _("Made on"): row.made_on,
        _("Kind"): _("counted") if row.observed else _("forecast"),
        _("Figure"): charts.written(row),
        _("What is counted"): row.counts if row.scope else "",
        _("What happened"): _happened(row, fact),
        _("Ours today (P10–P90)"): "" if np.isnan(ours[1]) else f"{middle} ({low}–{high})",
        _("Note"): row.note,
        _("Source"): backtest.source_title(row),
        _("Confidence"): row.mark,
        _("Yours"): _("yes") if row.own else "",
    }


def _happened(row: Row, fact: Row | None) -> str:
    if fact is not None:
        return charts.written(fact)
    return "" if row.observed else _("no like count")


def _write(value: float, *, share: bool) -> str:
    if np.isnan(value):
        return NO_NUMBER
    return percent(value, 1) if share else whole(value)


def download(project: Project, scenario: Scenario, found: Backtest) -> None:
    """Offer the comparison, own rows included."""
    st.markdown("**" + _("Download") + "**")
    with st.container(horizontal=True):
        for key in ("csv", "xlsx"):
            export = EXPORTS[key]
            st.download_button(
                _(export.title),
                data=partial(_file, export, project, scenario, found),
                file_name=file_name(project.slug, "backtest", today(), export.suffix),
                mime=export.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"download_backtest_{key}",
            )


def _file(export: Export, project: Project, scenario: Scenario, found: Backtest) -> bytes:
    return export.write(backtest.result(project, scenario, found, today()))


def notes(found: Backtest) -> list[str]:
    """Say what a reader must know before the figures."""
    return [_(each) for each in backtest.notices(found)]


def explanation() -> str:
    """Tell what was taken as known on the day of a forecast."""
    return _(
        "A range of an earlier day uses what was on paper that day and nothing later: the last "
        "comparable count, and every year the forecast named. Between them a share runs straight "
        "in log odds and a count in logarithm; before the first year the first slope is continued "
        "backwards to the day. A published low and high are P10 and P90; where there were none, "
        "both leave the middle by a fixed width a year ahead, which is our rule of today: it "
        "judges the middle more than the width. Figures of a year stand at its first day, counts "
        "at theirs. Posts, points and locations are never turned into each other, nor are public "
        "points compared with public and semi-public ones."
    )
