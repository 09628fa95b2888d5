"""How many cars are electric: the city's path from above, the districts' pattern from below."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.special import expit, logit

from app.core.demand.uncertainty import SHARE_RANGE
from app.core.engine.arrays import Floats

LEAST_SHARE = 1e-4  # a district's share before it gets a logit
STEPS = 80
CLOSE = 1e-14
BLOCK = 128  # districts worked on at once: 1 MB per array at 1,024 draws stays in the cache


def path(year: int, knots: Sequence[tuple[float, Floats]]) -> Floats:
    """Follow straight lines in logit through ``knots`` (year, share), outer slopes continued.

    A share that would fall from one knot to the next is held: adoption does not go back.
    """
    years = [knot[0] for knot in knots]
    levels = [logit(np.clip(knots[0][1], *SHARE_RANGE))]
    for _, share in knots[1:]:
        levels.append(np.maximum(levels[-1], logit(np.clip(share, *SHARE_RANGE))))
    lines = list(zip(pairwise(years), pairwise(levels), strict=True))
    (start, end), (low, high) = next((line for line in lines if year < line[0][1]), lines[-1])
    found: Floats = expit(low + (high - low) * (year - start) / (end - start))
    return found


def base_share(plugins: Floats, cars: Floats) -> float:
    """Share of the city's private cars that was plug-in in the year of the registrations."""
    return float(plugins.sum() / cars.sum()) if cars.sum() > 0 else 0.0


def gaps(plugins: Floats, cars: Floats, prior_cars: Floats) -> Floats:
    """How far each district is ahead of the city, in logit ``(district, 1 or draw)``.

    Small districts are pulled to the city's share as if by ``prior_cars`` average cars.
    """
    return apart(shrunk_share(plugins, cars, prior_cars, base_share(plugins, cars)), cars)


def shrunk_share(plugins: Floats, cars: Floats, prior_cars: Floats, city: float) -> Floats:
    """Share of each district in the year of the registrations ``(district, 1 or draw)``.

    ``city`` is the share of the whole city, to which small districts are pulled.
    """
    weight = cars[:, None] + prior_cars
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 of 0 cars: the city's share
        shrunk = (plugins[:, None] + prior_cars * city) / weight
    return np.where(weight > 0, shrunk, city)


def apart(share: Floats, cars: Floats) -> Floats:
    """How far shares lie apart: their distance in logit from the mean over all cars."""
    level = logit(np.clip(share, LEAST_SHARE, SHARE_RANGE[1]))
    found: Floats = level - weights(cars) @ level
    return found


def weights(cars: Floats) -> Floats:
    """Share of each district in the city's cars; equal shares where there are none."""
    total = cars.sum()
    return cars / total if total > 0 else np.full(cars.size, 1 / cars.size)


def common_shift(offsets: Floats, cars: Floats, city_share: Floats) -> Floats:
    """Find the shift in logit, alike for all districts, that reaches the city's share.

    A district's share is then ``expit(shift + offset)``. Bisection, with Newton's step in logit
    wherever it stays inside the bracket: about five rounds, each O(district x draw).

    Parameters
    ----------
    offsets : (district, 1 or draw)
        Distance from the city in logit.
    cars : (district,)
    city_share : (1 or draw,)

    Returns
    -------
    (draw,)
    """
    weight = weights(cars)
    target = logit(city_share)
    low, high = target - offsets.max(axis=0), target - offsets.min(axis=0)
    shift = target - weight @ offsets
    for _ in range(STEPS):
        reached, slope = _reached(shift, offsets, weight)
        error = reached - city_share
        if np.abs(error).max() <= CLOSE:
            break
        low, high = np.where(error < 0, shift, low), np.where(error > 0, shift, high)
        step = shift - (logit(reached) - target) * reached * (1 - reached) / slope
        shift = np.where((step >= low) & (step <= high), step, (low + high) / 2)
    return np.asarray(shift)


def _reached(shift: Floats, offsets: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Share of the city at a shift, and its slope."""
    reached, slope = np.zeros(shift.size), np.zeros(shift.size)
    for at in range(0, weight.size, BLOCK):
        part = slice(at, at + BLOCK)
        share = expit(shift + offsets[part])
        reached += weight[part] @ share
        slope += weight[part] @ (share * (1 - share))
    return reached, slope
