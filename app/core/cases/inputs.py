"""What a case asks for, and how text becomes an exact number."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal, TypeAlias

from app.core.errors import InputError

Kind: TypeAlias = Literal[
    "number",  # zero or more
    "signed",  # any finite number
    "count",  # a whole number, zero or more
    "share",  # 0 to 1
    "efficiency",  # above 0, up to 1
    "choice",
    "text",
    "flag",
    "parts",  # name=number, several times or with commas between
    "file",
]
NUMBERS: tuple[Kind, ...] = ("number", "signed", "count", "share", "efficiency")
FURTHEST = 15  # digits before the point: beyond, a number is a slip of the pen


@dataclass(frozen=True, slots=True)
class File:
    """A text file somebody gave, with its name for refusals.

    ``project`` is the slug of the city whose map it was made of; empty for a file of one's own.
    """

    name: str
    text: str
    project: str = ""


Value: TypeAlias = Fraction | str | bool | tuple[tuple[str, Fraction], ...] | File | None
Typed: TypeAlias = str | bool | tuple[str, ...] | File


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a case asks for.

    Attributes
    ----------
    name
        As in JSON: ``kwh_per_bus``; the option is ``--kwh-per-bus``.
    label, unit
        As a page shows it; an empty unit means there is none.
    value
        The default as text, so that 0.07 is 0.07; None where it may stay open.
    low, high
        The range held likely, for widgets and readers; no limit.
    source, confidence
        Where the default is from: an id of ``data/sources.toml``, and A, B or C.
    names
        The choices of a ``choice``, or the names a ``parts`` may use (any, if empty).
    layer
        The kind of map that can stand for a ``file``, such as ``chargers``.
    """

    name: str
    label: str
    unit: str
    value: str | tuple[str, ...] | None
    low: float | None = None
    high: float | None = None
    source: str = "kerbwatt"
    confidence: Literal["A", "B", "C"] = "C"
    kind: Kind = "number"
    names: tuple[str, ...] = ()
    help: str = ""
    layer: str = ""

    @property
    def option(self) -> str:
        """The name on the command line."""
        return "--" + self.name.replace("_", "-")

    def read(self, typed: Typed) -> Value:
        """Turn what was typed into a value; refuse in one sentence what it cannot be."""
        if isinstance(typed, File) or self.kind == "file":
            return self._file(typed)
        if self.kind == "flag":
            return typed in {True, "true"}
        if self.kind == "parts":
            texts = (typed,) if isinstance(typed, str) else tuple(typed)  # type: ignore[arg-type]
            return self._parts([each.strip() for text in texts for each in text.split(",")])
        text = str(typed).strip()
        return self._word(text) if self.kind in {"choice", "text"} else self._number(text)

    def _file(self, typed: Typed) -> File:
        if not isinstance(typed, File) or self.kind != "file":
            raise InputError(f"{self.option}: wants {'a file' if self.kind == 'file' else 'words'}")
        return typed

    def _word(self, text: str) -> str:
        if self.kind == "choice" and text not in self.names:
            raise InputError(f"{self.option}: no {text!r}; choose from {', '.join(self.names)}")
        return text

    def _parts(self, texts: list[str]) -> tuple[tuple[str, Fraction], ...]:
        found = tuple(self._part(text) for text in texts if text)
        names = [name for name, _ in found]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(f"{self.option}: {', '.join(twice)} is named twice")
        return found

    def _part(self, text: str) -> tuple[str, Fraction]:
        name, equals, number = (each.strip() for each in text.partition("="))
        if not equals or not name:
            raise InputError(f"{self.option}: {text!r} is not name=number")
        if self.names and name not in self.names:
            raise InputError(f"{self.option}: no {name!r}; choose from {', '.join(self.names)}")
        return name, exact(number, f"{self.option} {name}", least=0)

    def _number(self, text: str) -> Fraction:
        found = exact(text, self.option, least=None if self.kind == "signed" else 0)
        if self.kind == "count" and found.denominator != 1:
            raise InputError(f"{self.option}: {text} is not a whole number")
        if self.kind in {"share", "efficiency"} and found > 1:
            raise InputError(f"{self.option}: {text} is outside 0 to 1")
        if self.kind == "efficiency" and found == 0:
            raise InputError(f"{self.option}: an efficiency must be above 0, up to 1, not {text}")
        return found


def exact(text: str, what: str, *, least: int | None = 0) -> Fraction:
    """Read decimal text without a rounding error: 0.07 is seven hundredths."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise InputError(f"{what}: {text!r} is not a number") from error
    if not number.is_finite():
        raise InputError(f"{what}: {text} is not a finite number")
    if number and abs(number.adjusted()) > FURTHEST:
        raise InputError(f"{what}: {text} is larger or smaller than any such quantity")
    if least is not None and number < least:
        raise InputError(f"{what}: {text} is below {least}")
    return Fraction(number)
