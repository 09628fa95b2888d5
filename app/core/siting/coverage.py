"""Who gets a point within reach: busy cells, homes without own parking, districts."""

from collections.abc import Mapping

import numpy as np

from app.core.engine.arrays import Floats, Longs
from app.core.parameters import Parameter
from app.core.siting.problem import Demands, sums
from app.core.siting.reach import Reach


def cells(
    demands: Demands, households: Floats, site_xy: Floats, values: Mapping[str, Parameter]
) -> tuple[float, float]:
    """Share of busy cells, and of households in them, that hold a public point.

    The grid of cells is anchored at the origin of the coordinates. NaN where households are
    unknown everywhere or no cell is busy.
    """
    side = values["cell_m"].value
    names, index = np.unique(_cell(demands.xy, side), return_inverse=True)
    homes = sums(index, np.nan_to_num(households), names.size)
    busy = homes >= values["cell_households"].value
    if not busy.any():
        return np.nan, np.nan
    covered = busy & np.isin(names, _cell(site_xy, side))
    return float(covered.sum() / busy.sum()), float(homes[covered].sum() / homes[busy].sum())


def _cell(xy: Floats, side: float) -> Longs:
    """Give each cell of the plane one whole number from its column and row."""
    column, row = np.floor(xy / side).astype(np.int64).reshape(-1, 2).T
    return column * 2**31 + row


def homes_in_reach(reach: Reach, homes: Floats, opened: Longs) -> float:
    """Share of the homes at demand points that reach an open site on foot."""
    known = ~np.isnan(homes)
    if not homes[known].sum() > 0:
        return np.nan
    flag = np.zeros(reach.sites, bool)
    flag[opened] = True
    row = np.repeat(np.arange(reach.rows), np.diff(reach.row_start))
    near = sums(row, flag[reach.row_site], reach.rows) > 0
    reached = (
        (reach.member >= 0) & near[np.maximum(reach.member, 0)] if reach.rows else known & False
    )
    return float(homes[known & reached].sum() / homes[known].sum())


def gini(shares: Floats) -> float:
    """Say how unequal shares are: 0 all equal, towards 1 all in one place."""
    values = np.sort(shares[~np.isnan(shares)])
    if not values.size or values.sum() <= 0:
        return 0.0
    rank = np.arange(1, values.size + 1)
    return float((2 * rank - values.size - 1) @ values / (values.size * values.sum()))
