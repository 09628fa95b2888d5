"""Money of a tender as pictures."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from app.core.tender.tornado import Bar
from app.services.money import EvenCurve, ModelMoney
from app.ui import charts
from app.ui.charts import GREY, RED
from app.ui.text import _

SHOWN = 12  # bars of the tornado
PARTY_LOOKS = {
    "authority": ("#0072B2", "solid"),
    "operator": ("#D55E00", "dash"),
    "bank": ("#009E73", "dot"),
    "project": (GREY, "longdash"),
}
MODEL_LOOKS = {
    "direct": ("#0072B2", "solid"),
    "concession": ("#D55E00", "dash"),
    "hybrid": ("#009E73", "dashdot"),
    "licence": ("#CC79A7", "dot"),
    "ppp": ("#E69F00", "longdash"),
    "subsidy": ("#56B4E9", "longdashdot"),
}


def tornado(bars: Sequence[Bar], labels: Mapping[str, str], middle: float, unit: str) -> go.Figure:
    """How far each number alone moves the NPV, the longest bar first; a line where it is 0."""
    top = [bar for bar in bars if bar.swing > 0][:SHOWN]
    frame = pd.DataFrame(
        {
            "label": [charts.broken(labels[bar.name]) for bar in top],
            "low": [bar.low_npv for bar in top],
            "high": [bar.high_npv for bar in top],
        }
    )
    figure = charts.tornado(frame, middle, unit)
    figure.update_layout(height=100 + 36 * len(top))
    return figure.add_vline(x=0, line={"color": RED, "dash": "dot", "width": 1.5})


def cash(found: ModelMoney, names: Mapping[str, str]) -> go.Figure:
    """Money in hand by year, added up: where a line crosses zero, the party has it back."""
    figure = go.Figure()
    for who, name in names.items():
        if not found.cash[who].any():
            continue
        colour, dash = PARTY_LOOKS[who]
        total = np.cumsum(found.cash[who])
        figure.add_scatter(
            x=list(range(len(total))),
            y=np.round(total, 2),
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
        )
    figure.add_hline(y=0, line={"color": RED, "dash": "dot", "width": 1.5})
    return _below(charts.tidy(figure, _("Year of the contract"), _("Added up [EUR]"), height=400))


def break_even(found: EvenCurve, names: Mapping[str, str], here: float) -> go.Figure:
    """NPV of whoever bears the risk, by energy sold; a mark where it turns positive."""
    figure = go.Figure()
    for key, worth in found.npv.items():
        colour, dash = MODEL_LOOKS[key]
        line = {"color": colour, "dash": dash, "width": 2}
        figure.add_scatter(x=found.u, y=np.round(worth), name=names[key], mode="lines", line=line)
        even = found.even[key]
        if even is not None and even <= found.u[-1]:
            mark = {"color": colour, "size": 9, "symbol": "diamond"}
            figure.add_scatter(
                x=[even], y=[0], mode="markers", marker=mark, showlegend=False, hoverinfo="x"
            )
    figure.add_hline(y=0, line={"color": RED, "dash": "dot", "width": 1.5})
    figure.add_vline(
        x=here,
        line={"color": GREY, "dash": "dash"},
        annotation_text=_("in use"),
        annotation_position="top left",
    )
    x = _("Energy per point and day [kWh]")
    return _below(charts.tidy(figure, x, _("NPV of the risk bearer [EUR]"), height=430))


def weights(
    shares: Sequence[float], totals: Mapping[str, Sequence[float]], here: float, criterion: str
) -> go.Figure:
    """Totals of all bids while one weight goes from 0 to 100 percent."""
    looks = [*MODEL_LOOKS.values()]
    figure = go.Figure()
    for place, (bid, values) in enumerate(totals.items()):
        colour, dash = looks[place % len(looks)]
        line = {"color": colour, "dash": dash, "width": 2}
        figure.add_scatter(x=list(shares), y=list(values), name=bid, mode="lines", line=line)
    figure.add_vline(
        x=here,
        line={"color": GREY, "dash": "dash"},
        annotation_text=_("in use"),
        annotation_position="top left",
    )
    x = _("Weight of {criterion} [percent]").format(criterion=criterion)
    return _below(charts.tidy(figure, x, _("Total (0 to 1)"), height=380))


def _below(figure: go.Figure) -> go.Figure:
    """Put the legend under the picture: a phone has no room above it."""
    figure.update_layout(legend={"y": -0.22, "yanchor": "top", "traceorder": "normal"})
    return figure.update_layout(margin_t=20)
