"""A document before it is a file: one tree of plain words, from which Word and PDF are written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.core.errors import InputError


def clean(text: str) -> str:
    """Return text on one line, without the marks that only steer: what is printed is read."""
    return " ".join("".join(s if s.isprintable() else _gap(s) for s in text).split())


def _gap(sign: str) -> str:
    return " " if sign.isspace() else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, 1 the highest: only ``Document.flow`` makes them, so that no level is skipped."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``strong`` where a reader must not overlook it."""

    text: str
    strong: bool = False

    def __post_init__(self) -> None:
        """Keep plain words only."""
        object.__setattr__(self, "text", clean(self.text))


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]

    def __post_init__(self) -> None:
        """Keep plain words only."""
        object.__setattr__(self, "items", tuple(clean(item) for item in self.items))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that returns on every page; ``title`` is read aloud before it.

    ``right`` names the columns, counted from 0, whose cells are numbers.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Keep plain words only, and refuse a row that does not fit under the head."""
        if not self.head or any(len(row) != len(self.head) for row in self.rows):
            raise InputError(
                f"{self.title}: every row needs the {len(self.head)} cells of its head"
            )
        object.__setattr__(self, "title", clean(self.title))
        object.__setattr__(self, "head", tuple(clean(cell) for cell in self.head))
        rows = tuple(tuple(clean(cell) for cell in row) for row in self.rows)
        object.__setattr__(self, "rows", rows)

    @property
    def longest(self) -> tuple[int, ...]:
        """Characters in the longest cell of each column."""
        columns = zip(self.head, *self.rows, strict=True)
        return tuple(max(len(cell) for cell in column) for column in columns)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in words and as ``pictures``: the same drawing as "svg" and as "png"."""

    caption: str
    alt: str
    pictures: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a picture that says nothing to somebody who cannot see it."""
        if not clean(self.alt):
            raise InputError(f"{self.caption}: a picture needs an alternative text")
        object.__setattr__(self, "caption", clean(self.caption))
        object.__setattr__(self, "alt", clean(self.alt))
        object.__setattr__(self, "pictures", MappingProxyType(dict(self.pictures)))


Block = Paragraph | Bullets | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, sections within it last or in between."""

    title: str
    parts: "tuple[Block | Section, ...]"

    def __post_init__(self) -> None:
        """Keep plain words only; nobody finds a heading that says nothing."""
        object.__setattr__(self, "title", clean(self.title))
        if not self.title:
            raise InputError("a section needs a title")

    def flow(self, level: int) -> Iterator[Heading | Block]:
        """Walk through it in reading order."""
        yield Heading(level, self.title)
        for part in self.parts:
            if isinstance(part, Section):
                yield from part.flow(level + 1)
            else:
                yield part


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document: a title page, then sections.

    Attributes
    ----------
    title, subtitle
        What it is, and its state in words.
    language
        Of its words, such as ``en``.
    day, program
        The ISO date it states, and what wrote it: the clock and the person are nobody's business.
    front
        The rest of the title page.
    """

    title: str
    subtitle: str
    language: str
    day: str
    program: str
    front: tuple[Block, ...]
    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        """Keep plain words only."""
        for name in ("title", "subtitle"):
            object.__setattr__(self, name, clean(getattr(self, name)))

    def flow(self) -> Iterator[Heading | Block]:
        """Walk through the sections in reading order; the title page is not among them."""
        for section in self.sections:
            yield from section.flow(1)
