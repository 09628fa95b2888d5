"""Presenter mode: big type, one step at a time, keys instead of a mouse, nothing to distract."""

import time

import streamlit as st

from app.paths import PAGES
from app.services.scenario_files import Preset, presets
from app.services.stories import sees
from app.ui import state
from app.ui.text import _, plain

SHOWING, STEP, BEGUN, HIDDEN, BLANK = (
    "present_story",
    "present_step",
    "present_begun",
    "present_hidden",
    "present_blank",
)
STORY, MINUTES = "present_choice", "present_minutes"
LINK, CASE = "present", "case_chosen"
USUAL_MIN, LONGEST_MIN = 15, 120
WARN_S = (300, 60)

SHEET = """
<style>
[data-testid="stSidebar"], [data-testid="stSidebarCollapsedControl"],
[data-testid="stExpandSidebarButton"], [data-testid="stHeader"],
.st-key-scenario_bar { display: none; }
.stMainBlockContainer { padding: 1.2rem 3rem 9rem; max-width: none; }
.stMainBlockContainer p, .stMainBlockContainer li, .stMainBlockContainer label { font-size: 24px; }
.stMainBlockContainer h1 { font-size: 40px; }
.st-key-headline p { font-size: 32px; }
[data-testid="stMetricValue"], [data-testid="stMetricValue"] * { font-size: 44px; }
.st-key-presenter_bar {
  position: fixed; left: 0; right: 0; bottom: 0; z-index: 1000; padding: 0.6rem 3rem 0.8rem;
  background: var(--st-background-color, Canvas); border-top: 2px solid currentColor;
}
.st-key-presenter_bar p { font-size: 20px; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 1rem 1rem 15rem; }
  .st-key-presenter_bar { padding: 0.5rem 1rem; }
  .stMainBlockContainer p, .stMainBlockContainer li { font-size: 18px; }
}
</style>
"""
GUESS = """
<style>
.st-key-headline p, [data-testid="stMetricValue"], [data-testid="stMetricDelta"],
.stPlotlyChart, [data-testid="stDataFrame"], .stDeckGlJsonChart, .stTable
  { visibility: hidden; }
</style>
"""
DARKEN = """
<style>
.st-key-blank { position: fixed; inset: 0; z-index: 2000; background: #000; }
.st-key-blank button { position: absolute; right: 1rem; bottom: 1rem; color: #ddd; }
</style>
"""


def story() -> Preset | None:
    """Return the story that is being shown, if any."""
    found: Preset | None = presets().get(state.value(SHOWING) or "")
    return found


def begin_by_link() -> None:
    """Show the story that the address names (``?present=1`` the first), once per visit."""
    if SHOWING in st.session_state:
        return
    asked = st.query_params.get(LINK)
    key = next(iter(presets())) if asked == "1" else asked
    state.keep(SHOWING, None)
    if key is not None and key in presets():
        begin(key, USUAL_MIN)


def begin(key: str, minutes: int) -> None:
    """Put a story on the table, seed included, and start the clock."""
    found = presets()[key]
    state.replace_scenario(found.scenario)
    if found.case:
        state.select(CASE, found.case)
    state.keep(SHOWING, key)
    state.keep(STEP, 0)
    state.keep(BEGUN, (time.monotonic(), minutes))
    state.keep(HIDDEN, False)  # noqa: FBT003
    state.keep(BLANK, False)  # noqa: FBT003


def end() -> None:
    """Back to the ordinary pages."""
    state.keep(SHOWING, None)


def style() -> None:
    """Let the page look like a slide while a story is shown."""
    if story() is None:
        return
    st.html(SHEET + (GUESS if state.value(HIDDEN) else ""))
    if state.value(BLANK):
        st.html(DARKEN)
        with st.container(key="blank"):
            st.button(_("Show again"), on_click=_turn, args=(BLANK,), shortcut="B", key="unblank")


def bar() -> None:
    """Draw the bar at the foot: the step, the way on, and the clock."""
    shown = story()
    if shown is None:
        return
    steps, at = shown.steps, int(state.value(STEP, 0))
    with st.container(key="presenter_bar"):
        if steps:
            step = steps[min(at, len(steps) - 1)]
            st.markdown(
                f"**{plain(_(shown.title))} · {min(at, len(steps) - 1) + 1}/{len(steps)}** "
                f"{plain(_(step.look))} *{plain(_(step.question))}*"
            )
            if at >= len(steps) - 1 and shown.sees and not state.value(HIDDEN):
                st.markdown(f"**{_('What you should see:')}** {plain(sees(shown))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(_("Back"), shortcut="PageUp", disabled=at <= 0, key="present_back"):
                _go(shown, at - 1)
            if st.button(
                _("Next"),
                shortcut="PageDown",
                type="primary",
                disabled=at >= len(steps) - 1,
                key="present_next",
            ):
                _go(shown, at + 1)
            st.button(
                _("Reset"), on_click=_reset, args=(shown,), shortcut="Home", key="present_reset"
            )
            words = _("Show numbers") if state.value(HIDDEN) else _("Hide numbers")
            st.button(words, on_click=_turn, args=(HIDDEN,), shortcut="H", key="present_hide")
            st.button(_("Blank"), on_click=_turn, args=(BLANK,), shortcut="B", key="present_black",
                      disabled=bool(state.value(BLANK)))  # fmt: skip
            st.button(_("End"), on_click=end, shortcut="Esc", key="present_end")
            clock()


def _go(shown: Preset, at: int) -> None:
    state.keep(STEP, at)
    st.switch_page(PAGES / f"{shown.steps[at].page}.py")


def _reset(shown: Preset) -> None:
    """Return to the story's exact scenario."""
    state.replace_scenario(shown.scenario)


def _turn(key: str) -> None:
    state.keep(key, not state.value(key))


@st.fragment(run_every=5)
def clock() -> None:
    """Say how long is left, in words near the end; no sound, no flashing."""
    begun, minutes = state.value(BEGUN, (0.0, 0))
    if not minutes:
        return
    left = minutes * 60 - (time.monotonic() - begun)
    st.markdown(f"**{told(left)}**")


def told(left_s: float) -> str:
    """Write the time that is left."""
    early, late = WARN_S
    if left_s <= 0:
        return _("Time is up")
    if left_s <= late:
        return _("Less than a minute left")
    minutes = int(left_s // 60) + 1
    if left_s <= early:
        return _("{n} minutes left: come to the end").format(n=minutes)
    return _("{n} minutes left").format(n=minutes)


def offer() -> None:
    """Choose a story to show, and for how long."""
    found = presets()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = st.selectbox(
            _("Story"), list(found), format_func=lambda k: _(found[k].title), key=STORY
        )
        minutes = st.number_input(
            _("Minutes; 0 is no clock"), 0, LONGEST_MIN, USUAL_MIN, step=5, key=MINUTES
        )
        if st.button(
            _("Present this story"), type="primary", icon=":material/slideshow:", key="present"
        ):
            begin(key, int(minutes))
            steps = found[key].steps
            st.switch_page(PAGES / f"{steps[0].page if steps else 'overview'}.py")
    st.markdown(_(found[key].story))
    if found[key].sees:
        st.markdown("**" + _("What you should see:") + f"** {plain(sees(found[key]))}")
    st.caption(
        _(
            "Keys: Page Down and Page Up move the steps, Home resets, H hides the numbers so that "
            "people guess first, B blanks the screen, Esc ends."
        )
    )
