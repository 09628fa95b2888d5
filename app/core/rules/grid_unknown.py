"""Unknown headroom is not room."""

import numpy as np
import pandas as pd

from app.core.rules.base import Finding, Rule, judge, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates whose transformer, or its room, is unknown."""
    known = ~np.isnan(context.headroom_kw)

    def reason(row: int) -> str:  # noqa: ARG001
        return "room on the grid unknown: waits for an answer of the grid operator"

    return judge(known, np.ones(len(places), bool), reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Have 40 kW of room, or nobody knows."""
    return one(headroom_kw=np.array([40.0 if passes else np.nan]))


RULE = Rule(
    key="grid_unknown",
    label="Room on the grid known",
    hard=True,
    needs=("grid", "room"),
    params=(),
    check=check,
    example=example,
    order=80,
)
