"""The money of a tender: what moves it, six models side by side, cash, break-even, numbers."""

from functools import partial

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario, choices
from app.core.tender.deals import DEALS
from app.core.tender.draft import TenderDraft
from app.core.tender.tornado import HARDWARE, market_over_hardware
from app.exports import EXPORTS, file_name
from app.services import money as use_case
from app.services import pack_money
from app.services.money import ModelMoney, Money
from app.ui import cached_money, tables, tender_models, tender_money_inputs
from app.ui import tender_money_charts as pictures
from app.ui.tender_models import BEARERS, PARTIES, rounded
from app.ui.text import _, euro, number, plain, today, whole

DRAWN = ("authority", "operator", "bank", "project")
RANGE, FIFTH = "range", "fifth"
SEEN, ENDS = "money_model", "money_ends"


def show(project: Project, scenario: Scenario, draft: TenderDraft | None) -> None:
    """Show what a tender earns and costs, and for whom."""
    facts = use_case.facts_of(draft) if draft is not None else ()
    given = cached_money.inputs(scenario, facts)
    st.header(_("Money"))
    try:
        found = cached_money.money(scenario, facts)
    except InputError as error:
        st.error("  \n".join(plain(line) for line in str(error).splitlines()))
        tender_money_inputs.show(given)
        return
    with st.container(key="steps_money"):
        st.markdown(f"**{sentence(found, scenario.model)}**")
    st.caption(origin_sentence(found, draft))
    if words := doubt(found):
        st.warning(words)
    key = _model(scenario)
    st.markdown(tender_models.about(key))
    _sensitivity(found, scenario, facts, key)
    tender_models.side_by_side(found)
    _cash(found.models[key])
    _break_even(found)
    _band(found)
    tender_money_inputs.show(given)
    _downloads(project, found)


def sentence(found: Money, key: str) -> str:
    """Say who bears the risk under a model, what it is worth and what must be sold."""
    model, even = found.models[key], found.models[key].even.kwh_point_day
    words = (
        _(
            "{model}: {bearer} bears the risk, with an NPV of {npv} over {years} years. It needs "
            "{even} kWh a point and day to lose nothing; {u} are in use."
        )
        if even is not None
        else _(
            "{model}: {bearer} bears the risk, with an NPV of {npv} over {years} years, and no "
            "use of the points would pay for them; {u} kWh a point and day are in use."
        )
    )
    return words.format(
        model=_(choices()["model"].options()[key]),
        bearer=_(BEARERS[model.risk]),
        npv=euro(model.risk_npv),
        years=whole(found.values["years"]),
        even=number(even),
        u=number(found.values["u"]),
    )


def uncapitalised(words: str) -> str:
    """Write a title inside a sentence; V2G keeps its letters."""
    return words[:1].lower() + words[1:]


def doubt(found: Money) -> str:
    """Say where the use of the points is beyond what is likely; empty where it is not."""
    u = next(each for each in found.inputs if each.name == "u")
    if u.low <= u.value <= u.high:
        return ""
    return _(
        "{u} kWh a point and day is outside what is likely ({low}–{high}): every amount below "
        "leans on it, so try a likely one under “Use and prices”."
    ).format(u=number(u.value), low=number(u.low), high=number(u.high))


def origin_sentence(found: Money, draft: TenderDraft | None) -> str:
    """Say which numbers are the plan's, which the planner's own, and which are only usual."""
    by = {
        origin: ", ".join(
            f"{uncapitalised(_(each.title))} {number(each.value, 4)}"
            for each in found.inputs
            if each.origin == origin
        )
        for origin in (use_case.PLAN, use_case.OWN)
    }
    words = _("From the plan: {names}.").format(names=by["plan"] or _("nothing")) + " "
    if by["own"]:
        words += _("Your own: {names}.").format(names=by["own"]) + " "
    words += _(
        "All other numbers are our working defaults (confidence C), in euro without VAT and "
        "without inflation; currencies are never converted."
    )
    other = use_case.not_ac(draft) if draft is not None else 0
    if other:
        words += " " + _(
            "{n} points of the plan are fast chargers and are priced here like AC points: set the "
            "prices below to your own mix."
        ).format(n=whole(other))
    return words


def _model(scenario: Scenario) -> str:
    """Let the visitor look at one model; the tender's own comes first."""
    titles = choices()["model"].options()
    key: str = st.selectbox(
        _("Look closely at"),
        list(titles),
        index=list(titles).index(scenario.model),
        format_func=lambda each: _(titles[each]),
        key=f"{SEEN}_{scenario.model}",
        persist_state="session",
    )
    return key


def _sensitivity(found: Money, scenario: Scenario, facts: use_case.Facts, key: str) -> None:
    """Draw first what moves the money, because it decides where to look."""
    st.subheader(_("What moves the money most"))
    ends = st.segmented_control(
        _("Each number goes"),
        [RANGE, FIFTH],
        default=RANGE,
        required=True,
        format_func=lambda each: (
            _("over its likely range") if each == RANGE else _("20 percent down and up")
        ),
        key=ENDS,
        persist_state="session",
    )
    if ends == FIFTH:
        found = cached_money.money(scenario, facts, fifth=True)
    model = found.models[key]
    rows = {each.name: each for each in found.inputs}
    labels = {
        bar.name: f"{_(rows[bar.name].title)} ({number(bar.low)}–{number(bar.high)})"
        for bar in model.bars
    }
    unit = _("NPV of {party} [EUR]").format(party=_(PARTIES[model.measured]).lower())
    words = market_sentence(found, model)
    figure = pictures.tornado(model.bars, labels, model.risk_npv, unit)
    st.plotly_chart(figure, key="money_tornado", alt=words)
    st.markdown(words)
    table = pd.DataFrame(
        {
            _("Number"): [_(rows[bar.name].title) for bar in model.bars],
            _("Low"): [bar.low for bar in model.bars],
            _("High"): [bar.high for bar in model.bars],
            _("Unit"): [_(rows[bar.name].unit) for bar in model.bars],
            _("NPV at low [EUR]"): [round(bar.low_npv) for bar in model.bars],
            _("NPV at high [EUR]"): [round(bar.high_npv) for bar in model.bars],
            _("Swing [EUR]"): [round(bar.swing) for bar in model.bars],
        }
    )
    with st.expander(_("The same in numbers")):
        tables.show(table, key="money_tornado_table")


