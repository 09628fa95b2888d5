"""Pictures of cases, from plain data."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from app.core.cases.base import Picture
from app.ui import charts
from app.ui.text import _, number, plain

LOOKS = (("#0072B2", "solid"), ("#D55E00", "dash"), ("#009E73", "dot"), ("#5f5f5f", "dashdot"))
MARKS = {"size": 6}
LEAST_PX = 200  # a single bar, with the name of the limit above it
FEW = 30  # points of a line that are marked


def figure(found: Picture) -> go.Figure:
    """Draw a picture: bars lie, lines run over hours or weeks."""
    if found.kind in {"lines", "steps"}:
        return _lines(found)
    names = [plain(_(str(name))) for name in found.x]
    parts = {plain(_(name)): [float(v) for v in values] for name, values in found.parts.items()}
    if found.kind == "bars":
        drawn = charts.bars(
            names, next(iter(parts.values())), keys=[""] * len(names), unit=_(found.unit)
        )
    else:
        make = charts.stacked if found.kind == "stacked" else charts.grouped
        drawn = make(names, parts, _(found.unit))
    if found.limit is not None:
        name, value = found.limit
        drawn.add_vline(
            x=value,
            line={"color": charts.RED, "dash": "dash"},
            annotation_text=_(name),
            annotation_position="top",
        )
        drawn.update_xaxes(range=[0, 1.1 * max(value, *_values(parts))])
        drawn.update_layout(height=max(LEAST_PX, drawn.layout.height))
    return drawn


def _lines(found: Picture) -> go.Figure:
    drawn = go.Figure()
    shape = "hv" if found.kind == "steps" else "linear"
    for (name, values), (colour, dash) in zip(found.parts.items(), LOOKS, strict=False):
        drawn.add_scatter(
            x=list(found.x),
            y=[float(value) for value in values],
            name=plain(_(name)),
            mode="lines+markers" if len(found.x) <= FEW else "lines",
            marker=MARKS,
            line={"color": colour, "dash": dash, "shape": shape, "width": 2.5},
        )
    if found.limit is not None:
        drawn.add_hline(
            y=found.limit[1],
            line={"color": charts.RED, "dash": "dash"},
            annotation_text=_(found.limit[0]),
            annotation_position="top left",
        )
    drawn = charts.tidy(drawn, _(found.x_title), _(found.unit))
    return drawn.update_layout(showlegend=len(found.parts) > 1)


def alt(found: Picture) -> str:
    """Say the picture in words: each bar, or where each line begins, peaks and ends."""
    said = []
    for name, values in found.parts.items():
        label = plain(_(name))
        if found.kind in {"lines", "steps"}:
            told = _("from {first} to {last}, between {low} and {high}")
            ends = {"first": values[0], "last": values[-1], "low": min(values), "high": max(values)}
            told = told.format(**{key: number(float(value), 4) for key, value in ends.items()})
        else:
            pairs = zip(found.x, values, strict=True)
            told = ", ".join(f"{plain(_(str(x)))} {number(float(v), 4)}" for x, v in pairs)
        said.append(f"{label}: {told}" if label != found.unit else told)
    if found.limit is not None:
        said.append(f"{_(found.limit[0])}: {number(found.limit[1], 4)}")
    return "; ".join(said) + (f" [{_(found.unit)}]." if found.unit else ".")


def _values(parts: Mapping[str, Sequence[float]]) -> list[float]:
    return [value for values in parts.values() for value in values]
