"""Inner loops of the session generator: count first, then fill in final order."""

import numpy as np

from app.core.engine.arrays import Bytes, Floats, Halves, Ints, Keys, Longs
from app.core.engine.compiled import kernel
from app.core.engine.keys import mix, unit

CHUNK = 32.0  # a rate is drawn in parts that neither underflow nor shift when the rate grows
SATURDAY = 5
DAY_STEPS = 104  # the longest local day has 100
MEMBER_BITS = np.uint64(50)  # the top 14 bits of 64 pick one of 16,384 members
LOW24 = np.uint64(0xFFFFFF)
SHIFT24 = np.uint64(24)
LATER_BIT = np.uint64(49)
CHUNK_SALT = np.uint64(0x5851F42D4C957F2D)
SHAPE_SALT = np.uint64(0x14057B7EF767814F)
PER24 = 1.0 / 2**24


@kernel
def cell_key(row_key: np.uint64, day: int, group: int, seed_key: np.uint64) -> np.uint64:
    """Name a transformer's day of one user group."""
    return mix(mix(row_key ^ seed_key) ^ np.uint64(day * 64 + group))


@kernel
def poisson(rate: float, cell: np.uint64) -> int:
    """Count sessions: Poisson by inversion, so that a higher rate never takes one away."""
    total, part = 0, 0
    while rate > 0.0:
        some = min(rate, CHUNK)
        share = unit(mix(cell ^ (CHUNK_SALT + np.uint64(part))))
        chance = np.exp(-some)
        upto, count = chance, 0
        while share > upto and count < 8 * CHUNK:
            count += 1
            chance *= some / count
            upto += chance
        total += count
        rate -= CHUNK
        part += 1
    return total


@kernel
def count_sessions(
    rates: Floats,
    row_keys: Keys,
    days: Ints,
    week: Floats,
    seed_key: np.uint64,
    counts: Ints,
) -> None:
    """Draw how many sessions each (row, day, group) has. O(row x day x group)."""
    for row in range(rates.shape[0]):
        for d in range(days.size):
            weekday = (days[d] + 3) % 7
            for group in range(rates.shape[1]):
                rate = rates[row, group] * week[group, weekday]
                if rate > 0.0:
                    cell = cell_key(row_keys[row], days[d], group, seed_key)
                    counts[row, d, group] = poisson(rate, cell)
                else:
                    counts[row, d, group] = 0


@kernel
def _weekend(day: int) -> int:
    """Say whether a local day, counted from Thursday 1970-01-01, is a Saturday or Sunday."""
    return 1 if (day + 3) % 7 >= SATURDAY else 0


@kernel
def _draw_day(
    row_key: np.uint64,
    day: int,
    place: int,
    counts: Ints,
    pattern: Longs,
    slot: Ints,
    step_of: Ints,
    seed_key: np.uint64,
    keys: Keys,
    member: Ints,
    group_of: Bytes,
    arrival: Ints,
) -> int:
    """Draw the sessions of one transformer and day; returns how many."""
    weekend = _weekend(day)
    n = 0
    for group in range(counts.size):
        if counts[group] == 0:
            continue
        cell = cell_key(row_key, day, group, seed_key)
        for k in range(counts[group]):
            key = mix(cell + np.uint64(k + 1))
            shape = mix(key ^ SHAPE_SALT)
            who = np.int64(shape >> MEMBER_BITS)
            later = np.int64((shape >> LATER_BIT) & np.uint64(1))
            at = step_of[place, slot[pattern[group], weekend, who], later]
            if at < 0:
                continue
            keys[n] = key
            member[n] = who
            group_of[n] = group
            arrival[n] = at
            n += 1
    return n


@kernel
def _before(a: int, b: int, arrival: Ints, departure: Ints, keys: Keys) -> bool:
    """Say whether a session comes first."""
    if arrival[a] != arrival[b]:
        return bool(arrival[a] < arrival[b])
    if departure[a] != departure[b]:
        return bool(departure[a] < departure[b])
    return bool(keys[a] < keys[b])


