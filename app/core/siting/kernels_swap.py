"""Compiled heart of the search: close some sites, fill with the freed demand, keep or take back.

All energy is counted in whole thousandths of a watt-hour, so that taking back leaves no trace. A
site's rate depends on the demand left in its reach, its transformer and its neighbours: only sites
that a move has touched are rated anew.
"""

from typing import NamedTuple

import numpy as np

from app.core.engine.arrays import Floats, Ints, Longs
from app.core.engine.compiled import kernel

UNIT = 1_000_000.0
GAIN = 1e-6
TIE = 1e-12
LEAST_COST = 1e-9
MANY = 1000  # points at one site that no purse limits
MONEY, POINTS = 0, 1


class Ground(NamedTuple):
    """What does not change during a search; pairs both ways, and the sites of each transformer."""

    start: Longs
    row: Ints
    row_start: Longs
    row_site: Ints
    district: Ints
    room: Longs
    pull: Floats
    fixed: Floats
    price: Floats
    transformer: Ints
    fed_start: Longs
    fed: Ints
    slots: Ints
    near_start: Longs
    near: Ints
    cap: Ints
    existing: Ints
    locked: Ints
    floor: Longs
    floor_price: float
    per_point: bool


class State(NamedTuple):
    """What changes: energy on every pair, left at every row and free at every site; what is built.

    ``ahead`` sums what is left in reach of a site, ``rate`` its value per euro or point with a full
    purse; ``served`` sums a district, where there are floors. ``mark`` and ``touched`` list what
    is to be rated anew, ``ban`` the sites that stay shut.
    """

    sent: Longs
    left: Longs
    free: Longs
    ahead: Longs
    served: Longs
    points: Ints
    open: Ints
    blocked: Ints
    fit: Longs
    purse: Floats
    rate: Floats
    mark: Ints
    touched: Ints
    queued: Longs
    ban: Ints
    scratch: Longs


@kernel
def _touch(state: State, site: int) -> None:
    if state.mark[site] == 0:
        state.mark[site] = 1
        state.touched[state.queued[0]] = site
        state.queued[0] += 1


@kernel
def _shift(ground: Ground, state: State, site: int, at: int, amount: int) -> float:
    """Let a site serve more, or less, along one pair; the value gained."""
    row = ground.row[at]
    state.sent[at] += amount
    state.left[row] -= amount
    state.free[site] -= amount
    for slot in range(ground.row_start[row], ground.row_start[row + 1]):
        other = ground.row_site[slot]
        state.ahead[other] -= amount
        _touch(state, other)
    gain = float(ground.pull[site] * amount)
    if ground.floor_price > 0.0:
        district = ground.district[row]
        before = max(ground.floor[district] - state.served[district], 0)
        state.served[district] += amount
        after = max(ground.floor[district] - state.served[district], 0)
        gain += ground.floor_price * (before - after)
    return gain


@kernel
def _put(ground: Ground, state: State, site: int, points: int) -> None:
    """Change the new points of a site, up or down, and pay or get paid for them."""
    state.points[site] += points
    stands = 1 if state.points[site] + ground.existing[site] > 0 else 0
    if stands != state.open[site]:
        turn = stands - state.open[site]
        state.open[site] = stands
        state.purse[MONEY] -= turn * ground.fixed[site]
        for at in range(ground.near_start[site], ground.near_start[site + 1]):
            state.blocked[ground.near[at]] += turn
            _touch(state, ground.near[at])
    state.free[site] += points * ground.room[site]
    state.purse[MONEY] -= points * ground.price[site]
    state.purse[POINTS] -= points
    transformer = ground.transformer[site]
    state.fit[transformer] -= points * ground.slots[site]
    _touch(state, site)
    for at in range(ground.fed_start[transformer], ground.fed_start[transformer + 1]):
        _touch(state, ground.fed[at])


@kernel
def _bonus(ground: Ground, state: State, site: int) -> int:
    """Sum what a site could serve towards floors."""
    total = np.int64(0)
    for at in range(ground.start[site], ground.start[site + 1]):
        row = ground.row[at]
        state.scratch[ground.district[row]] += state.left[row]
    for at in range(ground.start[site], ground.start[site + 1]):
        district = ground.district[ground.row[at]]
        short = max(ground.floor[district] - state.served[district], 0)
        total += min(state.scratch[district], short)
        state.scratch[district] = 0
    return int(total)


