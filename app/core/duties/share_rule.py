"""A share of all parking must have charging: the form of Helsinki's ten per cent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from types import MappingProxyType
from typing import Literal, TypeAlias

from app.core.duties.base import Number, Result, counted, exact
from app.core.errors import InputError

Rounding: TypeAlias = Literal["ceil", "floor", "round"]
ROUNDINGS: Mapping[Rounding, Callable[[Fraction], int]] = MappingProxyType(
    {"ceil": ceil, "floor": floor, "round": lambda value: floor(value + Fraction(1, 2))}
)
FORMULA = "share x spaces, rounded, less existing"


@dataclass(frozen=True, slots=True)
class Share:
    """Points owed by one facility, those it has, and those it lacks."""

    result: Result
    required: int
    existing: int
    missing: int


@dataclass(frozen=True, slots=True)
class Room:
    """Power that the missing points ask for, and whether it is there (None: not known)."""

    kw_needed: Fraction
    fits: bool | None


def parking_share(
    spaces: Number,
    existing: Number,
    share: Number,
    *,
    rounding: Rounding = "ceil",
    min_spaces: Number = 0,
) -> Share:
    """Hold the points of a facility against its share of spaces; exact, so 0.07 of 100 is 7.

    A facility without spaces, or with fewer than ``min_spaces``, is none of the rule's business.
    """
    count, there, part = counted(spaces, "spaces"), counted(existing, "existing"), exact(share)
    if count.denominator != 1 or there.denominator != 1:
        raise InputError("spaces and existing points are whole numbers")
    if not 0 <= part <= 1:
        raise InputError(f"share {share} is not between 0 and 1")
    if rounding not in ROUNDINGS:
        raise InputError(f"rounding {rounding!r} is not one of {', '.join(ROUNDINGS)}")
    if not count or count < exact(min_spaces):
        return Share("not_applicable", 0, int(there), 0)
    required = ROUNDINGS[rounding](part * count)
    missing = max(0, required - int(there))
    return Share("gap" if missing else "pass", required, int(there), missing)


def room(missing: int, kw_point: Number, headroom_kw: Number | None = None) -> Room:
    """Say what the missing points draw when all are in use, and whether there is room for it."""
    needed = missing * counted(kw_point, "kW of a point")
    return Room(needed, None if headroom_kw is None else needed <= exact(headroom_kw))
