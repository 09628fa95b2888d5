"""Use-case: read how people charge."""

from functools import cache

import pandas as pd

from app.core.engine.patterns import Patterns
from app.paths import DATA
from app.services.parameters import load_parameters

TABLES = {
    "arrival": "elaad_arrival",
    "week": "elaad_week",
    "stay": "elaad_stay",
    "energy": "elaad_energy",
    "power": "elaad_power",
    "cars": "v2g_cars",
}


@cache
def load_patterns() -> Patterns:
    """Read the published tables of arrivals, stays, energies and cars, once."""
    folder = DATA / "tables"
    tables = {key: pd.read_csv(folder / f"{name}.csv") for key, name in TABLES.items()}
    return Patterns.build(tables, load_parameters())
