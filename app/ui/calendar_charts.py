"""A calendar as coloured bands over the day, with the colour as a word."""

from collections.abc import Sequence

import plotly.graph_objects as go

from app.core.engine.contract import COLOURS, Contract, Window
from app.ui.charts import tidy
from app.ui.text import _, number

FILLS = {"green": "#7CCBA2", "amber": "#F2B33D", "red": "#E2714D"}
PATTERNS = {"green": "", "amber": "/", "red": "x"}  # a colour is never the only mark
HOUR, WIDE_H, ROW_PX, LEAST_PX = 60, 1.5, 34, 190
INK = "#1c1c1c"
MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def bands(contract: Contract, day: str) -> go.Figure:
    """Draw a row per season of one kind of day, a bar per window."""
    figure = go.Figure()
    shown = [w for w in contract.windows if day in w.day_types]
    names = list(dict.fromkeys(months(w.months) for w in shown))
    for colour in COLOURS:
        some = [w for w in shown if w.colour == colour]
        if not some:
            continue
        hours = [(w.end_min - w.start_min) / HOUR for w in some]
        figure.add_bar(
            orientation="h",
            y=[months(w.months) for w in some],
            base=[w.start_min / HOUR for w in some],
            x=hours,
            name=_(colour),
            marker={
                "color": FILLS[colour],
                "line": {"width": 0},
                "pattern": {
                    "shape": PATTERNS[colour],
                    "bgcolor": FILLS[colour],
                    "fgcolor": INK,
                    "fgopacity": 0.25,
                    "size": 9,
                    "solidity": 0.12,
                },
            },
            text=[_(colour) if span >= WIDE_H else "" for span in hours],
            textfont={"color": INK},
            textposition="inside",
            textangle=0,
            insidetextanchor="middle",
            customdata=[f"{clock(w.start_min)}–{clock(w.end_min)}" for w in some],
            hovertemplate="%{y}<br>%{customdata}<extra>" + _(colour) + "</extra>",
        )
    height = max(LEAST_PX, 110 + ROW_PX * len(names))
    tidy(figure, _("Hour of the day"), "", height)
    figure.update_layout(barmode="overlay", bargap=0.15, uniformtext={"minsize": 9, "mode": "hide"})
    figure.update_xaxes(range=[0, 24], dtick=4)
    figure.update_yaxes(categoryorder="array", categoryarray=names[::-1], automargin=True)
    return figure


def row_name(window: Window) -> str:
    """Name a season and its days: "Jan–Mar, Nov · workday"."""
    days = "all days" if len(window.day_types) > 2 else ", ".join(map(_, window.day_types))  # noqa: PLR2004  # of three
    return f"{months(window.months)} · {days}"


def months(some: Sequence[int]) -> str:
    """Write months in ranges: 1–3, 11."""
    if len(some) == 12:  # noqa: PLR2004  # of a year
        return _("all year")
    names = [
        _(name)
        for name in [
            "Jan",
            "Feb",
            "Mar",
            "Apr",
            "May",
            "Jun",
            "Jul",
            "Aug",
            "Sep",
            "Oct",
            "Nov",
            "Dec",
        ]
    ]
    parts: list[list[int]] = []
    for month in sorted(some):
        if parts and parts[-1][-1] == month - 1:
            parts[-1].append(month)
        else:
            parts.append([month])
    ends = [[names[part[0] - 1], names[part[-1] - 1]] for part in parts]
    return ", ".join("–".join(dict.fromkeys(pair)) for pair in ends)


def clock(minute: int) -> str:
    """Write a minute of the day as a clock shows it."""
    return f"{minute // HOUR:02d}:{minute % HOUR:02d}"


def in_words(contract: Contract) -> str:
    """Say the windows that ask for less, for who cannot see the picture."""
    held = [w for w in contract.windows if w.colour != "green"]
    if not held:
        return _("Green all day: nobody is asked to wait.")
    told = [
        f"{row_name(w)}: {_(w.colour)} {clock(w.start_min)}–{clock(w.end_min)}"
        + (f" {number(w.limit_kw)} kW" if w.limit_kw is not None else "")
        for w in held
    ]
    return "; ".join(told)
