"""How many points: enough that few arrivals find every point in reach taken."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, gammaln

from app.core.engine.arrays import Floats

MANY = 256  # points in reach of each other; beyond, a table would be long and a search is quicker
HALVINGS = 60
SPREAD = 12  # standard deviations of load that surely hold the answer


def blocked(points: int, load: float) -> float:
    """Share of arrivals that find all ``points`` taken at an offered ``load`` [erlang].

    The loss formula holds for any distribution of stays, but wants independent arrivals that do
    not wait.

    References
    ----------
    Erlang's loss formula (M/G/c/c); source ``definition``.
    """
    share = 1.0
    for each in range(1, points + 1):
        share = load * share / (each + load * share)
    return share


def lost(points: Floats, load: Floats) -> Floats:
    """Share of arrivals that find all ``points`` taken, for whole arrays; see ``blocked``."""
    some = load > 0
    asked = np.where(some, load, 1.0)
    mass = np.exp(points * np.log(asked) - asked - gammaln(points + 1))
    below = gammaincc(points + 1, asked)
    crowded = 1 - points / asked  # far above what they carry, where both are too small to write
    found = np.divide(mass, below, out=np.array(crowded), where=below > 0)
    return np.where(some, found, 0.0)


def points_needed(load: Floats, target: float) -> Floats:
    """Fewest points for which at most ``target`` of the arrivals are turned away.

    Parameters
    ----------
    load
        Offered load of each cluster [erlang], any shape.
    target
        Share of arrivals, above 0 and below 1.

    Returns
    -------
    Whole numbers in the shape of ``load``; 0 where there is no load. O(log points) each.
    """
    found = np.searchsorted(_highest_loads(target), load).astype(float)
    large = found > MANY
    found[large] = _search(np.asarray(load)[large], target)
    return found


@lru_cache(maxsize=64)
def _highest_loads(target: float) -> Floats:
    """Most load that 0, 1, 2 ... ``MANY`` points carry within ``target``, by bisection."""
    points = np.arange(1.0, MANY + 1)
    low, high = np.zeros(MANY), points / (1 - target)  # no more cars than points can be served
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        fits = _fits(points, middle, target)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    found = np.concatenate([[0.0], low])
    found.setflags(write=False)
    return found


def _fits(points: Floats, load: Floats, target: float) -> npt.NDArray[np.bool_]:
    """Whether few enough are turned away: Poisson's mass against its distribution."""
    mass = np.exp(points * np.log(load) - load - gammaln(points + 1))
    return np.asarray(mass <= target * gammaincc(points + 1, load))


def _search(load: Floats, target: float) -> Floats:
    """Bisect over whole numbers.

    No more cars than points can be served, so fewer than ``load * (1 - target)`` never do; far
    below the load, where the mass is too small to write down, they just do from there on.
    """
    low: Floats = np.ceil(load * (1 - target)) - 1
    high: Floats = np.ceil(load + SPREAD * np.sqrt(load))
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        fits = _fits(middle, load, target)
        high, low = np.where(fits, middle, high), np.where(fits, low, middle)
    return high


def waiting_h(points: int, load: float, *, stay_h: float, variation: float) -> float:
    """Mean wait [h] where drivers queue, as at fast chargers; infinite when they cannot keep up.

    ``variation`` is the standard deviation of the stay over its mean.

    References
    ----------
    Erlang's delay formula with the factor of Allen and Cunneen; source ``definition``.
    """
    if load >= points:
        return float("inf")
    loss = blocked(points, load)
    wait_share = loss / (1 - load / points * (1 - loss))
    return (1 + variation**2) / 2 * wait_share * stay_h / (points - load)


def highest_load(points: int, target: float) -> float:
    """Most load [erlang] that up to 256 ``points`` carry within ``target``: when to add one."""
    return float(_highest_loads(target)[points])
