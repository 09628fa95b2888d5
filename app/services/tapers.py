"""Use-case: read how nearly full batteries slow their cars down."""

import csv
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.core.engine.taper import Taper, tapers_of
from app.core.errors import ParameterError
from app.paths import DATA
from app.services.parameters import load_sources


@cache
def load_tapers() -> Mapping[str, Taper]:
    """Read every curve, by key; ``none`` is among them."""
    path = DATA / "tables" / "taper.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["source"] not in load_sources():
            raise ParameterError(f"{path.name}: no source {row['source']!r}")
    knots = [(row["curve"], float(row["soc"]), float(row["share"])) for row in rows]
    return MappingProxyType(tapers_of(knots))
