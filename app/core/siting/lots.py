"""Divide sites into lots of equal worth that lie together, weak and strong sites mixed."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from app.core.engine.arrays import Floats, Longs
from app.core.errors import InputError
from app.core.siting.problem import Flags, sums

STARTS, ROUNDS, SETTLED_M = 10, 12, 1.0
LEAST_KWH, DOMINANT = 1e-6, 2.0
TOLERANCE, WEAK_SHARE = 0.03, 0.025  # either side of the mean
LOOSER = (1, 2, 4, 8)  # times the tolerance, until whole sites can be shared out
REPAIRS, LEAST_GAIN = 400, 1e-9
PULL = 0.02  # how much a longer way counts against a better balance


@dataclass(frozen=True, slots=True, eq=False)
class Lots:
    """Which lot each site is in, from 1, and how equal lots are.

    ``ratio`` is the largest lot's energy over the smallest's; ``spread`` the same of every measure
    that was balanced.
    """

    lot: Longs
    ratio: float
    spread: tuple[float, ...] = ()


def most_lots(kwh_day: Floats) -> int:
    """Count the lots that sites can make: no site may be worth more than two of them."""
    weight = np.maximum(kwh_day, LEAST_KWH)
    return (
        max(1, min(len(weight), int(DOMINANT * weight.sum() / weight.max()))) if len(weight) else 1
    )


def make_lots(  # noqa: PLR0913  # what lots are made of
    xy: Floats,
    kwh_day: Floats,
    count: int,
    *,
    seed: int,
    also: tuple[Floats, ...] = (),
    weak: Flags | None = None,
) -> Lots:
    """Divide sites into ``count`` lots, each a cluster on the map and nearly equal in worth.

    Centres by k-means, then a transport problem that shares every measure out evenly at the least
    distance, then single moves and swaps while they bring the lots together.

    Parameters
    ----------
    also : (site,) each
        Further measures to balance, such as points and cost: energy and cost alike means a margin
        alike, whatever a kWh earns.
    weak : (site,)
        Sites an operator would rather not have: their share of a lot's energy differs by five
        points from lot to lot.
    """
    if count == 1 or not len(xy):
        return Lots(np.ones(len(xy), np.int64), 1.0)
    most = most_lots(kwh_day)
    if count > most:
        few = f"{len(xy)} sites" if most == len(xy) else f"{len(xy)} sites of such unequal worth"
        raise InputError(f"{few} cannot make {count} lots: choose at most {most}")
    weight = np.maximum(kwh_day, LEAST_KWH)
    measures = np.column_stack([weight, *(np.maximum(each, 0.0) for each in also)])
    measures = measures[:, measures.sum(axis=0) > 0]
    measures = measures / (measures.sum(axis=0) / count)  # a lot's fair part is 1
    slack = np.full(measures.shape[1], TOLERANCE)
    if weak is not None and weak.any():
        measures = np.column_stack([measures, weak * measures[:, 0]])
        slack = np.append(slack, WEAK_SHARE)
    centres = _centres(xy, weight, count, seed)
    lot = np.zeros(len(xy), np.int64)
    for _ in range(ROUNDS):
        lot = _transport(xy, measures, slack, centres)
        moved = np.array([_mean(xy, weight, lot == k, centres[k]) for k in range(count)])
        step = float(np.hypot(*(moved - centres).T).max())
        centres = moved
        if step < SETTLED_M:
            break
    lot = _repair(xy, measures, slack, lot, centres)
    order = np.lexsort((centres[:, 1], centres[:, 0]))  # number lots from west to east
    number = np.empty(count, np.int64)
    number[order] = np.arange(1, count + 1)
    spread = tuple(_ratio(lot, measures[:, at], count) for at in range(measures.shape[1]))
    return Lots(number[lot], spread[0], spread)


def _ratio(lot: Longs, measure: Floats, count: int) -> float:
    total = sums(lot, measure, count)
    return float(total.max() / total.min()) if total.min() > 0 else float("inf")


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


def _transport(xy: Floats, measures: Floats, slack: Floats, centres: Floats) -> Longs:
    """Share sites out over the centres: every measure even within its slack, least distance."""
    sites, count = len(xy), len(centres)
    far = _distances(xy, centres)
    cost = (measures[:, :1] * far / max(far.mean(), 1e-9)).ravel()
    site, lot = np.repeat(np.arange(sites), count), np.tile(np.arange(count), sites)
    column = np.arange(site.size)
    once = coo_array((np.ones(site.size), (site, column)))
    even = vstack([coo_array((np.repeat(each, count), (lot, column))) for each in measures.T])
    fair = np.repeat(measures.sum(axis=0) / count, count)
    for times in LOOSER:
        room = np.repeat(slack, count) * times
        found = linprog(
            cost, A_ub=vstack([even, -even]), b_ub=np.concatenate([fair + room, room - fair]),
            A_eq=once, b_eq=np.ones(sites), bounds=(0, 1), method="highs",
        )  # fmt: skip
        if found.x is not None:
            break
    share = found.x.reshape(sites, count) if found.x is not None else -far
    best: Longs = share.argmax(axis=1)
    return best


def _repair(xy: Floats, measures: Floats, slack: Floats, lot: Longs, centres: Floats) -> Longs:
    """Move or swap single sites of the lot that is farthest off while what is off shrinks."""
    lot, far = lot.copy(), _distances(xy, centres)
    far = far / max(float(far.mean()), 1e-9)
    count = len(centres)
    total = np.array([sums(lot, each, count) for each in measures.T]).T  # (lot, measure)
    fair = measures.sum(axis=0) / count
    for _ in range(REPAIRS):
        for lame in np.argsort(-_off(total, fair, slack), kind="stable"):
            step = _better(lot, total, measures, fair, slack, far, int(lame))
            if step:
                break
        else:
            break
        for place, target in step:
            total[lot[place]] -= measures[place]
            total[target] += measures[place]
            lot[place] = target
    return lot


def _off(total: Floats, fair: Floats, slack: Floats) -> Floats:
    """Say how far a lot's sums lie outside their slack: squares, in units of the slack."""
    beyond = np.maximum(np.abs((total - fair) / slack) - 1.0, 0.0)
    return np.asarray(np.square(beyond).sum(axis=-1))


