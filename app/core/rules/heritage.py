"""Monuments and protected views keep their face."""

import pandas as pd

from app.core.rules.base import Finding, Rule, number
from app.core.rules.nearby import keep_away, one_landmark
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates at a monument or within a protected view."""
    return keep_away(places, context, "heritage", context.values["heritage_m"].value)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand 40 m from a monument, or 3 m."""
    values = {"heritage_m": number("heritage_m", 10.0, "m")}
    return one_landmark("monument", 40.0 if passes else 3.0, values)


RULE = Rule(
    key="heritage",
    label="Away from monuments and protected views",
    hard=True,
    needs=("places", "exclusions"),
    params=("heritage_m",),
    check=check,
    example=example,
    order=16,
)
