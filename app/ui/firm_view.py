"""How firm each place stands: how often it is chosen, and how stable its rank is."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.services import futures
from app.ui import cached, charts, runs, tables
from app.ui.text import _, percent, plain, whole

LABELS: Mapping[str, str] = {
    "robust": "robust",
    "likely": "likely",
    "depends": "depends on the assumptions",
    "weak": "weak",
}
RANKED: Mapping[str, str] = {
    "stability": "Among the first [% of draws]",
    "stability_weights": "Same, only weights vary [%]",
    "stability_figures": "Same, only figures vary [%]",
}
FIRM, TOP = 0.9, 15


def firm(project: Project, scenario: Scenario) -> None:
    """Offer to make the plan again under other weights and figures."""
    st.caption(
        _(
            "The plan is made again {n} times with weights around yours, and with demand, energy "
            "per point, grid use and costs within their ranges. A place that is nearly always "
            "chosen stands firm; where neighbours serve as well, none does. {part} times more only "
            "weights vary, and {part} times only figures."
        ).format(n=futures.DRAWS, part=futures.PART)
    )
    work = partial(futures.stability, project, scenario)
    runs.offer(
        "firmness", _("Make the plan {n} times").format(n=futures.DRAWS),
        cached.plan_question(project, scenario), work, _show_firm,
    )  # fmt: skip


def _show_firm(found: futures.Firmness) -> None:
    planned = found.places[found.places["planned"] > 0]
    counts = planned["label"].value_counts()
    said = _(
        "**{share} of the money stands in robust places**: of {n} planned places, {robust} are "
        "robust, {likely} likely, {depends} depend on the assumptions and {weak} are weak."
    ).format(
        share=percent(found.robust_share),
        n=whole(len(planned)),
        **{key: whole(int(counts.get(key, 0))) for key in LABELS},
    )
    st.markdown(said)
    top = _first(found).head(TOP)
    if len(top):
        ranked = _rank_sentence(found)
        st.markdown(ranked)
        figure = charts.bars(
            [str(name) for name in top["name"]],
            [float(each) for each in (100 * top["top_share"]).round()],
            keys=[""] * len(top),
            unit=_("Among the first {top} in so many percent of the draws").format(top=found.top),
        )
        st.plotly_chart(figure, key="firm_chart", alt=plain(ranked.replace("*", "")))
    table = pd.DataFrame(
        {
            _("Place"): found.places["name"],
            _("District"): found.places["district"],
            _("Points planned"): found.places["planned"],
            _("Chosen [% of draws]"): (100 * found.places["chosen_share"]).round(1),
            _("Low [%]"): (100 * found.places["low"]).round(1),
            _("High [%]"): (100 * found.places["high"]).round(1),
            **{
                _(words): (100 * found.places[futures.STABLE[name]]).round(1)
                for name, words in RANKED.items()
            },
            _("Points where chosen"): found.places["points_mean"].round(1),
            _("Standing"): [_(LABELS[str(each)]) for each in found.places["label"]],
        }
    )
    tables.show(table, key="firm_table", height=420)


def _first(found: futures.Firmness) -> pd.DataFrame:
    """Return the first places of the plan, the steadiest first."""
    mine = found.places[found.places["first"]]
    return mine.sort_values(["top_share", "candidate_id"], ascending=[False, True])


def _rank_sentence(found: futures.Firmness) -> str:
    """Say of the plan's first places how often they stay first, and what moves them."""
    best = _first(found)
    return _(
        "**{steady} of the first {top} places stay there in at least {firm} of the draws**; the "
        "steadiest, {name}, in {share}. On average they stay there in {all}; where only weights "
        "vary in {weights}, where only figures vary in {figures}. The tables and files of the "
        "plan now say it of each place."
    ).format(
        steady=whole(int((best["top_share"] >= FIRM).sum())),
        top=whole(found.top),
        firm=percent(FIRM),
        name=plain(str(best["name"].iloc[0])),
        share=percent(float(best["top_share"].iloc[0])),
        all=percent(float(best["top_share"].mean())),
        weights=percent(float(best["top_weights"].mean())),
        figures=percent(float(best["top_figures"].mean())),
    )


def of_site(row: Mapping[Any, Any]) -> str:
    """Say of one place how stable its rank is; nothing where nobody drew, or it waits."""
    if pd.isna(row.get("stability")):
        return ""
    return _(
        "Among the first places in {share} of the draws ({weights} where only weights vary, "
        "{figures} where only figures do)"
    ).format(
        share=percent(float(row["stability"])),
        weights=percent(float(row["stability_weights"])),
        figures=percent(float(row["stability_figures"])),
    )


def columns(sites: pd.DataFrame) -> dict[str, "pd.Series[Any]"]:
    """Give the columns of a plan's table on stable ranks [%]; none where nobody drew."""
    return {_(words): 100 * sites[name] for name, words in RANKED.items() if name in sites}
