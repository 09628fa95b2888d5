"""Around the clauses: dated duties, the rules of the country, and the ladder to feeding back."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario, choices
from app.core.tender.draft import TenderDraft
from app.core.tender.ladder import LEVELS, Rung, Share, Wave
from app.core.tender.regulation import CLAUSE, NEEDS, SWITCHES
from app.core.tender.selection import placed_by
from app.core.tender.timeline import Fact
from app.services import ladder, requirements
from app.ui import charts, state, tables
from app.ui.text import _, percent, plain, verbatim, whole

READY, WAVES = "ladder_ready", "ladder_waves"
LOOKS = {"in force": ("circle", "#0072B2"), "during placement": ("diamond", "#B35900")}
LATER = ("circle-open", "#5f5f5f")


def show(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    """Draw time line, national rules and ladder."""
    _timeline(draft)
    _country(project, scenario, draft)
    _ladder(project, scenario, draft)


def _timeline(draft: TenderDraft) -> None:
    st.subheader(_("Duties with a date"))
    day = date.fromisoformat(draft.day)
    last = placed_by([each.requirement for each in draft.selection.choices], day)
    facts = requirements.timeline()
    states = [fact.when(day, last) for fact in facts]
    words = _(
        "{now} of {all} dated duties are in force on {day}, {soon} more come while posts are "
        "placed, until {last}."
    ).format(
        now=states.count("in force"),
        all=len(facts),
        day=day.isoformat(),
        soon=states.count("during placement"),
        last=last.isoformat(),
    )
    st.markdown(words)
    st.plotly_chart(_dots(facts, states, day), key="timeline", alt=words)
    frame = pd.DataFrame(
        {
            _("No."): range(1, len(facts) + 1),
            _("From"): [fact.day.isoformat() for fact in facts],
            _("Duty"): [fact.title for fact in facts],
            _("State"): [_(each) for each in states],
            _("Clause"): [fact.clause for fact in facts],
            _("Source"): [fact.source for fact in facts],
            _("Confidence"): [fact.confidence for fact in facts],
            _("Mind"): [fact.note for fact in facts],
        }
    )
    tables.show(frame, key="timeline_table")
    for note in dict.fromkeys(fact.note for fact in facts if fact.note):
        st.caption(f"⚠ {verbatim(note)}")


def _dots(facts: tuple[Fact, ...], states: Sequence[str], day: date) -> go.Figure:
    looks = [LOOKS.get(each, LATER) for each in states]
    figure = go.Figure(
        go.Scatter(
            x=[fact.day for fact in facts],
            y=list(range(len(facts), 0, -1)),
            mode="markers+text",
            text=[f" {k}" for k in range(1, len(facts) + 1)],
            textposition="middle right",
            hovertext=[f"{fact.day}: {fact.title}" for fact in facts],
            hoverinfo="text",
            marker={
                "size": 12,
                "symbol": [symbol for symbol, _colour in looks],
                "color": [colour for _symbol, colour in looks],
            },
            cliponaxis=False,
        )
    )
    figure.add_vline(x=day.isoformat(), line_dash="dash", line_color=charts.GREY)
    figure.add_annotation(
        x=day.isoformat(), y=1.06, yref="paper", text=_("date of the pack"), showarrow=False
    )
    charts.tidy(figure, "", "", height=260)
    return figure.update_yaxes(visible=False).update_xaxes(dtick="M24", tickformat="%Y")


def _country(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    code = requirements.country_of(project, scenario)
    name = _(choices()["country"].options().get(code, code or "an unknown country"))
    st.subheader(_("Rules on feeding back in {country}").format(country=plain(name)))
    clause = next(each for each in draft.selection.choices if each.requirement.id == CLAUSE)
    rows = clause.requirement.parameters
    unknown = sum(each.value == "unknown" for each in rows)
    st.markdown(
        _("{n} of {all} questions are unknown here. Answers are given in clause {id}.").format(
            n=unknown, all=len(rows), id=CLAUSE
        )
    )
    frame = pd.DataFrame(
        {
            _("Question"): [_(SWITCHES[each.name]) for each in rows],
            _("Answer"): [_(each.value) for each in rows],
            _("Note"): [
                "" if each.value == "unknown" and each.proposed else each.note for each in rows
            ],
            _("Source"): [each.source for each in rows],
            _("Confidence"): [each.confidence for each in rows],
        }
    )
    tables.show(frame, key="regulation")
    titles = choices()["strategy"].options()
    for strategy in NEEDS:
        if why := requirements.forbidden_strategy(project, scenario, strategy):
            st.error(f"{_(titles[strategy])}: {verbatim(why)}", icon=":material/block:")


def _ladder(project: Project, scenario: Scenario, draft: TenderDraft) -> None:
    st.subheader(_("Ladder to feeding back (V2G)"))
    points, told = ladder.existing_points(project), ladder.ready_points(project)
    left, right = st.columns([1, 2])
    ready = left.number_input(
        _("Points of today that can feed back, of {n}").format(n=whole(points)),
        0,
        points,
        told or 0,
        key=f"{READY}_{project.slug}",
        persist_state="session",
        help=_("The map does not tell it; unknown counts as none.")
        if told is None
        else _("As the map of charge points tells."),
    )
    with right:
        others = _others()
    rungs = ladder.rungs(draft, ready, others)
    last = rungs[-1]
    said = (
        _("After these tenders {ready} of {points} points can feed back: {share}.")
        if others
        else _("After this tender {ready} of {points} points can feed back: {share}.")
    )
    words = f"{said} {_('The simulation assumes {assumed}.')}".format(
        ready=whole(float(last.ready)),
        points=whole(last.points),
        share=_percent(last.share),
        assumed=percent(scenario.v2g_share, 1),
    )
    st.markdown(words)
    st.plotly_chart(_steps(points, ready, rungs), key="ladder_chart", alt=words)
    if ladder.above_ceiling(draft, rungs) and last.share is not None:
        st.warning(_("The simulation assumes more than these clauses bring."))
        st.button(
            _("Simulate with {share}").format(share=_percent(last.share)),
            on_click=partial(state.change, v2g_share=int(last.share * 1000) / 1000),
            key="ladder_use",
        )
    tables.show(_rungs(rungs), key="ladder_table")


def _others() -> list[Wave]:
    empty = pd.DataFrame(
        {"year": pd.Series(dtype=int), "points": pd.Series(dtype=int), "level": [], "share": []}
    )
    rows = st.data_editor(
        empty,
        num_rows="dynamic",
        key=WAVES,
        hide_index=True,
        column_config={
            "year": st.column_config.NumberColumn(
                _("Other tenders: year"), min_value=2020, max_value=2050, step=1
            ),
            "points": st.column_config.NumberColumn(_("Points"), min_value=0, step=1),
            "level": st.column_config.SelectboxColumn(_("Feeding back is"), options=list(LEVELS)),
            "share": st.column_config.NumberColumn(
                _("Share that takes the bonus"), min_value=0.0, max_value=1.0
            ),
        },
    ).dropna(subset=["year", "points", "level"])
    shares = rows["share"].fillna(ladder.bonus_uptake())
    return [
        Wave(int(year), int(points), str(level), float(share))
        for year, points, level, share in zip(
            rows["year"], rows["points"], rows["level"], shares, strict=True
        )
    ]


def _steps(points: int, ready: float, rungs: tuple[Rung, ...]) -> go.Figure:
    shares = [ready / points if points else 0.0, *(rung.share or 0.0 for rung in rungs)]
    figure = go.Figure(
        go.Bar(
            x=[_("today"), *(str(rung.year) for rung in rungs)],
            y=[100 * float(share) for share in shares],
            text=[_percent(share) for share in shares],
            marker_color="#0072B2",
            width=0.4,
        )
    )
    return charts.tidy(
        figure.update_xaxes(type="category"),
        _("Year"),
        _("Points that can feed back [%]"),
        height=260,
    )


def _rungs(rungs: tuple[Rung, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Year"): [str(rung.year) for rung in rungs],
            _("Points"): [rung.points for rung in rungs],
            _("Can feed back"): [float(rung.ready) for rung in rungs],
            _("Share"): [_percent(rung.share) for rung in rungs],
        }
    )


def _percent(share: Share | None) -> str:
    return percent(None if share is None else float(share), 1)
