"""Demand told by other areas than it was estimated for, with honest ranges."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from app.core.demand import areal, uncertainty
from app.core.demand.areal import Transfer
from app.core.demand.cloud import Cloud
from app.core.demand.result import QUANTITIES, STATISTICS, Demand
from app.core.engine.arrays import Floats, Longs
from app.core.layer import STATUSES

TOTALS = ("kw_nominal", "afir_kw", "depot_kwh_day")
ROWS = 2_000  # zones summed up at once: 130 MB of draws
ESTIMATED, UNKNOWN = STATUSES.index("estimated"), STATUSES.index("unknown")


def by_zone(answer: Demand, cloud: Cloud, found: Transfer, zones: pd.DataFrame) -> Demand:
    """Tell a demand per zone: means are split exactly, ranges come from the draws of each zone.

    Percentiles do not add, so every draw of the districts is split and summed before a percentile
    is read. That takes the parts of a district to rise and fall together; what the split itself
    leaves open is not in the range.

    Parameters
    ----------
    cloud
        The draws ``answer`` was summed up from.
    zones : (zone,)
        ``district_id`` and ``name`` of every zone, in the order of ``found``.

    Returns
    -------
    The same city, ``districts`` holding the zones with the columns of ``Demand.districts`` and
    ``covered_share`` of their ground; NaN where nothing is known, but zones add up to the city
    less what lies outside all of them.
    """
    frame = answer.districts
    plan = found.counts(frame["points_plan"].to_numpy(float))
    plan = areal.whole(plan, found.left(frame["points_plan"].to_numpy(float)))
    cars = frame["cars_mean"].to_numpy()
    households = found.counts(cloud.facts.households)
    without = found.counts(frame["homes_no_own_parking"].to_numpy(float))
    columns: dict[str, Any] = {
        "district_id": zones["district_id"].to_numpy(object),
        "name": zones["name"].to_numpy(object),
        "ev_share": found.rates(frame["ev_share"].to_numpy(), cars),
        "ev_share_start": found.rates(frame["ev_share_start"].to_numpy(), cars),
        "rates_hidden": ~(households >= cloud.values["rate_households"][0]),
        "status": _status(found, frame["status"]),
        "points_plan": pd.Series(plan).astype("Int64"),
        "points_coverage": pd.Series((plan == 0) & (households > 0), dtype="Int64").mask(
            ~found.known
        ),
        "no_own_parking": np.divide(
            without, households, out=np.full(without.size, np.nan), where=households > 0
        ),
        "homes_no_own_parking": without,
        "covered_share": found.covered,
    }
    columns |= {name: found.counts(frame[name].to_numpy(float)) for name in TOTALS}
    columns |= _bands(cloud, found)
    columns |= {
        f"{name}_mean": found.counts(frame[f"{name}_mean"].to_numpy(float)) for name in QUANTITIES
    }
    daily = found.counts(answer.sessions_day)
    return replace(answer, districts=pd.DataFrame(columns), sessions_day=daily)


def draws(cloud: Cloud) -> dict[str, Floats]:
    """Work out every draw of every district ``(district, 1 or draw)``; 8 kB a district each."""
    rows: dict[str, list[Floats]] = {name: [] for name in QUANTITIES}
    for part, block in cloud.blocks():
        for name, drawn in cloud.quantities(part, block).items():
            if name in rows:
                rows[name].append(drawn)
    return {name: np.concatenate(found) for name, found in rows.items()}


def _bands(cloud: Cloud, found: Transfer) -> dict[str, Floats]:
    """Sum up each quantity of each zone over its own draws, some zones at a time."""
    columns: dict[str, Floats] = {}
    for name, drawn in draws(cloud).items():
        parts = [
            uncertainty.statistics(np.asarray(found.weights[at : at + ROWS] @ drawn))
            for at in range(0, len(found.covered), ROWS)
        ]
        bands = np.concatenate(parts, axis=1)
        bands[:, ~found.known] = np.nan
        columns |= {f"{name}_{each}": row for each, row in zip(STATISTICS, bands, strict=True)}
    return columns


def _status(found: Transfer, said: pd.Series) -> list[str]:
    """Tell the weakest of the districts in each zone; a split is an estimate at best."""
    rank: Mapping[str, int] = {status: place for place, status in enumerate(STATUSES)}
    level = said.map(rank).to_numpy(dtype=np.int64)
    worst: Longs = np.zeros(len(found.covered), dtype=np.int64)
    entries = found.weights.tocoo()
    real = entries.data > 0
    np.maximum.at(worst, entries.row[real], level[entries.col[real]])
    worst = np.where(found.split, np.maximum(worst, ESTIMATED), worst)
    return [STATUSES[each] for each in np.where(found.known, worst, UNKNOWN)]
