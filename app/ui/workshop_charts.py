"""The answers of a room as dots along a lever's range."""

import numpy as np
import plotly.graph_objects as go

from app.core.workshop.ballot import Lever
from app.core.workshop.spread import Spread
from app.ui.charts import GREY, tidy
from app.ui.text import _

DOT, MIDDLE = "rgba(0,114,178,0.75)", "#D55E00"
HEIGHT = 190


def dots(lever: Lever, found: Spread) -> go.Figure:
    """Draw every answer, the middle of them, and where the scenario on the table stands.

    The dots are spread upwards by a rule of their order, so that a redraw never moves them.
    """
    values = np.asarray(found.values)
    lift = (np.arange(len(values)) * 0.618034) % 1.0
    figure = go.Figure(
        go.Scatter(
            x=values,
            y=lift,
            mode="markers",
            marker={"color": DOT, "size": 12, "line": {"color": "white", "width": 1}},
            hovertemplate="%{x}<extra></extra>",
            showlegend=False,
        )
    )
    figure.add_vrect(found.p10, found.p90, fillcolor=DOT, opacity=0.12, line_width=0)
    for value, colour, dash, words in (
        (found.median, MIDDLE, "solid", _("median")),
        (lever.start, GREY, "dash", _("on the table")),
    ):
        figure.add_vline(
            value,
            line={"color": colour, "width": 3, "dash": dash},
            annotation_text=words,
            annotation_position="top",
        )
    unit = f" [{_(lever.unit)}]" if lever.unit else ""
    tidy(figure, f"{_(lever.label)}{unit}", "", height=HEIGHT)
    rim = (lever.high - lever.low) / 50  # so that no dot is cut at an end
    figure.update_xaxes(range=[lever.low - rim, lever.high + rim])
    figure.update_yaxes(visible=False, range=[-0.15, 1.25])
    return figure
