"""One plan in three views, for those who must agree on it."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.exports import EXPORTS, file_name
from app.services.views import CITY, CPO, DSO, LEFT_OUT, result, three_views, totals
from app.ui import cached, tables
from app.ui.text import _, energy, power, today, whole

READER = "plan_view"
READERS: Mapping[str, str] = {CITY: "City", DSO: "Grid operator", CPO: "Charge-point operator"}
FORMATS = ("xlsx", "csv")
NAMES: Mapping[str, str] = {
    "district": "District",
    "places": "Places",
    "points": "Points",
    "kw": "Power [kW]",
    "kwh_year": "Energy [kWh a year]",
    "walk_m_p90": "Longest walk [m]",
    "score": "Score, 0 to 100",
    "cost_eur": "Cost [EUR]",
    "transformer_id": "Transformer",
    "room_before_kw": "Room before [kW]",
    "room_after_kw": "Room after [kW]",
    "room_after_class": "Room after",
    "design_kw": "Takes at the peak [kW]",
    "requested_points": "Points that wait for an answer",
    "name": "Place",
    "lot": "Lot",
    "type": "Kind",
    "kwh_point_year": "Energy a point [kWh a year]",
    "capacity_contract": "Capacity contract",
}
HIDDEN = ("district_id", "candidate_id")


def show(project: Project, scenario: Scenario, plan: Plan) -> None:
    """Let a reader choose their view; the totals under it are those of all three."""
    if not len(plan.firm):
        st.caption(_("No place is certain yet, so there is nothing to agree on."))
        return
    views = three_views(project, scenario, plan)
    reader = st.segmented_control(
        _("Seen by"),
        list(READERS),
        default=CITY,
        required=True,
        format_func=lambda key: _(READERS[key]),
        key=READER,
        persist_state="session",
    )
    table = views[reader].drop(columns=[each for each in HIDDEN if each in views[reader]])
    titles = {name: _(words) for name, words in NAMES.items()}
    tables.show(table.round(1).rename(columns=titles), key="plan_view_table", height=320)
    st.caption(f"{_(LEFT_OUT[reader])} {_told(totals(views))}")
    with st.container(horizontal=True):
        for key in FORMATS:
            form = EXPORTS[key]
            st.download_button(
                f"{_(READERS[reader])} ({form.title})",
                data=partial(_file, project, scenario, plan, reader, key),
                file_name=file_name(project.slug, f"view-{reader}", today(), form.suffix),
                mime=form.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"plan_view_{key}",
            )


def _file(project: Project, scenario: Scenario, plan: Plan, reader: str, key: str) -> bytes:
    answer = cached.impact(project, scenario, scenario.strategy)
    return EXPORTS[key].write(result(project, scenario, plan, reader, today(), answer))


def _told(found: pd.DataFrame) -> str:
    first = found.iloc[0]
    return _("All three count {points} points, {kw} and {kwh} a year.").format(
        points=whole(first["points"]), kw=power(first["kw"]), kwh=energy(first["kwh_year"])
    )
