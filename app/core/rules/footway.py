"""A post leaves enough footway for a wheelchair."""

import numpy as np
import pandas as pd

from app.core.rules.base import Finding, Rule, dated, judge, number, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates that leave less than the least clear width."""
    left_m = places["footway_m"].to_numpy(float)
    least_m = context.values["footway_least_m"].value

    def reason(row: int) -> str:
        wanted = f"at least {least_m:g} m ({dated(context, 'parking')})"
        return f"footway left {left_m[row]:.2f} m, {wanted}"

    return judge(left_m >= least_m - 1e-9, ~np.isnan(left_m), reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Leave 1.2 m, or 0.6 m."""
    values = {"footway_least_m": number("footway_least_m", 0.9, "m")}
    return one({"footway_m": 1.2 if passes else 0.6}, values=values)


RULE = Rule(
    key="footway",
    label="Footway left beside the post",
    hard=True,
    needs=("parking.footway_m",),
    params=("footway_least_m",),
    check=check,
    example=example,
    order=20,
)
