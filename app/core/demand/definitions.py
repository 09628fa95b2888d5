"""What is counted as what: posts, points, connectors, and counts that must not be added."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from app.core.errors import InputError

UNITS = {
    "post": "a pole or station; it carries the sockets",
    "point": "serves one car at a time (EVSE); Dutch posts usually have two",
    "connector": "a plug; a point may have several and use one at a time",
    "location": "an entry of a register, of one or many posts",
}
SCOPES = {
    "public": "open to everybody, day and night",
    "semi_public": "open to everybody at some hours, or to customers",
    "private": "not open to others",
}
BREAKS = {  # national counts changed what they count
    date(2019, 9, 1): "from here points are counted, before it connectors",
    date(2020, 1, 1): "public and semi-public points were sorted anew in 2020",
}
FEWEST_OF_A_TREND = 3
DAYS_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Count:
    """A count that knows what it counted. Counts of another kind cannot be added to it."""

    value: float
    unit: str
    scope: str
    as_of: date
    source: str

    def __post_init__(self) -> None:
        """Refuse a unit or scope nobody defined."""
        if self.unit not in UNITS:
            raise InputError(f"unit {self.unit!r}: choose from {', '.join(UNITS)}")
        if self.scope not in SCOPES:
            raise InputError(f"scope {self.scope!r}: choose from {', '.join(SCOPES)}")

    def __add__(self, other: "Count") -> "Count":
        """Add a count of the same unit, scope and day."""
        for name in ("unit", "scope", "as_of"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise InputError(f"a count of {name} {mine} and one of {theirs} do not add up")
        joined = sorted({*self.source.split("; "), *other.source.split("; ")})
        return replace(self, value=self.value + other.value, source="; ".join(joined))


def breaks(counts: Sequence[Count]) -> dict[date, str]:
    """Return the days between the counts on which what is counted changed, for a chart to mark."""
    days = sorted(count.as_of for count in counts)
    found = {day: why for day, why in BREAKS.items() if days and days[0] < day <= days[-1]}
    for before, after in pairwise(sorted(counts, key=lambda count: count.as_of)):
        if (before.unit, before.scope) != (after.unit, after.scope):
            was, now = f"{before.scope} {before.unit}", f"{after.scope} {after.unit}"
            found[after.as_of] = f"from here {now}, before it {was}"
    return found


def trend_year(counts: Sequence[Count]) -> float:
    """Mean change a year, by least squares; refused where the counts are not one series."""
    if len({count.as_of for count in counts}) < FEWEST_OF_A_TREND:
        raise InputError(f"a trend needs counts of {FEWEST_OF_A_TREND} days or more")
    if len({count.source for count in counts}) > 1:
        raise InputError("a trend needs counts of one source")
    if found := breaks(counts):
        day, why = next(iter(found.items()))
        raise InputError(f"no trend across {day}: {why}")
    years = [count.as_of.toordinal() / DAYS_YEAR for count in counts]
    middle = sum(years) / len(years)
    mean = sum(count.value for count in counts) / len(counts)
    pairs = zip(years, counts, strict=True)
    product = sum((year - middle) * (count.value - mean) for year, count in pairs)
    return product / sum((year - middle) ** 2 for year in years)