@kernel
def _allowed(  # noqa: PLR0913, PLR0917  # plain numbers: a record of arrays is dear to hand over
    ahead: int, shut: int, stands: int, more: int, fit: int, slots: int
) -> int:
    """Count the points that parking, room and spacing still allow at a site, money aside."""
    if ahead <= 0 or (shut > 0 and stands == 0) or fit < slots:
        return 0
    return max(min(more, fit // slots), 0)


@kernel
def _best(  # noqa: PLR0913, PLR0917
    ahead: int,
    bonus: int,
    room: int,
    pull: float,
    fixed: float,
    price: float,
    most: int,
    floor_price: float,
    per_point: bool,  # noqa: FBT001
) -> tuple[float, int]:
    """Find the number of new points with the most value per euro, or per point."""
    best, count = 0.0, 0
    for points in range(1, most + 1):
        gain = pull * min(ahead, points * room) + floor_price * min(bonus, points * room)
        rate = gain / (points if per_point else max(fixed + points * price, LEAST_COST))
        if rate >= best * (1.0 - TIE):
            best, count = max(best, rate), points
        if points * room >= ahead:
            break
    return best, count


@kernel
def _rate_touched(ground: Ground, state: State, rates: list[tuple[int, float]]) -> None:
    """Rate the sites anew that moves have touched; ``rates`` keeps what they were."""
    touched, mark, rate, ahead = state.touched, state.mark, state.rate, state.ahead
    ban, blocked, stands, fit = state.ban, state.blocked, state.open, state.fit
    cap, built, slots, transformer = ground.cap, state.points, ground.slots, ground.transformer
    room, pull, fixed, price = ground.room, ground.pull, ground.fixed, ground.price
    extra, per_point = ground.floor_price, ground.per_point
    for at in range(state.queued[0]):
        site = touched[at]
        mark[site] = 0
        rates.append((int(site), rate[site]))
        more = 0 if ban[site] > 0 else cap[site] - built[site]
        most = _allowed(
            ahead[site], blocked[site], stands[site], more, fit[transformer[site]], slots[site]
        )
        first = fixed[site] if stands[site] == 0 else 0.0
        bonus = _bonus(ground, state, site) if extra > 0.0 and most > 0 else 0
        rate[site], _ = _best(
            ahead[site], bonus, room[site], pull[site], first, price[site], most, extra, per_point
        )
    state.queued[0] = 0


@kernel
def _serve(ground: Ground, state: State, site: int, moves: list[tuple[int, int, int]]) -> float:
    """Let a site take what is left in its reach: floors first, then the nearest."""
    gain = 0.0
    if ground.floor_price > 0.0:
        for at in range(ground.start[site], ground.start[site + 1]):
            district = ground.district[ground.row[at]]
            short = ground.floor[district] - state.served[district]
            take = min(state.left[ground.row[at]], state.free[site], short)
            if take > 0:
                gain += _shift(ground, state, site, at, take)
                moves.append((site, at, take))
    for at in range(ground.start[site], ground.start[site + 1]):
        if state.free[site] <= 0:
            break
        take = min(state.left[ground.row[at]], state.free[site])
        if take > 0:
            gain += _shift(ground, state, site, at, take)
            moves.append((site, at, take))
    return gain


@kernel
def _shut(
    ground: Ground, state: State, site: int, points: int, moves: list[tuple[int, int, int]]
) -> float:
    """Take new points away from a site; its furthest demand is served no more."""
    loss = 0.0
    _put(ground, state, site, -points)
    for back in range(ground.start[site + 1] - ground.start[site]):
        if state.free[site] >= 0:
            break
        at = ground.start[site + 1] - 1 - back
        freed = min(state.sent[at], -state.free[site])
        if freed > 0:
            loss += _shift(ground, state, site, at, -freed)
            moves.append((site, at, -freed))
    return loss


@kernel
def _absorb(ground: Ground, state: State, moves: list[tuple[int, int, int]]) -> float:
    """Let open sites with room take what was freed near them."""
    gain = 0.0
    for at in range(state.queued[0]):
        site = state.touched[at]
        if state.free[site] > 0 and state.ahead[site] > 0:
            gain += _serve(ground, state, site, moves)
    return gain


@kernel
def _pick(ground: Ground, state: State) -> tuple[float, int, int]:
    """Find the site with the best rate that the purse still pays."""
    rates, stands, first, price = state.rate, state.open, ground.fixed, ground.price
    pull, room, extra, ahead = ground.pull, ground.room, ground.floor_price, state.ahead
    best, chosen, count = 0.0, -1, 0
    money, allowed = state.purse[MONEY] + LEAST_COST, np.int64(min(state.purse[POINTS], 2.0**31))
    for site in range(rates.size):
        if rates[site] <= best or allowed < 1:
            continue
        fixed = first[site] if stands[site] == 0 else 0.0
        left = money - fixed
        if left < price[site]:
            continue
        most = allowed
        if left < MANY * price[site]:
            most = min(np.int64(left / price[site]), allowed)
            cost = most if ground.per_point else max(fixed + most * price[site], LEAST_COST)
            if (pull[site] + extra) * room[site] * most <= best * cost:
                continue
        fit = state.fit[ground.transformer[site]] // ground.slots[site]
        most = min(most, fit, np.int64(ground.cap[site] - state.points[site]))
        bonus = _bonus(ground, state, site) if extra > 0.0 else 0
        rate, points = _best(
            ahead[site], bonus, room[site], pull[site], fixed, price[site], int(most), extra,
            ground.per_point,
        )  # fmt: skip
        if rate > best:
            best, chosen, count = rate, site, points
    return best, chosen, count


@kernel
def _take_back(  # noqa: PLR0913, PLR0917
    ground: Ground,
    state: State,
    purse: Floats,
    moves: list[tuple[int, int, int]],
    built: list[tuple[int, int]],
    rates: list[tuple[int, float]],
) -> None:
    """Undo a try; what it touched has its rates as they were."""
    for back in range(len(built)):
        site, count = built[len(built) - 1 - back]
        _put(ground, state, site, -count)
    for back in range(len(moves)):
        site, at, amount = moves[len(moves) - 1 - back]
        _shift(ground, state, site, at, -amount)
    for back in range(len(rates)):
        site, rate = rates[len(rates) - 1 - back]
        state.rate[site] = rate
    state.purse[:] = purse
    for at in range(state.queued[0]):
        state.mark[state.touched[at]] = 0
    state.queued[0] = 0


@kernel
def _attempt(ground: Ground, state: State, closed: Ints, points: Ints, ban: int) -> float:
    """Close, fill again, and take all back unless that gains; the value gained."""
    moves, built, rates = [(0, 0, 0)], [(0, 0)], [(0, 0.0)]
    moves.pop()
    built.pop()
    rates.pop()
    gain, kept = 0.0, state.purse.copy()
    for at in range(closed.size):
        gain += _shut(ground, state, closed[at], points[at], moves)
        built.append((int(closed[at]), -int(points[at])))
        state.ban[closed[at]] = ban
    gain += _absorb(ground, state, moves)
    while True:
        _rate_touched(ground, state, rates)
        rate, site, count = _pick(ground, state)
        purse = state.purse[POINTS if ground.per_point else MONEY]
        if site < 0 or gain + rate * purse <= GAIN * UNIT:
            break
        _put(ground, state, site, count)
        built.append((site, count))
        gain += _serve(ground, state, site, moves)
    for at in range(closed.size):
        state.ban[closed[at]] = 0
    if gain <= GAIN * UNIT:
        _take_back(ground, state, kept, moves, built, rates)
        return 0.0
    for at in range(closed.size):
        _touch(state, closed[at])
    rates.clear()
    _rate_touched(ground, state, rates)
    return gain


@kernel
def attempts(ground: Ground, state: State, start: Longs, site: Ints, ban: int) -> float:
    """Try one group of sites after the other; the value gained."""
    gain = 0.0
    for group in range(start.size - 1):
        mine = site[start[group] : start[group + 1]]
        count = state.points[mine] - ground.locked[mine]
        some = count > 0
        if some.any():
            gain += _attempt(ground, state, mine[some], count[some], ban)
    return gain / UNIT


@kernel
def rate_all(ground: Ground, state: State) -> None:
    """Rate every site, to begin with."""
    rates = [(0, 0.0)]
    for site in range(state.rate.size):
        _touch(state, site)
    _rate_touched(ground, state, rates)
