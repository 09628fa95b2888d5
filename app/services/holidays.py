"""Use-case: which days of a country count as Sundays in a contract."""

from functools import cache

import pandas as pd

from app.paths import DATA


@cache
def _rules() -> dict[str, tuple[str, ...]]:
    table = pd.read_csv(DATA / "tables" / "holidays.csv", dtype=str)
    return {str(country): tuple(some["rule"]) for country, some in table.groupby("country")}


def holidays(country: str) -> tuple[str, ...]:
    """Return the rules of a country's holidays; none where we know of none."""
    return _rules().get(country.upper(), ())
