"""The numbers behind the money, each with range and source, to be set by the planner."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app.core.parameters import limits
from app.services.money import OWN, PLAN, MoneyInput
from app.services.parameters import money
from app.ui import state, tables
from app.ui.explain_view import step_of
from app.ui.text import _, number, plain

GROUPS = {
    "Use and prices": ("u", "tariff", "energy", "backoffice", "g"),
    "Investment": ("station", "grid", "civil", "setup_post", "removal_post", "state_grant_point"),
    "Running": ("opex_point", "standing_post", "run_post"),
    "V2G": ("v2g_share", "v2g_premium", "flex_point"),
    "Size and term": ("posts", "points", "bays", "kw_point", "years", "r"),
    "Direct purchase": ("service_margin",),
    "Concession and hybrid": (
        *("fee_kwh", "rent_bay", "grant_share", "avail_fee_point", "uptime", "rev_share"),
        "rev_threshold_point",
    ),
    "Licence": ("rent_licence_bay", "bond_post"),
    "Joint company": ("equity_authority", "debt_share", "debt_rate", "debt_years"),
    "Subsidy": ("city_grant_point", "promised_u", "clawback_share"),
}
ORIGINS = {OWN: "your own", PLAN: "from the plan", "usual": "usual"}
COLUMNS = 3


def show(given: Sequence[MoneyInput]) -> None:
    """Let every number be set; group by group, so that only what is open is drawn."""
    st.subheader(_("Numbers behind it"))
    rows = {each.name: each for each in given}
    for group, names in GROUPS.items():
        own = sum(rows[name].origin == OWN for name in names)
        folded = st.expander(_(group), key=f"money_{group}", on_change="rerun")
        if own:
            folded.badge(_("{n} of your own").format(n=own), color="orange")
        if folded.open:
            with folded:
                for start in range(0, len(names), COLUMNS):
                    row = names[start : start + COLUMNS]
                    for column, name in zip(st.columns(COLUMNS), row, strict=False):
                        with column:
                            _box(rows[name])
    with st.expander(_("All numbers with range, source and confidence")):
        tables.show(table(given), key="money_inputs")


def table(given: Sequence[MoneyInput]) -> pd.DataFrame:
    """List every number in use."""
    return pd.DataFrame(
        {
            _("Number"): [_(each.title) for each in given],
            _("In use"): [each.value for each in given],
            _("From"): [_(ORIGINS[each.origin]) for each in given],
            _("Usual"): [each.usual for each in given],
            _("Low"): [each.low for each in given],
            _("High"): [each.high for each in given],
            _("Unit"): [_(each.unit) for each in given],
            _("Source"): [each.source for each in given],
            _("Year"): [each.year for each in given],
            _("Confidence"): [each.confidence for each in given],
            _("Note"): [each.note for each in given],
        }
    )


def _box(each: MoneyInput) -> None:
    usual = money()[each.parameter]
    least, most = limits(usual)
    least, most = min(least, each.value), max(most, each.value)
    state.fill_assumption(each.parameter, each.value, usual.value)
    title = f"{_(each.title)} [{_(each.unit)}]"
    st.number_input(
        f"{title} •" if each.origin == OWN else title,
        least,
        most,
        value=usual.value,
        step=step_of(usual),
        format="%g",
        key=state.assumption_key(each.parameter),
        on_change=state.turn_assumption,
        args=(each.parameter,),
        help=each.note or None,
    )
    st.caption(_caption(each))
    if each.origin == OWN:
        st.button(
            _("Take it back"),
            on_click=state.set_assumption,
            args=(each.parameter, None),
            icon=":material/restart_alt:",
            type="tertiary",
            key=f"usual_{each.parameter}",
        )


def _caption(each: MoneyInput) -> str:
    words = _("usual {value}, {low}–{high}").format(
        value=number(each.usual, 4), low=number(each.low, 4), high=number(each.high, 4)
    )
    return f"{words} · {plain(each.source)} ({each.year}, {each.confidence})"
