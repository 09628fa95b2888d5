"""Equipment stays dry."""

import pandas as pd

from app.core.rules.base import Finding, Rule, number
from app.core.rules.nearby import keep_away, one_landmark
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates where water is expected."""
    return keep_away(places, context, "flood", context.values["flood_m"].value)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand 20 m outside a flood zone, or within it."""
    values = {"flood_m": number("flood_m", 0.0, "m")}
    return one_landmark("flood zone", 20.0 if passes else 0.0, values)


RULE = Rule(
    key="flood",
    label="Outside flood zones",
    hard=True,
    needs=("places", "exclusions"),
    params=("flood_m",),
    check=check,
    example=example,
    order=18,
)
