"""Charging in car parks of buildings: the Union's directive, as two summaries tell it.

The summaries disagree and national law decides; so the figures are rows of an editable table and
every answer carries the warning.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Literal, TypeAlias

from app.core.duties.base import Number, Result, counted, exact
from app.core.errors import InputError

COLUMNS = (
    *("kind", "title", "above_spaces", "points_share", "precabled_share", "ducts_share"),
    *("joined", "by", "source", "confidence", "note"),
)
Joined: TypeAlias = Literal["and", "or"]
WARNING = "Sources disagree; check national law."


@dataclass(frozen=True, slots=True)
class Kind:
    """What the table asks of one kind of building; shares of its parking spaces.

    ``joined`` says whether points are owed together with pre-cabling and ducts, or instead.
    ``by`` is the day from which it holds for buildings that stand already, else None.
    """

    kind: str
    title: str
    above_spaces: int
    points_share: Fraction
    precabled_share: Fraction
    ducts_share: Fraction
    joined: Joined
    by: date | None
    source: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class Owed:
    """Spaces with a point, with a cable laid, and with an empty duct."""

    kind: Kind
    spaces: int
    applies: bool
    points: int
    precabled: int
    ducts: int
    warning: str = WARNING


def parse_epbd(table: str) -> Mapping[str, Kind]:
    """Read ``epbd.csv``; every fault in one go."""
    reader = csv.DictReader(table.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(f"epbd: columns must be {', '.join(COLUMNS)}")
    return MappingProxyType({row["kind"]: _kind(row, reader.line_num) for row in reader})


def owed(kind: Kind, spaces: Number, *, joined: Joined | None = None) -> Owed:
    """Say what a car park of this size owes; nothing up to the threshold of its kind."""
    count = _whole(spaces, "spaces")
    rule = kind if joined is None else replace(kind, joined=joined)
    if count <= kind.above_spaces:
        return Owed(rule, count, applies=False, points=0, precabled=0, ducts=0)
    shares = (kind.points_share, kind.precabled_share, kind.ducts_share)
    points, precabled, ducts = (ceil(share * count) for share in shares)
    return Owed(rule, count, True, points, precabled, min(ducts, count - precabled))  # noqa: FBT003


def result(asked: Owed, *, points: Number = 0, precabled: Number = 0, ducts: Number = 0) -> Result:
    """Hold what there is against what is owed; ``joined`` of the table decides how."""
    if not asked.applies:
        return "not_applicable"
    enough = counted(points, "points") >= asked.points
    laid = (
        counted(precabled, "precabled") >= asked.precabled
        and counted(ducts, "ducts") >= asked.ducts
    )
    owes_pipes = bool(asked.precabled or asked.ducts)
    either = asked.kind.joined == "or" and asked.points > 0 and owes_pipes
    met = enough or laid if either else enough and laid
    return "pass" if met else "gap"


def _whole(value: Number, name: str) -> int:
    found = counted(value, name)
    if found.denominator != 1:
        raise InputError(f"{name} {value} is not a whole number")
    return int(found)


def _kind(row: Mapping[str, str], line: int) -> Kind:
    shares = [
        exact(row[name] or "0") for name in ("points_share", "precabled_share", "ducts_share")
    ]
    joined = row["joined"]
    if any(not 0 <= share <= 1 for share in shares) or (joined not in {"and", "or"}):
        raise InputError(f"epbd, line {line}: shares are 0 to 1, joined is 'and' or 'or'")
    return Kind(
        row["kind"],
        row["title"],
        _whole(row["above_spaces"], "above_spaces"),
        shares[0],
        shares[1],
        shares[2],
        "or" if joined == "or" else "and",
        date.fromisoformat(row["by"]) if row["by"] else None,
        row["source"],
        row["confidence"],
        row["note"],
    )
