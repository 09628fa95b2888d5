"""One transformer of a visitor's own through the days."""

import numpy as np
import pandas as pd
import streamlit as st

from app.services.own_answers import OwnAnswer
from app.services.own_contract import contract_bands
from app.ui import charts, impact_view, state, tables
from app.ui.own_words import load_sentence
from app.ui.text import _, plain

TRANSFORMER, WEEK = "own_transformer", "own_week"
DAY_STEPS = 96
WEEK_STEPS = 7 * DAY_STEPS


def choose_transformer(found: OwnAnswer) -> int:
    """Choose a transformer, the fullest first."""
    rows = found.kpis["transformers"]
    used = [row["peak_kw"] / row["limit_kw"] if row["limit_kw"] else -1.0 for row in rows]
    order = sorted(range(len(rows)), key=lambda at: (-used[at], -rows[at]["peak_kw"]))
    names = {str(rows[at]["transformer_id"]): at for at in order}
    if state.value(TRANSFORMER) not in names:
        state.select(TRANSFORMER, next(iter(names)))
    chosen = st.selectbox(
        _("Transformer (fullest first; type to search)"),
        list(names),
        format_func=plain,
        key=TRANSFORMER,
        persist_state="session",
    )
    return names[chosen]


def load_chart(found: OwnAnswer, row: int) -> None:
    """Draw one transformer: base, chosen and at once, the limit, the contract's windows."""
    run, case = found.run, found.run.case
    shown = _week(found, row)
    times = case.clock.index()[shown]
    lines = [
        charts.Line(run.strategy.key, impact_view.title(run.strategy.key), run.result.load_kw[row]),
        charts.Line("uncontrolled", _("Charging at once"), run.uncontrolled.load_kw[row]),
    ]
    lines = lines[:1] if run.strategy.key == "uncontrolled" else lines
    cut = [charts.Line(each.key, each.name, each.load_kw[shown]) for each in lines]
    bands = []
    if run.contract is not None:
        bands = [
            charts.Stripe(times[max(a, shown.start) - shown.start], b - a, colour)
            for a, b, colour in contract_bands(run.contract, case.clock)
            if shown.start <= a < shown.stop
        ]
    limit = float(case.limit_kw[row])
    figure = charts.load(
        times,
        case.base_kw[row][shown],
        cut,
        limit_kw=limit,
        top_kw=max(float(np.nanmax([*(line.load_kw.max() for line in lines), limit])), 1.0),
        stripes=bands,
        base_name="Base load",
    )
    said = load_sentence(found, row)
    st.plotly_chart(figure, key="own_load", alt=said)
    st.caption(said)
    with st.expander(_("The same, as a table")):
        table = pd.DataFrame(
            {
                _("Local time"): times.tz_localize(None),
                _("Base load [kW]"): case.base_kw[row][shown].round(1),
                **{f"{each.name} [kW]": np.round(each.load_kw, 1) for each in cut},
            }
        )
        tables.show(table, key="own_load_table", height=360)


def _week(found: OwnAnswer, row: int) -> slice:
    """Choose seven days of a longer horizon; those of the peak at first."""
    run = found.run
    steps = run.case.clock.steps
    if steps <= WEEK_STEPS + 96:
        return slice(0, steps)
    starts = list(range(0, steps, WEEK_STEPS))
    peak = int(np.argmax(run.result.load_kw[row])) // WEEK_STEPS
    times = run.case.clock.index()

    def named(at: int) -> str:
        first, last = times[starts[at]], times[min(starts[at] + WEEK_STEPS, steps) - 1]
        mark = _(" (highest load)") if at == peak else ""
        return f"{first:%d %b} – {last:%d %b %Y}{mark}"

    at = st.selectbox(
        _("Days"), range(len(starts)), index=peak, format_func=named, key=f"{WEEK}_{row}_{steps}"
    )
    return slice(starts[at], min(starts[at] + WEEK_STEPS, steps))