def _better(  # noqa: PLR0913, PLR0917  # the state of a search
    lot: Longs,
    total: Floats,
    measures: Floats,
    fair: Floats,
    slack: Floats,
    far: Floats,
    lame: int,
) -> list[tuple[int, int]]:
    """Find the move or swap with the lame lot that helps most; empty where none helps."""
    now = _off(total, fair, slack)
    mine, others = np.flatnonzero(lot == lame), np.flatnonzero(lot != lame)
    best, found = -LEAST_GAIN, list[tuple[int, int]]()
    if now[lame] <= 0:
        return found
    for give, take in ((mine, None), (None, others), (mine, others)):
        moves = _moves(lot, measures, lame, give, take)
        if moves is None:
            continue
        one, other, delta, partner = moves
        after = _off(total[lame] + delta, fair, slack) + _off(total[partner] - delta, fair, slack)
        gain = after - now[lame] - now[partner]
        way = _way(far, lot, lame, one, other, partner)
        score = np.where(gain < -LEAST_GAIN, gain + PULL * np.maximum(way, 0.0), 0.0)
        at = int(score.argmin())
        if score[at] < best:
            best = float(score[at])
            found = [(int(one[at]), int(partner[at]))] if one is not None else []
            if other is not None:
                found.append((int(other[at]), lame))
    return found


def _moves(
    lot: Longs, measures: Floats, lame: int, give: Longs | None, take: Longs | None
) -> tuple[Longs | None, Longs | None, Floats, Longs] | None:
    """List moves: out of the lame lot, into it, or both; what each changes, and with whom."""
    count = int(lot.max()) + 1
    if give is not None and take is None:
        if give.size < 2:  # noqa: PLR2004  # a lot keeps a site
            return None
        to = np.array([each for each in range(count) if each != lame])
        one = np.repeat(give, to.size)
        return one, None, -measures[one], np.tile(to, give.size)
    if take is None or not take.size:
        return None
    if give is None:
        size = np.bincount(lot, minlength=count)
        take = take[size[lot[take]] > 1]
        return (None, take, measures[take], lot[take]) if take.size else None
    one, other = np.repeat(give, take.size), np.tile(take, give.size)
    return one, other, measures[other] - measures[one], lot[other]


def _way(  # noqa: PLR0913, PLR0917  # see above
    far: Floats,
    lot: Longs,
    lame: int,
    one: Longs | None,
    other: Longs | None,
    partner: Longs,
) -> Floats:
    """How much farther from their centres the moved sites lie."""
    way = np.zeros(partner.size)
    if one is not None:
        way += far[one, partner] - far[one, lame]
    if other is not None:
        way += far[other, lame] - far[other, lot[other]]
    return way
