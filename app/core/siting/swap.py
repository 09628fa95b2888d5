"""A choice as the search works on it: who serves whom, what is left, and every site's rate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.core.engine.arrays import Ints, Longs
from app.core.siting.allocate import UNIT, Allocation, allocate
from app.core.siting.greedy import Draft
from app.core.siting.instance import Instance
from app.core.siting.kernels_swap import Ground, State, attempts, rate_all


@dataclass(slots=True)
class Table:
    """A ground and the state of a search on it. Changed by every try that gains."""

    ground: Ground
    state: State

    def attempt(self, groups: Sequence[Longs], *, ban: bool) -> float:
        """Close each group of sites in turn and fill again; return the value gained [kWh/day].

        What does not gain is taken back. ``ban`` keeps a group shut during its own try.
        """
        size = np.array([0, *(each.size for each in groups)], np.int64)
        sites = np.concatenate(groups).astype(np.int32)
        return float(attempts(self.ground, self.state, np.cumsum(size), sites, int(ban)))

    @property
    def points(self) -> Ints:
        """New points as they stand (site,)."""
        return self.state.points.copy()

    @property
    def served(self) -> Longs:
        """Energy each site delivers, in whole units (site,)."""
        standing = self.ground.existing + self.state.points
        served: Longs = standing * self.ground.room - self.state.free
        return served


def lay_out(instance: Instance, draft: Draft, found: Allocation) -> Table:
    """Begin from a choice and its exact sharing. O(pairs)."""
    ground = _ground(instance, per_point=draft.per_point)
    state = _state(instance, draft.points, found, ground)
    rate_all(ground, state)
    return Table(ground, state)


def with_points(instance: Instance, draft: Draft, points: Ints) -> tuple[Draft, Allocation]:
    """Share demand out exactly for the points a search has found."""
    found = allocate(instance, points)
    return replace(draft, points=points, value=found.value), found


def _ground(instance: Instance, *, per_point: bool) -> Ground:
    reach = instance.reach
    start, fed = _fed(instance)
    return Ground(
        start=reach.site_start,
        row=reach.site_row,
        row_start=reach.row_start,
        row_site=reach.row_site,
        district=reach.district,
        room=np.rint(instance.kwh_point * UNIT).astype(np.int64),
        pull=instance.pull,
        fixed=instance.fixed_eur,
        price=instance.point_eur,
        transformer=instance.transformer,
        fed_start=start,
        fed=fed,
        slots=instance.slots,
        near_start=instance.near_start,
        near=instance.near,
        cap=instance.cap,
        existing=instance.existing,
        locked=instance.locked,
        floor=np.rint(instance.floor_kwh * UNIT).astype(np.int64),
        floor_price=instance.floored,
        per_point=per_point,
    )


def _fed(instance: Instance) -> tuple[Longs, Ints]:
    """List the sites of each transformer that could ever be full: elsewhere nobody need look."""
    transformer, count = instance.transformer, instance.fit.size
    wanted = np.bincount(transformer, instance.cap * instance.slots, count)
    sites = np.flatnonzero((wanted > instance.fit)[transformer] & (instance.cap > 0))
    fed = sites[np.argsort(transformer[sites], kind="stable")].astype(np.int32)
    each = np.bincount(transformer[fed], minlength=count)
    return np.concatenate([[0], np.cumsum(each)]).astype(np.int64), fed


def _state(instance: Instance, points: Ints, found: Allocation, ground: Ground) -> State:
    reach, count = instance.reach, instance.cap.size
    opened = np.zeros(count, bool)
    opened[found.open] = True
    owner = np.repeat(np.arange(count), np.diff(reach.site_start))
    sent = np.zeros(reach.site_row.size, np.int64)
    sent[opened[owner]] = found.flow.sent
    served = np.zeros(count, np.int64)
    np.add.at(served, owner, sent)
    left = found.flow.left.copy()
    ahead = np.zeros(count, np.int64)
    np.add.at(ahead, owner, left[reach.site_row])
    by_district = np.zeros(instance.floor_kwh.size, np.int64)
    np.add.at(by_district, reach.district[reach.site_row], sent)
    new = points > 0
    fresh = np.flatnonzero(new & (instance.existing == 0))
    blocked = np.zeros(count, np.int32)
    for site in fresh if instance.near.size else ():
        blocked[instance.near[instance.near_start[site] : instance.near_start[site + 1]]] += 1
    used = np.bincount(instance.transformer, points * instance.slots, instance.fit.size)
    cost = float(instance.fixed_eur @ (points > 0) + instance.point_eur @ points)
    return State(
        sent=sent,
        left=left,
        free=(instance.existing + points) * ground.room - served,
        ahead=ahead,
        served=by_district,
        points=points.copy(),
        open=opened.astype(np.int32),
        blocked=blocked,
        fit=instance.fit - used.astype(np.int64),
        purse=np.array([instance.budget_eur - cost, instance.max_points - points.sum()]),
        rate=np.zeros(count),
        mark=np.zeros(count, np.int32),
        touched=np.zeros(count, np.int32),
        queued=np.zeros(1, np.int64),
        ban=np.zeros(count, np.int32),
        scratch=np.zeros(max(instance.floor_kwh.size, 1), np.int64),
    )