def market_sentence(found: Money, model: ModelMoney) -> str:
    """Say in words that tariffs and use matter more than hardware, with the factor at hand."""
    swings = {bar.name: bar for bar in model.bars}
    dearest = max(HARDWARE, key=lambda name: swings[name].swing)
    ratio = market_over_hardware(model.bars)
    titles = {each.name: each.title for each in found.inputs}
    words = ""
    if ratio is not None:
        words = _(
            "Tariff, price of energy and kWh a day move the money {least} to {most} times as far "
            "as the hardware price that matters most ({dearest})."
        ).format(
            least=number(ratio[0], 2),
            most=number(ratio[1], 2),
            dearest=uncapitalised(_(titles[dearest])),
        )
    return f"{words} " + _(
        "A V2G premium of {premium} a point is paid by {income} a point and year from flexibility."
    ).format(
        premium=euro(found.values["v2g_premium"]),
        income=euro(use_case.premium_paid_by(found.values)),
    )


def _cash(model: ModelMoney) -> None:
    """Draw the money in hand over the years."""
    title = _(choices()["model"].options()[model.key])
    st.subheader(_("Cash over the years: {model}").format(model=title))
    names = {who: _(PARTIES[who]) for who in DRAWN}
    who = _(PARTIES[model.measured])
    words = (
        _("{party} has its money back after {years} years.").format(
            party=who, years=number(model.payback_years, 2)
        )
        if model.payback_years is not None
        else _("{party} does not get its money back within the term.").format(party=who)
    )
    st.plotly_chart(pictures.cash(model, names), key="money_cash", alt=words)
    st.markdown(words)
    shown = {name: model.cash[each].round(2) for each, name in names.items()}
    years = range(len(model.cash["project"]))
    with st.expander(_("The same in numbers")):
        tables.show(pd.DataFrame({_("Year"): years, **shown}), key="money_cash_table")


def _break_even(found: Money) -> None:
    """Draw from which use on each model pays."""
    st.subheader(_("From which use on it pays"))
    titles = {key: _(title) for key, title in choices()["model"].options().items()}
    known = {
        key: each.even.kwh_point_day
        for key, each in found.models.items()
        if each.even.kwh_point_day is not None
    }
    words = _("No model ever pays at these prices.")
    if known:
        least, most = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
        words = _(
            "Whoever bears the risk needs {least} kWh a point and day ({model}) to {most} "
            "({other}); {u} are in use."
        ).format(
            least=number(known[least]),
            model=titles[least].lower(),
            most=number(known[most]),
            other=titles[most].lower(),
            u=number(found.values["u"]),
        )
    figure = pictures.break_even(use_case.even_curve(found), titles, found.values["u"])
    st.plotly_chart(figure, key="money_even", alt=words)
    st.markdown(words)
    of = found.values
    left = DEALS["hybrid"].margin(of)
    if of["rev_share"] * of["tariff"] >= left:
        st.warning(_("Hybrid: above the threshold each kWh costs the operator money."))


def _band(found: Money) -> None:
    """Hold the result against published figures."""
    st.subheader(_("Held against published figures"))
    rows = use_case.anchors(found)
    table = pd.DataFrame(
        {
            _("Figure"): [_(each.what) for each in rows],
            _("Ours"): [rounded(each.ours, 2) for each in rows],
            _("Published"): [each.published for each in rows],
            _("Unit"): [_(each.unit) for each in rows],
            _("Verdict"): [_(each.verdict) for each in rows],
            _("Source"): [f"{each.source} ({each.year}, {each.confidence})" for each in rows],
        }
    )
    tables.show(table, key="money_band")
    shown = use_case.published()
    with st.expander(_("Published prices, as published: no currency is converted")):
        columns = {
            _("Price"): shown["name"],
            _("Value"): shown["value"],
            _("Unit"): shown["unit"],
            _("Year and scope"): shown["year_scope"],
            _("Source"): shown["reference"],
            _("Confidence"): shown["confidence"],
        }
        tables.show(pd.DataFrame(columns), key="money_published")


def _downloads(project: Project, found: Money) -> None:
    csv = EXPORTS["csv"]
    files = {
        "models": (_("Models (CSV)"), pack_money.models_table),
        "cashflow": (_("Cash by year (CSV)"), pack_money.cashflow_table),
        "sensitivity": (_("What moves it (CSV)"), pack_money.sensitivity_table),
    }
    with st.container(horizontal=True):
        for name, (label, make) in files.items():
            st.download_button(
                label,
                data=partial(pack_money.table_csv, name, make, found),
                file_name=file_name(project.slug, f"money-{name}", today(), csv.suffix),
                mime=csv.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"download_money_{name}",
            )
    st.caption(
        _(
            "The internal edition of the tender pack holds the same as budget.xlsx and "
            "cashflow.csv; the public edition has quantities only, no amount in euro."
        )
    )
