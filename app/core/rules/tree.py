"""Digging stays out of the roots of trees."""

import pandas as pd

from app.core.rules.base import Finding, Rule, number
from app.core.rules.nearby import keep_away, one_landmark
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates within the root zone of a tree."""
    return keep_away(places, context, "tree", context.values["tree_m"].value)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand 6 m from a tree, or 1 m."""
    values = {"tree_m": number("tree_m", 2.5, "m")}
    return one_landmark("tree", 6.0 if passes else 1.0, values)


RULE = Rule(
    key="tree",
    label="Outside the roots of trees",
    hard=True,
    needs=("places", "exclusions"),
    params=("tree_m",),
    check=check,
    example=example,
    order=14,
)
