"""The parts of the course: a question, what somebody said, and what the engine found."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from app.core.errors import InputError
from app.core.exercises import UNITS, Exercise, Value, judge
from app.exports.csv_table import text as csv_text
from app.paths import PAGES
from app.services.exercises import TITLES, exercises
from app.services.open_project import open_project
from app.services.scenario_files import presets
from app.ui import cached_course, state, tables
from app.ui.text import _, number, plain, read_number, today, verbatim, whole

UNIT, DONE = "course_unit", "course_done"


def sentence() -> str:
    """Say how far this visitor is."""
    done = len(state.value(DONE, {}))
    return _(
        "{n} exercises in {units} units; every answer is worked out by the engine while you "
        "think. You have solved {done}."
    ).format(n=whole(len(exercises())), units=len(UNITS), done=whole(done))


def choose() -> Sequence[Exercise]:
    """Choose a unit of the course."""
    unit = st.selectbox(
        _("Unit"),
        UNITS,
        format_func=lambda key: f"{UNITS.index(key) + 1}. {_(TITLES[key])}",
        key=UNIT,
        persist_state="session",
    )
    return [each for each in exercises().values() if each.unit == unit]


def show(exercise: Exercise) -> None:
    """Ask one question, and say what the engine finds."""
    with st.container(border=True, key=f"exercise_{exercise.key}"):
        st.markdown(f"**{plain(_(exercise.question))}**")
        said = _asked(exercise)
        with st.container(horizontal=True):
            with st.popover(_("Hint"), icon=":material/lightbulb:"):
                st.markdown(plain(_(exercise.hint)))
            st.button(
                _("Try it"),
                on_click=partial(_try, exercise),
                icon=":material/arrow_forward:",
                key=f"try_{exercise.key}",
            )
        if said is not None:
            _tell(exercise, said)
    if state.value(f"go_{exercise.key}"):
        state.keep(f"go_{exercise.key}", False)  # noqa: FBT003
        st.switch_page(PAGES / f"{exercise.page}.py")


def _asked(exercise: Exercise) -> Value | None:
    if exercise.options:
        key = st.radio(
            _("Your answer"),
            list(exercise.options),
            index=None,
            format_func=lambda each: _(exercise.options[each]),
            key=f"answer_{exercise.key}",
        )
        return None if key is None else str(key)
    words = st.text_input(
        _("Your answer [{unit}]").format(unit=_(exercise.measure)), key=f"answer_{exercise.key}"
    )
    if not words.strip():
        return None
    try:
        return read_number(words)
    except ValueError:
        st.warning(_("“{words}” is no number here.").format(words=verbatim(words[:40])))
        return None


def _tell(exercise: Exercise, said: Value) -> None:
    value = cached_course.answer(exercise.key)
    found = judge(exercise, said, value)
    right = (
        _(exercise.options[str(value)])
        if exercise.options
        else f"{number(float(value), 4)} {_(exercise.measure)}"
    )
    if found.right:
        st.success(_("Right: {value}.").format(value=right), icon=":material/check:")
        state.keep(DONE, {**state.value(DONE, {}), exercise.key: today()})
    elif found.other_unit:
        st.warning(
            _("The figure is right in another unit: the answer is counted in {unit}.").format(
                unit=_(exercise.measure)
            ),
            icon=":material/straighten:",
        )
        return
    else:
        st.error(
            _("Not quite: the engine finds {value}.").format(value=right), icon=":material/close:"
        )
    st.caption(plain(_(exercise.explanation)))


def _try(exercise: Exercise) -> None:
    """Open the page of an exercise in its city and scenario."""
    try:
        open_project(exercise.city)
    except InputError as error:
        state.tell(str(error))
        return
    state.open_city(exercise.city)
    state.replace_scenario(presets()[exercise.scenario].scenario)
    state.keep(f"go_{exercise.key}", True)  # noqa: FBT003


def certificate() -> None:
    """List what was solved in this visit; nothing is sent anywhere."""
    done = state.value(DONE, {})
    if not done:
        return
    st.header(_("What you solved"))
    found = exercises()
    table = pd.DataFrame(
        {
            _("Unit"): [_(TITLES[found[key].unit]) for key in done],
            _("Exercise"): [_(found[key].question) for key in done],
            _("Day"): list(done.values()),
        }
    )
    tables.show(table, key="course_done_table")
    st.caption(_("This page prints as your certificate; no score leaves this visit."))
    st.download_button(
        _("As CSV"),
        data=lambda: csv_text(table),
        file_name="kerbwatt-course.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="course_csv",
    )
