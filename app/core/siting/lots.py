"""Divide sites into lots of equal worth that lie together, weak and strong sites mixed."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, vstack

from app.core.engine.arrays import Floats, Longs
from app.core.errors import InputError
from app.core.siting.borders import Ground, Land, gather, ground, pieces, reachable, together
from app.core.siting.problem import Flags, sums

STARTS, ROUNDS, SETTLED_M = 10, 12, 1.0
LEAST_KWH, DOMINANT = 1e-6, 2.0
TOLERANCE, WEAK_SHARE = 0.03, 0.025  # either side of the mean
LOOSER = (1, 2, 4, 8)  # times the tolerance, until whole sites can be shared out
REPAIRS, LEAST_GAIN = 400, 1e-9
TRIES = 25  # moves looked at for lots that hang together, the best first
UNEVEN = 1.15  # largest over smallest lot: more is not given up for lots that hang together
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
    pieces: tuple[int, ...] = (1,)
    joined_ratio: float = 1.0


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
    land: Land | None = None,
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
    land
        The map of districts, on which each lot hangs together; unless lots as even as that
        cannot be had, then equal worth counts more.
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
    even = _repair(xy, measures, slack, lot, centres)
    lot, parts, joined = _joined(xy, measures, slack, even, centres, land)
    order = np.lexsort((centres[:, 1], centres[:, 0]))  # number lots from west to east
    number = np.empty(count, np.int64)
    number[order] = np.arange(1, count + 1)
    spread = tuple(largest_over_smallest(lot, each, count) for each in measures.T)
    return Lots(number[lot], spread[0], spread, tuple(parts[order].tolist()), joined)


def _joined(  # noqa: PLR0913, PLR0917  # see make_lots
    xy: Floats, measures: Floats, slack: Floats, even: Longs, centres: Floats, land: Land | None
) -> tuple[Longs, Longs, float]:
    """Let lots hang together where that keeps them even; with their pieces, and that ratio."""
    count = len(centres)
    ratio = largest_over_smallest(even, measures[:, 0], count)
    if land is None:
        return even, np.ones(count, np.int64), ratio
    on = ground(land)
    parts = pieces(even, on, count)
    if parts.max() == 1:
        return even, parts, ratio
    found = _repair(xy, measures, slack, even, centres, on)
    joined = largest_over_smallest(found, measures[:, 0], count)
    if joined > max(UNEVEN, ratio):
        return even, parts, joined
    return found, pieces(found, on, count), joined


def largest_over_smallest(lot: Longs, measure: Floats, count: int) -> float:
    """Hold the largest lot against the smallest, by one measure."""
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


@dataclass(slots=True, eq=False)
class _Search:
    """Lots while single sites move: where each site is, and how much every lot has."""

    lot: Longs
    total: Floats  # (lot, measure)
    measures: Floats
    slack: Floats
    far: Floats  # (site, lot)
    on: Ground | None

    @property
    def fair(self) -> Floats:
        """What each lot should have."""
        return np.asarray(self.measures.sum(axis=0) / len(self.total))

    def off(self, total: Floats) -> Floats:
        """Say how far sums lie outside their slack: squares, in units of the slack."""
        beyond = np.maximum(np.abs((total - self.fair) / self.slack) - 1.0, 0.0)
        return np.asarray(np.square(beyond).sum(axis=-1))

    def take(self, step: list[tuple[int, int]]) -> None:
        """Move sites, each to the lot named with it."""
        for place, target in step:
            self.total[self.lot[place]] -= self.measures[place]
            self.total[target] += self.measures[place]
            self.lot[place] = target

    def holds(self, step: list[tuple[int, int]]) -> bool:
        """Say whether every lot a step touches still hangs together."""
        if self.on is None:
            return True
        after = self.lot.copy()
        for place, target in step:
            after[place] = target
        touched = {*(target for _, target in step), *(int(self.lot[place]) for place, _ in step)}
        return all(together(after == each, self.on) for each in touched)


def _repair(  # noqa: PLR0913, PLR0917  # the start of a search
    xy: Floats,
    measures: Floats,
    slack: Floats,
    lot: Longs,
    centres: Floats,
    on: Ground | None = None,
) -> Longs:
    """Move or swap single sites of the lot that is farthest off while what is off shrinks.

    With ``on``, lots are made to hang together first, and sites move over borders only.
    """
    far = _distances(xy, centres)
    far = far / max(float(far.mean()), 1e-9)
    count = len(centres)
    lot = lot.copy() if on is None else gather(lot, measures[:, 0], far, on)
    total = np.array([sums(lot, each, count) for each in measures.T]).T
    now = _Search(lot, total, measures, slack, far, on)
    for _ in range(REPAIRS):
        for lame in np.argsort(-now.off(now.total), kind="stable"):
            step = _better(now, int(lame))
            if step:
                now.take(step)
                break
        else:
            break
    return now.lot


def _better(now: _Search, lame: int) -> list[tuple[int, int]]:
    """Find the move or swap with the lame lot that helps most; empty where none helps."""
    off = now.off(now.total)
    mine, others = np.flatnonzero(now.lot == lame), np.flatnonzero(now.lot != lame)
    best, found = -LEAST_GAIN, list[tuple[int, int]]()
    if off[lame] <= 0:
        return found
    opened = None if now.on is None else reachable(now.lot, now.on, len(now.total))
    for give, take in ((mine, None), (None, others), (mine, others)):
        moves = _moves(now.lot, now.measures, lame, give, take)
        if moves is None:
            continue
        one, other, delta, partner = moves
        after = now.off(now.total[lame] + delta) + now.off(now.total[partner] - delta)
        gain = after - off[lame] - off[partner]
        way = _way(now.far, now.lot, lame, one, other, partner)
        score = np.where(gain < -LEAST_GAIN, gain + PULL * np.maximum(way, 0.0), 0.0)
        if opened is not None:
            score[_shut(opened, lame, one, other, partner)] = 0.0
        for at in np.argsort(score, kind="stable")[:TRIES]:
            if score[at] >= best:
                break
            step = [(int(one[at]), int(partner[at]))] if one is not None else []
            step += [(int(other[at]), lame)] if other is not None else []
            if now.holds(step):
                best, found = float(score[at]), step
                break
    return found


def _shut(
    opened: Flags, lame: int, one: Longs | None, other: Longs | None, partner: Longs
) -> Flags:
    """Find the moves that would carry a site over more than a border."""
    shut = np.zeros(partner.size, bool)
    if one is not None:
        shut |= ~opened[one, partner]
    if other is not None:
        shut |= ~opened[other, lame]
    return shut


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
