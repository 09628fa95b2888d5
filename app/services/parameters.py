"""Use-case: read every sourced number."""

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.core.errors import ParameterError
from app.core.parameters import Parameter, parse_parameters
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
