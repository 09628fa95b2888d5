"""Compiled maximum flow between demand and open sites, in whole thousandths of a watt-hour.

Augmenting paths, each searched breadth first. A search that fails has found a set of sites and
demand that nothing can ever reach again; it is closed, so that all failures together visit every
pair once. A path never takes back what an earlier site serves in total: sites added by falling
pull therefore end with the greatest total value, not only the greatest flow (a greedy choice on
a polymatroid is optimal).

References
----------
J. Edmonds, "Submodular functions, matroids, and certain polyhedra", 1970, for the greedy choice.
N. S. Mendelsohn and A. L. Dulmage, "Some generalizations of the problem of distinct
representatives", 1958: both sides of a flow reach their best at once, so that floors of districts
may be met afterwards by exchange, without a loss at any site.
"""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import Ints, Longs
from app.core.engine.compiled import kernel

NONE = -1
CLOSED = -2


class Net(NamedTuple):
    """Open sites and demand; an arc is a pair in reach. ``back`` lists the arcs of each row."""

    start: Longs
    row: Ints
    site: Ints
    back_start: Longs
    back: Ints


class Flow(NamedTuple):
    """Energy on every arc, left at every row, free at every site; and the marks of a search.

    A mark is the number of the search that came by, or ``CLOSED``.
    """

    sent: Longs
    left: Longs
    free: Longs
    seen_site: Ints
    seen_row: Ints
    via_site: Ints
    via_row: Ints
    queue: Ints


@kernel
def push_nearest(net: Net, flow: Flow, site: int) -> None:
    """Serve what is left in reach, nearest first."""
    for at in range(net.start[site], net.start[site + 1]):
        take = min(flow.left[net.row[at]], flow.free[site])
        if take > 0:
            flow.sent[at] += take
            flow.left[net.row[at]] -= take
            flow.free[site] -= take


@kernel
def admit(net: Net, flow: Flow, site: int, search: int) -> int:
    """Let a site serve all it can, moving demand between the others; returns the next search."""
    push_nearest(net, flow, site)
    while flow.free[site] > 0 and flow.seen_site[site] != CLOSED:
        row = _find_left(net, flow, site, search)
        search += 1
        if row != NONE:
            _push_back(net, flow, site, row)
    return search


@kernel
def _find_left(net: Net, flow: Flow, site: int, search: int) -> int:
    """Search a path from a site to demand nobody serves; a failed search is closed."""
    flow.seen_site[site] = search
    flow.queue[0] = site
    head, tail = 0, 1
    while head < tail:
        here = flow.queue[head]
        head += 1
        for at in range(net.start[here], net.start[here + 1]):
            row = net.row[at]
            if flow.seen_row[row] in (search, CLOSED):
                continue
            flow.seen_row[row] = search
            flow.via_row[row] = at
            if flow.left[row] > 0:
                return int(row)
            tail = _spread(net, flow, row, search, tail)
    for at in range(tail):
        here = flow.queue[at]
        flow.seen_site[here] = CLOSED
        for arc in range(net.start[here], net.start[here + 1]):
            flow.seen_row[net.row[arc]] = CLOSED
    return NONE


@kernel
def _spread(net: Net, flow: Flow, row: int, search: int, tail: int) -> int:
    for slot in range(net.back_start[row], net.back_start[row + 1]):
        arc = net.back[slot]
        other = net.site[arc]
        if flow.sent[arc] > 0 and flow.seen_site[other] not in (search, CLOSED):
            flow.seen_site[other] = search
            flow.via_site[other] = arc
            flow.queue[tail] = other
            tail += 1
    return tail


@kernel
def _push_back(net: Net, flow: Flow, site: int, row: int) -> None:
    """Send as much as fits along the path that ends at ``row``."""
    most = min(flow.free[site], flow.left[row])
    at = row
    while net.site[flow.via_row[at]] != site:
        arc = flow.via_site[net.site[flow.via_row[at]]]
        most = min(most, flow.sent[arc])
        at = net.row[arc]
    flow.left[row] -= most
    flow.free[site] -= most
    at = row
    while True:
        flow.sent[flow.via_row[at]] += most
        here = net.site[flow.via_row[at]]
        if here == site:
            return
        flow.sent[flow.via_site[here]] -= most
        at = net.row[flow.via_site[here]]


@kernel
def place(net: Net, flow: Flow, row: int, search: int, surplus: Longs, district: Ints) -> int:  # noqa: PLR0913, PLR0917
    """Search a place for demand nobody serves: a site with room, or demand that can do without.

    ``surplus`` is what each district is served above its floor; returns the site with room, or
    minus 2 less the row that gives way, or -1 where there is no place.
    """
    flow.seen_row[row] = search
    flow.queue[0] = row
    head, tail = 0, 1
    while head < tail:
        here = flow.queue[head]
        head += 1
        for slot in range(net.back_start[here], net.back_start[here + 1]):
            arc = net.back[slot]
            site = net.site[arc]
            if flow.seen_site[site] in (search, CLOSED):
                continue
            flow.seen_site[site] = search
            flow.via_site[site] = arc
            if flow.free[site] > 0:
                return int(site)
            end, tail = _guests(net, flow, site, search, surplus, district, tail)
            if end != NONE:
                return int(end)
    for at in range(tail):
        here = flow.queue[at]
        for slot in range(net.back_start[here], net.back_start[here + 1]):
            flow.seen_site[net.site[net.back[slot]]] = CLOSED
    return NONE


