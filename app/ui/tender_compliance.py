"""Duties, yardsticks and checks of a tender, with the numbers behind each."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.core.duties.base import Check, Result
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.draft import TenderDraft
from app.ui import cached_compliance, charts, tables
from app.ui.text import _, number, power, verbatim

CHOSEN = "compliance_shown"
TITLES = {
    "afir_fleet": "Public power for the cars on the road (AFIR)",
    "epbd": "Car parks of buildings (EPBD)",
    "parking_share": "Share of parking with charging",
    "density": "Density beside other cities",
    "v2g_capacity": "Export capacity is asked for",
    "v2g_export": "Room for feeding back",
    "firm_in_red": "No firm contract where the grid is full",
    "district_floor": "Every district gets its floor",
}
WORDS: Mapping[Result, str] = {
    "pass": "✓ met",
    "gap": "✕ gap",
    "unknown": "? unknown",
    "not_applicable": "– no duty here",
}


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Draw what is met, what lacks, and what nobody knows."""
    del scenario  # the draft holds its own
    checks = cached_compliance.checks(project, draft)
    st.markdown(f"**{sentence(checks)}**")
    _fleet(checks)
    _summary(checks)
    _rows(checks)


def sentence(checks: Sequence[Check]) -> str:
    """Say how many checks are met, in one sentence; unknown is never counted as met."""
    count = Counter(each.result for each in checks)
    return _("{met} checks are met, {gaps} show a gap, {unknown} cannot be made yet.").format(
        met=count["pass"], gaps=count["gap"], unknown=count["unknown"]
    )


def _fleet(checks: Sequence[Check]) -> None:
    rows = [each for each in checks if each.id == "afir_fleet" and each.found is not None]
    asked = next((each.required for each in reversed(rows) if each.required is not None), None)
    if not rows:
        st.info(_("Registered electric cars are not in the map of districts."))
        return
    target = next(each for each in reversed(rows) if each.required is not None)
    words = _(
        "{scope}: {found} stand against a target of {target}. The law's words can be read in two "
        "ways, so both stand here; a capacity contract changes neither."
    ).format(
        scope=verbatim(target.scope.rpartition(",")[0].capitalize()),
        found=power(target.found),
        target=power(asked),
    )
    st.markdown(words)
    st.plotly_chart(_bars(rows), key="compliance_fleet", alt=words)
    st.caption(_("A duty of the country; a city only compares itself."))


def _bars(rows: Sequence[Check]) -> go.Figure:
    """Draw what is installed by way of counting, and the target as a mark across."""
    names = ["<br>".join(each.scope.rsplit(", ", 1)) for each in rows]
    figure = go.Figure(
        go.Bar(
            y=names,
            x=[each.found for each in rows],
            orientation="h",
            name=_("installed"),
            marker_color="#0072B2",
        )
    )
    asked = [each.required for each in rows]
    figure.add_scatter(
        y=names,
        x=asked,
        mode="markers",
        name=_("target"),
        marker={"symbol": "line-ns-open", "size": 26, "color": "#D55E00", "line": {"width": 4}},
    )
    figure.update_yaxes(autorange="reversed", automargin=True)
    charts.tidy(figure, _("Power [kW]"), "", height=110 + 46 * len(rows))
    return figure.update_layout(legend={"y": -0.3, "yanchor": "top"})


def _family(check: Check) -> str:
    return "density" if check.id.startswith("density") else check.id


def _summary(checks: Sequence[Check]) -> None:
    families = dict.fromkeys(_family(each) for each in checks)
    rows = []
    for name in families:
        count = Counter(each.result for each in checks if _family(each) == name)
        rows.append(
            {
                _("Check"): _(TITLES[name]),
                **{_(word): count[key] for key, word in WORDS.items()},
            }
        )
    tables.show(pd.DataFrame(rows), key="compliance_summary")


def _rows(checks: Sequence[Check]) -> None:
    families = list(dict.fromkeys(_family(each) for each in checks))
    gaps = [name for name in families if any(_is_gap(each, name) for each in checks)]
    chosen = st.selectbox(
        _("Check to look into"),
        families,
        index=families.index(gaps[-1]) if gaps else 0,
        format_func=lambda name: _(TITLES[name]),
        key=CHOSEN,
        persist_state="session",
    )
    shown = [each for each in checks if _family(each) == chosen]
    for warning in dict.fromkeys(each.warning for each in shown if each.warning):
        st.caption(f"⚠ {verbatim(warning)}")
    tables.show(pd.DataFrame([_row(each) for each in shown]), key="compliance_rows")


def _is_gap(check: Check, family: str) -> bool:
    return _family(check) == family and check.result == "gap"


def _row(check: Check) -> dict[str, str]:
    scope = check.scope
    if check.id.startswith("density"):
        scope = _(DENSITIES[check.id])
    return {
        _("For"): scope,
        _("Result"): _(WORDS[check.result]),
        _("Asked"): _with(check.required, check.unit),
        _("There is"): _with(check.found, check.unit),
        _("Lacks"): _with(check.gap, check.unit),
        _("From"): check.inputs,
        _("Rule"): check.formula,
        _("Source"): check.source,
        _("Confidence"): check.confidence,
    }


DENSITIES = {
    "density_cars_per_point": "Electric cars per public point",
    "density_kw_per_car": "kW per electric car",
    "density_points_per_1000": "Points per 1,000 inhabitants",
    "density_kwh_point_day": "kWh per point and day",
    "density_homes_near_share": "Homes without own parking within a walk of a point",
    "density_districts_above_share": "Districts above the floor",
}


def _with(value: float | None, unit: str) -> str:
    return "" if value is None else f"{number(value)} {_(unit)}"
