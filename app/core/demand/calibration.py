"""Holding the model against what was measured, and setting two factors right."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.core.engine.arrays import Floats
from app.core.siting.problem import Flags

LONGEST_H = 20 * 24.0
POWER_SLACK = 1.05
FAULTS = ("duplicate", "no_time", "too_long", "no_energy", "impossible")


@dataclass(frozen=True, slots=True)
class Errors:
    """How far a model is from what was measured, over the districts that count.

    Attributes
    ----------
    bias
        Modelled over measured in sum, less 1.
    mae
        Mean absolute error, in the unit of the figure.
    mape
        Mean absolute error as a share of what was measured.
    r2
        Share of the variance explained; negative where the mean would do better.
    inside
        Share of the districts whose figure lies in P10 to P90.
    """

    bias: float
    mae: float
    mape: float
    r2: float
    inside: float


@dataclass(frozen=True, slots=True)
class Fit:
    """One factor, and the errors before and after it."""

    factor: float
    districts: int
    before: Errors
    after: Errors


def clean(sessions: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Take out sessions that cannot be, and count them by fault; each counts once.

    Parameters
    ----------
    sessions
        ``hours`` connected, ``energy_kwh``, ``max_power_kw`` (NaN unknown), and whatever else
        names a session; rows alike in everything are duplicates.
    """
    hours, kwh = sessions["hours"], sessions["energy_kwh"]
    most = sessions["max_power_kw"] * hours * POWER_SLACK
    bad = {
        "duplicate": sessions.duplicated(),
        "no_time": ~(hours > 0),
        "too_long": hours > LONGEST_H,
        "no_energy": ~(kwh > 0),
        "impossible": kwh > most,  # unknown power says nothing
    }
    left = np.ones(len(sessions), bool)
    counts = {}
    for name in FAULTS:
        hit = bad[name].to_numpy(bool) & left
        counts[name] = int(hit.sum())
        left &= ~hit
    return sessions[left], counts


def stale(charger: pd.Series, percent: pd.Series) -> set[str]:
    """Find chargers that said the same all the time, seen more than once: their status is stuck."""
    span = percent.groupby(charger).agg(["min", "max", "size"])
    return set(span.index[(span["min"] == span["max"]) & (span["size"] > 1)])


def fit(measured: Floats, mean: Floats, low: Floats, high: Floats, counts: Flags) -> Fit | None:
    """Find the factor that brings the model nearest to what was measured, by least squares.

    Parameters
    ----------
    measured, mean, low, high : (district,)
        What was measured, and the model's mean, P10 and P90.
    counts : (district,)
        Whether a district has enough observations to count.

    Returns
    -------
    None where no district counts or the model expects nothing there.
    """
    used = counts & np.isfinite(measured) & (mean > 0)
    if not used.any():
        return None
    seen, model = measured[used], mean[used]
    factor = float(seen @ model / (model @ model))
    band = low[used], high[used]
    before = errors(seen, model, *band)
    after = errors(seen, factor * model, *(factor * each for each in band))
    return Fit(factor, int(used.sum()), before, after)


def errors(measured: Floats, modelled: Floats, low: Floats, high: Floats) -> Errors:
    """Hold a model against what was measured."""
    off = modelled - measured
    spread = float(np.square(measured - measured.mean()).sum())
    some = measured > 0
    return Errors(
        bias=float(modelled.sum() / measured.sum() - 1) if measured.sum() > 0 else float("nan"),
        mae=float(np.abs(off).mean()),
        mape=float(np.abs(off[some] / measured[some]).mean()) if some.any() else float("nan"),
        r2=1 - float(np.square(off).sum()) / spread if spread > 0 else float("nan"),
        inside=float(((low <= measured) & (measured <= high)).mean()),
    )
