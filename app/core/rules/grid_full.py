"""One more point fits under the transformer."""

import numpy as np
import pandas as pd

from app.core.rules.base import Finding, Rule, judge, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:  # noqa: ARG001
    """Fail candidates whose transformer cannot carry one more point."""
    room_kw, need_kw = context.headroom_kw, context.kappa_kw
    known = ~np.isnan(room_kw) & ~np.isnan(need_kw)

    def reason(row: int) -> str:
        return f"transformer full (room {room_kw[row]:.1f} kW, needs {need_kw[row]:.2f})"

    good = np.nan_to_num(room_kw) + 1e-9 * np.nan_to_num(need_kw) >= np.nan_to_num(need_kw)
    return judge(good, known, reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Have 4 kW of room, or 3, for a point of 3.85 kW."""
    return one(headroom_kw=np.array([4.0 if passes else 3.0]), kappa_kw=np.array([3.85]))


RULE = Rule(
    key="grid_full",
    label="Room on the grid for one point",
    hard=True,
    needs=("grid", "room"),
    params=(),
    check=check,
    example=example,
    order=90,
)
