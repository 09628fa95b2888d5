"""Work by hand on the sites page: add, move, give reasons, take back."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from app.core.by_hand import Added, Moved
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting import edits
from app.core.siting.plan import Plan
from app.services import by_hand
from app.ui import cached, state, tables
from app.ui.text import _, plain, verbatim, whole

LOOK, SAID = "hand_look", "hand_said"
BY, TYPED, WORDS, FOUND = "by", "typed", "words", "found"
NAME, POINTS, REASON, LOCK, PLACE = "name", "points", "reason", "lock", "place"
TEXTS = (TYPED, WORDS, NAME, REASON)
CHANGE, WHY = "hand_change", "hand_why"
LOOKS: Mapping[str, str] = {
    "add": "Add a place",
    "move": "Move a place",
    "changes": "Changes",
}
DONE: Mapping[str, str] = {
    edits.ADDED: "added",
    edits.MOVED: "moved",
    edits.LOCKED: "locked",
    edits.EXCLUDED: "excluded",
}
USUAL_POINTS, MOST_POINTS = 4, 100


def plan_or_way_out(project: Project, scenario: Scenario) -> Plan:
    """Make the plan; where changes by hand forbid it, list them to be taken back, and stop."""
    try:
        return cached.plan(project, scenario)
    except InputError as error:
        if not edits.touched(scenario):
            raise
        for sentence in str(error).splitlines():
            st.error(verbatim(sentence), icon=":material/error:")
        st.markdown(_("The plan stands again once one of these changes by hand is taken back."))
        _changes(scenario, None)
        st.stop()


def attempt(where: str, make: Callable[[], Scenario], *fields: str) -> None:
    """Take a change by hand over where a button asks for it; see ``taken_over``."""
    taken_over(where, make, *fields)


def taken_over(where: str, make: Callable[[], Scenario], *fields: str) -> bool:
    """Take a change by hand over, if a plan is possible with it; else say what forbids it.

    ``fields`` are emptied afterwards: the reason of one change is not that of the next. Returns
    whether it was taken over.
    """
    try:
        after = make()
        cached.plan(cached.project(state.city()), after)
    except InputError as error:
        refuse(where, str(error))
        return False
    state.keep(SAID, None)
    state.keep(LOOK, "changes")
    state.change(**{name: getattr(after, name) for name in edits.FIELDS})
    for field in fields:
        state.keep(field, "")
    return True


def refuse(where: str, words: str) -> None:
    """Keep why a change was refused, to be said where it was asked for."""
    state.keep(SAID, (where, words))


def refused(where: str) -> None:
    """Say once why the last change made here was refused."""
    said = state.value(SAID)
    if said and said[0] == where:
        for sentence in said[1].splitlines():
            st.error(verbatim(sentence), icon=":material/block:")
        state.keep(SAID, None)


def work(project: Project, scenario: Scenario, plan: Plan) -> None:
    """Offer what can be done by hand, one thing at a time."""
    done = len(edits.changes(scenario))
    look = st.segmented_control(
        _("What to do"),
        list(LOOKS),
        default="changes" if done else "add",
        required=True,
        format_func=lambda key: f"{_(LOOKS[key])} ({done})" if key == "changes" else _(LOOKS[key]),
        key=LOOK,
        persist_state="session",
    )
    refused("hand")
    if look == "add":
        _add(project)
    elif look == "move":
        _move(project, plan)
    else:
        _changes(scenario, plan)


def _key(form: str, field: str) -> str:
    return f"hand_{form}_{field}"


def _where(project: Project, form: str) -> None:
    """Ask for a spot: typed, or by what lies there."""
    by = st.segmented_control(
        _("Where"),
        [TYPED, WORDS],
        default=TYPED,
        required=True,
        format_func=lambda key: (
            _("Coordinates") if key == TYPED else _("Street, parking place or transformer")
        ),
        key=_key(form, BY),
    )
    if by == TYPED:
        st.text_input(
            _("Latitude, longitude, or x, y in metres"),
            key=_key(form, TYPED),
            placeholder="52.0907, 5.1214",
        )
        return
    words = st.text_input(_("Part of its name or number"), key=_key(form, WORDS))
    found = by_hand.find_spots(project, words or "")
    if words and not found:
        st.caption(_("Nothing on the parking and grid maps has this in its name."))
    if found:
        titles = [title for title, _x, _y in found]
        st.selectbox(
            _("Found: {n}").format(n=len(found)), titles, format_func=plain, key=_key(form, FOUND)
        )


def _spot(project: Project, form: str) -> tuple[str, float, float]:
    """Read the spot that was asked for, with the name of what lies there."""
    if state.value(_key(form, BY)) != WORDS:
        return ("", *by_hand.read_spot(project, str(state.value(_key(form, TYPED), ""))))
    chosen = state.value(_key(form, FOUND))
    for spot in by_hand.find_spots(project, str(state.value(_key(form, WORDS), ""))):
        if spot[0] == chosen:
            return spot
    raise InputError("Choose a street, a parking place or a transformer first.")


def _add(project: Project) -> None:
    left, right = st.columns(2)
    with left:
        _where(project, "add")
    with right:
        st.text_input(_("Name"), key=_key("add", NAME), placeholder=_("School gate"))
        st.number_input(
            _("Most charge points"), 1, MOST_POINTS, USUAL_POINTS, key=_key("add", POINTS)
        )
    st.text_input(_("Reason"), key=_key("add", REASON), placeholder=_("Asked for by the school"))
    st.checkbox(
        _("Always in the plan"),
        value=True,
        key=_key("add", LOCK),
        help=_("Otherwise it is one candidate more, and the plan decides."),
    )
    st.button(
        _("Add this place"),
        on_click=attempt,
        args=("hand", partial(_added, project), *(_key("add", each) for each in TEXTS)),
        icon=":material/add_location_alt:",
        key="hand_add",
    )


def _added(project: Project) -> Scenario:
    title, x, y = _spot(project, "add")
    name = str(state.value(_key("add", NAME), "")).strip() or title or f"{x:.0f}, {y:.0f}"
    place = Added(name, x, y, int(state.value(_key("add", POINTS), USUAL_POINTS)))
    reason = str(state.value(_key("add", REASON), ""))
    lock = bool(state.value(_key("add", LOCK), True))  # noqa: FBT003  # what the box shows
    after = edits.add(state.scenario(), place, reason, lock=lock)
    by_hand.check_added(cached.places(project, after), place.key)
    return after


def _move(project: Project, plan: Plan) -> None:
    frame = plan.sites[plan.sites["existing_points"] == 0]
    if frame.empty:
        st.caption(_("There is no new place to move."))
        return
    names = {
        str(row.candidate_id): f"{row.rank}. {row.name}"
        for row in frame[["candidate_id", "rank", "name"]].itertuples(index=False, name="Row")
    }
    left, right = st.columns(2)
    with left:
        st.selectbox(
            _("Place to move"),
            list(names),
            format_func=lambda key: plain(names[key]),
            key=_key("move", PLACE),
        )
        st.text_input(_("Reason"), key=_key("move", REASON), placeholder=_("The root of a tree"))
    with right:
        _where(project, "move")
    st.button(
        _("Move it there"),
        on_click=attempt,
        args=("hand", partial(_moved, project), *(_key("move", each) for each in TEXTS)),
        icon=":material/move_location:",
        key="hand_move",
        help=_("It keeps its id and is locked, so that the plan does not leave it out."),
    )


def _moved(project: Project) -> Scenario:
    _title, x, y = _spot(project, "move")
    key = str(state.value(_key("move", PLACE)))
    reason = str(state.value(_key("move", REASON), ""))
    after = edits.move(state.scenario(), Moved(key, x, y), reason)
    return edits.fix(after, edits.LOCKED, key)


def _changes(scenario: Scenario, plan: Plan | None) -> None:
    """List every change, and offer to take one back or to say why it was made."""
    found = edits.of_plan(scenario, plan) if plan is not None else edits.changes(scenario)
    if found.empty:
        st.caption(
            _("Nothing was changed by hand yet: add a place, move one, or lock and exclude above.")
        )
        return
    names = found["name"].where(found["name"] != "", found["candidate_id"])
    shown = found.assign(change=[_(DONE[each]) for each in found["change"]], name=names)
    titles = {
        "change": _("Change"),
        "name": _("Place"),
        "reason": _("Reason"),
        "points": _("Most points"),
        "x": "x [m]",
        "y": "y [m]",
        "candidate_id": _("Id"),
    }
    tables.show(shown[list(titles)].rename(columns=titles), key="hand_changes")
    keys = [
        f"{each}|{key}" for each, key in zip(found["change"], found["candidate_id"], strict=True)
    ]
    words = dict(zip(keys, zip(shown["change"], names, strict=True), strict=True))
    if state.value(CHANGE) not in words:
        state.select(CHANGE, keys[-1])
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        chosen = st.selectbox(
            _("One of the changes"),
            keys,
            format_func=lambda each: plain(f"{words[each][1]}, {words[each][0]}"),
            key=CHANGE,
        )
    with right:
        st.text_input(_("Its reason, if another"), key=WHY)
    change, _bar, key = chosen.partition("|")
    with st.container(horizontal=True):
        st.button(
            _("Take it back"),
            on_click=take_back,
            args=(change, key),
            icon=":material/undo:",
            key="hand_take_back",
        )
        st.button(
            _("Save the reason"),
            on_click=_give_reason,
            args=(key,),
            icon=":material/edit_note:",
            key="hand_save_reason",
        )
    st.caption(
        _("{n} changes by hand; they stand with their reasons in every download.").format(
            n=whole(len(found))
        )
    )


def take_back(change: str, key: str) -> None:
    """Undo one change by hand, whatever it makes possible."""
    after = edits.take_back(state.scenario(), change, key)
    state.change(**{name: getattr(after, name) for name in edits.FIELDS})


def _give_reason(key: str) -> None:
    try:
        after = edits.give_reason(state.scenario(), key, str(state.value(WHY, "")))
    except InputError as error:
        refuse("hand", str(error))
        return
    state.change(reasons=after.reasons)
    state.keep(WHY, "")
