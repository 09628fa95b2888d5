"""Parameters of clauses: a value with unit, range and source, and what a person may set."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from math import isfinite
from types import MappingProxyType

from app.core.errors import InputError

UNITS = {
    "eur_kwh": "EUR/kWh",
    "kwh_week": "kWh/week",
    "kw_s": "kW/s",
    "pct": "%",
    "kwh": "kWh",
    "kw": "kW",
    "mm": "mm",
    "min": "min",
    "years": "years",
    "weeks": "weeks",
    "days": "days",
    "hours": "h",
    "h": "h",
    "m": "m",
    "A": "A",
}
PLANNER = "planner"  # source of a value that a person set over ours
LONGEST = 200
SHAPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "span": (r"\d+-\d+", "a span such as 800-1300"),
        "size": (r"\d+x\d+", "a size such as 4000x6600"),
        "version": (r"\d+(\.\d+){0,3}", "a version such as 2.0.1"),
        "connection": (r"[13]x\d+A", "a connection such as 3x25A"),
    }
)
AFTER = re.compile(r"(\d+|one|two|three|four|five) (days?|weeks?|months?|years?) after award")


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of a clause.

    Attributes
    ----------
    proposed
        Nobody has confirmed the value yet: it is our proposal, or was set and not signed off.
    kind, low, high, options
        What a person may set; the range is ours, wider than what is usual.
    source, confidence
        Of the value: the clause's own, ours, or the person's who set it.
    """

    name: str
    value: str
    unit: str = ""
    note: str = ""
    proposed: bool = False
    kind: str = "text"
    low: float | None = None
    high: float | None = None
    options: tuple[str, ...] = ()
    source: str = ""
    confidence: str = ""
    edited: bool = False

    @property
    def wanted(self) -> str:
        """What may be set, in words."""
        if self.kind in {"number", "whole"}:
            number = "a whole number" if self.kind == "whole" else "a number"
            return f"{number} from {self.low:g} to {self.high:g} {self.unit}".rstrip()
        words = {
            "flag": "true or false",
            "choice": f"one of {', '.join(self.options)}",
            "deadline": "a date like 2029-01-01, or words like 'two years after award'",
            "law": "left alone: it is the law's own date",
            "text": f"a line of 1 to {LONGEST} characters",
        }
        return words[self.kind] if self.kind in words else SHAPES[self.kind][1]

    @property
    def open_words(self) -> str:
        """Why a person must still look at it; empty where nobody must."""
        if not self.value:
            return "no value"
        if not self.proposed:
            return ""
        told = f"{self.value} {self.unit}".rstrip()
        return f"set to {told}, not confirmed" if self.edited else f"proposed {told}"

    def read(self, value: object) -> str:
        """Read what a person set as the text it is kept as.

        Raises InputError with what was wanted.
        """
        plain = isinstance(value, (bool, str, int, float, date))
        text = str(value).lower() if isinstance(value, bool) else str(value).strip()
        fits = isinstance(value, bool) == (self.kind == "flag" and not isinstance(value, str))
        if not plain or not fits or not READERS.get(self.kind, _shaped)(self, text):
            known = {each.lower(): each for each in self.options}
            near = get_close_matches(text.lower(), known, n=1)
            hint = f"; did you mean {known[near[0]]!r}?" if near else ""
            raise InputError(f"{text[:40]!r} is not {self.wanted}{hint}")
        return text

    def set_to(self, value: object) -> "Setting":
        """Return it as a person set it: open until somebody confirms it."""
        return replace(
            self,
            value=self.read(value),
            note="",
            proposed=True,
            edited=True,
            source=PLANNER,
            confidence="C",
        )


def unit_of(name: str) -> str:
    """Read the unit off a parameter's name: a quantity ends in its unit."""
    found = (
        unit for ending, unit in UNITS.items() if name == ending or name.endswith(f"_{ending}")
    )
    return next(found, "")


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written like 2027-01-15."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _number(each: Setting, text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    low = -float("inf") if each.low is None else each.low
    high = float("inf") if each.high is None else each.high
    whole = each.kind != "whole" or value.is_integer()
    return isfinite(value) and whole and low <= value <= high


def _shaped(each: Setting, text: str) -> bool:
    return re.fullmatch(SHAPES[each.kind][0], text, re.ASCII) is not None


READERS: Mapping[str, Callable[[Setting, str], bool]] = MappingProxyType(
    {
        "number": _number,
        "whole": _number,
        "flag": lambda _each, text: text in {"true", "false"},
        "choice": lambda each, text: text in each.options,
        "deadline": lambda _each, text: is_day(text) or AFTER.fullmatch(text) is not None,
        "law": lambda _each, _text: False,
        "text": lambda _each, text: 0 < len(text) <= LONGEST and text.isprintable(),
    }
)
KINDS = (*READERS, *SHAPES)
