"""From a suggestion to a post: statuses, release by occupancy, the coverage norm."""

from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting import statuses
from app.core.siting.plan import Plan
from app.core.siting.release import NEXT, OPEN, UNKNOWN, WAIT, release
from app.core.siting.statuses import Site
from app.exports import file_name
from app.services import site_list
from app.services.parameters import load_parameters
from app.services.projects import bundled
from app.services.store import store
from app.ui import cached, hand_view, mapcontent, maps, state, tables
from app.ui.text import _, percent, today, verbatim, whole
from app.ui.uploads import taken

LOOK, LIST, EDITOR, UPLOADED = "practice_look", "site_list", "site_list_table", "site_list_upload"
WHERE, SEEN = "practice", "site_list_seen"
LOOKS: Mapping[str, str] = {
    "list": "Statuses and objections",
    "release": "Whose turn is it?",
    "norm": "Coverage norm",
}
WORDS: Mapping[str, str] = {
    "suggested": "suggested",
    "tested": "tested",
    "proposed": "proposed",
    "published": "published",
    "objected": "objected",
    "decided": "decided",
    "realised": "realised",
    "moved": "moved",
    "dropped": "dropped",
}
VERDICTS: Mapping[str, str] = {
    OPEN: "open now",
    NEXT: "after a better place by the same points",
    WAIT: "wait: the points in reach are not busy enough",
    UNKNOWN: "unknown: nobody measured occupancy in reach",
}
EDITED = ("status", "date", "who", "reason", "objections", "x", "y")
SHOWN = 1000


def practice(project: Project, scenario: Scenario, plan: Plan) -> None:
    """Offer one look at a time."""
    look = st.segmented_control(
        _("What to see"),
        list(LOOKS),
        default="list",
        required=True,
        format_func=lambda key: _(LOOKS[key]),
        key=LOOK,
        persist_state="session",
    )
    hand_view.refused(WHERE)
    if look == "list":
        _list(project, scenario, plan)
    elif look == "release":
        _release(project, scenario, plan)
    else:
        _norm(plan)


def kept(project: Project) -> tuple[Site, ...]:
    """Return the list of sites this visitor works on for a city; empty where there is none."""
    lists: Mapping[str, tuple[Site, ...]] = state.value(LIST, {})
    if project.slug in lists or project.slug in bundled():
        return lists.get(project.slug, ())
    return _stored(project)


def _stored(project: Project) -> tuple[Site, ...]:
    """Read the list that everybody who works on this project shares."""
    found = store().site_lists.get(project.slug)
    sites = site_list.read_list(project, found.content.encode(), "list") if found else ()
    _hold(project, sites, found.revision if found else 0)
    return sites


def _list(project: Project, scenario: Scenario, plan: Plan) -> None:
    sites = kept(project)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.button(
            _("Add the plan's places to the list") if sites else _("Begin a list with this plan"),
            on_click=_begin,
            args=(project, scenario, plan),
            disabled=plan.sites.empty,
            icon=":material/playlist_add:",
            key="site_list_begin",
        )
        st.download_button(
            _("The list (CSV)") if sites else _("Example of a list (CSV)"),
            data=partial(_file, project, sites or _example(scenario, plan)),
            file_name=file_name(project.slug, "site-list", today(), ".csv"),
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key="site_list_download",
        )
    _bring_back(project)
    if not sites:
        st.caption(
            _(
                "A list follows each place on its way: suggested, tested, proposed, published, "
                "objected, decided, realised; or moved or dropped, with a reason. The plan keeps "
                "to it: what is decided stays in, what is dropped stays out."
            )
        )
        return
    st.markdown(_summary(sites))
    edited = _editor(project, sites)
    st.button(
        _("Save the statuses"),
        on_click=_save,
        args=(project, edited),
        icon=":material/save:",
        key="site_list_save",
    )
    with st.expander(_("As the public map shows it")):
        _public(project, sites)


