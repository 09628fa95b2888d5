"""Holding the model against what was measured, and setting two factors right."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from math import exp, log
from typing import TypeAlias

import numpy as np

from app.core.demand.counts import Scatter, interval, scatter
from app.core.demand.observed import HOURS, Observed
from app.core.demand.sizing import MANY, highest_load, lost
from app.core.engine.arrays import Floats
from app.core.siting.problem import Flags

FURTHEST = 10.0  # no factor is looked for beyond this, or below one by it
Bands: TypeAlias = Floats
"""Mean, P10 and P90 of a quantity, ``(3, district)``."""


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


ERRORS = tuple(each.name for each in fields(Errors))


@dataclass(frozen=True, slots=True)
class Fit:
    """One factor, and the errors before and after it."""

    factor: float
    districts: int
    before: Errors
    after: Errors


@dataclass(frozen=True, slots=True)
class Counted:
    """How the numbers of sessions of districts scatter around what is expected of them.

    ``poisson`` and ``negative`` are the shares of districts inside P10 to P90 of either kind of
    interval, of which 8 in 10 should be.
    """

    districts: int
    scatter: Scatter
    poisson: float
    negative: float


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What the model expects of every district on a mean day.

    Attributes
    ----------
    kwh, hours : (3, district)
        Mean, P10 and P90 of public charging and of connected time.
    sessions, clusters : (district,)
    points : (district,)
        Points that stand there; NaN where nobody knows, and then nobody is turned away.
    """

    kwh: Bands
    hours: Bands
    sessions: Floats
    clusters: Floats
    points: Floats

    def served(self, hours: Floats) -> Floats:
        """Share of the drivers who find a free point, when so many hours are asked for."""
        clusters, reach = self.reach()
        load = hours / HOURS / clusters
        found = 1 - lost(np.broadcast_to(reach, load.shape), load)
        return np.where(np.isfinite(self.points), found, 1.0)

    def hours_carried(self, factor: float = 1.0) -> Bands:
        """Work out the connected hours of those who find a point."""
        asked = factor * self.hours
        return asked * self.served(asked)

    def kwh_carried(self, factor: float = 1.0, hours_factor: float = 1.0) -> Bands:
        """Work out the energy of those who find a point, which hangs on the connected time."""
        return factor * self.kwh * self.served(hours_factor * self.hours[:1])

    def reach(self) -> tuple[Floats, Floats]:
        """Count the clusters of every district, and the points that each of them shares."""
        points = np.maximum(np.where(np.isfinite(self.points), self.points, 1.0), 1.0)
        clusters = np.clip(self.clusters, 1.0, points)
        return clusters, np.maximum(np.round(points / clusters), 1.0)

    def occupied_full(self, target: float) -> Floats:
        """Share of the time a point is taken where just ``target`` of the arrivals find none."""
        share = [highest_load(int(min(c, MANY)), target) / min(c, MANY) for c in self.reach()[1]]
        return np.where(self.points > 0, (1 - target) * np.array(share), np.nan)

    def occupied(self, factor: float = 1.0) -> Floats:
        """Share of the time that a point is taken, by Erlang's formula; NaN without points."""
        points = np.where(self.points > 0, self.points, np.nan)
        found: Floats = self.hours_carried(factor)[0] / HOURS / points
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """The factors, and how well the model fits without and with them.

    Attributes
    ----------
    used : (district,)
        Which districts count.
    kwh, hours
        None where the file does not say, or no district counts.
    """

    seen: Observed
    expected: Expected
    used: Flags
    kwh: Fit | None
    hours: Fit | None
    counted: Counted | None

    @property
    def hours_factor(self) -> float:
        """Factor on connected hours; 1 where none was fitted."""
        return self.hours.factor if self.hours else 1.0

    @property
    def kwh_factor(self) -> float:
        """Factor on energy; 1 where none was fitted."""
        return self.kwh.factor if self.kwh else 1.0

    def bands(self, name: str) -> tuple[Bands, Bands]:
        """Return the model's energy or hours of every district, before and after."""
        if name == "hours":
            return self.expected.hours_carried(), self.expected.hours_carried(self.hours_factor)
        after = self.expected.kwh_carried(self.kwh_factor, self.hours_factor)
        return self.expected.kwh_carried(), after

    def measured(self, name: str) -> Floats:
        """Return what was measured in a day, brought to all points of each district."""
        found: Floats = getattr(self.seen, f"{name}_day") * self.seen.scale
        return np.where(self.seen.observations > 0, found, np.nan)

    def set_to(self) -> dict[str, float]:
        """Say what to set in the model: its hours follow from its energy, so theirs is a ratio."""
        found = {"calibration_kwh": self.kwh.factor} if self.kwh else {}
        if self.hours:
            found["calibration_hours"] = self.hours_factor / self.kwh_factor
        return found