@kernel
def _guests(  # noqa: PLR0913, PLR0917
    net: Net, flow: Flow, site: int, search: int, surplus: Longs, district: Ints, tail: int
) -> tuple[int, int]:
    """Queue the demand a full site serves; the first that can do without ends the search."""
    for at in range(net.start[site], net.start[site + 1]):
        row = net.row[at]
        if flow.sent[at] > 0 and flow.seen_row[row] != search:
            flow.seen_row[row] = search
            flow.via_row[row] = at
            if surplus[district[row]] > 0:
                return int(-2 - row), tail
            flow.queue[tail] = row
            tail += 1
    return NONE, tail


@kernel
def carry(net: Net, flow: Flow, row: int, end: int, most: int) -> int:
    """Send energy of ``row`` along the path to ``end``; returns how much was sent."""
    most = min(most, flow.left[row])
    site = end
    if end <= -2:  # noqa: PLR2004  # a row gives way, coded by ``place``
        arc = flow.via_row[-2 - end]
        most = min(most, flow.sent[arc])
        site = net.site[arc]
    else:
        most = min(most, flow.free[end])
    here = net.row[flow.via_site[site]]
    while here != row:
        most = min(most, flow.sent[flow.via_row[here]])
        here = net.row[flow.via_site[net.site[flow.via_row[here]]]]
    if end <= -2:  # noqa: PLR2004
        flow.sent[flow.via_row[-2 - end]] -= most
        flow.left[-2 - end] += most
    else:
        flow.free[end] -= most
    flow.left[row] -= most
    here = net.row[flow.via_site[site]]
    flow.sent[flow.via_site[site]] += most
    while here != row:
        arc = flow.via_row[here]
        flow.sent[arc] -= most
        flow.sent[flow.via_site[net.site[arc]]] += most
        here = net.row[flow.via_site[net.site[arc]]]
    return most


@kernel
def admit_all(net: Net, flow: Flow, order: Ints) -> int:
    """Open sites one by one, best pull first."""
    search = 1
    for site in order:
        search = admit(net, flow, site, search)
    return search


@kernel
def meet_floors(net: Net, flow: Flow, surplus: Longs, district: Ints, search: int) -> int:
    """Move service from districts above their floor to districts below it, at equal totals."""
    for short in range(surplus.size):
        if surplus[short] >= 0:
            continue
        flow.seen_site[:] = 0
        for row in range(district.size):
            if district[row] != short:
                continue
            while surplus[short] < 0 and flow.left[row] > 0:
                end = place(net, flow, row, search, surplus, district)
                search += 1
                if end == NONE:
                    break
                giver = district[-2 - end] if end <= -2 else short  # noqa: PLR2004
                most = min(-surplus[short], surplus[giver]) if giver != short else -surplus[short]
                moved = carry(net, flow, row, end, most)
                surplus[short] += moved
                if giver != short:
                    surplus[giver] -= moved
    return search


@kernel
def hopeless(net: Net, flow: Flow, marks: Ints) -> None:
    """Mark the sites from which no free site can be reached by moving demand: set to ``CLOSED``.

    Searched backwards from the free sites: a full site has hope if it serves demand that a site
    with hope could take over.
    """
    marks[:] = CLOSED
    seen = np.zeros(flow.left.size, np.bool_)
    tail = 0
    for site in range(marks.size):
        if flow.free[site] > 0:
            marks[site] = 0
            flow.queue[tail] = site
            tail += 1
    head = 0
    while head < tail:
        site = flow.queue[head]
        head += 1
        for at in range(net.start[site], net.start[site + 1]):
            row = net.row[at]
            if seen[row]:
                continue
            seen[row] = True
            for slot in range(net.back_start[row], net.back_start[row + 1]):
                arc = net.back[slot]
                if flow.sent[arc] > 0 and marks[net.site[arc]] == CLOSED:
                    marks[net.site[arc]] = 0
                    flow.queue[tail] = net.site[arc]
                    tail += 1


@kernel
def close(  # noqa: PLR0913, PLR0917
    net: Net,
    flow: Flow,
    site: int,
    keep: int,
    marks: Ints,
    none: Longs,
    district: Ints,
    search: int,
) -> int:
    """Let a site serve no more than ``keep``, find its demand other places; the next search.

    What is added to ``flow.left`` is lost. ``marks`` comes from ``hopeless``; ``flow`` is spoilt
    by this and must be a copy.
    """
    flow.free[site] = 0
    flow.seen_site[:] = marks
    if keep == 0:
        flow.seen_site[site] = CLOSED
    over = -keep
    for at in range(net.start[site], net.start[site + 1]):
        over += flow.sent[at]
    for back in range(net.start[site + 1] - net.start[site]):
        at = net.start[site + 1] - 1 - back  # the furthest first
        if over <= 0:
            break
        row = net.row[at]
        freed = min(over, flow.sent[at])
        over -= freed
        flow.sent[at] -= freed
        kept = flow.left[row]
        flow.left[row] = freed
        while flow.left[row] > 0:
            end = place(net, flow, row, search, none, district)
            search += 1
            if end == NONE:
                break
            carry(net, flow, row, end, flow.left[row])
        flow.left[row] += kept
    return search
