"""Facts with a date: what the law asks for from which day."""

import csv
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.core.errors import InputError
from app.core.tender.library import CONFIDENCES, Library

COLUMNS = ("date", "title", "clause", "source", "confidence", "note")


@dataclass(frozen=True, slots=True)
class Fact:
    """One duty and the day it begins; ``clause`` where the library has one for it."""

    day: date
    title: str
    clause: str
    source: str
    confidence: str
    note: str

    def when(self, day: date, last: date) -> Literal["in force", "during placement", "later"]:
        """Say whether it holds on the day of the pack, or before the last post is placed."""
        if self.day <= day:
            return "in force"
        return "during placement" if self.day <= last else "later"


def parse_timeline(table: str, library: Library) -> tuple[Fact, ...]:
    """Read ``timeline.csv`` in the order of the days."""
    reader = csv.DictReader(table.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(f"timeline: columns must be {', '.join(COLUMNS)}")
    known = {"", *(clause.id for clause in library)}
    facts = []
    for row in reader:
        good = row["clause"] in known and row["confidence"] in CONFIDENCES
        if not (good and row["title"] and row["source"]):
            raise InputError(f"timeline, line {reader.line_num}: {row}")
        day = date.fromisoformat(row["date"])
        facts.append(Fact(day, *(row[name] for name in COLUMNS[1:])))
    return tuple(sorted(facts, key=lambda fact: fact.day))