def _summary(sites: tuple[Site, ...]) -> str:
    count = pd.Series([site.now.status for site in sites]).value_counts()
    parts = [f"{whole(count[key])} {_(WORDS[key])}" for key in statuses.STATUSES if key in count]
    if not any(site.objections for site in sites):
        return _("**{n} sites**: {parts}; no objections.").format(
            n=whole(len(sites)), parts=", ".join(parts)
        )
    return _("**{n} sites**: {parts}; {objections} objections to {against} of them.").format(
        n=whole(len(sites)),
        parts=", ".join(parts),
        objections=whole(sum(site.objections for site in sites)),
        against=whole(sum(site.objections > 0 for site in sites)),
    )


def _editor(project: Project, sites: tuple[Site, ...]) -> pd.DataFrame:
    """Let statuses be changed in the table; where a site stands changes with status moved."""
    frame = site_list.table(project, sites)
    shown = frame[["name", *EDITED, "points", "candidate_id"]]
    column = st.column_config
    edited = st.data_editor(
        shown,
        hide_index=True,
        key=f"{EDITOR}_{state.value(f'{LIST}_round', 0)}",
        disabled=["name", "points", "candidate_id"],
        height=min(420, 80 + 36 * len(shown)),
        column_config={
            "name": column.TextColumn(_("Place"), pinned=True),
            "status": column.SelectboxColumn(
                _("Status"), options=list(statuses.STATUSES), required=True,
                format_func=lambda key: _(WORDS[str(key)]),
            ),
            "date": column.TextColumn(_("Date"), help=_("Day such as 2027-01-15")),
            "who": column.TextColumn(_("Who")),
            "reason": column.TextColumn(_("Reason")),
            "objections": column.NumberColumn(_("Objections"), min_value=0, step=1),
            "x": column.NumberColumn("x [m]", format="%.1f"),
            "y": column.NumberColumn("y [m]", format="%.1f"),
            "points": column.NumberColumn(_("Points")),
            "candidate_id": column.TextColumn(_("Id")),
        },
    )  # fmt: skip
    return frame.assign(**{name: edited[name] for name in EDITED})


def _bring_back(project: Project) -> None:
    with st.expander(_("Bring a list back")):
        upload = taken(
            st.file_uploader(
                _("List of sites as CSV: candidate_id, status, date, and the other columns"),
                type=["csv"],
                key=f"{UPLOADED}_{state.value(f'{LIST}_round', 0)}",
            )
        )
        if upload is None:
            return
        try:
            sites = site_list.read_list(project, upload.content, upload.name)
        except InputError as error:
            for sentence in str(error).splitlines():
                st.error(verbatim(sentence), icon=":material/error:")
            return
        st.markdown(_summary(sites))
        st.button(
            _("Use this list"),
            on_click=_use,
            args=(project, sites),
            icon=":material/check:",
            key="site_list_use",
        )


def _begin(project: Project, scenario: Scenario, plan: Plan) -> None:
    fresh = site_list.begin(scenario, plan, today())
    _keep(project, statuses.merge(kept(project), fresh))


def _use(project: Project, sites: tuple[Site, ...]) -> None:
    """Take a list over, if a plan is possible that holds to it."""
    places = cached.places(project, state.scenario())
    if hand_view.taken_over(WHERE, lambda: site_list.hold(state.scenario(), sites, places)):
        _keep(project, sites)


def _save(project: Project, edited: pd.DataFrame) -> None:
    try:
        sites = site_list.update(project, kept(project), edited, today())
    except InputError as error:
        hand_view.refuse(WHERE, str(error))
        return
    _use(project, sites)


def _keep(project: Project, sites: tuple[Site, ...]) -> None:
    """Keep a list: of a project on this server for everybody, of a bundled city for this visit."""
    seen = state.value(SEEN, {}).get(project.slug, 0)
    if project.slug not in bundled():
        content = site_list.write_list(project, sites).decode("utf-8-sig")
        try:
            seen = store().site_lists.keep(project.slug, content, seen=seen)
        except InputError as error:
            hand_view.refuse(WHERE, str(error))
            _stored(project)
            return
    _hold(project, sites, seen)


