"""Use-case: how many more charge points each transformer carries."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.belonging import largest_remainder
from app.core.engine.arrays import Floats, Longs
from app.core.impact import Impact
from app.core.indicators import starves
from app.core.places import EngineRows
from app.core.scenario import Scenario
from app.services.hosting import hosted
from app.services.parameters import load_parameters
from app.services.setting import Setting


def room(answer: Impact) -> pd.DataFrame:
    """Say how many more points each transformer carries under a strategy: pooled coincidence.

    Returns
    -------
    (row,)
        ``asset_id, name, district_id, limit_kw, base_peak_kw, existing, kappa_kw, headroom_kw,
        fit, served_share, leaves_short, tried``. ``kappa_kw`` is
        what one point adds to a peak under the simulated strategy, one figure for the city;
        headroom and fit are NaN where the limit is unknown: that is no room. Nothing is tried yet.
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
            "tried": False,
        }
    )


def tried(
    rooms: pd.DataFrame, setting: Setting, scenario: Scenario, short: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    """Try points out one by one on the transformers where room is ``short``.

    The pooled figure is fair to the city, not to the one transformer whose evening is empty: there
    ``kappa_kw``, ``headroom_kw`` and ``fit`` become its own. A transformer on which not one point
    fits, those of today included, keeps the pooled figure and has no room.
    """
    rows = np.flatnonzero(short)
    if not rows.size:
        return rooms
    most = hosted(setting, scenario, scenario.strategy, rows=rows).points
    found, at = rooms.copy(), rooms.index[rows]
    fit = np.maximum(most - found.loc[at, "existing"].to_numpy(np.int64), 0)
    left = (found.loc[at, "limit_kw"] - found.loc[at, "base_peak_kw"]).clip(lower=0.0)
    own = left / np.maximum(most, 1)
    kappa = np.where((most > 0) & (own > 0), own, found.loc[at, "kappa_kw"])
    found.loc[at, "kappa_kw"] = kappa
    found.loc[at, "headroom_kw"] = kappa * fit
    found.loc[at, "fit"] = fit.astype(float)
    found.loc[at, "tried"] = True
    return found


def nominal(rooms: pd.DataFrame, kw_point: float) -> pd.DataFrame:
    """Tell the room there would be with every point at full power at once: no strategy, no luck."""
    left = rooms["limit_kw"] - rooms["base_peak_kw"] - kw_point * rooms["existing"]
    headroom_kw = left.clip(lower=0.0)
    fit = np.floor(headroom_kw / kw_point + 1e-9)
    return rooms.assign(kappa_kw=kw_point, headroom_kw=headroom_kw, fit=fit)


def short_of_room(rooms: pd.DataFrame, taken: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    """Find the transformers not tried yet whose room ``taken`` uses up, though there is some."""
    left = rooms["fit"] - rooms["asset_id"].map(taken).fillna(0)
    some = rooms["limit_kw"] > rooms["base_peak_kw"]
    found: npt.NDArray[np.bool_] = ((left < 1) & some & ~rooms["tried"]).to_numpy(bool)
    return found


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
