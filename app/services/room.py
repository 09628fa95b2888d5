"""Use-case: how many more charge points each transformer carries."""

import numpy as np
import pandas as pd

from app.core.impact import Impact
from app.services.parameters import load_parameters


def room(answer: Impact) -> pd.DataFrame:
    """Say how many more points each transformer carries under a strategy: pooled coincidence.

    Returns
    -------
    (row,)
        ``asset_id, name, district_id, limit_kw, base_peak_kw, existing, kappa_kw, headroom_kw,
        fit``. ``kappa_kw`` is
        what one point adds to a peak under the simulated strategy, one figure for the city;
        headroom and fit are NaN where the limit is unknown: that is no room.
    """
    numbers = load_parameters()
    frame = answer.rows
    speaks = frame["points"] >= numbers["kappa_least_points"].value
    added = (frame["peak_kw"] - frame["base_peak_kw"])[speaks].sum()
    pooled = float(added) / max(int(frame.loc[speaks, "points"].sum()), 1)
    kappa_kw = max(pooled, numbers["kappa_least_kw"].value)
    left = frame["limit_kw"] - frame["base_peak_kw"] - kappa_kw * frame["existing"]
    headroom_kw = left.clip(lower=0)
    return pd.DataFrame(
        {
            "asset_id": frame["asset_id"],
            "name": frame["name"],
            "district_id": frame["district_id"],
            "limit_kw": frame["limit_kw"],
            "base_peak_kw": frame["base_peak_kw"],
            "existing": frame["existing"],
            "kappa_kw": kappa_kw,
            "headroom_kw": headroom_kw,
            "fit": np.floor(headroom_kw / kappa_kw + 1e-9),
        }
    )
