"""The page itself: no address but its own, readable without a script, printable on A4."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from importlib.resources import files

import pandas as pd

from app.exports.takeaway.svg import write as write_number

MOST_ROWS = 400
FOLDED = 12  # rows; a longer table opens when somebody asks


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, what it says in a sentence, and how its colours read."""

    svg: str
    sentence: str
    legend: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A part of the page: its words, its picture, and the same as a table."""

    title: str
    sentences: Sequence[str] = ()
    figure: Figure | None = None
    table: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TakeAway:
    """What people take home.

    Attributes
    ----------
    title, headline, about
        Who, what it comes to, and one line on city, scenario and date.
    cautions
        What a reader must know first, such as an illustrative grid.
    sources
        Attribution of each layer.
    scenario
        The scenario file, to be saved from the page and opened again.
    file_name
        Under which the scenario is saved.
    """

    title: str
    headline: str
    about: str
    cautions: Sequence[str]
    sections: Sequence[Section]
    sources: Sequence[str]
    scenario: bytes
    file_name: str
    program: str
    lang: str = field(default="en")


@cache
def _part(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8").strip()


def write(found: TakeAway) -> bytes:
    """Write the page: equal contents give equal bytes."""
    script = _part("script.js")
    seal = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{seal}'; base-uri 'none'; form-action 'none'"
    )
    sections = "\n".join(_section(nth, each) for nth, each in enumerate(found.sections, start=1))
    index = "".join(
        f'<li><a href="#part{nth}">{escape(each.title)}</a></li>'
        for nth, each in enumerate(found.sections, start=1)
    )
    scenario = found.scenario.decode().strip()
    for sign, code in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        scenario = scenario.replace(sign, code)  # only inside texts, where JSON reads it back
    text = _part("page.html").format(
        lang=escape(found.lang),
        policy=escape(policy),
        title=escape(found.title),
        style=_part("style.css"),
        headline=escape(found.headline),
        about=escape(found.about),
        cautions="".join(f"<p class=caution>{escape(each)}</p>" for each in found.cautions),
        index=index,
        sections=sections,
        sources="".join(f"<li>{escape(each)}</li>" for each in found.sources),
        program=escape(found.program),
        file_name=escape(found.file_name),
        scenario=scenario,
        script=script,
    )
    return f"{text}\n".encode()


def _section(nth: int, each: Section) -> str:
    words = "".join(f"<p>{escape(sentence)}</p>" for sentence in each.sentences)
    figure = _figure(nth, each.figure) if each.figure else ""
    table = _table(each.title, each.table) if each.table is not None else ""
    title = escape(each.title)
    return f'<section id="part{nth}"><h2>{title}</h2>{words}{figure}{table}</section>'


def _figure(nth: int, figure: Figure) -> str:
    looks = "".join(
        f'<li><span style="background:{escape(colour)}"></span>{escape(words)}</li>'
        for colour, words in figure.legend
    )
    key = f"<ul class=legend>{looks}</ul>" if looks else ""
    said = escape(figure.sentence)
    caption = f'<figcaption id="said{nth}">{said}</figcaption>'
    picture = f'<div role="img" aria-labelledby="said{nth}">{figure.svg}</div>'
    return f"<figure>{picture}{key}{caption}</figure>"


def _table(title: str, table: pd.DataFrame) -> str:
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes]
    head = "".join(
        f'<th scope="col"{" class=n" if number else ""}>{escape(str(name))}</th>'
        for name, number in zip(table.columns, numeric, strict=True)
    )
    rows = "".join(
        "<tr>" + "".join(_cell(v, number) for v, number in zip(row, numeric, strict=True)) + "</tr>"
        for row in table.head(MOST_ROWS).itertuples(index=False)
    )
    more = len(table) - MOST_ROWS
    rest = f"<p>{more:,} further rows are in the files of the page.</p>" if more > 0 else ""
    caption = f"<caption>{escape(title)}, as a table</caption>"
    body = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    named = f'class="wide" tabindex="0" role="region" aria-label="{escape(title)}"'
    found = f"<div {named}>{body}</div>{rest}"
    if len(table) <= FOLDED:
        return found
    return f"<details><summary>{escape(title)}, as a table</summary>{found}</details>"


def _cell(value: object, number: bool) -> str:  # noqa: FBT001
    if number and isinstance(value, (int, float)):
        known = value == value  # noqa: PLR0124  # NaN is not itself
        said = write_number(float(value)) if known else "unknown"
        sort = f"{value:.10g}" if known else ""
        return f'<td class=n data-n="{sort}">{said}</td>'
    return f"<td>{escape(str(value))}</td>"
