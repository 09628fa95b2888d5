"""The facilitator's side of a live room: invite, ask, look, apply, end."""

from collections.abc import Mapping, Sequence

import pandas as pd
import segno
import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import knobs
from app.core.workshop.ballot import MOST_LEVERS, Lever
from app.core.workshop.spread import LEAST_SHOWN, Spread
from app.exports.csv_table import text as csv_text
from app.paths import PAGES
from app.services.rooms import CLOSED, LONGEST_QUESTION, OPEN, ROOMS, NoRoomError, Room
from app.services.rooms import join_addresses as addresses_of
from app.services.store import store
from app.services.workshop import aggregates, chosen, note
from app.ui import compare_view, state, style, tables, workshop_charts
from app.ui.text import _, number, plain, verbatim, whole

TOKEN, ENDED, BEFORE = "room_token", "room_ended", "room_before"
QUESTION, LEVERS, ADDRESS, KEY = "room_question", "room_levers", "room_address", "room_key"
FIRST = ("v2g_share", "share_can_resume", "budget_eur")
EVERY_S = 0.5
MANY_REASONS = 12


def room_here() -> Room | None:
    """Return the room this visitor runs, if it still is one."""
    token = state.value(TOKEN)
    if not token:
        return None
    try:
        return ROOMS.run(token)
    except NoRoomError:
        state.keep(TOKEN, None)
        return None


def begin(project: Project) -> None:
    """Offer to open a room, or say why that cannot be; and the figures of one that ended."""
    style.headline(
        _(
            "Up to 200 people move three levers on their phones; you see the spread, apply the "
            "median, and everybody sees what it does to the city."
        )
    )
    if not ROOMS.allowed:
        st.info(
            _(
                "Rooms are off on this server, so that nothing is opened that nobody wants open. "
                "Whoever runs it starts it with: {command}"
            ).format(command="`kerbwatt serve --host 0.0.0.0 --room`"),
            icon=":material/lock:",
        )
        return
    st.button(
        _("Open a room"),
        on_click=_open,
        args=(project.name,),
        type="primary",
        icon=":material/meeting_room:",
        key="room_open",
    )
    with st.expander(_("I was running a room and lost this page")):
        st.text_input(_("The key of your room"), key=KEY, type="password")
        st.button(_("Back to my room"), on_click=_return, key="room_back")
    _download(state.value(ENDED))


def _open(place: str) -> None:
    try:
        state.keep(TOKEN, ROOMS.open(place).token)
    except InputError as error:
        state.tell(str(error))


def _return() -> None:
    try:
        state.keep(TOKEN, ROOMS.run(str(state.value(KEY, ""))).token)
    except NoRoomError:
        state.tell(_("No room has this key; it may have ended."))


def invite(room: Room) -> None:
    """Show where phones go: a square to photograph, and the same in large type."""
    style.headline(_("Photograph the square, or type the address: then you are in."))
    found = addresses_of(room)
    left, right = st.columns([1, 2], vertical_alignment="center")
    with right:
        if len(found) > 1:
            st.selectbox(_("Address of this machine"), found, key=ADDRESS, persist_state="session")
        address = state.value(ADDRESS) if state.value(ADDRESS) in found else found[0]
        st.markdown(f"## {room.code}")
        st.markdown(f"### `{address}`")
        st.caption(
            _(
                "No name is asked and none is kept: a phone is a random number, single answers are "
                "shown to nobody, and all are forgotten when the room ends, after eight hours at "
                "the latest."
            )
        )
        with st.popover(_("Key of this room"), icon=":material/key:"):
            st.caption(_("With it you get back to the room from another page or machine."))
            st.code(room.token, language=None)
    with left:
        square = segno.make(address, error="m").svg_inline(scale=6, border=2, light="#ffffff")
        st.image(square, width=240)


def ask(room: Room) -> None:
    """Put the next question."""
    names = list(knobs())
    with st.container(border=True):
        st.text_input(
            _("Question to the room"),
            key=QUESTION,
            max_chars=LONGEST_QUESTION,
            placeholder=_("How far should we go with cars that give back?"),
        )
        st.multiselect(
            _("Levers on the phones (one to three)"),
            names,
            default=list(FIRST),
            max_selections=MOST_LEVERS,
            format_func=lambda name: _(knobs()[name].label),
            key=LEVERS,
        )
        label = _("Ask") if not room.number else _("Ask as the next question")
        st.button(label, on_click=_ask, args=(room,), type="primary", key="room_ask")


def _ask(room: Room) -> None:
    try:
        room.ask(state.value(QUESTION, ""), state.value(LEVERS, []), state.scenario())
    except InputError as error:
        state.tell(str(error))


@st.fragment(run_every=EVERY_S)
def answers(code: str) -> None:
    """Show what came in, while it comes in."""
    try:
        room = ROOMS.find(code)
    except NoRoomError:
        st.rerun()
        return
    found = room.outcome()
    most = max((each.touched for each in found.spreads.values()), default=0)
    with st.container(horizontal=True):
        st.metric(_("In the room"), whole(found.joined), border=True)
        st.metric(_("Answered"), whole(len(room.votes)), border=True)
    if not room.number:
        st.info(_("Nothing is asked yet: choose the levers above and press “Ask”."))
        return
    st.subheader(plain(found.question) or _("Question {n}").format(n=room.number))
    _steer(room)
    if not room.shown:
        st.info(_("{n} answers; hidden until the question is closed.").format(n=whole(most)))
        return
    if most < LEAST_SHOWN:
        said = _("{n} answers. From {least} on they are shown; fewer would tell who said what.")
        st.info(said.format(n=whole(most), least=LEAST_SHOWN))
        return
    for lever in found.levers:
        _lever(lever, found.spreads[lever.name])
    tables.show(_table(found.levers, found.spreads), key="room_table")
    _reasons(room.reasons())
    _apply(room)


