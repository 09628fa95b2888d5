"""Earlier forecasts as paths with their ranges, counts as marks, ours behind them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from app.core.demand.backtest import Forecast, Range, breaks, differs, forecasts
from app.core.demand.forecasts import Row
from app.core.engine.arrays import Floats
from app.services.backtest import Backtest
from app.ui.charts import GREY, tidy
from app.ui.text import _, percent, plain, whole

OURS, COUNTED = "0,114,178", "#D55E00"
LOOKS = (  # colour and dash of each earlier day, the oldest first
    ("230,159,0", "dash"),
    ("0,158,115", "dot"),
    ("204,121,167", "dashdot"),
    ("86,180,233", "longdashdot"),
)
SHARE = "ev_share"
PER_CENT = 100
STEP = 0.25  # years between two corners of a range


@dataclass(frozen=True, slots=True)
class Look:
    """How a day is drawn, in both charts alike."""

    colour: str
    dash: str
    symbol: str


def looks(found: Backtest) -> Mapping[tuple[str, str, str], Look]:
    """Give every forecast's day and source its look."""
    keys = list(dict.fromkeys(key(each) for each in forecasts(found.rows)))
    symbols = ("circle", "square", "diamond", "triangle-up", "triangle-down")
    return {
        each: Look(*LOOKS[place % len(LOOKS)], symbols[place % len(symbols)])
        for place, each in enumerate(keys)
    }


def key(forecast: Forecast) -> tuple[str, str, str]:
    """Name who made a forecast and when."""
    return forecast.made_on, forecast.source, forecast.first.place


def picture(found: Backtest, quantity: str) -> go.Figure:
    """Draw one quantity: our range of today, then each forecast with its range, then counts."""
    figure = go.Figure()
    _today(figure, found, quantity)
    styles = looks(found)
    for drawn in found.ranges:
        if drawn.forecast.quantity == quantity:
            _range(figure, drawn, styles[key(drawn.forecast)])
    shown = [row for row in found.rows if row.quantity == quantity]
    for forecast in forecasts(shown):
        _anchors(figure, forecast, found.place, styles[key(forecast)])
    _counts(figure, [row for row in shown if row.observed], shown)
    for day in breaks(shown):
        figure.add_vline(x=day.year + (day.month - 1) / 12, line={"color": GREY, "dash": "dot"})
    if quantity == SHARE:
        title = _("Electric share of private cars [%]")
    else:
        title = _("Public charge points")
    figure = tidy(figure, _("Year"), title, height=460)
    figure.update_layout(legend={"y": -0.18, "yanchor": "top", "traceorder": "normal"})
    figure.update_layout(margin_t=12)  # the legend lies below
    return figure.update_xaxes(tickformat="d", dtick=2 if quantity == SHARE else None)


def _today(figure: go.Figure, found: Backtest, quantity: str) -> None:
    band = found.ours.bands[quantity]
    _area(figure, found.ours.years, _scaled(band, quantity), OURS)
    figure.add_scatter(
        x=found.ours.years,
        y=_scaled(band[1], quantity),
        mode="lines",
        line={"color": f"rgb({OURS})", "width": 2.5},
        name=_("Ours, today (P50, P10–P90 shaded)"),
        hovertemplate="%{x:.0f}: %{y:.3~s}<extra></extra>",
    )


def _range(figure: go.Figure, drawn: Range, look: Look) -> None:
    years = np.arange(drawn.begins, drawn.years[-1] + STEP / 2, STEP)
    band = _scaled(drawn.at(years), drawn.forecast.quantity)
    _area(figure, years, band, look.colour)
    figure.add_scatter(
        x=years,
        y=band[1],
        mode="lines",
        line={"color": f"rgb({look.colour})", "width": 2, "dash": look.dash},
        showlegend=False,
        hoverinfo="skip",
    )


def _area(figure: go.Figure, years: Floats, band: Floats, colour: str) -> None:
    edge = {"width": 0.6, "color": f"rgb({colour})"}
    shape = {"mode": "lines", "line": edge, "showlegend": False, "hoverinfo": "skip"}
    figure.add_scatter(x=years, y=band[2], **shape)
    figure.add_scatter(x=years, y=band[0], fill="tonexty", fillcolor=f"rgba({colour},.16)", **shape)


def _anchors(figure: go.Figure, forecast: Forecast, place: str, look: Look) -> None:
    """Mark the years a forecast named; its published low and high are whiskers."""
    rows = [row for row in forecast.rows if row.value is not None]
    values = [_value(row) for row in rows]
    whiskers = [
        [
            abs((edge if edge is not None else row.value or 0) - (row.value or 0))
            for row, edge in each
        ]
        for each in ([(r, r.high) for r in rows], [(r, r.low) for r in rows])
    ]
    high, low = (_scaled(np.array(each), forecast.quantity) for each in whiskers)
    figure.add_scatter(
        x=[row.for_year for row in rows],
        y=values,
        mode="lines+markers" if forecast.first.place != place else "markers",
        line={"color": f"rgb({look.colour})", "width": 1, "dash": look.dash},
        marker={"color": f"rgb({look.colour})", "size": 9, "symbol": look.symbol},
        error_y={"array": high, "arrayminus": low, "symmetric": False, "thickness": 1.2},
        name=named(forecast, place),
        text=[written(row) for row in rows],
        hovertemplate="%{x}: %{text}<extra>%{fullData.name}</extra>",
    )


def named(forecast: Forecast, place: str) -> str:
    """Say in short when a forecast was made, and by whom where that is not the city."""
    first = forecast.first
    words = _("Forecast of {day}").format(day=first.made_on)
    if first.own:
        return f"{words} ({plain(first.source)[:30]})"
    return words if first.place == place else f"{words} ({first.place.upper()})"


def _counts(figure: go.Figure, counted: Iterable[Row], shown: Sequence[Row]) -> None:
    """Mark what happened; a count of something else is hollow."""
    ahead = [row for row in shown if not row.observed]
    alike: list[Row] = []
    other: list[Row] = []
    for row in counted:
        odd = bool(ahead) and all(differs(each, row) for each in ahead)
        (other if odd else alike).append(row)
    for rows, name, symbol in (
        (alike, _("Counted"), "star"),
        (other, _("Counted otherwise, not comparable"), "star-open"),
    ):
        if rows:
            figure.add_scatter(
                x=[row.when for row in rows],
                y=[_value(row) for row in rows],
                mode="markers+text",
                marker={"color": COUNTED, "size": 14, "symbol": symbol, "line": {"width": 1.5}},
                text=[written(row) for row in rows],
                textposition="top left",
                name=name,
                hovertemplate="%{x:.1f}: %{text}<extra></extra>",
            )


def written(row: Row) -> str:
    """Write a figure in its unit, with its range where one was published."""
    if row.value is None:
        return f"{_write(row, row.low)}–{_write(row, row.high)}"
    return _write(row, row.value)


def _write(row: Row, value: float | None) -> str:
    return percent(value, 1) if row.unit == "share" else whole(value)


def _value(row: Row) -> float:
    value = float("nan") if row.value is None else row.value
    return value * (PER_CENT if row.quantity == SHARE else 1)


def _scaled(values: Floats, quantity: str) -> Floats:
    return values * (PER_CENT if quantity == SHARE else 1)
