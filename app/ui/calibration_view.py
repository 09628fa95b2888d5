"""The parts of the page that holds the model against what was measured."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.core.demand.calibration import Fit
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.calibrate import OCCUPANCY, SESSIONS, Calibration
from app.ui import cached_calibration, charts, state, tables
from app.ui.state import Upload
from app.ui.text import _, number, percent, plain, whole
from app.ui.uploads import taken

KIND, FILE, KEPT = "calibration_kind", "calibration_file", "calibration_upload"
TYPES = ["csv", "parquet"]
KINDS: Mapping[str, str] = {SESSIONS: "charging sessions", OCCUPANCY: "how many points are taken"}
FIGURES: Mapping[str, tuple[str, str]] = {
    "kwh": ("Energy", "kWh a day"),
    "hours": ("Connected time", "hours a day"),
}
REASONS: Mapping[str, str] = {
    "duplicate": "rows that repeat another",
    "no_time": "sessions that end before they begin, or at once",
    "too_long": "sessions of more than 20 days",
    "no_energy": "sessions without energy",
    "impossible": "sessions with more energy than their power and time allow",
    "elsewhere": "rows outside the city, or at unknown charge points",
    "stale": "snapshots of charge points whose status never changes",
    "stale_chargers": "charge points whose status never changes",
}


def ask(project: Project) -> tuple[Upload, str, bool]:
    """Ask for a file; until there is one, an example that is made up. Returns (file, kind, own)."""
    kind = st.segmented_control(
        _("What was measured"),
        list(KINDS),
        default=SESSIONS,
        required=True,
        format_func=lambda key: _(KINDS[key]),
        key=KIND,
        persist_state="session",
    )
    columns = {
        SESSIONS: _(
            "Columns: charger_id (as on the map of charge points) or district_id, arrival, "
            "departure, energy_kwh; if known max_power_kw and session_id."
        ),
        OCCUPANCY: _(
            "Columns: charger_id or district_id, time, occupied_percent (0 to 100); if known "
            "points. Occupancy is connected time, so it sets hours only."
        ),
    }
    st.caption(columns[kind])
    upload = taken(st.file_uploader(_("CSV or Parquet"), TYPES, key=f"{FILE}_{kind}"))
    if upload is not None:
        state.keep(f"{KEPT}_{kind}_{project.slug}", upload)
    kept: Upload | None = upload or state.value(f"{KEPT}_{kind}_{project.slug}")
    st.download_button(
        _("Example file (made up)"),
        data=lambda: cached_calibration.example(project).content,
        file_name="example-sessions.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="calibration_example",
    )
    if kept is None:
        return cached_calibration.example(project), SESSIONS, False
    return kept, str(kind), True


def sentence(project: Project, found: Calibration, *, own: bool) -> str:
    """Say how far the model is off, and what would set it right."""
    parts = [_off(fit, key) for key, fit in found.fits.items() if fit is not None]
    if own:
        text = _("Against {what} of {year}, {parts}.")
    else:
        text = _("In a made-up example of {year}, {parts}.")
    what = _(KINDS[found.kind])
    said = text.format(what=what, year=found.year, parts=_(" and ").join(parts))
    return f"{plain(project.name)}: {said}"


def _off(fit: Fit, key: str) -> str:
    title = _(FIGURES[key][0]).lower()
    bias = fit.before.bias
    if bias > 0:
        words = _("the model has {share} too much {what}")
    else:
        words = _("the model has {share} too little {what}")
    return words.format(share=percent(abs(bias)), what=title)


def verdict(found: Calibration) -> None:
    """Show the errors before and after, and offer the factors."""
    rows = []
    for key, fit in found.fits.items():
        if fit is None:
            continue
        for when, errors, factor in (
            (_("before"), fit.before, ""),
            (_("after"), fit.after, number(fit.factor, 3)),
        ):
            rows.append(
                {
                    _("Figure"): f"{_(FIGURES[key][0])} [{_(FIGURES[key][1])}]",
                    _("When"): when,
                    _("Factor"): factor,
                    _("Bias [%]"): round(100 * errors.bias, 1) + 0.0,
                    _("Mean error"): round(errors.mae, 1),
                    _("Mean error [%]"): round(100 * errors.mape, 1),
                    _("R²"): round(errors.r2, 2),
                    _("Inside P10–P90 [%]"): round(100 * errors.inside),
                    _("Districts"): fit.districts,
                }
            )
    tables.show(pd.DataFrame(rows), key="calibration_errors")
    st.caption(
        _(
            "One factor for all districts, by least squares, from districts with 200 "
            "observations or more. Figures of the points seen are scaled to all points of the "
            "district on the map. A good range holds eight districts in ten."
        )
    )


def apply(scenario: Scenario, found: Calibration, *, own: bool) -> None:
    """Let the planner take the factors over, and back."""
    used = {name: value for name, value in scenario.assumptions if name in found.levers}
    said = ", ".join(f"{_factor(name)} × {number(v, 3)}" for name, v in found.levers.items())
    with st.container(horizontal=True):
        st.button(
            _("Use these factors"),
            on_click=_use,
            args=(found.levers,),
            disabled=not own or used == found.levers,
            help=None if own else _("The example is made up: load a file of your own first."),
            icon=":material/tune:",
            key="use_calibration",
        )
        st.button(
            _("Take them back"),
            on_click=_use,
            args=(dict.fromkeys(found.levers),),
            disabled=not used,
            icon=":material/undo:",
            key="drop_calibration",
        )
    st.caption(
        _("The scenario uses {said}.").format(said=said)
        if used
        else _("Not used yet. It would set: {said}.").format(said=said)
    )


def _factor(name: str) -> str:
    return _("energy") if name == "calibration_kwh" else _("connected hours")


def _use(levers: Mapping[str, float | None]) -> None:
    for name, value in levers.items():
        state.set_assumption(name, value)


def charts_of(found: Calibration) -> None:
    """Draw modelled against measured, before and after, per figure."""
    shown = [key for key, fit in found.fits.items() if fit is not None]
    for key, side in zip(shown, st.columns(len(shown)), strict=True):
        with side:
            st.markdown(f"**{_(FIGURES[key][0])}** [{_(FIGURES[key][1])}]")
            figure = _against(found.districts, key)
            fit = found.fits[key]
            assert fit is not None  # noqa: S101  # only those are shown
            st.plotly_chart(figure, key=f"calibration_{key}", alt=_off(fit, key))


def _against(districts: pd.DataFrame, key: str) -> go.Figure:
    frame = districts[districts["counts"] & districts[f"measured_{key}"].notna()]
    measured, mean = frame[f"measured_{key}"], frame[f"modelled_{key}"]
    figure = go.Figure()
    most = float(np.nanmax([measured.max(), mean.max(), 1.0]))
    figure.add_scatter(
        x=[0, most], y=[0, most], mode="lines", name=_("as measured"),
        line={"color": "#767676", "dash": "dot"}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=measured, y=mean, mode="markers", name=_("before"), text=frame["name"],
        marker={"color": "#E69F00", "symbol": "circle-open", "size": 9},
        error_y={
            "array": frame[f"high_{key}"] - mean,
            "arrayminus": mean - frame[f"low_{key}"],
            "symmetric": False,
            "thickness": 0.8,
        },
    )  # fmt: skip
    figure.add_scatter(
        x=measured, y=frame[f"after_{key}"], mode="markers", name=_("after"), text=frame["name"],
        marker={"color": "#0072B2", "symbol": "diamond", "size": 8},
    )  # fmt: skip
    return charts.tidy(figure, _("Measured"), _("Modelled, with P10–P90"))


def left_out(found: Calibration) -> None:
    """Say what was left out, and how sessions scatter."""
    gone = {key: count for key, count in found.dropped.items() if count}
    said = "; ".join(f"{whole(count)} {_(REASONS[key])}" for key, count in gone.items())
    st.markdown(
        _("**Left out**: {said}.").format(said=said) if said else _("**Left out**: nothing.")
    )
    if np.isfinite(found.kwh_session):
        st.markdown(
            _(
                "A session measured takes {kwh} kWh and stays {hours} h on average, over {days} "
                "days."
            ).format(
                kwh=number(found.kwh_session, 3),
                hours=number(found.hours_session, 3),
                days=whole(found.days),
            )
        )
    if found.scatter is not None:
        st.markdown(
            _(
                "Sessions per charge point vary {ratio} times as much as chance alone would have "
                "it (variance over mean), so small samples say little."
            ).format(ratio=number(found.scatter.ratio, 2))
        )


def district_table(project: Project, found: Calibration) -> None:
    """Show every district, and let it be taken along."""
    frame = found.districts
    table = pd.DataFrame(
        {
            _("District"): frame["name"],
            _("Observations"): frame["observations"],
            _("Counts"): [_("yes") if each else _("no, too few") for each in frame["counts"]],
            _("Points seen"): frame["points_seen"],
            _("Points on the map"): frame["points"],
        }
    )
    for key, (name, unit) in FIGURES.items():
        if found.fits[key] is None:
            continue
        label = f"{_(name)} [{_(unit)}]"
        table[_("{figure} measured").format(figure=label)] = frame[f"measured_{key}"].round(1)
        table[_("{figure} modelled").format(figure=label)] = frame[f"modelled_{key}"].round(1)
        table[_("{figure} after").format(figure=label)] = frame[f"after_{key}"].round(1)
    table[_("Taken [% of the time]")] = (100 * frame["occupied"]).round(1)
    table[_("Taken where 1 in 20 finds all full [%]")] = (100 * frame["occupied_full"]).round(1)
    tables.show(table, key="calibration_table", height=420)
    st.download_button(
        _("Table (CSV)"),
        data=lambda: frame.to_csv(index=False).encode(),
        file_name=f"kerbwatt-{project.slug}-calibration-{found.year}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="calibration_csv",
    )
