"""Award criteria and bids: typed or dropped, who wins, and what would flip it."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.core.cases.base import Said, written
from app.core.cases.inputs import File
from app.core.cases.score import EXAMPLE_BIDS, EXAMPLE_CRITERIA, sentence
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.award_files import parse_bids, parse_criteria
from app.core.tender.draft import TenderDraft
from app.core.tender.scoring import FORMULAS, KINDS
from app.exports import EXPORTS, Result, file_name
from app.services import award as use_case
from app.services import pack_money
from app.services.award import Judged
from app.services.cases import as_file
from app.ui import charts, state, tables, uploads
from app.ui import tender_money_charts as pictures
from app.ui.text import _, number, percent, plain, today

CRITERIA, BIDS, SWEPT = "award_criteria", "award_bids", "award_swept"


def show(project: Project, scenario: Scenario, draft: TenderDraft | None) -> None:
    """Let criteria and bids be given, and say who wins."""
    del scenario, draft  # criteria and bids are the visitor's own, not the plan's
    st.header(_("Award criteria and bids"))
    st.caption(
        _(
            "Nothing you type or drop here is stored or put into the pack. Give your criteria with "
            "weights that sum to 100 percent, and one row per bid."
        )
    )
    try:
        found = _given()
    except InputError as error:
        for line in str(error).splitlines():
            st.error(plain(line))
        return
    _winner(found)
    _flips(found)
    _downloads(project, found)


def _given() -> Judged:
    """Read the two files, or the example, into tables that can be edited."""
    left, right = st.columns(2)
    with left:
        criteria_file = _file(_("Criteria (CSV): criterion,weight"), CRITERIA, EXAMPLE_CRITERIA)
    with right:
        bids_file = _file(_("Bids (CSV): bid,criterion,score"), BIDS, EXAMPLE_BIDS)
    if criteria_file.name == "example":
        st.caption(_("An example with three bids is shown: write over it, or drop your own files."))
    left, right = st.columns(2)
    criteria = parse_criteria(criteria_file)
    with left:
        typed = _editor(
            CRITERIA, use_case.criteria_table(criteria), criteria_file.text, _criteria_columns()
        )
    keys = [str(key).strip() for key in typed["criterion"].dropna() if str(key).strip()]
    keys = list(dict.fromkeys(keys))
    with right:
        table = use_case.bids_table(parse_bids(bids_file), keys)
        bids = _editor(BIDS, table, bids_file.text, _bid_columns(keys))
    return use_case.judge(use_case.criteria_from(typed), use_case.bids_from(bids))


def _file(label: str, key: str, example: str) -> File:
    upload = uploads.taken(st.file_uploader(label, type=["csv"], key=f"{key}_file"))
    if upload is None:
        return File("example", example)
    return as_file(plain(upload.name), upload.content)


def _editor(key: str, table: pd.DataFrame, source: str, columns: dict[str, Any]) -> pd.DataFrame:
    """Let a table be edited; what was typed outlives a visit elsewhere and a change of columns.

    An editor adds its changes to the table that it was given first, so that one is kept with it.
    """
    widget = f"{key}_{_digest('|'.join([source, *table.columns]))}"
    if state.value(widget) is None:
        last: tuple[str, pd.DataFrame] | None = state.value(f"{key}_last")
        if last is not None and last[0] == source:
            table = last[1].reindex(columns=table.columns).reset_index(drop=True)
        state.keep(f"{key}_base", table)
    edited: pd.DataFrame = st.data_editor(
        state.value(f"{key}_base", table),
        num_rows="dynamic",
        hide_index=True,
        column_config=columns,
        key=widget,
    )
    state.keep(f"{key}_last", (source, edited))
    return edited


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _criteria_columns() -> dict[str, Any]:
    make = st.column_config
    return {
        "criterion": make.TextColumn(_("Criterion"), required=True),
        "weight": make.NumberColumn(_("Weight [percent]"), min_value=0, max_value=100),
        "type": make.SelectboxColumn(_("Type"), options=list(KINDS)),
        "formula": make.SelectboxColumn(_("Formula"), options=list(FORMULAS)),
        "best": make.NumberColumn(_("Best"), help=_("scores 1 in linear_band, fixed in advance")),
        "worst": make.NumberColumn(_("Worst"), help=_("scores 0 in linear_band")),
        "curve": make.TextColumn(_("Curve"), help="0:0;5:0.8;10:1"),
    }


def _bid_columns(keys: list[str]) -> dict[str, Any]:
    make = st.column_config
    bid = make.TextColumn(_("Bid"), required=True)
    return {"bid": bid, **{key: make.NumberColumn(key) for key in keys}}


def said(words: Said) -> str:
    """Say a sentence of the core in the visitor's language; names come from files."""
    fields = {key: plain(written(each)) for key, each in words.fields.items()}
    return _(words.words).format(**fields)


