"""Residents can fetch their car at night."""

import pandas as pd

from app.core.rules.base import Finding, Rule, dated, judge, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail places known to close at night; garages may."""
    said = places["open_24h"].to_numpy()
    garage = (places["origin"] == "garage").to_numpy()

    def reason(row: int) -> str:  # noqa: ARG001
        return f"closes at night; open day and night needed ({dated(context, 'parking')})"

    return judge((said == 1) | garage, (said >= 0) | garage, reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stay open, or close."""
    return one({"open_24h": 1 if passes else 0})


RULE = Rule(
    key="open_24h",
    label="Open day and night (garages excepted)",
    hard=True,
    needs=("parking.open_24h",),
    params=(),
    check=check,
    example=example,
    order=70,
)
