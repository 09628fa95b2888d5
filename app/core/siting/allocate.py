"""Share demand among open sites exactly: the value of a plan is always this figure."""

from dataclasses import dataclass

import numpy as np

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.siting.instance import Instance
from app.core.siting.kernels_flow import Flow, Net, admit_all, close, hopeless, meet_floors
from app.core.siting.kernels_reach import group
from app.core.siting.problem import freeze, sums

UNIT = 1_000_000.0  # whole thousandths of a Wh in one kWh: exact sums in integers


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """Who serves whom.

    Attributes
    ----------
    open : (open,)
        Sites with at least one point, new or existing.
    row, site, kwh, metres : (arc,)
        Demand row, site, energy [kWh/day] and walking distance [m] of every pair that serves.
    served_kwh : (site,)
        Energy each site delivers [kWh/day].
    left_kwh : (row,)
        Energy nobody serves [kWh/day].
    short_kwh : (district,)
        Energy short of the floor [kWh/day].
    value
        Energy served, weighted by the sites' pull [kWh/day].
    """

    open: Ints
    row: Ints
    site: Ints
    kwh: Floats
    metres: Floats
    served_kwh: Floats
    left_kwh: Floats
    short_kwh: Floats
    value: float
    net: Net
    flow: Flow

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        freeze(self)

    @property
    def served_total_kwh(self) -> float:
        """Energy served by all sites [kWh/day]."""
        return float(self.served_kwh.sum())


def allocate(instance: Instance, points: Ints) -> Allocation:
    """Find the best sharing for given new points: a maximum flow, best pull first.

    O(pairs of open sites) per augmenting path; failed searches together visit each pair once.
    """
    total = instance.existing + points
    opened = np.flatnonzero(total > 0).astype(np.int32)
    net, metres = _net(instance, opened)
    flow = _flow(instance, net, total[opened] * instance.kwh_point[opened])
    order = np.lexsort((opened, -instance.pull[opened])).astype(np.int32)
    search = admit_all(net, flow, order)
    district = instance.reach.district
    if instance.floored:
        wanted = _whole(np.minimum(instance.floor_kwh, _reached(instance)))
        surplus = _served_by_district(instance, flow) - wanted
        meet_floors(net, flow, surplus, district, search)
    used = np.flatnonzero(flow.sent > 0)
    kwh = flow.sent[used] / UNIT
    owner = opened[net.site[used]]
    served = np.zeros(instance.cap.size, np.int64)
    np.add.at(served, owner, flow.sent[used])
    short = instance.floor_kwh - _served_by_district(instance, flow) / UNIT
    return Allocation(
        open=opened,
        row=net.row[used],
        site=owner,
        kwh=kwh,
        metres=metres[used],
        served_kwh=served / UNIT,
        left_kwh=flow.left / UNIT,
        short_kwh=np.where(short > 1 / UNIT, short, 0.0),
        value=float((served / UNIT) @ instance.pull),
        net=net,
        flow=flow,
    )


def losses(instance: Instance, allocation: Allocation, sites: Longs) -> Floats:
    """Value lost if the new points of each site were taken away again (site,).

    Its demand looks for another place, and may move others; today's points stay.
    """
    net, kept = allocation.net, allocation.flow
    none = np.zeros(instance.floor_kwh.size, np.int64)
    pull = instance.pull[allocation.open]
    place = np.searchsorted(allocation.open, sites)
    keep = _whole(instance.existing[sites] * instance.kwh_point[sites])
    served = _whole(allocation.served_kwh[sites])
    gone = np.maximum(served - keep, 0)
    lost = np.zeros(sites.size)
    flow = _copy(kept)
    marks = np.zeros(pull.size, np.int32)
    hopeless(net, flow, marks)
    flow.seen_row[:] = 0
    search = 1
    for at, here in enumerate(place):
        flow.sent[:], flow.left[:], flow.free[:] = kept.sent, kept.left, kept.free
        search = close(
            net, flow, int(here), int(keep[at]), marks, none, instance.reach.district, search
        )
        taken = kept.free - flow.free
        taken[here] = 0
        lost[at] = (pull[here] * gone[at] - float(pull @ taken)) / UNIT
    return lost


def _copy(flow: Flow) -> Flow:
    return Flow(
        flow.sent.copy(),
        flow.left.copy(),
        flow.free.copy(),
        flow.seen_site.copy(),
        flow.seen_row.copy(),
        flow.via_site.copy(),
        flow.via_row.copy(),
        flow.queue.copy(),
    )


def _net(instance: Instance, opened: Ints) -> tuple[Net, Floats]:
    reach = instance.reach
    size = np.diff(reach.site_start)[opened]
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    site = np.repeat(np.arange(opened.size, dtype=np.int32), size)
    arcs = np.arange(site.size) - start[site] + reach.site_start[opened][site]
    row = reach.site_row[arcs]
    places = np.arange(site.size, dtype=np.int32)
    back_start, back, _ = group(row, places, np.zeros(site.size), reach.rows)
    return Net(start, row, site, back_start, back), reach.site_m[arcs]


def _flow(instance: Instance, net: Net, room_kwh: Floats) -> Flow:
    sites, rows = net.start.size - 1, instance.reach.rows
    return Flow(
        sent=np.zeros(net.row.size, np.int64),
        left=_whole(instance.reach.weight_kwh),
        free=_whole(room_kwh),
        seen_site=np.zeros(sites, np.int32),
        seen_row=np.zeros(rows, np.int32),
        via_site=np.zeros(sites, np.int32),
        via_row=np.zeros(rows, np.int32),
        queue=np.zeros(sites + rows + 1, np.int32),
    )


def _whole(kwh: Floats) -> Longs:
    return np.rint(kwh * UNIT).astype(np.int64)


def _reached(instance: Instance) -> Floats:
    reach = instance.reach
    return sums(reach.district, reach.weight_kwh, instance.floor_kwh.size)


def _served_by_district(instance: Instance, flow: Flow) -> Longs:
    """Sum what each district is served, in whole units (district,)."""
    reach = instance.reach
    served = _whole(reach.weight_kwh) - flow.left
    found = np.zeros(instance.floor_kwh.size, np.int64)
    np.add.at(found, reach.district, served)
    return found
