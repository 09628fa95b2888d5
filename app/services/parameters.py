"""Use-case: read every sourced number."""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.core.errors import ParameterError
from app.core.parameters import Parameter, overridden, parse_parameters
from app.core.scenario import Scenario
from app.core.tender.cash_inputs import CASH_TITLES
from app.paths import DATA


@cache
def load_sources() -> Mapping[str, Mapping[str, str]]:
    """Read what is known of every source: title, publisher, year, address, licence, confidence."""
    return MappingProxyType(tomllib.loads((DATA / "sources.toml").read_text("utf-8")))


@cache
def load_parameters() -> Mapping[str, Parameter]:
    """Read every table of sourced numbers, by name."""
    found: dict[str, Parameter] = {}
    for table in sorted((DATA / "parameters").glob("*.csv")):
        rows = parse_parameters(table.read_text("utf-8"), load_sources())
        twice = sorted(found.keys() & rows.keys())
        if twice:
            raise ParameterError(f"{table.name}: {', '.join(twice)} stand in another table already")
        found |= rows
    return MappingProxyType(found)


YARDSTICK = "benchmark_"  # a published figure to be held against, not an assumption


@cache
def assumptions() -> Mapping[str, Parameter]:
    """Read the numbers of demand that a planner may set, by name, as they stand in our table."""
    rows = parse_parameters((DATA / "parameters" / "demand.csv").read_text("utf-8"), load_sources())
    return MappingProxyType({k: row for k, row in rows.items() if not k.startswith(YARDSTICK)})


@cache
def money() -> Mapping[str, Parameter]:
    """Read the numbers of the cash flow that a planner may set, by name."""
    return MappingProxyType({name: load_parameters()[name] for name in CASH_TITLES})


@cache
def settable() -> Mapping[str, Parameter]:
    """Read every number that a planner may set: of demand and of the cash flow."""
    return MappingProxyType({**assumptions(), **money()})


def numbers_of(scenario: Scenario) -> Mapping[str, Parameter]:
    """Return every sourced number, with those the planner set in their place."""
    return overridden(load_parameters(), scenario.assumptions, settable())


def checked(scenario: Scenario) -> Scenario:
    """Return a scenario from outside, refusing assumptions and clauses that nobody can set."""
    numbers_of(scenario)
    if scenario.clauses:
        from app.services.requirements import edits_of  # noqa: PLC0415  # most scenarios have none

        edits_of(scenario)
    return scenario
