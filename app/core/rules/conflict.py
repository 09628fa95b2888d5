"""Nothing stands on a cycle lane, a crossing, a loading bay, a bus stop or planned works."""

import pandas as pd

from app.core.rules.base import Finding, Rule, number
from app.core.rules.nearby import keep_away, one_landmark
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates on or beside what the street is needed for."""
    return keep_away(places, context, "conflict", context.values["conflict_m"].value)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand 10 m from a crossing, or 2 m."""
    values = {"conflict_m": number("conflict_m", 5.0, "m")}
    return one_landmark("crossing", 10.0 if passes else 2.0, values)


RULE = Rule(
    key="conflict",
    label="Clear of crossings, stops, loading bays, cycle lanes and works",
    hard=True,
    needs=("places", "exclusions"),
    params=("conflict_m",),
    check=check,
    example=example,
    order=12,
)