def _steer(room: Room) -> None:
    with st.container(horizontal=True):
        if room.status == OPEN:
            st.button(
                _("Close the question"), on_click=room.set_status, args=(CLOSED,), key="room_close"
            )
        else:
            st.button(_("Open it again"), on_click=room.set_status, args=(OPEN,), key="room_reopen")
        words = _("Show while it is open") if room.hidden else _("Hide until closed")
        st.button(words, on_click=room.turn_hidden, key="room_hide")
        st.button(_("Clear the answers"), on_click=room.clear, key="room_clear")


def _lever(lever: Lever, found: Spread) -> None:
    unit = f" {_(lever.unit)}" if lever.unit else ""
    if not found.values:
        words = _("{lever}: {n} touched it, too few to show.")
        st.markdown(words.format(lever=_(lever.label), n=whole(found.touched)))
        return
    said = _(
        "**{lever}**: median {median}{unit}; four of five between {p10} and {p90}; {n} touched it; "
        "on the table {start}."
    ).format(
        lever=_(lever.label),
        median=number(found.median),
        unit=unit,
        p10=number(found.p10),
        p90=number(found.p90),
        n=whole(found.touched),
        start=number(lever.start),
    )
    st.markdown(said)
    figure = workshop_charts.dots(lever, found)
    st.plotly_chart(figure, key=f"room_dots_{lever.name}", alt=plain(said.replace("*", "")))


def _table(levers: Sequence[Lever], spreads: Mapping[str, Spread]) -> pd.DataFrame:
    found = [spreads[lever.name] for lever in levers]
    names = [
        f"{_(lever.label)} [{_(lever.unit)}]" if lever.unit else _(lever.label) for lever in levers
    ]
    return pd.DataFrame(
        {
            _("Lever"): names,
            _("Touched it"): [each.touched for each in found],
            _("Lowest"): [each.low for each in found],
            _("P10"): [each.p10 for each in found],
            _("Median"): [each.median for each in found],
            _("Mean"): [None if each.mean is None else round(each.mean, 1) for each in found],
            _("P90"): [each.p90 for each in found],
            _("Highest"): [each.high for each in found],
            _("On the table"): [lever.start for lever in levers],
        }
    )


def _reasons(found: Sequence[str]) -> None:
    if not found:
        return
    with st.expander(_("Why: {n} reasons").format(n=whole(len(found)))):
        for each in found[:MANY_REASONS]:
            st.markdown(f"- {verbatim(each)}")
        if len(found) > MANY_REASONS:
            st.caption(_("and {n} more").format(n=whole(len(found) - MANY_REASONS)))


def _apply(room: Room) -> None:
    """Offer what to do with it; the whole page is drawn again, for the levers beside it move."""
    with st.container(horizontal=True):
        if st.button(
            _("Apply the median"), type="primary", icon=":material/check:", key="room_median"
        ):
            _put(room, "median")
        if st.button(_("Apply the mean"), key="room_mean"):
            _put(room, "mean")
        if st.button(_("Keep P10 and P90 for Compare"), key="room_ends"):
            _both_ends(room)


def _put(room: Room, which: str) -> None:
    """Let the room's middle be the scenario on the table; undo takes it back."""
    scenario, name = chosen(room.outcome(), room.code, state.scenario(), which)
    state.keep(BEFORE, (state.scenario(), scenario))
    state.replace_scenario(scenario)
    _keep(room, name, which)
    state.tell(_("On the table: {name}. Undo takes it back.").format(name=name))
    st.rerun()


def _both_ends(room: Room) -> None:
    for which in ("p10", "p90"):
        _keep(room, chosen(room.outcome(), room.code, state.scenario(), which)[1], which)
    state.tell(_("Two scenarios are kept; the page Compare offers them."))
    st.rerun()


def _keep(room: Room, name: str, which: str) -> None:
    scenario, _name = chosen(room.outcome(), room.code, state.scenario(), which)
    kept = store().scenarios
    free = kept.free_name(state.city(), name)
    kept.save(scenario, project=state.city(), name=free, note=note(room.outcome()))


def effect(project: Project) -> None:
    """Show what the room's answer does to the city, while it is on the table."""
    before, after = state.value(BEFORE, (None, None))
    if before is None or after != state.scenario() or before == after:
        return
    with st.container(border=True):
        st.subheader(_("What it does"))
        st.markdown(f"**{compare_view.headline(project, after, before)}**")
        compare_view.assumptions(after, before)
        st.page_link(PAGES / "compare.py", label=_("Compare in full"), icon=":material/compare:")


def end(room: Room) -> None:
    """End the room; what it came to stays as a file."""
    st.divider()
    with st.container(horizontal=True):
        _download((room.code, aggregates(room.code, room.outcomes())))
        st.button(
            _("End the room and forget all answers"),
            on_click=_end,
            args=(room,),
            icon=":material/logout:",
            key="room_end",
        )


def _end(room: Room) -> None:
    found = ROOMS.end(room)
    state.keep(ENDED, (room.code, aggregates(room.code, found)))
    state.keep(TOKEN, None)


def _download(found: tuple[str, pd.DataFrame] | None) -> None:
    if found is None or found[1].empty:
        return
    code, table = found
    st.download_button(
        _("What the room said, as CSV"),
        data=lambda: csv_text(table),
        file_name=f"kerbwatt-room-{code}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="room_csv",
    )
