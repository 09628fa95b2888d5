"""The authority builds on its own land, or with consent."""

import numpy as np
import pandas as pd

from app.core.rules.base import Finding, Rule, dated, judge, one
from app.core.siting.context import Surroundings

OWN = (
    "authority", "municipality", "municipal", "city", "city council", "council", "public",
    "gemeente", "stadt", "commune", "ville", "kommun", "kommune", "kaupunki", "belediye",
    "onkormanyzat", "\u00f6nkorm\u00e1nyzat",
)  # fmt: skip


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates whose owner is known, is not the authority, and has not agreed."""
    owner = np.array([str(each).strip().casefold() for each in places["owner"]], object)
    agreed = places["consent"].to_numpy() == 1
    own = np.array([each in OWN or each.startswith("gemeente ") for each in owner], bool)

    def reason(row: int) -> str:
        return (
            f"land of {places['owner'].iloc[row]} without consent; the authority's own or consent "
            f"is needed ({dated(context, 'parking')})"
        )

    return judge(own | agreed, (owner != "") | agreed, reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Stand on the city's land, or a railway's."""
    return one({"owner": "Municipality" if passes else "Railway company"})


RULE = Rule(
    key="land",
    label="Land of the authority, or consent",
    hard=True,
    needs=("parking.owner",),
    params=(),
    check=check,
    example=example,
    order=60,
)
