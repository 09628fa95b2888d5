"""What only a person can say of a file, all on one screen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import streamlit as st

from app.core.errors import InputError
from app.core.schema import KINDS
from app.sources.answers import Answer, Answers
from app.sources.problems import Question
from app.ui import state
from app.ui.intake_desk import Desk, say
from app.ui.text import _, plain, whole

OPEN = ""  # not answered yet


def draw(desk: Desk) -> None:
    """Ask; where the evidence is strong, the answer is chosen already."""
    asked = [question for question in desk.found.questions if question.choices]
    asked += list(_units(desk))
    if not asked:
        return
    turn = desk.upload.digest[:8]
    title = _("One question first") if len(asked) == 1 else _("{n} questions first")
    with st.form(f"questions_{turn}"):
        st.markdown(f"**{title.format(n=whole(len(asked)))}**")
        for question in asked:
            choices = [OPEN, *question.choices]
            picked = question.preselected if question.preselected in question.choices else OPEN
            st.selectbox(
                plain(question.text),
                choices,
                index=choices.index(picked or OPEN),
                format_func=lambda choice: _spoken(choice) if choice else _("not answered yet"),
                key=_key(question, turn),
            )
        st.form_submit_button(
            _("Read it again with these answers"),
            on_click=_answer,
            args=(desk, asked),
            icon=":material/done_all:",
        )


def _units(desk: Desk) -> Iterator[Question]:
    """Ask for the unit where the size of the figures speaks for another."""
    for problem in desk.found.problems:
        column = desk.found.mapping.column(problem.column or "")
        if problem.code == "VAL-UNIT" and column is not None and column.header:
            ours = next(c.unit for c in KINDS[desk.kind].columns if c.name == column.column)
            said = dict(problem.fields)
            choices = (ours, said["unit"])
            text = _("In which unit is “{header}”? The {measure} value is {value}.").format(
                header=column.header, measure=_(said["measure"]), value=said["value"]
            )
            yield Question("VAL-UNIT", f"unit.{column.column}", text, choices)


def _key(question: Question, turn: str) -> str:
    return f"ask_{question.answer}_{turn}"


def _spoken(choice: str) -> str:
    words = {
        "true": _("yes"),
        "false": _("no"),
        "centroid": _("put them in their middle"),
        ".": _("the point is the decimal mark"),
        ",": _("the comma is the decimal mark"),
    }
    return words.get(choice, choice)


def _answer(desk: Desk, asked: Sequence[Question]) -> None:
    answers = desk.answers
    for question in asked:
        said = state.value(_key(question, desk.upload.digest[:8]), OPEN)
        if said != OPEN and question.code == "VAL-UNIT":
            name = question.answer.removeprefix("unit.")
            column = desk.found.mapping.column(name)
            header = Answer((column.header or "") if column else "", said)
            answers = replace(answers, columns={**answers.columns, name: header})
        elif said != OPEN:
            answers = _with(answers, question.answer, said)
    say(desk, answers)


def _with(answers: Answers, name: str, said: str) -> Answers:
    """Put one answer to those that were given."""
    table = answers.table()
    if name.startswith("columns."):
        column = name.removeprefix("columns.")
        columns = {**answers.columns, column: Answer(said)}
        table["columns"] = Answers(columns=columns).table()["columns"]
    else:
        table[name] = {"true": True, "false": False}.get(said, said)
    try:
        return Answers.read(table)
    except InputError as error:
        state.tell(str(error))
        return answers
