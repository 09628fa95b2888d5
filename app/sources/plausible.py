"""The tables the intake reads: words of other languages, and what is plausible."""

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.core.parameters import parse_parameters
from app.paths import DATA


@cache
def plausible() -> Mapping[str, float]:
    """Read the thresholds and factors of ``data/parameters/intake.csv``."""
    sources = tomllib.loads((DATA / "sources.toml").read_text("utf-8"))
    table = (DATA / "parameters" / "intake.csv").read_text("utf-8")
    found = parse_parameters(table, sources)
    return MappingProxyType({name: number.value for name, number in found.items()})


@cache
def synonyms(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Words per column of ``kind``, in their order of preference.

    ``location`` holds the words for places; ``grid:constraint`` and the like hold the words for
    the values of a column.
    """
    found: dict[str, list[str]] = {}
    with (DATA / "synonyms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == kind:
                found.setdefault(row["column"], []).append(row["synonym"])
    return MappingProxyType({column: tuple(words) for column, words in found.items()})
