"""Whether the model fits what was measured: the parts of the page."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.core.demand.calibration import ERRORS, Fit
from app.core.project import Project
from app.services import calibrate
from app.services.calibrate import FACTORS, WHY, Answer
from app.ui import cached, state, tables
from app.ui.charts import GREY, tidy
from app.ui.text import _, number, percent, plain, verbatim, whole

BLUE, ORANGE = "#0072B2", "#D55E00"
SHOW = "calibrate_show"
QUANTITIES: Mapping[str, tuple[str, str]] = {
    "kwh": ("energy", "kWh a day"),
    "hours": ("connected hours", "hours a day"),
}
LEFT_OUT = {
    "duplicate": "the same row twice",
    "no_time": "no time, or an end before the beginning",
    "too_long": "longer than 20 days",
    "no_energy": "no energy, or less than none",
    "impossible": "impossible: over power × time × 1.05, or more points taken than there are",
    "no_points": "no points there",
    "always_empty": "charge locations whose status always said empty",
    "always_full": "charge locations whose status always said full",
    "never_changes": "charge locations whose status never changed, at something in between",
    "elsewhere": "in no district of this city",
}


def fits(found: Answer) -> dict[str, Fit]:
    """Return what was fitted."""
    if found.found is None:
        return {}
    both = {"kwh": found.found.kwh, "hours": found.found.hours}
    return {name: fit for name, fit in both.items() if fit is not None}


def sentence(found: Answer) -> str:
    """Say how far the model is off, and what the factors mend."""
    if found.refusal:
        rows = _("{n} rows were read.").format(n=whole(found.reading.read))
        return _("No factor: {why}.").format(why=verbatim(found.refusal)) + " " + rows
    told = fits(found)
    first = next(iter(told.values()))
    off = [_off(name, fit.before.bias) for name, fit in told.items()]
    mended = [
        _("{before} to {after} ({what})").format(
            before=percent(fit.before.mape),
            after=percent(fit.after.mape),
            what=_(QUANTITIES[name][0]),
        )
        for name, fit in told.items()
    ]
    return _(
        "The model says {off} than was measured in {n} districts. Fitted, its mean error goes "
        "from {mended}."
    ).format(off=_(" and ").join(off), n=first.districts, mended=_(" and from ").join(mended))


def _off(name: str, bias: float) -> str:
    more = {"kwh": _("{share} more energy"), "hours": _("{share} more connected hours")}
    less = {"kwh": _("{share} less energy"), "hours": _("{share} fewer connected hours")}
    return (more if bias >= 0 else less)[name].format(share=percent(abs(bias)))


def synthetic(found: Answer) -> None:
    """Warn that an example is invented."""
    if is_synthetic(found):
        st.warning(
            _(
                "Illustrative: this file was invented by Kerbwatt to show a calibration and says "
                "nothing about {city}. Load your own below."
            ).format(city=plain(found.project.name)),
            icon=":material/science:",
        )


def is_synthetic(found: Answer) -> bool:
    """Say whether the file is our invention."""
    return found.reading.file.startswith("synthetic-")


def picture(found: Answer) -> None:
    """Draw modelled against measured per district, before and after."""
    told = fits(found)
    if not told:
        return
    st.header(_("Modelled against measured"))
    name = next(iter(told))
    if len(told) > 1:
        name = st.segmented_control(
            _("The picture shows"),
            list(told),
            default="kwh",
            required=True,
            format_func=lambda key: _(QUANTITIES[key][0]),
            key=SHOW,
            persist_state="session",
        )
    fit, unit = told[name], _(QUANTITIES[name][1])
    words = _(
        "Each mark is a district, its bar P10 to P90; on the line model and measurement agree. "
        "{before} of the districts lie within their bar before, {after} after; 80 percent should."
    ).format(before=percent(fit.before.inside), after=percent(fit.after.inside))
    st.plotly_chart(_scatter(found, name, unit), key=f"calibrate_{name}", alt=words)
    st.caption(words)
    errors(told)


def _scatter(found: Answer, name: str, unit: str) -> go.Figure:
    rows = found.districts[found.districts["counts"]]
    measured = rows[f"measured_{name}"].to_numpy(np.float64)
    figure = go.Figure()
    for title, moment, symbol, colour in (
        (_("before"), calibrate.BEFORE, "diamond-open", ORANGE),
        (_("after"), calibrate.AFTER, "circle", BLUE),
    ):
        mean, low, high = (rows[f"{band}_{name}"].to_numpy(np.float64) for band in moment)
        figure.add_scatter(
            x=measured,
            y=mean,
            mode="markers",
            name=title,
            marker={"symbol": symbol, "color": colour, "size": 9},
            error_y={
                "array": np.maximum(high - mean, 0),
                "arrayminus": np.maximum(mean - low, 0),
                "symmetric": False,
                "color": colour,
                "thickness": 0.8,
                "width": 0,
            },
            customdata=rows["name"].astype(str),
            hovertemplate="%{customdata}: %{x:,.0f} / %{y:,.0f}<extra>" + title + "</extra>",
        )
    end = 1.05 * float(np.nanmax(measured))
    figure.add_scatter(
        x=[0, end], y=[0, end], mode="lines", name=_("equal"), line={"color": GREY, "dash": "dash"}
    )
    across = _("Measured [{unit}]").format(unit=unit)
    return tidy(figure, across, _("Modelled [{unit}]").format(unit=unit), height=460)


def errors(told: Mapping[str, Fit]) -> None:
    """List the errors before and after."""
    names = {
        "bias": _("bias [%]"),
        "mae": _("mean error"),
        "mape": _("mean error [%]"),
        "r2": _("R²"),
        "inside": _("within P10–P90 [%]"),
    }
    rows = [
        {
            _("Error"): f"{_(QUANTITIES[key][0]).capitalize()}: {names[name]}"
            + (f" [{_(QUANTITIES[key][1])}]" if name == "mae" else ""),
            _("Before"): _shown(name, getattr(fit.before, name)),
            _("After"): _shown(name, getattr(fit.after, name)),
        }
        for key, fit in told.items()
        for name in ERRORS
    ]
    tables.show(pd.DataFrame(rows), key="calibrate_errors")
    st.caption(
        _(
            "Bias: the sum modelled over the sum measured, less 1. Mean error: of a district, "
            "whatever its sign. R²: share explained of what districts differ by; below 0 the same "
            "figure everywhere would do better."
        )
    )


def _shown(name: str, value: float) -> float:
    if name in {"bias", "mape", "inside"}:
        return round(100 * value, 1) + 0.0
    return round(value, 0 if name == "mae" else 2) + 0.0


def changes(project: Project, found: Answer) -> None:
    """Say what the factors change, and let them be used or taken away."""
    st.header(_("What is changed"))
    now = dict(state.scenario().assumptions)
    used = {name: now[name] for name in FACTORS if name in now}
    if used:
        st.info(
            _("In use: {factors}.").format(factors=_factors(used)), icon=":material/check_circle:"
        )
        st.button(
            _("Take these factors away"),
            on_click=_take_away,
            icon=":material/undo:",
            key="calibrate_undo",
        )
    if not found.factors:
        st.markdown(_("Nothing: without a factor the model stays as it is."))
        return
    scenario = state.scenario()
    before = cached.demand(project, calibrate.without(scenario)).city["points"].p50
    after = cached.demand(project, calibrate.with_factors(scenario, found)).city["points"].p50
    st.markdown(
        _(
            "Factors: {factors}. With them the city needs {after} points in {year} instead of "
            "{before} (middle estimates)."
        ).format(
            factors=_factors(found.factors),
            after=whole(after),
            year=scenario.year,
            before=whole(before),
        )
    )
    if is_synthetic(found):
        st.caption(_("The factors of the illustrative file cannot be used."))
        return
    st.button(
        _("Use these factors"),
        on_click=_use,
        args=(found,),
        icon=":material/done_all:",
        key="calibrate_use",
        disabled=calibrate.with_factors(scenario, found) == scenario,
    )


def _factors(told: Mapping[str, float]) -> str:
    words = {
        "calibration_kwh": _("public kWh × {factor}"),
        "calibration_hours": _("connected hours of a session × {factor}"),
    }
    return ", ".join(words[name].format(factor=number(value, 3)) for name, value in told.items())


def _use(found: Answer) -> None:
    state.change(assumptions=calibrate.with_factors(state.scenario(), found).assumptions)


def _take_away() -> None:
    state.change(assumptions=calibrate.without(state.scenario()).assumptions)


def left_out(found: Answer) -> None:
    """List what was not used, by the reason."""
    st.header(_("What was left out"))
    reading = found.reading
    st.markdown(
        _("{kept} of {read} rows are used, of {first} to {last}.").format(
            kept=whole(reading.kept),
            read=whole(reading.read),
            first=reading.first,
            last=reading.last,
        )
    )
    rows = [
        {_("Reason"): _(LEFT_OUT[name]), _("Left out"): count}
        for name, count in reading.dropped.items()
    ]
    tables.show(pd.DataFrame(rows), key="calibrate_left_out")


def beside(found: Answer) -> None:
    """Show numbers of the model that the file can say by itself, counts and groups."""
    if found.numbers:
        st.header(_("Numbers of the model, and what the file says"))
        table = pd.DataFrame(
            {
                _("Number"): [_(each.title) for each in found.numbers],
                _("Measured"): [round(each.measured, 2) for each in found.numbers],
                _("Ours"): [each.ours for each in found.numbers],
                _("low"): [each.low for each in found.numbers],
                _("high"): [each.high for each in found.numbers],
                _("Unit"): [each.unit for each in found.numbers],
                _("Verdict"): [
                    _("within our range") if each.inside else _("outside our range")
                    for each in found.numbers
                ],
            }
        )
        tables.show(table, key="calibrate_numbers")
    taken = calibrate.occupied(found)
    if taken:
        words = _(
            "Points were taken {measured} of the time; Erlang's formula expects {before} before "
            "and {after} after (districts that count)."
        )
        shares = {name: percent(share, 1) for name, share in taken.items()}
        st.markdown(words.format(**shares))
    if found.found is not None and found.found.counted is not None:
        st.markdown(_counts(found))
    if len(found.groups):
        shown = pd.DataFrame(
            {
                _("User group"): [_(title) for title in found.groups["title"]],
                _("Districts"): found.groups["districts"],
                _("Factor on energy"): found.groups["kwh_factor"].round(3),
                _("Factor on hours"): found.groups["hours_factor"].round(3),
            }
        )
        tables.show(shown, key="calibrate_groups")
        st.caption(_("Factors of single groups are told, not used: the model has one for all."))


def _counts(found: Answer) -> str:
    assert found.found is not None  # noqa: S101  # asked before
    told = found.found.counted
    assert told is not None  # noqa: S101
    words = _(
        "Numbers of sessions scatter {ratio} times as much as a Poisson process: its P10 to P90 "
        "holds {poisson} of the districts, a negative binomial one (over-dispersion {alpha}) "
        "{negative}."
    )
    return words.format(
        ratio=number(told.scatter.ratio),
        poisson=percent(told.poisson),
        alpha=number(told.scatter.alpha, 2),
        negative=percent(told.negative),
    )


def district_table(found: Answer) -> None:
    """Show every district, and why it does not count."""
    if found.districts.empty:
        return
    frame = found.districts.sort_values("counts", ascending=False, kind="stable")
    st.header(_("The same, as a table"))
    table: dict[str, object] = {
        _("District"): frame["name"],
        _("Counts"): [_("yes") if each else _(WHY[why]) for each, why in _why(frame)],
        _("Observations"): frame["observations"],
        _("Points observed"): frame["points_seen"],
        _("Points there"): frame["points"],
    }
    for name in fits(found):
        what, unit = (_(each) for each in QUANTITIES[name])
        for column, words in (
            ("measured", _("measured")),
            ("modelled", _("modelled before")),
            ("after", _("modelled after")),
            ("after_low", _("P10 after")),
            ("after_high", _("P90 after")),
        ):
            table[f"{what}, {words} [{unit}]"] = frame[f"{column}_{name}"].round()
    if "occupied" in frame:
        for column, words in (
            ("occupied", _("taken, measured [%]")),
            ("occupied_modelled", _("taken, Erlang before [%]")),
            ("occupied_after", _("taken, Erlang after [%]")),
            ("occupied_full", _("taken when it is time for more points [%]")),
        ):
            table[words] = (100 * frame[column]).round(1)
    tables.show(pd.DataFrame(table), key="calibrate_districts", height=420)


def _why(frame: pd.DataFrame) -> list[tuple[bool, str]]:
    return list(zip(frame["counts"], frame["why"], strict=True))


def explanation() -> str:
    """Tell how it is done."""
    return _(
        "The demand of the year of the file is estimated per district, less the drivers who find "
        "every point taken (Erlang's loss formula on today's points). What was measured is divided "
        "by the days, and scaled from the points that were observed to all points of the district; "
        "a district counts with 200 observations or more from a fifth of its points. One factor on "
        "energy and one on connected hours bring the two together by least squares. Occupancy is "
        "connected time, never kWh: it changes the hours alone. A factor holds the city's level, "
        "not its pattern: what districts differ by stays."
    )
