"""Who is left out: homes without own parking, long walks, and plug-in cars by income."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from app.core.engine.arrays import Floats, Ints, Longs

QUINTILES = 5
PER = 1000.0
MET, SHORT, FEW, UNKNOWN = "met", "not_met", "few_homes", "unknown"
CELL_STATES = (MET, SHORT, FEW, UNKNOWN)


@dataclass(frozen=True, slots=True, eq=False)
class Homes:
    """Where people live, as points spread over the districts.

    Attributes
    ----------
    xy : (home point, 2)
        Coordinates [m].
    district : (home point,)
        Index of the district.
    households : (district,)
        NaN where nobody knows.
    """

    xy: Floats
    district: Ints
    households: Floats

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        for each in (self.xy, self.district, self.households):
            each.setflags(write=False)

    @property
    def each(self) -> Floats:
        """Households at each point (home point,)."""
        count = np.bincount(self.district, minlength=self.households.size)
        found: Floats = (self.households / np.maximum(count, 1))[self.district]
        return found


def far_share(homes: Homes, point_xy: Floats | None, *, walk_m: float, detour: float) -> Floats:
    """Share of each district's homes farther than ``walk_m`` on foot from every public point.

    A walk is the straight line times ``detour``, never the straight line. All NaN where no map
    says where points are: that is unknown, not far.
    """
    count = homes.households.size
    if point_xy is None:
        return np.full(count, np.nan)
    if len(point_xy):
        near = cKDTree(point_xy).query(homes.xy)[0] * detour <= walk_m + 1e-9
    else:
        near = np.zeros(len(homes.xy), bool)
    total = np.bincount(homes.district, minlength=count)
    far = np.bincount(homes.district, ~near, count)
    found: Floats = np.divide(far, total, out=np.full(count, np.nan), where=total > 0)
    return found


def quintile(income: Floats, households: Floats) -> Longs:
    """Put districts into fifths of the households, the lowest income first (district,).

    A district belongs to the fifth in which the middle of its households lies, those of all
    districts with the same income taken together; 0 where income or households are unknown.
    """
    known = np.isfinite(income) & (households > 0)
    found = np.zeros(income.size, np.int64)
    if known.any():
        middle = _ranks(income[known], households[known])
        found[known] = np.minimum(np.floor(middle * QUINTILES), QUINTILES - 1).astype(np.int64) + 1
    return found


def _ranks(income: Floats, weight: Floats) -> Floats:
    """Say where each district stands, from the poorest 0 to the richest 1; equal incomes alike."""
    place = np.unique(income, return_inverse=True)[1]
    size = np.bincount(place, weight)
    middle: Floats = (np.cumsum(size) - size / 2) / size.sum()
    return middle[place]


def concentration(rate: Floats, weight: Floats, income: Floats) -> float:
    """Say how far a rate leans to the rich: 0 even, towards 1 all with the richest, below 0 poor.

    Concentration index over districts ranked by income, each counting by ``weight``; NaN where
    fewer than two districts are known.

    References
    ----------
    Kakwani, Wagstaff, van Doorslaer 1997; source ``definition``.
    """
    known = np.isfinite(rate) & np.isfinite(income) & (weight > 0)
    if known.sum() < 2:  # noqa: PLR2004  # one district has no rank
        return float("nan")
    share = weight[known] / weight[known].sum()
    value = rate[known]
    mean = float(share @ value)
    if mean <= 0:
        return float("nan")
    rank = _ranks(income[known], share)
    return float(2 * (share * value) @ rank / mean - 1)


def by_quintile(frame: pd.DataFrame) -> pd.DataFrame:
    """Sum districts up by income fifth.

    Parameters
    ----------
    frame : (district,)
        ``quintile, households, cars, plugins, cars_then, ev_then, homes_no_own_parking,
        homes_far`` (NaN unknown), ``points`` (NaN unknown) and ``income_eur``.

    Returns
    -------
    ``quintile, districts, households, income_low, income_high, plugin_share, ev_share,
    no_own_parking, far, points_per_1000``; rates are sums over sums, never means of rates.
    """
    rows = []
    for each, part in frame[frame["quintile"] > 0].groupby("quintile"):
        homes = part["households"].sum()
        rows.append(
            {
                "quintile": each,
                "districts": len(part),
                "households": homes,
                "income_low": part["income_eur"].min(),
                "income_high": part["income_eur"].max(),
                "plugin_share": _rate(part["plugins"], part["cars"]),
                "ev_share": _rate(part["ev_then"], part["cars_then"]),
                "no_own_parking": part["homes_no_own_parking"].sum() / homes,
                "far": _rate(part["homes_far"], part["households"]),
                "points_per_1000": PER * _rate(part["points"], part["homes_no_own_parking"]),
            }
        )
    columns = (
        "quintile", "districts", "households", "income_low", "income_high", "plugin_share",
        "ev_share", "no_own_parking", "far", "points_per_1000",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _rate(top: pd.Series, bottom: pd.Series) -> float:
    """Divide sums over the districts that tell both: a blank is neither none nor part of all."""
    both = top.notna() & bottom.notna()
    below = float(bottom[both].sum())
    return float(top[both].sum()) / below if below > 0 else float("nan")


def coverage(
    homes: Homes, cell: Longs, cells: int, point_cell: Longs | None, *, least: float
) -> pd.DataFrame:
    """Hold every cell against the norm: one public point where ``least`` households live.

    Parameters
    ----------
    cell : (home point,)
        Cell each home point lies in.
    point_cell : (public point,)
        Cell each public point lies in; None where no map says where points are.

    Returns
    -------
    (cell,)
        ``households, points, state``; unknown where homes or points are.
    """
    told = np.isfinite(homes.each)
    households = np.bincount(cell, np.nan_to_num(homes.each), cells)
    known = np.bincount(cell, told, cells) == np.bincount(cell, minlength=cells)
    points = np.full(cells, np.nan)
    if point_cell is not None:
        points = np.bincount(point_cell, minlength=cells).astype(float)
    state = np.where(households < least, FEW, np.where(points > 0, MET, SHORT))
    unknown = np.isnan(points) & (households >= least)
    state = np.where(unknown | (~known & (households < least)), UNKNOWN, state)
    return pd.DataFrame({"households": households, "points": points, "state": state})
