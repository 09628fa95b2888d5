"""Published figures beside ours, on the assumptions page."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.core.validation import MET, MISSED, OPEN, Check
from app.services.parameters import load_sources
from app.services.validation import confidence, load_checks, load_setups
from app.ui import tables
from app.ui.charts import GREY, RED, tidy
from app.ui.text import _, number

VERDICTS = {MET: "met", MISSED: "missed", OPEN: "open"}
MARKS = {
    MET: ("circle", "#009E73"),
    MISSED: ("x", RED),
    OPEN: ("diamond-open", GREY),
}


def show() -> None:
    """Say, draw and list how near we come to what others published."""
    checks = load_checks()
    words = sentence(checks)
    st.markdown(words)
    st.plotly_chart(picture(checks), key="validation_picture", alt=words)
    st.caption(
        _(
            "100 % is the published figure, the bar the range agreed before computing. Circle: "
            "met; cross: missed; hollow: no range was agreed. Recomputed by tools/validate.py."
        )
    )
    tables.show(table(checks), key="validation", height=420)
    with st.expander(_("Parameter sets of these figures"), icon=":material/tune:"):
        tables.show(given(), key="validation_sets")


def sentence(checks: Sequence[Check]) -> str:
    """Count what is met, missed and open."""
    verdicts = [check.verdict for check in checks]
    return _(
        "Of {all} figures that others published, Kerbwatt meets {met}, misses {missed} and leaves "
        "{open} open: not computed yet, or without a range agreed beforehand."
    ).format(
        all=len(checks),
        met=verdicts.count(MET),
        missed=verdicts.count(MISSED),
        open=verdicts.count(OPEN),
    )


def picture(checks: Sequence[Check]) -> go.Figure:
    """Draw ours in percent of the published figure, over the accepted range."""
    known = [check for check in checks if check.ours is not None]
    figure = go.Figure()
    ranged = [check for check in known if check.published.low is not None]
    figure.add_bar(
        y=[_(check.published.title) for check in ranged],
        x=[_percent(check.published.high, check) - _low(check) for check in ranged],
        base=[_low(check) for check in ranged],
        orientation="h",
        name=_("Accepted"),
        marker_color="rgba(138,138,138,0.35)",
    )
    for verdict, (symbol, colour) in MARKS.items():
        found = [check for check in known if check.verdict == verdict]
        figure.add_scatter(
            x=[_percent(check.ours, check) for check in found],
            y=[_(check.published.title) for check in found],
            mode="markers",
            name=_(VERDICTS[verdict]),
            marker={"symbol": symbol, "color": colour, "size": 10},
        )
    figure.add_vline(x=100, line={"color": GREY, "width": 1})
    order = [_(check.published.title) for check in reversed(known)]
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(categoryorder="array", categoryarray=order, automargin=True)
    return tidy(figure, _("Ours, % of the published figure"), "", height=110 + 22 * len(known))


def _percent(value: float | None, check: Check) -> float:
    return 100 * (value or 0.0) / check.published.value


def _low(check: Check) -> float:
    return _percent(check.published.low, check)


def table(checks: Sequence[Check]) -> pd.DataFrame:
    """List every figure with its deviation, verdict, parameter set and source."""
    each = [check.published for check in checks]
    return pd.DataFrame(
        {
            _("Figure"): [_(one.title) for one in each],
            _("Published"): [one.value for one in each],
            _("Ours"): [check.ours for check in checks],
            _("Unit"): [one.unit for one in each],
            _("Deviation [%]"): [
                None if check.deviation is None else round(100 * check.deviation, 1) + 0.0
                for check in checks
            ],
            _("Accepted"): [_accepted(one.low, one.high) for one in each],
            _("Verdict"): [_(VERDICTS[check.verdict]) for check in checks],
            _("Parameter set"): [load_setups()[one.setup].title for one in each],
            _("Source"): [str(load_sources()[one.source]["title"]) for one in each],
            _("Confidence"): [confidence(one.source) for one in each],
            _("Computed"): [check.computed_on for check in checks],
            _("Note"): ["; ".join(filter(None, (c.note, c.published.doubt))) for c in checks],
        }
    )


def given() -> pd.DataFrame:
    """List every value of every parameter set."""
    found = [(setup, each) for setup in load_setups().values() for each in setup.values]
    return pd.DataFrame(
        {
            _("Parameter set"): [setup.title for setup, _each in found],
            _("Parameter"): [each.name for _setup, each in found],
            _("Value"): [each.value for _setup, each in found],
            _("Unit"): [each.unit for _setup, each in found],
            _("Source"): [str(load_sources()[each.source]["title"]) for _setup, each in found],
            _("Confidence"): [confidence(each.source) for _setup, each in found],
        }
    )


def _accepted(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f"{number(low, 5)}–{number(high, 5)}"
