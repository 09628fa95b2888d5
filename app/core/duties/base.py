"""What a check of a duty says: a word, the numbers behind it, and how far to trust them."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal, TypeAlias

from app.core.errors import InputError

Result: TypeAlias = Literal["pass", "gap", "not_applicable", "unknown"]
RESULTS: tuple[Result, ...] = ("pass", "gap", "not_applicable", "unknown")
Number: TypeAlias = Fraction | Decimal | int | float | str
MOST_DIGITS = 30  # beyond, a text such as 1e999999 would fill the memory


@dataclass(frozen=True, slots=True)
class Check:
    """One duty held against what there is.

    Attributes
    ----------
    id, scope
        The rule, and for whom: the city, a district, a facility, a site.
    result
        ``pass``, ``gap``, ``not_applicable`` or ``unknown``; unknown is never a pass.
    required, found, gap
        In ``unit``; None where not known or not asked.
    formula, inputs
        The arithmetic in words, and the numbers that went in.
    source, confidence
        Where the rule was read, and the letter; a warning if sources disagree.
    """

    id: str
    scope: str
    result: Result
    required: float | None
    found: float | None
    gap: float | None
    unit: str
    formula: str
    inputs: str
    source: str
    confidence: str
    warning: str = ""

    def __post_init__(self) -> None:
        """Refuse a result nobody knows, and a pass with a gap."""
        if self.result not in RESULTS or self.confidence not in {"A", "B", "C"}:
            raise ValueError(f"{self.id}: {self.result!r} with confidence {self.confidence!r}")
        if self.result == "pass" and self.gap:
            raise ValueError(f"{self.id}: a pass with a gap of {self.gap}")


def exact(value: Number) -> Fraction:
    """Read a number as its decimal text says it: 0.07 is seven hundredths, nothing beside it.

    Raises InputError for what is no finite number.
    """
    if isinstance(value, Fraction | int):
        return Fraction(value)
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise InputError(f"{value!r} is not a number") from error
    if not found.is_finite() or abs(found.adjusted()) > MOST_DIGITS:
        raise InputError(f"{value!r} is not a number of the usual size")
    return Fraction(found)


def counted(value: Number, name: str) -> Fraction:
    """Read a number that cannot be negative."""
    found = exact(value)
    if found < 0:
        raise InputError(f"{name} {value} is negative; wanted 0 or more")
    return found


def judged(missing: Fraction) -> Result:
    """Say whether something is missing."""
    return "gap" if missing > 0 else "pass"
