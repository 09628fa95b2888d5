"""Clauses that cannot both hold, as a table: which, under what condition, and in what words."""

import csv
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.core.errors import InputError
from app.core.tender.library import Library, Requirement

COLUMNS = ("id", "clauses", "left", "relation", "right", "sentence")
RELATIONS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {">": operator.gt, "<": operator.lt}
)
REFERENCE = re.compile(r"([A-Z0-9]{3}-\d\d)\.(\w+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sides of a relation that must not hold while all its clauses are in.

    ``left`` and ``right`` are sums of parameters (``CON-01.place_years``) or a plain value.
    """

    id: str
    clauses: tuple[str, ...]
    left: str
    relation: str
    right: str
    sentence: str


def parse_contradictions(table: str, library: Library) -> tuple[Contradiction, ...]:
    """Read ``contradictions.csv``, refusing clauses and parameters that the library lacks."""
    reader = csv.DictReader(table.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(f"contradictions: columns must be {', '.join(COLUMNS)}")
    found = tuple(
        Contradiction(
            row["id"],
            tuple(row["clauses"].split(";")),
            row["left"],
            row["relation"],
            row["right"],
            row["sentence"],
        )
        for row in reader
    )
    faults = [fault for each in found for fault in _faults(each, library)]
    if faults:
        raise InputError("\n".join(faults))
    return found


def contradictions(
    clauses: Iterable[Requirement], table: Iterable[Contradiction]
) -> tuple[str, ...]:
    """Say which of the selected clauses cannot both hold.

    A side with a value that is no number is no contradiction: it is an open item of its own.
    """
    by_id = {clause.id: clause for clause in clauses}
    return tuple(
        told
        for each in table
        if all(name in by_id for name in each.clauses)
        for told in [_told(each, by_id)]
        if told
    )


def _told(each: Contradiction, by_id: Mapping[str, Requirement]) -> str:
    if each.relation == "=":
        left, right = _text(each.left, by_id), _text(each.right, by_id)
        return each.sentence.format(left=left, right=right) if left == right else ""
    sides = [_sum(side, by_id) for side in (each.left, each.right)]
    left_sum, right_sum = sides
    if left_sum is None or right_sum is None or not RELATIONS[each.relation](left_sum, right_sum):
        return ""
    return each.sentence.format(left=f"{left_sum:g}", right=f"{right_sum:g}")


def _text(side: str, by_id: Mapping[str, Requirement]) -> str:
    found = REFERENCE.fullmatch(side)
    return by_id[found[1]].value(found[2]) if found else side


def _sum(side: str, by_id: Mapping[str, Requirement]) -> float | None:
    try:
        return sum(float(_text(part, by_id)) for part in side.split("+"))
    except ValueError:
        return None


def _faults(each: Contradiction, library: Library) -> Iterable[str]:
    known = {clause.id: {one.name for one in clause.parameters} for clause in library}
    if each.relation not in {*RELATIONS, "="}:
        yield f"contradiction {each.id}: relation {each.relation!r} is not one of > < ="
    for name in each.clauses:
        if name not in known:
            yield f"contradiction {each.id}: no clause {name!r}"
    for name, parameter in REFERENCE.findall(f"{each.left} {each.right}"):
        if name not in each.clauses or parameter not in known.get(name, ()):
            yield f"contradiction {each.id}: {name}.{parameter} is not of its clauses"