def _winner(found: Judged) -> None:
    """Say who wins, with totals as parts that add up."""
    with st.container(key="steps_award"):
        st.markdown(f"**{said(sentence(found.award))}**")
    bids = list(found.scores)
    parts = {
        each.key: [float(each.weight) / 100 * float(found.scores[bid][each.key]) for bid in bids]
        for each in found.criteria
    }
    figure = charts.stacked([plain(bid) for bid in bids], parts, _("Total (0 to 1)"))
    for trace, values in zip(figure.data, parts.values(), strict=True):
        trace.x = values  # a share of 0 to 1 needs its decimals
    figure.update_layout(height=200 + 30 * len(bids), legend_y=-0.5)  # below the axis on a phone
    st.plotly_chart(figure, key="award_totals", alt=said(sentence(found.award)))
    table = use_case.totals_table(found)
    names = {"place": _("Place"), "bid": _("Bid"), "total": _("Total")}
    tables.show(table.rename(columns=names), key="award_table")
    if found.relative:
        st.warning(_ratio_words(found))


def _ratio_words(found: Judged) -> str:
    words = _(
        "With ratio_to_best a score depends on the other bids: a bid that loses can decide who "
        "wins. Fix the band in advance instead (linear_band)."
    )
    if found.turned is None:
        return words
    example = _("Here: without {removed} it is {after} that wins, not {before}.").format(
        removed=plain(found.turned.removed),
        after=plain(", ".join(found.turned.after)),
        before=plain(", ".join(found.turned.before)),
    )
    return f"{words} {example}"


def _flips(found: Judged) -> None:
    """Say at which weights another bid would win."""
    st.subheader(_("How firm is that?"))
    if found.award.winner is None:
        st.markdown(
            _("A tie: the criteria do not decide, and no order of the bids is taken for one.")
        )
        return
    now = {each.key: float(each.weight) for each in found.criteria}
    st.markdown("\n".join(f"- {line}" for line in _nearest(found, now)))
    words = _("{winner} stays first in {share} of {draws} weights drawn around the chosen ones.")
    st.markdown(
        words.format(
            winner=plain(found.award.winner),
            share=percent(found.stays_share, 1),
            draws=number(use_case.draws(), 5),
        )
    )
    keys = list(now)
    key = st.segmented_control(
        _("Follow the weight of"),
        keys,
        default=found.award.nearest.criterion if found.award.nearest else keys[0],
        required=True,
        format_func=plain,
        key=f"{SWEPT}_{_digest('|'.join(keys))}",
    )
    shares, totals = use_case.sweep(found, key)
    told = {plain(bid): values for bid, values in totals.items()}
    figure = pictures.weights(shares, told, now[key], plain(key))
    alt = _(
        "Totals of all bids by the weight of one criterion; the list above says where they cross"
    )
    st.plotly_chart(figure, key="award_sweep", alt=alt)
    names = {
        "criterion": _("Criterion"),
        "rival": _("Rival"),
        "weight_percent": _("Weight now [percent]"),
        "flips_at_percent": _("Flips at [percent]"),
        "change_points": _("Change [points]"),
    }
    tables.show(use_case.flips_table(found).rename(columns=names), key="award_flips")


def _nearest(found: Judged, now: dict[str, float]) -> list[str]:
    """Say, criterion by criterion, which weight is the nearest that changes the winner."""
    lines = []
    for key, weight in now.items():
        flip = found.nearest.get(key)
        if flip is None:
            words = _("{criterion}: no weight of it alone changes the winner")
            lines.append(words.format(criterion=plain(key)))
            continue
        words = _("{criterion} at {weight} percent (now {now}) flips to {rival}")
        lines.append(
            words.format(
                criterion=plain(key),
                weight=number(float(flip.weight), 3),
                now=number(weight, 3),
                rival=plain(flip.rival),
            )
        )
    return lines


def _downloads(project: Project, found: Judged) -> None:
    csv = EXPORTS["csv"]
    files: dict[str, tuple[str, Callable[[Judged], pd.DataFrame]]] = {
        "totals": (_("Totals (CSV)"), use_case.totals_table),
        "flips": (_("Flips (CSV)"), use_case.flips_table),
    }
    with st.container(horizontal=True):
        for name, (label, make) in files.items():
            st.download_button(
                label,
                data=partial(_csv, name, make, found),
                file_name=file_name(project.slug, f"award-{name}", today(), csv.suffix),
                mime=csv.mime,
                on_click="ignore",
                icon=":material/download:",
                key=f"download_award_{name}",
            )
        form, title = EXPORTS["xlsx"], f"Award criteria, {project.name}"
        st.download_button(
            _("Scoring sheet (Excel)"),
            data=partial(pack_money.scoring_file, found.criteria, title, today()),
            file_name=file_name(project.slug, "scoring", today(), form.suffix),
            mime=form.mime,
            on_click="ignore",
            icon=":material/download:",
            key="download_award_sheet",
        )


def _csv(name: str, make: Callable[[Judged], pd.DataFrame], found: Judged) -> bytes:
    return EXPORTS["csv"].write(Result(name, name, {name: make(found)}, {}))
