"""What a person said about a file that the file does not say itself."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from app.core.errors import InputError

WORDS = ("layer", "crs", "encoding", "delimiter", "decimal", "timezone", "several_points")
FLAGS = ("swap_xy", "dayfirst", "clip", "points_once")
TEXT = re.compile(r"utf-8(-sig)?|utf-16(-[lb]e)?|ascii|cp\d{3,4}|iso8859-\d+|mac-\w+|koi8-\w+")
MARKS, CENTROID = (".", ","), "centroid"
PROVENANCE = ("origin", "licence", "as_of")


@dataclass(frozen=True, slots=True)
class Answer:
    """Which header holds a column, and in which unit; a header of "" means: none does."""

    from_: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers to the questions of one file; None where nobody said anything.

    ``several_points`` is "centroid" where a record of several points becomes their middle;
    ``clip`` keeps only what lies in the study area; ``points_once`` counts a charge point that
    several locations list at one of them.
    """

    crs: str | None = None
    layer: str | None = None
    swap_xy: bool | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    dayfirst: bool | None = None
    timezone: str | None = None
    several_points: str | None = None
    clip: bool | None = None
    points_once: bool | None = None
    columns: Mapping[str, Answer] = field(default_factory=dict)
    origin: str | None = None
    licence: str | None = None
    as_of: str | None = None

    def __post_init__(self) -> None:
        """Freeze the mapping."""
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> "Answers":
        """Read ``[layers.<kind>]`` of a ``project.toml``; ``as_of`` may be a date of TOML."""
        table = {k: v.isoformat() if isinstance(v, date) else v for k, v in table.items()}
        known = {"file", "join", "columns", *WORDS, *FLAGS, *PROVENANCE}
        faults = [f"{key!r} is not an answer" for key in sorted(set(table) - known)]
        faults += [f"{k} must be text" for k in _wrong(table, (*WORDS, *PROVENANCE), str)]
        faults += [f"{k} must be true or false" for k in _wrong(table, FLAGS, bool)]
        faults += [] if faults else _strange(table)
        if faults:
            raise InputError("\n".join(faults))
        columns = {name: _answer(name, said) for name, said in table.get("columns", {}).items()}
        plain = {key: table[key] for key in (*WORDS, *FLAGS, *PROVENANCE) if key in table}
        return cls(columns=columns, **plain)

    def over(self, other: "Answers") -> "Answers":
        """Put what ``other`` says over what is said here."""
        said = {each.name: getattr(other, each.name) for each in fields(other)}
        said = {name: value for name, value in said.items() if value is not None}
        return replace(self, **said | {"columns": {**self.columns, **other.columns}})

    def table(self) -> dict[str, Any]:
        """Write the answers as ``[layers.<kind>]`` of a ``project.toml``."""
        keys = (*WORDS, *FLAGS, *PROVENANCE)
        said: dict[str, Any] = {k: getattr(self, k) for k in keys if getattr(self, k) is not None}
        if self.columns:
            said["columns"] = {
                name: {"from": answer.from_} | ({"unit": answer.unit} if answer.unit else {})
                for name, answer in self.columns.items()
            }
        return said


def _wrong(table: Mapping[str, Any], keys: tuple[str, ...], wanted: type) -> list[str]:
    return [key for key in keys if key in table and not isinstance(table[key], wanted)]


def _strange(table: Mapping[str, Any]) -> list[str]:
    """List answers that no file can be read by."""
    faults = []
    if "encoding" in table and not _is_encoding(table["encoding"]):
        faults.append(f"encoding {table['encoding'][:40]!r} is not known; utf-8 and cp1252 are")
    if "delimiter" in table and (len(table["delimiter"]) != 1 or table["delimiter"] in '"\r\n'):
        faults.append("delimiter must be one character, such as ;")
    if table.get("decimal", ".") not in MARKS:
        faults.append("decimal must be a point or a comma")
    if table.get("several_points", CENTROID) != CENTROID:
        faults.append(f"several_points must be {CENTROID}")
    if "timezone" in table and table["timezone"] not in available_timezones():
        faults.append(f"timezone {table['timezone'][:40]!r} is not known; Europe/Amsterdam is")
    return faults


def _is_encoding(name: str) -> bool:
    """Tell encodings of text from the other things a codec can do."""
    try:
        return TEXT.fullmatch(codecs.lookup(name).name) is not None
    except (LookupError, ValueError):
        return False


def _answer(name: str, said: object) -> Answer:
    if isinstance(said, str):
        return Answer(said)
    if isinstance(said, Mapping) and isinstance(said.get("from"), str):
        return Answer(said["from"], said.get("unit"))
    raise InputError(f'columns.{name} must be a header, or {{from = "header", unit = "MW"}}')
