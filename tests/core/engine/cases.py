"""Small made-up transformers: cars of every kind, some without slack, some nights below zero."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from app.core.engine.arrays import STEP_H, Floats, Longs, Sessions
from app.core.engine.clock import Clock

ZONE = "Europe/Amsterdam"


@dataclass(frozen=True)
class Case:
    """Everything a run needs."""

    sessions: Sessions
    base_kw: Floats
    limit_kw: Floats
    clock: Clock


def clock_of(days: int) -> Clock:
    return Clock.days(datetime(2030, 1, 7), days, ZONE)  # noqa: DTZ001  # a local day


def make_sessions(rows: int, **columns: object) -> Sessions:
    """Fill the columns a test does not care about, and sort."""
    count = np.asarray(columns["arrival"]).size
    full = np.asarray(columns.get("power_kw", 11.04))
    usual: dict[str, tuple[object, type]] = {
        "row": (0, np.int32),
        "arrival": (0, np.int32),
        "departure": (0, np.int32),
        "energy_kwh": (0.0, np.float32),
        "power_kw": (11.04, np.float32),
        "phases": (np.where(full > 8, 3, 1), np.int8),
        "key": (np.arange(count) * 7919 + 1, np.uint64),
        "soc0_kwh": (20.0, np.float32),
        "battery_kwh": (60.0, np.float32),
        "discharge_kw": (full, np.float32),
        "group": (0, np.int8),
        "can_resume": (-1, np.int8),
        "can_v2g": (-1, np.int8),
        "opted_out": (-1, np.int8),
        "station": (-1, np.int32),
    }
    table = {
        name: np.broadcast_to(np.asarray(columns.get(name, value)), count).astype(kind)
        for name, (value, kind) in usual.items()
    }
    order = np.lexsort((table["key"], table["departure"], table["arrival"], table["row"]))
    table = {name: values[order] for name, values in table.items()}
    index = np.searchsorted(table["row"], np.arange(rows + 1)).astype(np.int64)
    return Sessions(**table, index=index)


def random_case(seed: int, *, rows: int = 2, cars: int = 12, days: int = 2) -> Case:
    """Draw sessions of every kind, a base load with an evening peak, and a limit above it."""
    rng = np.random.default_rng(seed)
    clock = clock_of(days)
    steps = clock.steps
    count = rows * cars
    arrival = rng.integers(0, steps - 4, count)
    departure = np.minimum(arrival + rng.integers(1, 72, count), steps)
    power = rng.choice([1.2, 3.68, 7.36, 11.04, 22.08], count)
    room = power * (departure - arrival) * STEP_H
    energy = np.minimum(room * rng.choice([0.0, 0.1, 0.4, 0.8, 1.0], count), rng.uniform(1, 50))
    battery = rng.choice([30.0, 60.0, 80.0], count)
    hour = np.arange(steps) / 4 % 24
    evening = np.exp(-(((hour - 19) / 2.5) ** 2))
    size = rng.uniform(10, 60, (rows, 1))
    base_kw = size * (rng.uniform(-0.3, 0.4) + evening + 0.1 * rng.random((rows, steps)))
    sessions = make_sessions(
        rows,
        row=np.repeat(np.arange(rows), cars),
        arrival=arrival,
        departure=departure,
        energy_kwh=energy,
        power_kw=power,
        phases=np.where(power > 8, 3, np.where(power == 7.36, 2, 1)),
        key=rng.integers(0, 2**63, count),
        soc0_kwh=np.maximum(battery * rng.uniform(0.05, 0.9, count) - energy * 0.93, 1.0),
        battery_kwh=battery,
        discharge_kw=power * rng.choice([0.5, 1.0], count),
    )
    return Case(sessions, base_kw, base_kw.max(axis=1) * rng.uniform(0.8, 1.2), clock)


def spread(sessions: Sessions) -> tuple[Longs, Longs]:
    """Car and step of every session-step, in the order of profiles."""
    stay = (sessions.departure - sessions.arrival).astype(np.int64)
    car = np.repeat(np.arange(len(sessions)), stay)
    before = np.cumsum(stay) - stay
    return car, sessions.arrival[car] + np.arange(car.size) - before[car]


def possible_kwh(sessions: Sessions) -> Floats:
    """Energy each car could take at most, in double precision."""
    stay = sessions.departure - sessions.arrival
    return np.minimum(sessions.energy_kwh, sessions.power_kw.astype(float) * stay * STEP_H)
