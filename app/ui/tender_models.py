"""Six operating models side by side: the money, then who does what and how sure that is."""

from typing import Any

import pandas as pd
import streamlit as st

from app.core.scenario import choices
from app.core.tender.cashflow import HOURS
from app.services.money import Money
from app.services.tender import models
from app.ui import charts, tables
from app.ui.text import _, euro, plain

PARTIES = {
    "authority": "Authority",
    "operator": "Operator",
    "company": "Joint company",
    "bank": "Bank",
    "project": "All together",
}
BEARERS = {
    "authority": "the authority",
    "operator": "the operator",
    "company": "the joint company, measured on the operator's half,",
}


def about(key: str) -> str:
    """Say who does what under a model, and how sure the evidence for it is."""
    model = models()[key]
    parts = {
        _("Pays"): model.capex_by,
        _("Owns"): model.owner,
        _("Earns"): model.revenue_to,
        _("Risk"): model.risk,
        _("Suits"): model.suits,
        _("Evidence"): f"{model.evidence} ({model.confidence})",
    }
    return " · ".join(f"**{name}** {plain(words)}" for name, words in parts.items())


def side_by_side(found: Money) -> None:
    """Put the six models beside each other: the money, then who does what."""
    st.subheader(_("Six operating models side by side"))
    titles = choices()["model"].options()
    names = [_(titles[key]) for key in found.models]
    parts = {
        _(PARTIES[who]): [each.npv[who] for each in found.models.values()]
        for who in ("authority", "operator")
    }
    words = _(
        "The lot as a whole is worth {npv} under every model; a model only decides who has it."
    ).format(npv=euro(next(iter(found.models.values())).npv["project"]))
    figure = charts.grouped(names, parts, _("NPV [EUR]"))
    st.plotly_chart(figure, key="money_models", alt=words)
    st.markdown(words)
    tables.show(money_table(found), key="money_table")
    about = models()
    table = pd.DataFrame(
        {
            _("Model"): names,
            _("Who pays"): [about[key].capex_by for key in found.models],
            _("Who owns"): [about[key].owner for key in found.models],
            _("Who gets the revenue"): [about[key].revenue_to for key in found.models],
            _("Risk"): [about[key].risk for key in found.models],
            _("Control"): [about[key].control for key in found.models],
            _("Suits"): [about[key].suits for key in found.models],
            _("Evidence"): [about[key].evidence for key in found.models],
            _("Confidence"): [about[key].confidence for key in found.models],
        }
    )
    tables.show(table, key="money_words")


def money_table(found: Money) -> pd.DataFrame:
    """List NPV by party, break-even, payback and margin, model by model."""
    titles = choices()["model"].options()
    each = list(found.models.values())
    reasons = {"margin_not_positive": _("a kWh earns nothing"), "no_break_even": _("never"), "": ""}
    most = HOURS * found.values["kw_point"]
    table: dict[str, list[Any]] = {_("Model"): [_(titles[key]) for key in found.models]}
    for who, name in PARTIES.items():
        table[f"{_(name)} [EUR]"] = [round(model.npv[who]) for model in each]
    table |= {
        _("Risk borne by"): [_(PARTIES[model.risk]) for model in each],
        _("Break-even [kWh a point and day]"): [rounded(m.even.kwh_point_day, 1) for m in each],
        _("that is in use [percent]"): [
            rounded(None if (u := m.even.kwh_point_day) is None else 100 * u / most, 1)
            for m in each
        ],
        _("Payback [years]"): [rounded(model.payback_years, 1) for model in each],
        _("Left of a kWh [EUR]"): [round(model.margin, 3) for model in each],
        _("Remark"): [reasons[model.even.reason] for model in each],
    }
    return pd.DataFrame(table)


def rounded(value: float | None, places: int) -> float:
    """Round what is known."""
    return float("nan") if value is None else round(value, places)
