"""The lots of a plan: how even they are, and what could not be had."""

import pandas as pd
import streamlit as st

from app.core.siting.plan import Plan
from app.ui import tables
from app.ui.text import _, euro, number, verbatim, whole


def show(plan: Plan) -> None:
    """Say how even the lots are, with a table; nothing where there is only one."""
    lots = plan.lots
    if len(lots) < 2 and not plan.lot_words:  # noqa: PLR2004  # one lot is the plan itself
        return
    st.header(_("Lots"))
    st.markdown(f"**{sentence(lots)}**")
    for words in plan.lot_words:
        st.info(verbatim(words))
    shown = {
        _("Lot"): lots["lot"],
        _("Places"): lots["sites"],
        _("New points"): lots["points"],
        _("Served [kWh a day]"): lots["served_kwh_day"].round(),
        _("Cost"): [euro(each) for each in lots["cost_eur"]],
    }
    if "dso" in lots:
        shown[_("Grid operator")] = lots["dso"]
    tables.show(pd.DataFrame(shown), key="sites_lots")


def sentence(lots: pd.DataFrame) -> str:
    """Say how many lots there are, and hold the largest against the smallest."""
    energy = lots["served_kwh_day"]
    if len(lots) < 2 or not energy.min() > 0:  # noqa: PLR2004
        return _("{n} lots.").format(n=whole(len(lots))) if len(lots) != 1 else _("One lot.")
    return _(
        "{n} lots: the largest serves {ratio} times the energy of the smallest, with {least} to "
        "{most} points each."
    ).format(
        n=whole(len(lots)),
        ratio=number(float(energy.max() / energy.min()), 3),
        least=whole(int(lots["points"].min())),
        most=whole(int(lots["points"].max())),
    )
