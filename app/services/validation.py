"""Use-case: read published figures, their parameter sets and what was computed for them."""

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.core.errors import ParameterError
from app.core.validation import Check, Given, Published, Setup
from app.paths import DATA
from app.services.parameters import load_sources

FOLDER = DATA / "tables"
STORED = FOLDER / "validation.csv"


@cache
def load_setups() -> Mapping[str, Setup]:
    """Read every parameter set, by name."""
    told = tomllib.loads((FOLDER / "validation_sets.toml").read_text("utf-8"))
    return MappingProxyType({key: _setup(key, values) for key, values in told.items()})


@cache
def load_published() -> Mapping[str, Published]:
    """Read every published figure that we hold ourselves to, in the order they are shown."""
    found = [_published(row) for row in _rows(FOLDER / "validation_figures.csv")]
    return MappingProxyType({each.key: each for each in found})


def load_checks() -> tuple[Check, ...]:
    """Read what was computed last for every figure; figures never computed are open."""
    stored = {row["figure"]: row for row in _rows(STORED)} if STORED.exists() else {}
    return tuple(_check(each, stored.get(each.key, {})) for each in load_published().values())


def confidence(source: str) -> str:
    """Return the letter of a source."""
    return str(load_sources()[source].get("confidence", "C"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _setup(key: str, told: Mapping[str, Any]) -> Setup:
    values = tuple(
        Given(each["name"], float(each["value"]), each["unit"], _known(each["source"], key))
        for each in told["values"]
    )
    return Setup(key, told["title"], tuple(told["files"]), values)


def _published(row: Mapping[str, str]) -> Published:
    if row["setup"] not in load_setups():
        raise ParameterError(f"{row['figure']}: no parameter set {row['setup']!r}")
    return Published(
        key=row["figure"],
        title=row["title"],
        value=float(row["published"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        unit=row["unit"],
        setup=row["setup"],
        source=_known(row["source"], row["figure"]),
        doubt=row["doubt"],
    )


def _check(published: Published, row: Mapping[str, str]) -> Check:
    ours = _number(row.get("ours", ""))
    return Check(published, ours, row.get("computed_on", ""), row.get("note", ""))


def _known(source: str, where: str) -> str:
    if source not in load_sources():
        raise ParameterError(f"{where}: no source {source!r}")
    return source


def _number(text: str) -> float | None:
    return float(text) if text else None
