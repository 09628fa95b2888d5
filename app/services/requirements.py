"""Use-case: the requirement library, and a person's changes to it, checked before they are kept."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.tender.clause_changes import as_changes, as_tables
from app.core.tender.contradictions import Contradiction, parse_contradictions
from app.core.tender.edits import Edits, apply, parse_edits, read_edits, write_edits
from app.core.tender.library import Library, parse_library
from app.core.tender.regulation import (
    CLAUSE,
    NEEDS,
    Regulation,
    forbidden,
    of_country,
    parse_regulation,
    with_country,
)
from app.core.tender.timeline import Fact, parse_timeline
from app.paths import DATA

FOLDER = DATA / "requirements"
HOME = "project"  # the choice of the scenario that stands for the country of the city


@cache
def library() -> Library:
    """Read the requirement library with the proposals for its empty parameters."""
    tables = ((FOLDER / name).read_text("utf-8") for name in ("requirements.csv", "proposals.csv"))
    return parse_library(*tables)


@cache
def regulation() -> Regulation:
    """Read what each country allows, with source and date."""
    return parse_regulation((DATA / "tables" / "regulation.csv").read_text("utf-8"))


@cache
def timeline() -> tuple[Fact, ...]:
    """Read the facts with a date."""
    return parse_timeline((DATA / "tables" / "timeline.csv").read_text("utf-8"), library())


def country_of(project: Project, scenario: Scenario) -> str:
    """Name the country whose law counts: two letters, empty where nobody knows."""
    return project.country if scenario.country == HOME else scenario.country


@cache
def library_of(country: str) -> Library:
    """Return the library with the rules of a country filled in."""
    return with_country(library(), of_country(regulation(), country))


def forbidden_strategy(project: Project, scenario: Scenario, strategy: str) -> str:
    """Say why a strategy cannot be used here, by the table or by the planner; else nothing."""
    if strategy not in NEEDS:
        return ""
    country = country_of(project, scenario)
    clause = next(each for each in library_of(country) if each.id == CLAUSE)
    edit = edits_of(scenario).get(CLAUSE)
    why = forbidden(strategy, apply(clause, edit) if edit else clause)
    return f"not allowed in {country or 'this country'}: {why}" if why else ""


@cache
def exclusions() -> tuple[Contradiction, ...]:
    """Read what cannot both hold."""
    return parse_contradictions((FOLDER / "contradictions.csv").read_text("utf-8"), library())


def clauses(document: str) -> Edits:
    """Read a person's ``clauses.toml``."""
    return parse_edits(document, library())


def edits_of(scenario: Scenario) -> Edits:
    """Read the changes a scenario holds; a scenario may come from outside."""
    return read_edits(as_tables(scenario.clauses), library())


def changed(scenario: Scenario, clause: str, **keys: Any) -> Scenario:  # noqa: ANN401
    """Change one clause further: a value sets a key, None takes it back.

    Raises InputError, one sentence per fault, and keeps nothing of it.
    """
    tables = as_tables(scenario.clauses)
    table = {**tables.get(clause, {}), **keys}
    tables[clause] = {key: value for key, value in table.items() if value is not None}
    return with_tables(scenario, tables)


def with_tables(scenario: Scenario, tables: Mapping[str, Mapping[str, Any]]) -> Scenario:
    """Put changes in place of those a scenario holds."""
    read_edits(tables, library())
    return scenario.but(clauses=as_changes(tables))


def from_file(scenario: Scenario, document: str) -> Scenario:
    """Take the changes of a ``clauses.toml`` over into a scenario, over those it has."""
    import tomllib  # noqa: PLC0415

    clauses(document)
    told = tomllib.loads(document).get("clause", {})
    tables = as_tables(scenario.clauses)
    return with_tables(scenario, {**tables, **told})


def to_file(scenario: Scenario) -> str:
    """Write the changes of a scenario as ``clauses.toml``."""
    return write_edits(as_tables(scenario.clauses))


def decoded(content: bytes) -> str:
    """Read the bytes of a ``clauses.toml``."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("the clause file is not text; write it as TOML in UTF-8") from error
