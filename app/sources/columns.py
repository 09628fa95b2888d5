"""Match the headers of a file to the columns of a kind. Deterministic: no learning, no guessing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from app.core.schema import Column, Kind
from app.sources.answers import Answers
from app.sources.headers import UNIT_WORDS, Header, cut_short, fold, parse_header
from app.sources.plausible import synonyms
from app.sources.problems import Findings, Question
from app.sources.units import factor, units

SIMILAR = 0.86
WORD_INSIDE = 4  # shorter words stand inside too many others
NOT_NUMBERS = ("id", "text", "choice", "flag", "time")


@dataclass(frozen=True, slots=True)
class Match:
    """One column of ours found in a file."""

    column: Column
    header: str
    why: str
    unit: str | None
    also: tuple[str, ...] = ()


def match(
    kind: Kind, headers: Sequence[str], answers: Answers, findings: Findings, used: set[str]
) -> dict[str, Match]:
    """Find the header of every column but the id; ``used`` are headers already taken."""
    free = [parse_header(header) for header in headers if header not in used]
    found: dict[str, Match] = {}
    wanted = [column for column in kind.columns if column.name != kind.id]
    wanted = list(_answered(wanted, free, answers, found, findings))
    _same_name(wanted, free, found)
    _known_word(kind, wanted, free, found)
    _cut_short(kind, wanted, free, found)
    _word_inside(kind, wanted, free, found, findings)
    _similar(wanted, free, found)
    return found


def _take(
    column: Column, header: Header, why: str, free: list[Header], also: tuple[str, ...] = ()
) -> Match:
    free.remove(header)
    return Match(column, header.text, why, _unit_of(column, header), also)


def _unit_of(column: Column, header: Header) -> str | None:
    """Return the unit a header says, where it is one this column can be in."""
    target = "share" if column.type == "share" else column.unit
    return header.unit if factor(target, header.unit) is not None else None


def _fits(column: Column, header: Header) -> bool:
    """Tell whether the unit of a header does not speak against a column."""
    if header.unit is None or column.type in NOT_NUMBERS:
        return True
    if header.unit == "year" and column.name.endswith("_year"):
        return True
    return _unit_of(column, header) is not None


def _answered(
    wanted: Sequence[Column],
    free: list[Header],
    answers: Answers,
    found: dict[str, Match],
    findings: Findings,
) -> Iterator[Column]:
    """Take what a person said; yields the columns nobody spoke of."""
    for column in wanted:
        answer = answers.columns.get(column.name)
        if answer is None:
            yield column
            continue
        if not answer.from_:
            continue
        header = next((h for h in free if h.text == answer.from_), None)
        if header is None:
            meaning = f"mapped from “{answer.from_}”, which the file does not have"
            findings.add("COL-MISSING", column=column.name, meaning=meaning)
            continue
        said = answer.unit and UNIT_WORDS.get(fold(answer.unit), answer.unit)
        target = "share" if column.type == "share" else column.unit
        if said and factor(target, said) is None:
            known = ", ".join(units(target)) or "no unit"
            meaning = f"{said} is not a unit of it; {known} is"
            findings.add("COL-MISSING", column=column.name, meaning=meaning)
        taken = _take(column, header, "answer", free)
        found[column.name] = Match(column, taken.header, "answer", said or taken.unit)


def _same_name(wanted: Sequence[Column], free: list[Header], found: dict[str, Match]) -> None:
    """Take headers that carry our own name; if none does, our name in another unit."""
    for column in wanted:
        same = [h for h in free if column.name in h.full]
        if not same and column.unit:
            bare = parse_header(column.name).bare
            same = [h for h in free if bare & h.bare and _fits(column, h)]
        if same:
            found[column.name] = _take(column, same[0], "same name", free)


def _known_word(
    kind: Kind, wanted: Sequence[Column], free: list[Header], found: dict[str, Match]
) -> None:
    """Take headers that are a known word; the order of the words is the order of preference."""
    words = synonyms(kind.key)
    for column in wanted:
        if column.name in found:
            continue
        ranked = [
            header
            for word in words.get(column.name, ())
            for header in free
            if word in header.full | header.bare and _fits(column, header)
        ]
        ranked = list(dict.fromkeys(ranked))
        if ranked:
            also = tuple(header.text for header in ranked[1:])
            found[column.name] = _take(column, ranked[0], "known word", free, also)


def _cut_short(
    kind: Kind, wanted: Sequence[Column], free: list[Header], found: dict[str, Match]
) -> None:
    """Take headers of ten letters that are one of the names cut short, as in shapefiles."""
    words = synonyms(kind.key)
    for column in wanted:
        if column.name in found:
            continue
        names = (column.name, *words.get(column.name, ()))
        hits = [h for h in free if any(cut_short(h, name) for name in names)]
        if len(hits) == 1:
            unit = parse_header(column.name).unit if cut_short(hits[0], column.name) else None
            found[column.name] = replace(_take(column, hits[0], "cut short", free), unit=unit)


def _word_inside(
    kind: Kind,
    wanted: Sequence[Column],
    free: list[Header],
    found: dict[str, Match],
    findings: Findings,
) -> None:
    """Take a header that holds a known word, if it is the only one that does."""
    words = synonyms(kind.key)
    for column in wanted:
        if column.name in found or column.type in NOT_NUMBERS:
            continue
        known = [w for w in words.get(column.name, ()) if len(w) >= WORD_INSIDE]
        holding = [h for h in free if _fits(column, h) and any(_inside(w, h) for w in known)]
        if len(holding) == 1:
            found[column.name] = _take(column, holding[0], "word inside", free)
        elif holding:
            _ambiguous(column, holding, findings)


def _inside(word: str, header: Header) -> bool:
    return any(re.search(rf"(?:\A|_){re.escape(word)}(?:_|\Z)", form) for form in header.bare)


def _ambiguous(column: Column, holding: Sequence[Header], findings: Findings) -> None:
    headers = tuple(header.text for header in holding)
    findings.add("COL-AMBIGUOUS", column=column.name, headers=", ".join(headers))
    text = f"Which column is {column.name} ({column.meaning})?"
    findings.ask(Question("COL-AMBIGUOUS", f"columns.{column.name}", text, headers))


def _similar(wanted: Sequence[Column], free: list[Header], found: dict[str, Match]) -> None:
    """Take a header spelt almost like our name."""
    for column in wanted:
        if column.name in found:
            continue
        near = [h for h in free if _likeness(column.name, h) >= SIMILAR and _fits(column, h)]
        if len(near) == 1:
            found[column.name] = _take(column, near[0], "similar", free)


def _likeness(name: str, header: Header) -> float:
    """Compare two names by their words in sorted order, 0 to 1."""
    mine = " ".join(sorted(set(name.split("_"))))
    theirs = (" ".join(sorted(set(form.split("_")))) for form in header.full)
    return max(SequenceMatcher(None, mine, text, autojunk=False).ratio() for text in theirs)
