"""The requirement library: clauses a city may ask of an operator, each with its source."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from app.core.errors import InputError

COLUMNS = (
    *("id", "topic", "level", "models", "v2g_phase", "applies_to", "parameters", "text"),
    *("source", "confidence", "verification", "lever"),
)
PROPOSAL_COLUMNS = ("id", "parameter", "value", "unit", "note")
LEVELS = ("must", "should", "award")
MODELS = ("direct", "concession", "hybrid", "licence", "ppp", "subsidy")
PHASES = ("smart charging", "V2G bonus", "V2G-ready", "V2G operating")  # 0 to 3
APPLIES_TO = (
    *("all", "AC", "DC", "AC/DC", "on-street", "off-street", "covered"),
    *(">=50kW", "<50kW"),
)
CONFIDENCES = ("A", "B", "C")
VERIFICATIONS = (
    *("document", "type_test", "site_inspection", "metered_data", "log_audit"),
    *("register_check", "self_declaration"),
)
LEVERS = (  # what a clause moves in the simulation; the first seven are fields of the scenario
    *("share_can_resume", "strategy", "contract", "opt_out", "v2g_share", "radius_m"),
    *("floor_share", "link_loss_share", "guarantee", "kw_point", "cluster_points"),
    "grid_contract",
)
ID = re.compile(r"(LOC|TEC|SMC|V2G|INT|PAY|DAT|GRD|SEC|ACC|KPI|CON|SOC)-\d\d")
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


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter of a clause; ``proposed`` until a person has confirmed it."""

    name: str
    value: str
    unit: str = ""
    note: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """One clause. ``v2g_phase`` is the first phase that asks for it; the letter never changes."""

    id: str
    topic: str
    level: str
    models: tuple[str, ...]
    v2g_phase: int
    applies_to: str
    parameters: tuple[Setting, ...]
    text: str
    source: str
    confidence: str
    verification: str
    lever: str

    def value(self, name: str) -> str:
        """Return the value of a parameter; empty where the clause has none of this name."""
        return next((each.value for each in self.parameters if each.name == name), "")

    @property
    def valid_from(self) -> date | None:
        """The day from which the law asks for it, whatever the phase."""
        day = self.value("valid_from")
        return date.fromisoformat(day) if day else None


Library = tuple[Requirement, ...]


def parse_library(table: str, proposals: str = "") -> Library:
    """Read the library and fill its empty parameters with proposals; raise once with all faults.

    Parameters
    ----------
    table, proposals
        Text of ``requirements.csv`` and of ``proposals.csv``.
    """
    rows = _rows(table, COLUMNS, "requirements")
    faults = [f"{row['id']}: {fault}" for row in rows for fault in _faults(row)]
    for name, count in Counter(row["id"] for row in rows).items():
        if count > 1:
            faults.append(f"{name}: stands {count} times in the library")
    if faults:
        raise InputError("\n".join(faults))
    return _propose([_requirement(row) for row in rows], _rows(proposals, PROPOSAL_COLUMNS, ""))


def unit_of(name: str) -> str:
    """Read the unit off a parameter's name: a quantity ends in its unit."""
    found = (
        unit for ending, unit in UNITS.items() if name == ending or name.endswith(f"_{ending}")
    )
    return next(found, "")


def _rows(table: str, columns: tuple[str, ...], name: str) -> list[dict[str, str]]:
    if not table and not name:
        return []
    reader = csv.DictReader(table.splitlines())
    if tuple(reader.fieldnames or ()) != columns:
        raise InputError(f"{name or 'proposals'}: columns must be {', '.join(columns)}")
    return list(reader)


def _faults(row: Mapping[str, str]) -> Iterable[str]:
    allowed = (
        ("level", LEVELS),
        ("v2g_phase", ("0", "1", "2", "3")),
        ("applies_to", APPLIES_TO),
        ("verification", VERIFICATIONS),
        ("confidence", CONFIDENCES),
        ("lever", ("", *LEVERS)),
    )
    if not ID.fullmatch(row["id"]):
        yield "is not an id like LOC-01"
    for column, values in allowed:
        if row[column] not in values:
            yield f"{column} {row[column]!r} is not one of {', '.join(values)}"
    for model in row["models"].split(";"):
        if model not in MODELS:
            yield f"model {model!r} is not one of {', '.join(MODELS)}"
    for column in ("topic", "text", "source"):
        if not row[column].strip():
            yield f"{column} is empty"
    yield from _parameter_faults(row["parameters"])


def _parameter_faults(text: str) -> Iterable[str]:
    parts = [part.partition("=") for part in text.split(";") if part]
    for name, sign, value in parts:
        if not (sign and re.fullmatch(r"[a-zA-Z0-9_]+", name)):
            yield f"parameter {name!r} is not name=value"
        elif name == "valid_from" and not _is_day(value):
            yield f"valid_from {value!r} is not a date like 2027-01-01"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _requirement(row: Mapping[str, str]) -> Requirement:
    parts = [part.partition("=") for part in row["parameters"].split(";") if part]
    settings = tuple(Setting(name, value, unit_of(name)) for name, _, value in parts)
    return Requirement(
        id=row["id"],
        topic=row["topic"],
        level=row["level"],
        models=tuple(row["models"].split(";")),
        v2g_phase=int(row["v2g_phase"]),
        applies_to=row["applies_to"],
        parameters=settings,
        text=row["text"],
        source=row["source"],
        confidence=row["confidence"],
        verification=row["verification"],
        lever=row["lever"],
    )


def _propose(library: list[Requirement], proposals: list[dict[str, str]]) -> Library:
    ordered = sorted(proposals, key=lambda row: row["id"])
    by_id = {name: list(rows) for name, rows in groupby(ordered, key=lambda row: row["id"])}
    known = {(clause.id, each.name) for clause in library for each in clause.parameters}
    for row in proposals:
        if (row["id"], row["parameter"]) not in known:
            raise InputError(
                f"{row['id']}: no parameter {row['parameter']!r} to propose a value for"
            )
    return tuple(_filled(clause, by_id.get(clause.id, [])) for clause in library)


def _filled(clause: Requirement, rows: list[dict[str, str]]) -> Requirement:
    proposed = {
        row["parameter"]: Setting(row["parameter"], row["value"], row["unit"], row["note"], True)  # noqa: FBT003
        for row in rows
    }
    settings = tuple(
        each if each.value else proposed.get(each.name, each) for each in clause.parameters
    )
    return replace(clause, parameters=settings)
