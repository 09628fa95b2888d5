"""Use-case: what a room said becomes an ordinary scenario, and a file without persons."""

from collections.abc import Sequence

import pandas as pd

from app.core.scenario import Scenario
from app.services.rooms import Outcome

WHICH = ("median", "mean", "p10", "p90")
DIGITS = 6


def chosen(found: Outcome, code: str, scenario: Scenario, which: str) -> tuple[Scenario, str]:
    """Move the levers to what the room said, and name the scenario after it.

    A lever that fewer than five touched stays where it is.
    """
    moved, answers = {}, 0
    for lever in found.levers:
        value = getattr(found.spreads[lever.name], which)
        if value is not None:
            moved[lever.name] = lever.setting(value)
            answers = max(answers, found.spreads[lever.name].touched)
    name = f"Room {code}, question {found.number}, {which} of {answers}"
    return scenario.but(**moved), name


def note(found: Outcome) -> str:
    """Write what the room came to, for the scenario that was made of it."""
    lines = [f"{found.question or 'No question was written.'} ({found.joined} in the room)"]
    for lever in found.levers:
        each = found.spreads[lever.name]
        if each.median is None:
            lines.append(f"{lever.label}: {each.touched} answers, too few to show")
        else:
            lines.append(
                f"{lever.label} [{lever.unit or '-'}]: median {each.median:g}, mean {each.mean:g}, "
                f"P10 {each.p10:g}, P90 {each.p90:g}, {each.touched} answers"
            )
    return "\n".join(lines)


def aggregates(code: str, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """List what every question came to: no person, no single answer, nothing from under five.

    Returns
    -------
    (question and lever,)
        ``room, question_number, question, lever, unit, joined, touched, lowest, p10, median,
        mean, p90, highest, on_the_table``; empty cells where fewer than five touched the lever.
    """
    rows = [
        {
            "room": code,
            "question_number": found.number,
            "question": found.question,
            "lever": lever.name,
            "unit": lever.unit,
            "joined": found.joined,
            "touched": each.touched,
            "lowest": each.low,
            "p10": _round(each.p10),
            "median": _round(each.median),
            "mean": _round(each.mean),
            "p90": _round(each.p90),
            "highest": each.high,
            "on_the_table": lever.start,
        }
        for found in outcomes
        for lever, each in ((lever, found.spreads[lever.name]) for lever in found.levers)
    ]
    return pd.DataFrame(rows)


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
