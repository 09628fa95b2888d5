"""Divide sites into lots of equal worth that lie together."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from app.core.engine.arrays import Floats, Longs
from app.core.errors import InputError
from app.core.siting.problem import sums

STARTS, ROUNDS, SETTLED_M = 10, 12, 1.0
LEAST_KWH, DOMINANT = 1e-6, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Lots:
    """Which lot each site is in, from 1, and how equal lots are.

    ``ratio`` is the largest lot's energy over the smallest's.
    """

    lot: Longs
    ratio: float


def most_lots(kwh_day: Floats) -> int:
    """Count the lots that sites can make: no site may be worth more than two of them."""
    weight = np.maximum(kwh_day, LEAST_KWH)
    return (
        max(1, min(len(weight), int(DOMINANT * weight.sum() / weight.max()))) if len(weight) else 1
    )


def make_lots(xy: Floats, kwh_day: Floats, count: int, *, seed: int) -> Lots:
    """Divide sites into ``count`` lots of nearly equal energy, each a cluster on the map.

    Centres by k-means, then a transport problem that shares energy out evenly at the least
    distance, then single moves while they bring the largest and smallest lot together.
    """
    if count == 1 or not len(xy):
        return Lots(np.ones(len(xy), np.int64), 1.0)
    most = most_lots(kwh_day)
    if count > most:
        few = f"{len(xy)} sites" if most == len(xy) else f"{len(xy)} sites of such unequal worth"
        raise InputError(f"{few} cannot make {count} lots: choose at most {most}")
    weight = np.maximum(kwh_day, LEAST_KWH)
    centres = _centres(xy, weight, count, seed)
    lot = np.zeros(len(xy), np.int64)
    for _ in range(ROUNDS):
        lot = _transport(xy, weight, centres)
        moved = np.array([_mean(xy, weight, lot == k, centres[k]) for k in range(count)])
        step = float(np.hypot(*(moved - centres).T).max())
        centres = moved
        if step < SETTLED_M:
            break
    lot = _repair(xy, weight, lot, centres)
    order = np.lexsort((centres[:, 1], centres[:, 0]))  # number lots from west to east
    number = np.empty(count, np.int64)
    number[order] = np.arange(1, count + 1)
    worth = sums(lot, weight, count)
    return Lots(number[lot], float(worth.max() / worth.min()))


def _mean(xy: Floats, weight: Floats, mine: np.ndarray, centre: Floats) -> Floats:
    return np.average(xy[mine], axis=0, weights=weight[mine]) if mine.any() else centre


def _centres(xy: Floats, weight: Floats, count: int, seed: int) -> Floats:
    """Find centres by weighted k-means, the tightest of ten seeded starts."""
    from sklearn.cluster import KMeans  # noqa: PLC0415  # a second that only lots need pay

    places = np.unique(xy, axis=0)
    if len(places) <= count:  # fewer places than centres: each is one
        return np.resize(places, (count, 2))
    found = KMeans(count, n_init=STARTS, random_state=seed).fit(xy, sample_weight=weight)
    return np.asarray(found.cluster_centers_, np.float64)


def _distances(xy: Floats, centres: Floats) -> Floats:
    gap = xy[:, None, :] - centres[None, :, :]
    squared: Floats = np.einsum("slk,slk->sl", gap, gap)
    return squared


def _transport(xy: Floats, weight: Floats, centres: Floats) -> Longs:
    """Share sites out over the centres: equal energy, least weighted distance."""
    sites, count = len(xy), len(centres)
    far = _distances(xy, centres)
    cost = (weight[:, None] * far / max(far.mean(), 1e-9)).ravel()
    site = np.repeat(np.arange(sites), count)
    lot = np.tile(np.arange(count), sites)
    once = coo_array((np.ones(site.size), (site, np.arange(site.size))))
    even = coo_array((np.repeat(weight, count), (lot, np.arange(site.size))))
    most = np.full(count, weight.sum() / count * (1 + 1e-9))
    found = linprog(
        cost, A_ub=even, b_ub=most, A_eq=once, b_eq=np.ones(sites), bounds=(0, 1), method="highs"
    )
    share = found.x.reshape(sites, count) if found.x is not None else -far
    best: Longs = share.argmax(axis=1)
    return best


def _repair(xy: Floats, weight: Floats, lot: Longs, centres: Floats) -> Longs:
    """Move single sites from heavy to light lots while the spread shrinks."""
    lot = lot.copy()
    far = _distances(xy, centres)
    for _ in range(len(xy)):
        worth = sums(lot, weight, len(centres))
        heavy, light = int(worth.argmax()), int(worth.argmin())
        gap = worth[heavy] - worth[light]
        mine = np.flatnonzero((lot == heavy) & (weight < gap - 1e-9))
        if not mine.size or np.count_nonzero(lot == heavy) == 1:
            break
        after = np.abs(gap - 2 * weight[mine]) / max(gap, 1e-9)
        detour = (far[mine, light] - far[mine, heavy]) / max(far.mean(), 1e-9)
        lot[mine[np.argmin(after + detour)]] = light
    return lot
