"""From demand to charging sessions: who plugs in where, when, for how long and how much."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from app.core.demand.groups import GROUPS
from app.core.engine.arrays import STEP_H, Bytes, Floats, Ints, Keys, Longs, Sessions
from app.core.engine.clock import Clock
from app.core.engine.kernels_sessions import count_sessions, fill_sessions, furnish_sessions
from app.core.engine.keys import text_key
from app.core.engine.patterns import MEMBERS, PATTERNS, SLOT_MIN, Patterns
from app.core.errors import InputError

__all__ = ["Patterns", "generate", "scale_energies"]

SLOTS = 96
NOWHERE = -1
ROUNDING = 1e-14


def generate(  # noqa: PLR0913  # rates, names, energies, behaviour, horizon: each is a lever
    rates: Floats,
    row_keys: Keys,
    kwh_session: Floats,
    patterns: Patterns,
    clock: Clock,
    *,
    seed: int,
    year: int,
) -> Sessions:
    """Draw every session of a horizon. O(row x day x group + sessions), one core.

    Every draw is a hash of (row key, local day, group, number): a further row, year, day or group
    leaves all other sessions bit-identical, and a higher rate only adds sessions. Sessions still
    connected at the end of the horizon are cut there, with the energy of the time that is kept.
    Points are not queued for: each session finds one, so nobody is turned away here.

    Parameters
    ----------
    rates : (row, group)
        Mean sessions a day; groups in the order of ``GROUPS``.
    row_keys : (row,) uint64
        Name of each transformer, such as ``text_keys(ids)``; not its place in the table.
    kwh_session : (group,)
        Mean energy of a session [kWh].
    year
        Decides how many sessions charge at 11 kW.
    """
    days, step_of = _calendar(clock)
    pattern = np.array([PATTERNS.index(group.pattern) for group in GROUPS], dtype=np.int64)
    rates = np.ascontiguousarray(rates, dtype=np.float64)
    row_keys = np.ascontiguousarray(row_keys, dtype=np.uint64)
    seed_key = np.uint64(text_key(f"sessions|{seed}"))
    counts = np.empty((rates.shape[0], days.size, rates.shape[1]), np.int32)
    count_sessions(rates, row_keys, days, patterns.week[pattern], seed_key, counts)
    drawn = _fill(row_keys, counts, pattern, patterns, days, step_of, clock.steps, seed_key)
    energy_kwh = scale_energies(patterns, kwh_session, np.asarray((rates > 0).any(axis=0)), year)
    return _furnish(drawn, patterns, pattern, energy_kwh, patterns.power_in(year))


def scale_energies(
    patterns: Patterns, kwh_session: Floats, used: npt.NDArray[np.bool_], year: int
) -> Floats:
    """Scale each group's energies so that their mean is ``kwh_session``, whatever must be clipped.

    A session takes at most 98 % of its stay at full power; the factor makes up for what that
    clips. The mean of ``min(factor x energy, most)`` rises piecewise linearly with the factor, ever
    more slowly, so Newton's method climbs to the exact factor. O(group x member), a few times.

    Returns
    -------
    (group, weekday or weekend, member) [kWh].
    """
    found = np.zeros((len(GROUPS), 2, MEMBERS))
    for g, group in enumerate(GROUPS):
        if not used[g]:
            continue
        p, most = PATTERNS.index(group.pattern), _most(patterns, g, year)
        factor = _factor(patterns, g, float(kwh_session[g]), year)
        found[g] = np.minimum(factor * patterns.energy_kwh[p], most)
    return found


def _most(patterns: Patterns, group: int, year: int) -> Floats:
    """Give what a session can take at most (weekday or weekend, member) [kWh]."""
    stay = patterns.stay[PATTERNS.index(GROUPS[group].pattern)]
    share = patterns.numbers["full_power_share"].value
    most: Floats = share * patterns.power_in(year) * stay * STEP_H
    return most


@lru_cache(maxsize=256)
def _factor(patterns: Patterns, group: int, mean: float, year: int) -> float:
    """Find the factor; kept, as every row, week and plan of a scenario asks for the same."""
    p = PATTERNS.index(GROUPS[group].pattern)
    energy, most = patterns.energy_kwh[p].ravel(), _most(patterns, group, year).ravel()
    weight = np.repeat(patterns.day_share(p) / MEMBERS, MEMBERS)
    if weight @ np.where(energy > 0, most, 0) <= mean:
        title = GROUPS[group].title
        raise InputError(f"{title}: {mean:g} kWh a session cannot be charged in their stays")
    factor = mean / float(weight @ energy)
    while True:
        free = factor * energy < most
        clipped, rest = weight[~free] @ most[~free], weight[free] @ energy[free]
        higher = float((mean - clipped) / rest)
        if higher <= factor * (1 + ROUNDING):
            return higher
        factor = higher


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    row: Ints
    arrival: Ints
    departure: Ints
    key: Keys
    group: Bytes
    member: Ints
    index: Longs


def _fill(  # noqa: PLR0913, PLR0917  # the arrays of one kernel
    row_keys: Keys,
    counts: Ints,
    pattern: Longs,
    patterns: Patterns,
    days: Ints,
    step_of: Ints,
    steps: int,
    seed_key: np.uint64,
) -> _Drawn:
    total = int(counts.sum())
    largest = int(counts.sum(axis=2).max()) if counts.size else 0
    row, arrival, departure, member = (np.empty(total, np.int32) for _ in range(4))
    key, group = np.empty(total, np.uint64), np.empty(total, np.int8)
    index = np.zeros(row_keys.size + 1, np.int64)
    done = fill_sessions(
        row_keys, days, counts, pattern, patterns.slot, patterns.stay, step_of, steps, seed_key,
        max(largest, 1), row, arrival, departure, key, group, member, index,
    )  # fmt: skip
    return _Drawn(
        row[:done], arrival[:done], departure[:done], key[:done], group[:done], member[:done], index
    )


def _furnish(
    drawn: _Drawn, patterns: Patterns, pattern: Longs, energy_kwh: Floats, power_kw: Floats
) -> Sessions:
    numbers = patterns.numbers
    size = drawn.row.size
    energy, power, soc, battery, discharge = (np.empty(size, np.float32) for _ in range(5))
    phases = np.empty(size, np.int8)
    furnish_sessions(
        drawn.key, drawn.group, drawn.member, drawn.arrival, drawn.departure, pattern,
        patterns.stay, energy_kwh, power_kw, numbers["one_phase_kw"].value,
        patterns.car_share, patterns.car_battery_kwh, patterns.car_discharge_kw,
        float(np.sqrt(numbers["round_trip"].value)), numbers["departure_target_low"].value,
        numbers["arrival_soc_low"].value, energy, power, phases, soc, battery, discharge,
    )  # fmt: skip
    unsaid = np.full(size, -1, np.int8)
    return Sessions(
        drawn.row, drawn.arrival, drawn.departure, energy, power, phases, drawn.key,
        soc, battery, discharge, drawn.group, unsaid, unsaid, unsaid,
        np.full(size, -1, np.int32), drawn.index,
    )  # fmt: skip


def _calendar(clock: Clock) -> tuple[Ints, Ints]:
    """Look up the step of each quarter-hour of each local day of the horizon.

    Returns
    -------
    days : (day,) int32
        Local days, counted from 1970-01-01.
    step_of : (day, slot, 2) int32
        First and second time the wall shows that quarter-hour, -1 outside the horizon. They
        differ in the hour that exists twice; in the hour that does not exist, people arrive an
        hour later by the wall.
    """
    whole, offset = _whole_days(clock)
    days, place = np.unique(whole.day, return_inverse=True)
    step_of = np.full((days.size, SLOTS, 2), NOWHERE, np.int32)
    steps = np.arange(whole.steps, dtype=np.int32)
    slot = whole.minute // SLOT_MIN
    step_of[place, slot, 1] = steps  # the last to write is the second time
    shown, first = np.unique(place * SLOTS + slot, return_index=True)
    step_of[shown // SLOTS, shown % SLOTS, 0] = first
    gaps = step_of[:, :, 0] == NOWHERE
    for day, gap in np.argwhere(gaps):
        step_of[day, gap] = step_of[day, min(gap + np.count_nonzero(gaps[day]), SLOTS - 1)]
    step_of -= np.int32(offset)
    step_of[(step_of < 0) | (step_of >= clock.steps)] = NOWHERE
    return days.astype(np.int32), step_of


def _whole_days(clock: Clock) -> tuple[Clock, int]:
    """Widen the horizon to whole local days; returns by how many steps it began earlier."""
    local = clock.index()
    first, last = local[0].to_pydatetime(), local[-1].to_pydatetime()
    count = (last.date() - first.date()).days + 1
    whole = Clock.days(first, count, clock.zone)
    earlier = first.astimezone(UTC) - whole.start.astimezone(UTC)  # by the sun, not by the wall
    return whole, round(earlier / timedelta(minutes=SLOT_MIN))
