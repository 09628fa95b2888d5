"""The parts of the page of three views: one plan, and what each of three parties sees of it."""

from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.core.project import Project
from app.exports import EXPORTS, Result, file_name
from app.services.three_views import DAY_H, LEFT_OUT, TITLES, exact
from app.ui import charts, tables
from app.ui.text import _, energy, number, plain, power, today, whole

SHOWN = 15  # bars of a picture
HEADS = {
    "district": "District",
    "district_id": "Number",
    "transformer_id": "Transformer",
    "candidate_id": "Place id",
    "name": "Place",
    "type": "Kind of point",
    "lot": "Lot",
    "phase": "Phase",
    "sites": "Places",
    "points": "Points",
    "kw": "Power [kW]",
    "kwh_year": "Energy [kWh a year]",
    "cost_eur": "Cost [EUR]",
    "room_before_kw": "Room before [kW]",
    "room_after_kw": "Room after [kW]",
    "room_after_class": "Room after",
    "requested_points": "Points that wait for an answer",
    "kwh_point_year": "Energy of a point [kWh a year]",
    "kwh_point_day": "Energy of a point [kWh a day]",
}


def choose() -> str:
    """Choose whose eyes to look through."""
    chosen = st.segmented_control(
        _("Seen by"),
        list(TITLES),
        default="city",
        required=True,
        format_func=lambda key: _(TITLES[key]),
        key="together_who",
        persist_state="session",
    )
    return str(chosen)


def sentence(found: Result) -> str:
    """Say the totals that all three agree on."""
    total = dict(found.tables["totals"].itertuples(index=False, name=None))
    text = _(
        "All three see {points} points at {sites} places, with {kw} and {kwh} a year: the same "
        "plan, other columns."
    )
    return text.format(
        points=whole(total["points"]),
        sites=whole(total["sites"]),
        kw=power(total["kw"]),
        kwh=energy(total["kwh_year"]),
    )


def show(project: Project, who: str, found: Result) -> None:
    """Draw what one of the three looks at first, and its table."""
    if who == "dso":
        _hours(found)
        if not exact(project):
            st.info(_("The licence of the grid map lets no exact room leave: only classes show."))
    else:
        _bars(who, found.main)
    main = found.main.round(1)
    named = {name: _(HEADS[str(name)]) for name in main if name in HEADS}
    tables.show(main[list(named)].rename(columns=named), key=f"together_{who}")
    st.caption(_(LEFT_OUT[who]) + " " + _("Places that wait for the grid operator: in no total."))


def _bars(who: str, frame: pd.DataFrame) -> None:
    by, value = ("district", "points") if who == "city" else ("name", "kwh_point_day")
    top = frame.sort_values(value, ascending=False).head(SHOWN)
    names = [plain(str(each)) for each in top[by]]
    unit = _("points") if who == "city" else _("kWh a point and day")
    words = ", ".join(f"{n} {number(float(v))}" for n, v in zip(names, top[value], strict=True))
    values = [float(each) for each in top[value].round(1)]
    drawn = charts.bars(names, values, keys=[""] * len(names), unit=unit)
    st.plotly_chart(drawn, key=f"together_chart_{who}", alt=f"{words} [{unit}].")
    if len(frame) > SHOWN:
        st.caption(_("The first {n} of {all}.").format(n=SHOWN, all=whole(len(frame))))


def _hours(found: Result) -> None:
    load = found.tables["mean_day"].drop(columns="transformer_id").to_numpy(float).sum(axis=0)
    drawn = go.Figure()
    hours = np.arange(DAY_H)
    drawn.add_scatter(x=hours, y=load, mode="lines+markers", line={"color": "#0072B2", "width": 3})
    low, high = int(load.argmin()), int(load.argmax())
    text = _(
        "New points on a mean day: most at {high}:00 with {most}, least at {low}:00 with {least}."
    )
    words = text.format(high=high, most=power(load[high]), low=low, least=power(load[low]))
    st.plotly_chart(charts.tidy(drawn, _("Hour of the day"), "kW"), key="together_hours", alt=words)
    st.caption(words)


def downloads(project: Project, who: str, found: Result) -> None:
    """Offer the view as a workbook with every table, and its first table as CSV."""
    st.markdown("**" + _("Download") + "**")
    with st.container(horizontal=True):
        for key in ("xlsx", "csv"):
            export = EXPORTS[key]
            st.download_button(
                _(export.title),
                data=partial(export.write, found),
                file_name=file_name(project.slug, f"view-{who}", today(), export.suffix),
                mime=export.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"download_view_{key}",
            )
