"""Points tried out one by one: on one transformer at once, on the whole city on request."""

from functools import partial

import pandas as pd
import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.services.hosting import whole_city
from app.services.parameters import load_parameters
from app.ui import cached, charts, runs, state, tables
from app.ui.impact_view import short, title
from app.ui.strategies_view import served_name
from app.ui.text import _, delivered, told_apart, whole

MANY_POINTS = 300  # a street has fewer; more take longer than a visitor waits unasked
STREET, JOB = "room_street", "hosting"
BINDING = {
    "peak": "the transformer's limit",
    "unserved": "energy that would be withheld",
    "below_95": "cars that would leave short",
    "most_points": "nothing: the search stopped",
    "base": "the limit: homes alone exceed it",
}


def street(project: Project, scenario: Scenario, room: pd.DataFrame) -> None:
    """Let a person pick a transformer, and say how many more posts it takes."""
    known = room[room["limit_kw"].notna()].sort_values("fit")
    if known.empty:
        st.info(_("No limit is known, so nobody can say what fits on a transformer."))
        return
    names = told_apart(dict(zip(known["asset_id"], known["name"], strict=True)))
    if state.value(STREET) not in names:
        state.select(STREET, str(known["asset_id"].iloc[len(known) // 2]))
    chosen = st.selectbox(
        _("Transformer (least room first; type to search)"),
        list(names),
        format_func=names.__getitem__,
        key=STREET,
        persist_state="session",
    )
    fit = float(known.set_index("asset_id")["fit"].to_dict()[chosen])
    if fit > MANY_POINTS and not st.toggle(
        _("Try its points one by one: {n} or more takes a while").format(n=whole(fit)),
        key=f"try_{chosen}",
    ):
        return
    found = cached.street(project, scenario, chosen)
    existing = int(known.set_index("asset_id")["existing"].to_dict()[chosen])
    st.markdown(_street_sentence(found, scenario, names[chosen], existing))
    figure = charts.bars(
        [
            served_name(key, float(share), leaves_short=False)
            for key, share in zip(found["strategy"], found["served"], strict=True)
        ],
        found["p50"].tolist(),
        keys=found["strategy"].tolist(),
        unit=_("Charge points that fit in all"),
        band=(found["p10"].tolist(), found["p90"].tolist()),
    )
    st.plotly_chart(figure, key="room_street_chart", alt=_said(found))
    tables.show(_street_table(found), key="room_street_table")


def _street_sentence(found: pd.DataFrame, scenario: Scenario, name: str, existing: int) -> str:
    """Say it in posts, the way a street is spoken of."""
    per_post = load_parameters()["points_per_post"].value
    rows = found.set_index("strategy")
    chosen, more = rows.loc[scenario.strategy], rows["more"].to_dict()
    text = _(
        "**{strategy}, {name} takes {posts} more posts** of {per} points beside the {existing} "
        "points of today; {usual} if cars charged at once. One point more would break {binding}. "
        "{served} of the energy asked for is delivered."
    )
    said = short(scenario.strategy)
    return text.format(
        strategy=said[:1].upper() + said[1:],
        name=name,
        posts=whole(more[scenario.strategy] // per_post),
        per=whole(per_post),
        existing=whole(existing),
        usual=whole(more["uncontrolled"] // per_post),
        binding=_(BINDING[str(chosen["binding"])]),
        served=delivered(rows["served"].to_dict()[scenario.strategy]),
    )


def _said(found: pd.DataFrame) -> str:
    return "; ".join(
        _("{strategy}: {p50} points ({p10} to {p90})").format(
            strategy=title(key), p50=whole(p50), p10=whole(p10), p90=whole(p90)
        )
        for key, p50, p10, p90 in found[["strategy", "p50", "p10", "p90"]].itertuples(index=False)
    )


def _street_table(found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Strategy"): [title(key) for key in found["strategy"]],
            _("Fit: low (P10)"): found["p10"],
            _("Fit: middle (P50)"): found["p50"],
            _("Fit: high (P90)"): found["p90"],
            _("More than today"): found["more"],
            _("What the next point breaks"): [_(BINDING[str(b)]) for b in found["binding"]],
            _("Energy served [%]"): (100 * found["served"]).round(1),
        }
    )


def city(project: Project, scenario: Scenario) -> None:
    """Offer to try points on every transformer; follow it, show it, compare it with the sketch."""
    st.caption(
        _(
            "The map and the figures above are a quick sketch. Trying point after point on every "
            "transformer takes from seconds to a few minutes in a large city, and gives the "
            "figure of each: often more, as many points on one transformer meet less often."
        )
    )
    question = cached.question(project, scenario, JOB) + scenario.strategy
    work = partial(whole_city, project, scenario)
    runs.offer(JOB, _("Try every transformer"), question, work, _show)


def _show(found: pd.DataFrame) -> None:
    known = found["limit_kw"].notna()
    st.markdown(
        _(
            "**{fit} more points fit**, tried one by one on {n} transformers; {none} take none. "
            "At least {served} of the energy asked for is delivered everywhere."
        ).format(
            fit=whole(float(found["fit"].sum())),
            n=whole(int(known.sum())),
            none=whole(int((found["fit"] == 0).sum())),
            served=delivered(float(found["served"].min())),
        )
    )
    table = pd.DataFrame(
        {
            _("Transformer"): found["name"],
            _("Limit [kW]"): found["limit_kw"].round(),
            _("Points today"): found["existing"],
            _("Fit in all"): found["points"],
            _("More than today"): found["fit"],
            _("Energy served [%]"): (100 * found["served"]).round(1),
            _("What the next point breaks"): [
                _(BINDING.get(str(b), "–")) for b in found["binding"]
            ],
        }
    ).sort_values(_("More than today"), na_position="first")
    tables.show(table, key="hosting_table", height=420)
