"""What a country allows cars to feed: four switches, each with source and date, mostly unknown."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from app.core.errors import InputError
from app.core.tender.library import CONFIDENCES, Library, Requirement
from app.core.tender.settings import Setting

COLUMNS = ("country", "switch", "value", "words", "source", "date", "confidence")
SWITCHES: Mapping[str, str] = MappingProxyType(
    {
        "allow_v2g_grid": "Cars may feed the public grid",
        "allow_v2b": "Cars may feed the building they stand at",
        "allow_island": "Cars may feed a building that is cut off from the grid",
        "double_charging": "Energy that is stored and fed back is taxed or charged twice",
    }
)
VALUES = ("yes", "no", "unknown")
CLAUSE = "V2G-14"  # whose parameters the switches are: edited, confirmed and signed off there
NEEDS: Mapping[str, str] = MappingProxyType(  # strategy to the switch it needs
    {"v2g": "allow_v2g_grid", "v2g_flatten": "allow_v2g_grid"}
)


@dataclass(frozen=True, slots=True)
class Switch:
    """What one country says on one question; ``unknown`` where nothing is sourced."""

    name: str
    value: str
    words: str
    source: str
    date: str
    confidence: str


UNKNOWN = Switch("", "unknown", "", "no source yet", "", "C")
Regulation = Mapping[str, Mapping[str, Switch]]


def parse_regulation(table: str) -> Regulation:
    """Read ``regulation.csv``, by country and switch."""
    reader = csv.DictReader(table.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise InputError(f"regulation: columns must be {', '.join(COLUMNS)}")
    found: dict[str, dict[str, Switch]] = {}
    for row in reader:
        switch = Switch(*(row[name] for name in COLUMNS[1:]))
        good = switch.name in SWITCHES and switch.value in VALUES
        if not good or switch.confidence not in CONFIDENCES or not switch.source:
            raise InputError(f"regulation, line {reader.line_num}: {row}")
        if switch.value != "unknown" and not switch.date:
            raise InputError(f"regulation, line {reader.line_num}: a known rule needs its date")
        found.setdefault(row["country"], {})[switch.name] = switch
    return MappingProxyType(found)


def of_country(regulation: Regulation, country: str) -> Mapping[str, Switch]:
    """Return every switch of a country: unknown where the table is silent."""
    known = regulation.get(country, {})
    return {name: known.get(name, replace(UNKNOWN, name=name)) for name in SWITCHES}


def with_country(library: Library, switches: Mapping[str, Switch]) -> Library:
    """Fill the parameters of the clause on national rules; what is not sourced stays open."""
    return tuple(_filled(each, switches) if each.id == CLAUSE else each for each in library)


def forbidden(strategy: str, clause: Requirement) -> str:
    """Say why a strategy cannot be used under the rules as ``clause`` holds them; else nothing."""
    name = NEEDS.get(strategy, "")
    if not name or clause.value(name) != "no":
        return ""
    setting = next(each for each in clause.parameters if each.name == name)
    return f"{name} is no ({setting.source})"


def _filled(clause: Requirement, switches: Mapping[str, Switch]) -> Requirement:
    return replace(clause, parameters=tuple(_set(each, switches) for each in clause.parameters))


def _set(each: Setting, switches: Mapping[str, Switch]) -> Setting:
    found = switches.get(each.name)
    if found is None:
        return each
    note = ", ".join(part for part in (found.words, found.date) if part) or each.note
    return replace(
        each,
        value=found.value,
        note=note,
        proposed=found.value == "unknown",
        source=found.source,
        confidence=found.confidence,
    )
