"""The requirement library: clauses a city may ask of an operator, each with its source."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from app.core.errors import InputError
from app.core.tender.settings import KINDS, Setting, is_day, unit_of

COLUMNS = (
    *("id", "topic", "level", "models", "v2g_phase", "applies_to", "parameters", "text"),
    *("source", "confidence", "verification", "lever"),
)
PROPOSAL_COLUMNS = (
    *("id", "parameter", "value", "unit", "note"),
    *("kind", "low", "high", "options", "source", "confidence"),
)
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
        elif name == "valid_from" and not is_day(value):
            yield f"valid_from {value!r} is not a date like 2027-01-01"


def _requirement(row: Mapping[str, str]) -> Requirement:
    parts = [part.partition("=") for part in row["parameters"].split(";") if part]
    settings = tuple(
        Setting(name, value, unit_of(name), source=row["source"], confidence=row["confidence"])
        for name, _, value in parts
    )
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
    faults = [fault for row in proposals for fault in _proposal_faults(row, known)]
    if faults:
        raise InputError("\n".join(faults))
    return tuple(_filled(clause, by_id.get(clause.id, [])) for clause in library)


def _proposal_faults(row: Mapping[str, str], known: Collection[tuple[str, str]]) -> Iterable[str]:
    name = f"{row['id']} {row['parameter']}"
    if (row["id"], row["parameter"]) not in known:
        yield f"{row['id']}: no parameter {row['parameter']!r} to propose a value for"
    if row["kind"] not in KINDS:
        yield f"{name}: kind {row['kind']!r} is not one of {', '.join(KINDS)}"
    if row["confidence"] not in CONFIDENCES:
        yield f"{name}: confidence {row['confidence']!r} is not A, B or C"
    for column in ("low", "high"):
        if bool(row[column]) != (row["kind"] in {"number", "whole"}):
            yield f"{name}: {column} stands with numbers and with nothing else"


def _filled(clause: Requirement, rows: list[dict[str, str]]) -> Requirement:
    by_name = {row["parameter"]: row for row in rows}
    settings = tuple(
        _bounded(each, by_name[each.name]) if each.name in by_name else each
        for each in clause.parameters
    )
    return replace(clause, parameters=settings)


def _bounded(each: Setting, row: Mapping[str, str]) -> Setting:
    """Say what may be set; fill in our proposal where the library leaves the value open."""
    known = replace(
        each,
        kind=row["kind"],
        low=float(row["low"]) if row["low"] else None,
        high=float(row["high"]) if row["high"] else None,
        options=tuple(row["options"].split(";")) if row["options"] else (),
    )
    if each.value or not row["value"]:
        return known
    return replace(
        known,
        value=row["value"],
        unit=row["unit"],
        note=row["note"],
        proposed=True,
        source=row["source"],
        confidence=row["confidence"],
    )
