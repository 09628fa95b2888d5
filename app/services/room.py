"""Use-case: how many more charge points each transformer carries."""

import numpy as np
import pandas as pd

from app.core.belonging import largest_remainder
from app.core.engine.arrays import Floats, Longs
from app.core.impact import Impact
from app.core.indicators import starves
from app.core.places import EngineRows
from app.services.parameters import load_parameters


def room(answer: Impact) -> pd.DataFrame:
    """Say how many more points each transformer carries under a strategy: pooled coincidence.

    Returns
    -------
    (row,)
        ``asset_id, name, district_id, limit_kw, base_peak_kw, existing, kappa_kw, headroom_kw,
        fit, served_share, leaves_short``. ``kappa_kw`` is
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
    served = answer.city.get("served_share")
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
            "served_share": np.nan if served is None else served,
            "leaves_short": starves(answer.city, numbers),
        }
    )


def by_district(rooms: pd.DataFrame, rows: EngineRows, wanted: Floats, ids: Longs) -> pd.DataFrame:
    """Share the room of every row out over the districts it feeds, by what each of them wants.

    A transformer mostly feeds one district; an area of a capacity map feeds many.

    Parameters
    ----------
    rooms : (row,)
        ``fit`` and ``existing``, as ``room`` gives them.
    wanted : (district,)
        Points the districts want.
    ids : (district,)
        Their ids: the index of the answer.

    Returns
    -------
    (district,)
        ``fit, existing``; fit is NaN where no row that feeds the district has a known limit.
    """
    row, district = rows.link_row.astype(np.int64), rows.link_district.astype(np.int64)
    share = rows.link_weight * np.maximum(wanted[district], 1e-9)
    share = share / np.bincount(row, share, len(rooms))[row]
    fit, existing = rooms["fit"].to_numpy(np.float64), rooms["existing"].to_numpy(np.int64)
    known = np.isfinite(fit)
    parts = largest_remainder(np.where(known, fit, 0.0).astype(np.int64), row, share)
    today = largest_remainder(existing, row, share)
    some = np.bincount(district, known[row], len(wanted)) > 0
    total = np.bincount(district, parts, len(wanted))
    return pd.DataFrame(
        {
            "fit": np.where(some, total, np.nan),
            "existing": np.bincount(district, today, len(wanted)),
        },
        index=pd.Index(ids, name="district_id"),
    )
