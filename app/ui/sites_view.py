"""The parts of the sites page."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from app.core.criteria import CRITERIA
from app.core.project import Project
from app.core.rules import RULES
from app.core.scenario import Scenario, choices
from app.core.siting import edits
from app.core.siting.plan import Plan
from app.ui import (
    cached,
    cached_sites,
    charts,
    firm_view,
    hand_view,
    maps,
    state,
    tables,
    take_over_view,
)
from app.ui.impact_view import short, title
from app.ui.text import _, energy, euro, number, percent, plain, power, told_apart, whole

SITE, REFUSED, REASON = "site", "refused_site", "hand_reason"
LIMITS: Mapping[str, str] = {  # what is no rule, but stood in the way all the same
    "excluded": "Excluded by hand",
    "no_parking": "No bay may be used",
    "transformer_full": "Transformer full",
    "budget": "Budget spent",
    "points": "Points used up",
    "spacing": "Too close to a chosen place",
    "no_demand": "No unserved demand left in reach",
    "lower_gain": "Serves less per euro than the last chosen",
}
COLUMNS: Mapping[str, str] = {
    "rank": "#",
    "name": "Place",
    "points": "New points",
    "existing_points": "Points today",
    "type": "Kind of point",
    "kw": "Power [kW]",
    "cost_eur": "Cost [EUR]",
    "served_kwh_day": "Served [kWh a day]",
    "marginal_kwh_day": "Lost if closed [kWh a day]",
    "score": "Score",
    "known_weight_share": "Score known [share]",
    "transformer_id": "Transformer",
    "room_before_kw": "Room before [kW]",
    "room_after_kw": "Room after [kW]",
    "district": "District",
    "walk_m_p90": "Walk, 90 percent within [m]",
    "spaces": "Parking places",
    "lot": "Lot",
    "dso": "Grid operator",
    "year": "Year",
    "status": "Status",
    "reasons": "Why",
    "candidate_id": "Id",
}
SHOWN_REFUSED = 1000


def sentence(plan: Plan, scenario: Scenario) -> str:
    """Say what the plan buys, in one sentence."""
    if plan.sites.empty:
        return _(
            "No place can be recommended: {why}. The lists below say what stands in the way."
        ).format(why=_why_empty(plan))
    if plan.firm.empty:
        return _(
            "No place is certain, because the room on the grid is unknown: {sites} places with "
            "{points} charge points wait for an answer of the grid operator."
        ).format(
            sites=whole(plan.totals["conditional_sites"]),
            points=whole(plan.totals["conditional_points"]),
        )
    return _(
        "{budget} buys {points} new charge points at {sites} places and, {strategy}, serves "
        "{share} "
        "of the demand of {year}: at least {best} of the best possible."
    ).format(
        budget=euro(plan.totals["cost_eur"]),
        points=whole(plan.totals["points"]),
        sites=whole(plan.totals["sites"]),
        strategy=short(scenario.strategy),
        share=percent(plan.served_kwh_day / max(plan.demand_kwh_day, 1e-9)),
        year=scenario.year,
        best=percent(1 - plan.gap, 1),
    )


def _why_empty(plan: Plan) -> str:
    counts = plan.rejected["binding"].str.split(";").explode().value_counts()
    if counts.empty:
        return _("there are no candidates; load a parking map on the Data page")
    return _("most candidates fail on “{rule}”").format(rule=rule_name(str(counts.index[0])))


def numbers(plan: Plan) -> None:
    """Show the plan in five numbers."""
    tables.metrics(
        [
            (_("Places"), whole(plan.totals["sites"]), ""),
            (_("New charge points"), whole(plan.totals["points"]), ""),
            (_("Cost"), euro(plan.totals["cost_eur"]), _("purchase, connection and works")),
            (
                _("Served a day"),
                energy(plan.served_kwh_day),
                _("of {all} asked for, by today's points and the new ones").format(
                    all=energy(plan.demand_kwh_day)
                ),
            ),
            (
                _("Of the best possible"),
                percent(1 - plan.gap if len(plan.firm) else None, 1),
                _("value over a proven upper bound ({method})").format(method=plan.bound_method),
            ),
        ]
    )


def draw_map(project: Project, scenario: Scenario, plan: Plan) -> None:
    """Draw the chosen places as numbered pins over the points of today."""
    overlays = [maps.Overlay("districts", cached.plain_map(project), "", pickable=False)]
    if "chargers" in project.layers:
        overlays.append(maps.Overlay("existing", cached.charger_map(project), "", pickable=False))
    others = st.toggle(_("Show places not chosen"), key="show_refused", persist_state="session")
    if others and len(plan.rejected):
        content = cached_sites.refused_map(project, scenario, SHOWN_REFUSED)
        overlays.append(maps.Overlay("refused", content, ""))
    overlays.append(maps.Overlay("sites", cached.site_map(project, scenario), "", text_size=10))
    maps.draw(
        overlays,
        cached.bounds(project.layers["districts"]),
        key="sites_map",
        alt=_("Map of {n} recommended places; the table below says the same").format(
            n=len(plan.sites)
        ),
        on_select=_picked,
    )
    looks = [
        maps.Look(maps.SITE.rgb, maps.SITE.mark, _(maps.SITE.word)),
        maps.Look(maps.CONDITIONAL.rgb, maps.CONDITIONAL.mark, _(maps.CONDITIONAL.word)),
        maps.Look(maps.EXISTING.rgb, maps.EXISTING.mark, _(maps.EXISTING.word)),
    ]
    if others:
        looks.append(maps.Look(maps.REFUSED.rgb, maps.REFUSED.mark, _(maps.REFUSED.word)))
    maps.legend(_("Places"), looks)
    st.caption(f":material/directions_walk: {plain(plan.walk)}")


def _picked() -> None:
    """Let a click choose a place, in the plan or outside it."""
    state.picked_from_map("sites_map", "sites", SITE)
    state.picked_from_map("sites_map", "refused", REFUSED)


def ranking(plan: Plan) -> None:
    """List the places in order, beside the map."""
    frame = plan.sites
    table = pd.DataFrame(
        {
            "#": frame["rank"],
            _("Place"): frame["name"],
            _("Points"): frame["points"],
            _("kWh a day"): frame["served_kwh_day"].round(),
            _("Score"): frame["score"].round(),
        }
    )
    tables.show(table, key="sites_ranking", height=520)


def explain_site(plan: Plan) -> None:
    """Say why a place was chosen, and let the planner lock it or take it out."""
    if plan.sites.empty:
        return
    names = {
        row.candidate_id: f"{row.rank}. {row.name}"
        for row in plan.sites[["candidate_id", "rank", "name"]].itertuples(index=False, name="Row")
    }
    if state.value(SITE) not in names:
        state.select(SITE, next(iter(names)))
    key = st.selectbox(
        _("Chosen place"),
        list(names),
        format_func=lambda each: plain(names[each]),
        key=SITE,
        persist_state="session",
    )
    row = plan.sites[plan.sites["candidate_id"] == key].iloc[0]
    st.markdown(
        _(
            "**{points} points** · {cost} · {kwh} kWh a day · score {score} · transformer {asset}"
        ).format(
            points=whole(row["points"]),
            cost=euro(row["cost_eur"]),
            kwh=whole(row["served_kwh_day"]),
            score=number(row["score"]),
            asset=plain(str(row["transformer_id"])),
        )
    )
    for reason in [*str(row["reasons"]).split("; "), firm_view.of_site(row)]:
        if reason:
            st.markdown(f"- {plain(reason)}")
    st.text_input(
        _("Reason, if you lock or exclude"), key=REASON, placeholder=_("The council promised it")
    )
    with st.container(horizontal=True):
        locked = key in state.scenario().locked
        st.button(
            _("Unlock") if locked else _("Lock this place"),
            on_click=_toggle,
            args=("locked", key),
            icon=":material/lock_open:" if locked else ":material/lock:",
            key="lock_site",
        )
        st.button(
            _("Exclude this place"),
            on_click=_toggle,
            args=("excluded", key),
            icon=":material/block:",
            key="exclude_site",
        )


def _toggle(lever: str, key: str) -> None:
    """Lock, exclude, or take that back; refused where no plan is possible with it."""
    if key in getattr(state.scenario(), lever):
        hand_view.take_back(lever, key)
        return
    reason = str(state.value(REASON, "") or "")
    make = partial(edits.fix, state.scenario(), lever, key, reason)
    hand_view.attempt("explain", make, REASON)


def explain_refusal(plan: Plan) -> None:
    """Say why a place was not chosen, and let the planner ask for it all the same."""
    hand_view.refused("explain")
    if plan.rejected.empty:
        return
    frame = plan.rejected.head(SHOWN_REFUSED)
    names = told_apart(dict(zip(frame["candidate_id"], frame["name"], strict=True)))
    if state.value(REFUSED) not in names:
        state.select(REFUSED, next(iter(names)))
    key = st.selectbox(
        _("Place that was not chosen"),
        list(names),
        format_func=names.__getitem__,
        key=REFUSED,
        persist_state="session",
    )
    row = frame[frame["candidate_id"] == key].iloc[0]
    said = ", ".join(rule_name(each) for each in str(row["binding"]).split(";"))
    st.markdown(f"**{said}** · {plain(str(row['text']))}")
    excluded = key in state.scenario().excluded
    st.button(
        _("Allow again") if excluded else _("Ask for this place"),
        on_click=_toggle,
        args=("excluded" if excluded else "locked", key),
        help=_("A locked place is always in the plan; if it breaks a limit, Kerbwatt says which."),
        key="ask_for_site",
    )


def weights(scenario: Scenario) -> None:
    """Offer one slider per criterion."""
    chosen = {
        key: float(dict(scenario.weights).get(key, criterion.default_weight))
        for key, criterion in CRITERIA.items()
    }
    first = [key for key in CRITERIA if chosen[key] > 0 or CRITERIA[key].default_weight > 0]
    for key in first:
        _weight(key, chosen[key])
    rest = [key for key in CRITERIA if key not in first]
    with st.expander(_("More criteria: {n}").format(n=whole(len(rest))), key="more_criteria"):
        st.caption(
            _("Without weight until you give one. What no map of the project tells counts half.")
        )
        for key in rest:
            _weight(key, chosen[key])
    st.caption(
        _(
            "The score pulls mildly: it raises or lowers what a place counts by at most "
            "{pull}. A weight "
            "never buys back a failed rule."
        ).format(pull=percent(scenario.score_pull))
    )


def _weight(key: str, chosen: float) -> None:
    state.fill_weight(key, chosen)
    st.slider(
        _(CRITERIA[key].title),
        0.0,
        5.0,
        step=0.5,
        key=f"weight_{key}",
        on_change=state.turn_weight,
        args=(key,),
    )


def limits(project: Project, scenario: Scenario, plan: Plan) -> None:
    """Say what binds: money, grid, parking or demand."""
    counts = _binding(plan)
    left, right = st.columns(2)
    with left:
        st.markdown(_("**Why candidates were not chosen**"))
        tables.show(counts, key="sites_binding")
    with right:
        top = plan.sites.head(15)
        parts = {
            _(criterion.title): [float(value) for value in top[f"part_{key}"]]
            for key, criterion in CRITERIA.items()
            if f"part_{key}" in top and top[f"part_{key}"].any()
        }
        st.markdown(_("**What the score of the first places is made of**"))
        figure = charts.stacked([str(rank) for rank in top["rank"]], parts, _("Score, 0 to 100"))
        st.plotly_chart(
            figure, key="score_parts", alt=_("Score parts; the table below says the same")
        )
    room = cached.room(project, scenario)
    st.caption(
        _(
            "Grid: one point adds {kappa} kW to its transformer's peak under {strategy} (pooled "
            "coincidence, simulated, not a constant); nominal would be 11 kW. {known} "
            "transformers have "
            "known room for {fit} more points in all."
        ).format(
            kappa=number(float(room["kappa_kw"].median()), 2),
            strategy=title(scenario.strategy),
            known=whole(int(room["headroom_kw"].notna().sum())),
            fit=whole(float(room["fit"].sum())),
        )
    )


def _binding(plan: Plan) -> pd.DataFrame:
    found = plan.rejected["binding"].str.split(";").explode().value_counts()
    names = [rule_name(key) for key in found.index]
    return pd.DataFrame({_("Rule or limit"): names, _("Candidates"): found.to_numpy()})


def rule_name(key: str) -> str:
    """Name a rule or limit in the visitor's words."""
    rule = RULES.get(key)
    return _(rule.label if rule is not None else LIMITS.get(key, key))