def _hold(project: Project, sites: tuple[Site, ...], seen: int) -> None:
    state.keep(LIST, {**state.value(LIST, {}), project.slug: sites})
    state.keep(SEEN, {**state.value(SEEN, {}), project.slug: seen})
    state.keep(f"{LIST}_round", state.value(f"{LIST}_round", 0) + 1)  # a table without old edits


def _file(project: Project, sites: tuple[Site, ...]) -> bytes:
    return site_list.write_list(project, sites)


def _example(scenario: Scenario, plan: Plan) -> tuple[Site, ...]:
    return site_list.begin(scenario, plan, today())


def _public(project: Project, sites: tuple[Site, ...]) -> None:
    placed = [site for site in sites if statuses.public_class(site) and site.x is not None]
    rows = site_list.table(project, placed)
    looks = maps.PUBLIC
    overlays = [
        maps.Overlay("districts", cached.plain_map(project), "", pickable=False),
        maps.Overlay("listed", mapcontent.listed(rows), "", text_size=11),
    ]
    maps.draw(
        overlays,
        cached.bounds(project.layers["districts"]),
        key="public_map",
        alt=_("Map of {n} sites by class; the table above says the same").format(n=len(rows)),
        height=420,
    )
    maps.legend(_("Sites"), [maps.Look(k.rgb, k.mark, _(k.word)) for k in looks.values()])


def _release(project: Project, scenario: Scenario, plan: Plan) -> None:
    found = release(cached.places(project, scenario), plan.sites.head(SHOWN), scenario.block_target)
    if found.empty:
        st.caption(_("There is no place to open."))
        return
    count = found["verdict"].value_counts()
    st.markdown(
        _(
            "**This quarter {n} of {all} places open**; {wait} wait, and for {unknown} nobody "
            "measured how busy the points in reach are."
        ).format(
            n=whole(count.get(OPEN, 0)),
            all=whole(len(found)),
            wait=whole(count.get(WAIT, 0) + count.get(NEXT, 0)),
            unknown=whole(count.get(UNKNOWN, 0)),
        )
    )
    tables.show(
        pd.DataFrame(
            {
                _("Place"): found["name"],
                _("New points"): found["points"],
                _("Points in reach today"): found["points_in_reach"],
                _("In use, last quarter [%]"): (100 * found["occupancy"]).round(1),
                _("Opens above [%]"): (100 * found["trigger"]).round(1),
                _("Verdict"): [_(VERDICTS[each]) for each in found["verdict"]],
            }
        ),
        key="release_table",
    )
    st.caption(
        _(
            "The more points stand in reach, the busier they may be before another is needed: two "
            "points turn {target} of arrivals away from 18 percent in use, twenty only from 72 "
            "(loss formula, busiest hours). Give occupancy_percent with your charge points on the "
            "Data page, and look again every three months."
        ).format(target=percent(0.05))
    )


def _norm(plan: Plan) -> None:
    numbers, told = load_parameters(), plan.fairness
    side, homes = numbers["cell_m"].value, numbers["cell_households"].value
    after = told.get("cells_after")
    if after is None or pd.isna(after):
        st.caption(_("Households are unknown, so the norm cannot be checked."))
        return
    st.markdown(
        _(
            "**{after} of the squares of {side} m with {homes} households or more get a public "
            "point**, {before} have one today."
        ).format(
            after=percent(after),
            before=percent(told["cells_before"]),
            side=whole(side),
            homes=whole(homes),
        )
    )
    labels = {
        "cells": _("Squares with a point [%]"),
        "cell_households": _("Households in such squares [%]"),
        "homes_in_reach": _("Homes without own parking in reach [%]"),
    }
    tables.show(
        pd.DataFrame(
            {
                _("Share"): list(labels.values()),
                _("Today"): [round(100 * told[f"{key}_before"], 1) for key in labels],
                _("With the plan"): [round(100 * told[f"{key}_after"], 1) for key in labels],
            }
        ),
        key="norm_table",
    )
    st.caption(
        _(
            "Norm of the Dutch national agenda; the country reported 80 percent in 2024 and 83 in "
            "2025. The squares lie on a fixed grid. A floor per district is among the levers."
        )
    )
