"""What a case is: a question of one city, its inputs with sources, a pure function, an answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.words import number_text

Setting: TypeAlias = Literal["home", "public", "business", "depot"]
SETTINGS: tuple[Setting, ...] = ("home", "public", "business", "depot")
Status: TypeAlias = str  # ``ok``, ``not_applicable``, or a word of the case
Cell: TypeAlias = str | float | None
DIGITS = 5  # significant, in a sentence or a cell
NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Said:
    """A whole sentence with named fields: a page translates the words, then fills them in."""

    words: str
    fields: Mapping[str, Any] = field(default_factory=lambda: NONE)

    @property
    def text(self) -> str:
        """Say it in plain English."""
        return self.words.format(**{name: written(each) for name, each in self.fields.items()})


def said(words: str, **fields: Any) -> Said:  # noqa: ANN401
    """Make a sentence: ``said("{points} points fit.", points=13)``."""
    return Said(words, MappingProxyType(fields))


@dataclass(frozen=True, slots=True)
class Table:
    """The answer in rows; units stand in the titles of the columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        """Refuse rows of another width than the header."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"rows must have {len(self.columns)} cells: {', '.join(self.columns)}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as plain data.

    ``bars`` are one bar per name, ``stacked`` parts that add up, ``grouped`` parts side by side,
    ``lines`` values over numbers, ``steps`` the same, constant between. ``limit`` is a level that
    is drawn across, with its name.
    """

    kind: Literal["bars", "stacked", "grouped", "lines", "steps"]
    x: tuple[str, ...] | tuple[float, ...]
    parts: Mapping[str, Sequence[float]]
    unit: str
    x_title: str = ""
    limit: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a case finds.

    Attributes
    ----------
    results
        The figures by their JSON names, exact numbers allowed; ``status`` and ``reason`` are ours.
    sentence
        The answer in words, with its number.
    status
        ``ok`` or what stands in the way; ``not_applicable`` where a zero empties the question.
    hours_kw
        Power by hour of a day [kW] that the case takes from the grid, where it takes any.
    file
        The text of the file the case can write, if it writes one.
    """

    results: Mapping[str, Any]
    sentence: Said
    table: Table
    picture: Picture | None = None
    status: Status = "ok"
    reason: str = ""
    notes: tuple[Said, ...] = ()
    hours_kw: tuple[float, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A special case, for a page and for the terminal alike.

    Attributes
    ----------
    key, title
        The name on the command line (``v2g-fleet``), and in menus.
    question
        What it answers, as a sentence with a question mark.
    setting, city
        Where cars stand, and whose practice it is; ``city`` is empty for law and standards.
    inputs
        What is asked, each with unit, range, source and confidence. The function sees no other.
    solve
        From what was given to the answer: pure.
    limits
        What the answer leaves out, in whole sentences.
    writes
        Name of the file it can write with ``--out``; empty if none.
    """

    key: str
    title: str
    question: str
    setting: Setting
    inputs: tuple[Input, ...]
    solve: Callable[[Given], Answer]
    limits: tuple[str, ...]
    order: int
    city: str = ""
    writes: str = ""


def not_applicable(reason: str, **results: Any) -> Answer:  # noqa: ANN401
    """Answer a question that a zero has emptied: no fault, but nothing to say either."""
    words = f"Nothing to answer: {reason}."
    table = Table(("Result", "Value"), tuple((name, plain(v)) for name, v in results.items()))
    return Answer(results, Said(words), table, status="not_applicable", reason=reason)


def plain(value: Any) -> Any:  # noqa: ANN401
    """Turn exact numbers into what JSON knows, all the way down."""
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def written(value: Any) -> str:  # noqa: ANN401
    """Write a field of a sentence in English: 1,131.6 and 0.057; words as they are."""
    if isinstance(value, Fraction | float):
        return number_text(int(value) if value == int(value) else float(value), DIGITS)
    return f"{value:,}" if isinstance(value, int) else str(value)


def document(given: Given, answer: Answer) -> dict[str, Any]:
    """Make the JSON of an answer: inputs as they were used, results on top, status and reason."""
    found: dict[str, Any] = {**plain(answer.results), "status": answer.status}
    if answer.reason:
        found["reason"] = answer.reason
    return {**found, "inputs": given.echo()}