@kernel
def _order_day(
    n: int,
    first: int,
    arrival: Ints,
    departure: Ints,
    keys: Keys,
    bucket: Longs,
    order: Longs,
) -> None:
    """Order one day's sessions by arrival, departure, key: by counting, then by insertion."""
    bucket[:] = 0
    for i in range(n):
        bucket[arrival[i] - first + 1] += 1
    for b in range(1, bucket.size):
        bucket[b] += bucket[b - 1]
    for i in range(n):
        b = arrival[i] - first
        at = bucket[b]
        bucket[b] += 1
        order[at] = i
    for i in range(1, n):
        this = order[i]
        j = i - 1
        while j >= 0:
            other = order[j]
            if not _before(this, other, arrival, departure, keys):
                break
            order[j + 1] = other
            j -= 1
        order[j + 1] = this


@kernel
def fill_sessions(
    row_keys: Keys,
    days: Ints,
    counts: Ints,
    pattern: Longs,
    slot: Ints,
    stay: Ints,
    step_of: Ints,
    steps: int,
    seed_key: np.uint64,
    largest: int,
    row_out: Ints,
    arrival_out: Ints,
    departure_out: Ints,
    key_out: Keys,
    group_out: Bytes,
    member_out: Ints,
    index: Longs,
) -> int:
    """Draw every session and put it in its final place. O(sessions)."""
    keys = np.empty(largest, np.uint64)
    member = np.empty(largest, np.int32)
    group_of = np.empty(largest, np.int8)
    arrival = np.empty(largest, np.int32)
    departure = np.empty(largest, np.int32)
    order = np.empty(largest, np.int64)
    bucket = np.empty(DAY_STEPS, np.int64)
    done = 0
    for row in range(row_keys.size):
        for d in range(days.size):
            n = _draw_day(
                row_keys[row], days[d], d, counts[row, d], pattern, slot, step_of, seed_key,
                keys, member, group_of, arrival,
            )  # fmt: skip
            if n == 0:
                continue
            weekend = _weekend(days[d])
            first = arrival[0]
            for i in range(n):
                first = min(first, arrival[i])
                end = arrival[i] + stay[pattern[group_of[i]], weekend, member[i]]
                departure[i] = min(end, steps)
            _order_day(n, first, arrival, departure, keys, bucket, order)
            for at in range(n):
                i = order[at]
                row_out[done] = row
                arrival_out[done] = arrival[i]
                departure_out[done] = departure[i]
                key_out[done] = keys[i]
                group_out[done] = group_of[i]
                member_out[done] = member[i] + (weekend << 14)
                done += 1
        index[row + 1] = done
    return done


@kernel
def furnish_sessions(
    key: Keys,
    group: Bytes,
    member: Ints,
    arrival: Ints,
    departure: Ints,
    pattern: Longs,
    stay: Ints,
    energy: Floats,
    power: Floats,
    one_phase_kw: float,
    car_share: Floats,
    car_battery_kwh: Floats,
    car_discharge_kw: Floats,
    efficiency: float,
    target_low: float,
    soc_low: float,
    energy_out: Halves,
    power_out: Halves,
    phases_out: Bytes,
    soc_out: Halves,
    battery_out: Halves,
    discharge_out: Halves,
) -> None:
    """Give each session its energy, power, battery and state of charge. O(sessions)."""
    for i in range(key.size):
        who = member[i] & 0x3FFF
        weekend = member[i] >> 14
        kw = power[who]
        kwh = energy[group[i], weekend, who]
        shape = mix(key[i] ^ SHAPE_SALT)
        car_draw = np.float64((shape >> SHIFT24) & LOW24) * PER24
        car = 0
        while car < car_share.size - 1 and car_draw >= car_share[car]:
            car += 1
        stored = efficiency * kwh
        battery = max(car_battery_kwh[car], stored / (1.0 - soc_low))
        target = target_low + (1.0 - target_low) * np.float64(shape & LOW24) * PER24
        soc = max(battery * target - stored, soc_low * battery)
        full = stay[pattern[group[i]], weekend, who]
        energy_out[i] = kwh * (departure[i] - arrival[i]) / full
        power_out[i] = kw
        phases_out[i] = 1 if kw <= one_phase_kw else 3
        soc_out[i] = min(soc, battery - stored)
        battery_out[i] = battery
        discharge_out[i] = min(kw, car_discharge_kw[car])