def site_table(plan: Plan) -> None:
    """List every chosen place with all its figures."""
    frame = plan.sites
    if "type" in frame:
        kinds = choices()["point_type"].options()
        frame = frame.assign(type=[_(kinds.get(each, each)) for each in frame["type"]])
    table = pd.DataFrame(
        {_(words): frame[name] for name, words in COLUMNS.items() if name in frame}
        | firm_view.columns(frame)
    )
    for key, criterion in CRITERIA.items():
        if f"part_{key}" in frame and frame[f"part_{key}"].any():
            table[_("Score: {criterion}").format(criterion=_(criterion.title))] = frame[
                f"part_{key}"
            ]
    tables.show(table.round(1), key="sites_table")


def refused_table(plan: Plan) -> None:
    """List the places that were not chosen, with their reasons."""
    with st.expander(_("Places not chosen: {n}").format(n=whole(len(plan.rejected)))):
        frame = plan.rejected.head(SHOWN_REFUSED)
        rules = [", ".join(rule_name(k) for k in str(each).split(";")) for each in frame["binding"]]
        table = pd.DataFrame(
            {
                _("Place"): frame["name"],
                _("What stood in the way"): rules,
                _("In figures"): frame["text"],
                _("Id"): frame["candidate_id"],
            }
        )
        tables.show(table, key="sites_refused")


def verdict(plan: Plan) -> None:
    """Say what the independent check found."""
    st.caption(take_over_view.check(plan))
    worst = plan.totals.get("kw_design")
    if worst is not None:
        st.caption(_("Design load of all new points: {kw}.").format(kw=power(float(worst))))
