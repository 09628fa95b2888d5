"""The part of the tender page that says what is lost if a clause is dropped."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.clause_price import NO_LEVER, PRICED, STATUSES, Price
from app.core.tender.draft import TenderDraft
from app.services import clause_price
from app.services.clause_price import Prices
from app.ui import charts, runs, tables
from app.ui.text import _, euro, number, whole

KW_MW = 1000


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Offer the run that prices every selected clause, and show what it found."""
    st.caption(
        _(
            "The peak week is simulated once with every clause, and once more for each clause "
            "that moves the load, with the same cars and the same draws: the difference is what "
            "dropping the clause does."
        )
    )
    texts = {each.requirement.id: each.requirement.text for each in draft.selection.included}
    chosen = sorted(texts)
    asked = scenario.only(*clause_price.ASKS)
    work = partial(clause_price.prices, project, asked, chosen)
    question = f"{project.digest}|{asked!r}|{chosen}"
    runs.offer("clause_price", _("Price the clauses"), question, work, partial(shown, texts))


def shown(texts: Mapping[str, str], found: Prices) -> None:
    """Show prices: a sentence, a picture, the table, and why other clauses have none."""
    priced = [each for each in found.rows if each.status == PRICED]
    st.markdown(f"**{sentence(found)}**")
    if priced:
        _picture(priced)
        tables.show(_table(found, texts), key="clause_prices")
    if priced:
        st.caption(order_note(found))
    _others(found, texts)
    st.caption(
        _(
            "Money counts a higher peak, dearer energy and energy not sold, from one week times "
            "52: an order of magnitude, with our own figures (confidence C)."
        )
    )


def sentence(found: Prices) -> str:
    """Say which clause is worth most, and how many have no price."""
    priced = [each for each in found.rows if each.status == PRICED]
    if not priced:
        return _("None of the {n} selected clauses moves the load in this scenario.").format(
            n=whole(len(found.rows))
        )
    most = max(priced, key=lambda each: each.deltas["peak_mw"] or 0.0)
    return _(
        "Dropping {clause} costs most: {kw} kW more at the peak, {points} fewer points fit, {eur} "
        "a year. {n} of {all} clauses have a price."
    ).format(
        clause=most.clause,
        kw=_kw(most.deltas["peak_mw"]),
        points=whole(max(-(most.deltas["fit"] or 0.0), 0.0)),
        eur=euro(most.deltas["eur_year"]),
        n=whole(len(priced)),
        all=whole(len(found.rows)),
    )


def order_note(found: Prices) -> str:
    """Say that single prices do not add up."""
    return _(
        "Prices depend on what else is dropped: one by one they add up to {single} kW at the peak, "
        "all dropped at once make {together} kW."
    ).format(
        single=_kw(found.summed["peak_mw"]),
        together=_kw(found.together["peak_mw"]),
    )


def _kw(megawatts: float | None) -> str:
    return "–" if megawatts is None else number(megawatts * KW_MW)


def _picture(priced: list[Price]) -> None:
    ranked = sorted(priced, key=lambda each: -(each.deltas["peak_mw"] or 0.0))
    names = [each.clause for each in ranked]
    kw = [(each.deltas["peak_mw"] or 0.0) * KW_MW for each in ranked]
    words = "; ".join(f"{name}: {number(value)} kW" for name, value in zip(names, kw, strict=True))
    st.caption(_("City's peak without the clause, against with it [kW]"))
    st.plotly_chart(charts.columns(names, kw, "kW"), key="clause_price_chart", alt=words)


def words(each: Price) -> str:
    """Say how a price was found, in the visitor's language."""
    return _(STATUSES[each.status]).format(why=each.why)


def _table(found: Prices, texts: Mapping[str, str]) -> pd.DataFrame:
    told = found.table
    told = told[told["status"] == PRICED]
    return pd.DataFrame(
        {
            _("Clause"): told["clause"],
            _("Peak of the day [kW]"): _scaled(told["peak_mw"]),
            _("In the calendar's hours [kW]"): _scaled(told["window_mw"]),
            _("Points that fit"): told["fit"],
            _("Late energy [points of %]"): told["late_percent"].round(2),
            _("Money [EUR a year]"): told["eur_year"].round(0),
            _("What it asks"): [texts.get(clause, "") for clause in told["clause"]],
        }
    )


def _others(found: Prices, texts: Mapping[str, str]) -> None:
    """List the clauses without a price, those that could have one first."""
    others = sorted(
        (each for each in found.rows if each.status != PRICED),
        key=lambda each: each.status == NO_LEVER,
    )
    table = pd.DataFrame(
        {
            _("Clause"): [each.clause for each in others],
            _("Why there is no price"): [words(each) for each in others],
            _("What it asks"): [texts.get(each.clause, "") for each in others],
        }
    )
    with st.expander(_("Without a price: {n}").format(n=whole(len(others)))):
        tables.show(table, key="clauses_without_price")


def _scaled(megawatts: "pd.Series[float]") -> "pd.Series[float]":
    return (megawatts.astype(float) * KW_MW).round(1)