def calibrate(expected: Expected, seen: Observed, least: float, least_seen: float) -> Calibration:
    """Fit the factors on districts with ``least`` observations and ``least_seen`` of the points."""
    enough = seen.observations >= least
    used = enough & ~(seen.seen < least_seen)
    hours = fit(seen.hours_day * seen.scale, expected.hours_carried, used)
    stay = hours.factor if hours else 1.0

    def energy(factor: float) -> Bands:
        return expected.kwh_carried(factor, 1.0 if factor == 1.0 else stay)

    kwh = fit(seen.kwh_day * seen.scale, energy, used)
    return Calibration(seen, expected, used, kwh, hours, _counted(expected, seen, used, stay))


def fit(measured: Floats, model: Callable[[float], Bands], used: Flags) -> Fit | None:
    """Find the factor that brings the model nearest to what was measured, by least squares.

    Parameters
    ----------
    measured, used : (district,)
        What was measured, and whether it counts.
    model
        The model's mean, P10 and P90 at a factor.

    Returns
    -------
    None where no district counts or the model expects nothing there.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # one page fits anything

    plain = model(1.0)
    used = used & np.isfinite(measured) & (plain[0] > 0)
    if not used.any() or not measured[used].any():
        return None
    seen = measured[used]

    def loss(log_factor: float) -> float:
        return float(np.square(model(exp(log_factor))[0][used] - seen).sum())

    ends = (-log(FURTHEST), log(FURTHEST))
    factor = exp(minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-9}).x)
    return Fit(
        factor,
        int(used.sum()),
        errors(seen, plain[:, used]),
        errors(seen, model(factor)[:, used]),
    )


def errors(measured: Floats, modelled: Bands) -> Errors:
    """Hold a model against what was measured."""
    mean, low, high = modelled
    off = mean - measured
    spread = float(np.square(measured - measured.mean()).sum())
    some = measured > 0
    return Errors(
        bias=float(mean.sum() / measured.sum() - 1) if measured.sum() > 0 else float("nan"),
        mae=float(np.abs(off).mean()),
        mape=float(np.abs(off[some] / measured[some]).mean()) if some.any() else float("nan"),
        r2=1 - float(np.square(off).sum()) / spread if spread > 0 else float("nan"),
        inside=float(((low <= measured) & (measured <= high)).mean()),
    )


def _counted(expected: Expected, seen: Observed, used: Flags, stay: float) -> Counted | None:
    """Say how session counts scatter around the model brought to their level."""
    foretold = (
        expected.sessions * expected.served(stay * expected.hours[0]) / seen.scale * seen.days
    )
    used = used & np.isfinite(seen.sessions_day) & (foretold > 0)
    if not used.any():
        return None
    counts, foretold = np.rint(seen.sessions_day * seen.days)[used], foretold[used]
    foretold = foretold * (counts.sum() / foretold.sum())
    found = scatter(counts, foretold)
    return Counted(
        int(used.sum()),
        found,
        _inside(counts, foretold, 0.0),
        _inside(counts, foretold, found.alpha or 0.0),
    )


def _inside(counts: Floats, foretold: Floats, alpha: float) -> float:
    low, high = interval(foretold, alpha)
    return float(((low <= counts) & (counts <= high)).mean())
