"""What was measured per district: sessions and statuses cleaned, each loss counted by its kind."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.core.engine.arrays import Floats, Longs
from app.core.siting.problem import Flags

HOURS = 24
LONGEST_H = 20 * 24.0
POWER_SLACK = 1.05
EMPTY, FULL = 0.0, 1.0
FAULTS = ("duplicate", "no_time", "too_long", "no_energy", "impossible")
STUCK = ("always_empty", "always_full", "never_changes")


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """What was measured in every district, in the order of the map.

    Attributes
    ----------
    observations : (district,)
        Sessions or snapshots that are left after cleaning.
    kwh_day, hours_day, sessions_day : (district,)
        Of the points that were seen; NaN where the file does not say.
    points_seen, points_all : (district,)
        Points in the file, and points that stand in the district; NaN where nobody knows.
    days
        Observed.
    """

    observations: Floats
    kwh_day: Floats
    hours_day: Floats
    sessions_day: Floats
    points_seen: Floats
    points_all: Floats
    days: float

    @property
    def scale(self) -> Floats:
        """All points over those that were seen; 1 where either is not known."""
        known = (self.points_seen > 0) & np.isfinite(self.points_all)
        ratio = np.divide(
            self.points_all, self.points_seen, out=np.ones(self.points_seen.size), where=known
        )
        return np.maximum(ratio, 1.0)

    @property
    def seen(self) -> Floats:
        """Share of the district's points in the file; NaN where that is not known."""
        known = np.isfinite(self.points_seen) & np.isfinite(self.points_all)
        return np.where(known, 1 / self.scale, np.nan)


def clean(sessions: pd.DataFrame) -> tuple[Flags, dict[str, int]]:
    """Tell the sessions that can be from those that cannot, and count these by their first fault.

    Parameters
    ----------
    sessions
        ``hours`` connected and ``energy_kwh``, NaN where missing; ``max_power_kw`` where known,
        and whatever else names a session: rows alike in all but ``session_id``, and rows of an id
        that was there before, are duplicates.
    """
    hours, kwh = sessions["hours"], sessions["energy_kwh"]
    alike = sessions.drop(columns="session_id", errors="ignore").duplicated()
    if "session_id" in sessions:
        alike |= sessions["session_id"].duplicated() & (sessions["session_id"] != "")
    power = sessions.get("max_power_kw", pd.Series(np.nan, index=sessions.index))
    bad = {
        "duplicate": alike,
        "no_time": ~(hours > 0),
        "too_long": hours > LONGEST_H,
        "no_energy": ~(kwh >= 0),
        "impossible": kwh > power * hours * POWER_SLACK,  # unknown power says nothing
    }
    left = np.ones(len(sessions), bool)
    counts = {}
    for name in FAULTS:
        hit = bad[name].to_numpy(bool) & left
        counts[name] = int(hit.sum())
        left &= ~hit
    return left, counts


def stale(charger: pd.Series, share: pd.Series) -> tuple[set[str], dict[str, int]]:
    """Find chargers whose status never changed while they were watched, and count them by kind.

    One that was seen once only is not judged.
    """
    span = share.groupby(charger).agg(["min", "max", "size"])
    still = span[(span["min"] == span["max"]) & (span["size"] > 1)]
    empty, full = (still["min"] == EMPTY), (still["min"] == FULL)
    counts = (empty.sum(), full.sum(), (~empty & ~full).sum())
    return set(still.index), dict(zip(STUCK, map(int, counts), strict=True))


def per_district(home: Longs, amount: Floats, districts: int) -> Floats:
    """Sum over the rows of each district."""
    return np.bincount(home, amount, districts).astype(float)


def by_hour(home: Longs, hour: Longs, taken: Floats, total: Floats, districts: int) -> Floats:
    """Share of the points taken, per district and hour of the day; NaN where nobody looked."""
    cell, cells = home * HOURS + hour, districts * HOURS
    sums = [np.bincount(cell, each, cells).reshape(districts, HOURS) for each in (taken, total)]
    found: Floats = np.divide(
        sums[0], sums[1], out=np.full(sums[0].shape, np.nan), where=sums[1] > 0
    )
    return found


def day_mean(shares: Floats) -> Floats:
    """Mean over the hours that were seen, each counting once however often it was looked at."""
    seen = np.isfinite(shares)
    count = seen.sum(axis=-1)
    total = np.where(seen, shares, 0).sum(axis=-1)
    found: Floats = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return found


def points_of(charger: pd.Series, points: pd.Series) -> Mapping[str, float]:
    """Say how many points every charger has: the most that was said."""
    most = points.groupby(charger).max().dropna()
    return dict(zip(most.index.astype(str), most.to_numpy(np.float64), strict=True))
