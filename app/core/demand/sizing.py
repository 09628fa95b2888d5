"""How many points: enough that few arrivals find every point in reach taken."""

import numpy as np
from scipy.special import gammaincc, gammaln

from app.core.engine.arrays import Floats

LARGE = 200.0  # erlang: above this the recursion would be long and a search is quicker
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
    Whole numbers in the shape of ``load``; 0 where there is no load. O(sum of the answers).
    """
    flat = np.asarray(load, dtype=float).ravel()
    found = np.zeros(flat.size)
    large = flat > LARGE
    found[large] = _search(flat[large], target)
    places = np.flatnonzero((flat > 0) & ~large)
    load_left, inverse = flat[places], np.ones(places.size)
    count = 0
    while places.size:
        count += 1
        with np.errstate(over="ignore"):  # next to no load: one point is plenty
            inverse = 1 + count / load_left * inverse
        enough = inverse * target >= 1
        if enough.any():
            found[places[enough]] = count
            left = ~enough
            places, load_left, inverse = places[left], load_left[left], inverse[left]
    return found.reshape(np.shape(load))


def _search(load: Floats, target: float) -> Floats:
    """Bisect over whole numbers; the formula is Poisson's mass over its distribution.

    No more cars than points can be served, so fewer than ``load * (1 - target)`` never do; far
    below the load, where the mass is too small to write down, they just do from there on.
    """
    low: Floats = np.ceil(load * (1 - target)) - 1
    high: Floats = np.ceil(load + SPREAD * np.sqrt(load))
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        mass = np.exp(middle * np.log(load) - load - gammaln(middle + 1))
        fits = mass <= target * gammaincc(middle + 1, load)
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
    """Most load [erlang] that ``points`` carry within ``target``: when to add one."""
    low, high = 0.0, points / (1 - target)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if blocked(points, middle) <= target else (low, middle)
    return low
