"""What the charging strategy is worth in places, beside every point at full power at once."""

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.ui import cached_sites, tables
from app.ui.impact_view import title
from app.ui.text import _, number, percent, plain, whole

ASKED = "sites_full_power"


def show(project: Project, scenario: Scenario, plan: Plan) -> None:
    """Draw the pair where it is asked for: it takes a second plan."""
    label = _("Compare with every point at full power at once")
    if not st.toggle(label, key=ASKED, persist_state="session"):
        return
    other = cached_sites.full_power(project, scenario)
    names = [title(scenario.strategy), _("all points at full power at once")]
    pair = list(zip(names, (plan, other), strict=True))
    st.markdown(f"**{plain(sentence(plan, other, scenario))}**")
    table = pd.DataFrame(
        {
            _("Charging"): names,
            _("Demand served [%]"): [round(100 * share(each), 1) for _n, each in pair],
            _("Places"): [whole(each.totals["sites"]) for _n, each in pair],
            _("Points"): [whole(each.totals["points"]) for _n, each in pair],
            _("Spent [EUR]"): [whole(each.totals["cost_eur"]) for _n, each in pair],
            _("Full transformers"): [whole(full(each)) for _n, each in pair],
            _("What binds"): [binds(each) for _n, each in pair],
        }
    )
    tables.show(table, key="full_power")


def share(plan: Plan) -> float:
    """Return the share of all demand the plan serves."""
    return plan.served_kwh_day / max(plan.demand_kwh_day, 1e-9)


def full(plan: Plan) -> int:
    """Count the transformers whose room is used up."""
    return sum(bool(row["binding"]) for row in plan.constraints["transformers"])


def binds(plan: Plan) -> str:
    """Name what holds the plan back: money, points, the grid, or nothing but demand."""
    names = {"budget": _("the budget"), "points": _("the number of points")}
    found = [name for key, name in names.items() if plan.constraints[key]["binding"]]
    if full(plan) or not found:
        found.append(_("the grid") if full(plan) else _("demand, parking or the rules"))
    return _(" and ").join(found)


def sentence(plan: Plan, other: Plan, scenario: Scenario) -> str:
    """Say in one sentence what the strategy is worth for the same money."""
    return _(
        "For the same money {strategy} serves {here} of the demand; with every point at full "
        "power at once it would be {there}, {factor} times as much. Then {what} would bind."
    ).format(
        strategy=title(scenario.strategy),
        here=percent(share(plan), 1),
        there=percent(share(other), 1),
        factor=number(share(other) / max(share(plan), 1e-9), 2),
        what=binds(other),
    )
