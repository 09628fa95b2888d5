"""Some bays stay free for cars that do not charge."""

import numpy as np
import pandas as pd

from app.core.rules.base import Finding, Rule, dated, judge, number, one
from app.core.siting.context import Surroundings


def check(places: pd.DataFrame, context: Surroundings) -> Finding:
    """Fail candidates whose row of bays is too short for one more point."""
    bays = places["row_bays"].to_numpy(float)
    share = context.values["bay_share"].value
    wanted = places["existing_points"].to_numpy(float) + 1
    known = ~np.isnan(bays) & (places["existing_points"].to_numpy() == 0)

    def reason(row: int) -> str:
        most = np.floor(share * bays[row] + 1e-9)
        return (
            f"{bays[row]:g} bays allow {most:g} points at {share:.0%} of the row, "
            f"{wanted[row]:g} needed ({dated(context, 'parking')})"
        )

    return judge(wanted <= np.nan_to_num(share * bays) + 1e-9, known, reason)


def example(passes: bool) -> tuple[pd.DataFrame, Surroundings]:  # noqa: FBT001
    """Have eight bays, or one."""
    values = {"bay_share": number("bay_share", 0.5, "share")}
    return one({"row_bays": 8.0 if passes else 1.0}, values=values)


RULE = Rule(
    key="bay_share",
    label="Share of the bays of a row",
    hard=True,
    needs=("parking.spaces",),
    params=("bay_share",),
    check=check,
    example=example,
    order=50,
)
