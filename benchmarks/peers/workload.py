"""The week that every program simulates: seeded, plain Python, so that any environment reads it."""

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

CHARGERS, TRANSFORMERS, DAYS = 100, 5, 7
STEP_H, STEPS_DAY = 0.25, 96
STEPS = DAYS * STEPS_DAY
SEED = 3
LIMIT_SHARE = 0.7  # of a transformer's uncontrolled peak: binds, yet every car can leave full


@dataclass(frozen=True)
class Stay:
    """One session: steps of arrival and departure, energy wanted, the charger's power."""

    session: str
    charger: int
    transformer: int
    arrival: int
    departure: int
    energy_kwh: float
    power_kw: float
    phases: int


@dataclass(frozen=True)
class Workload:
    """Sessions sorted by transformer and arrival, and a limit per transformer [kW]."""

    stays: tuple[Stay, ...]
    limit_kw: tuple[float, ...]

    @property
    def session_steps(self) -> int:
        """Steps in which a car is connected, over all cars."""
        return sum(stay.departure - stay.arrival for stay in self.stays)


def draw() -> Workload:
    """Draw the week: one session a day on nearly every charger, no two at once."""
    rng = random.Random(SEED)
    stays: list[Stay] = []
    for charger in range(CHARGERS):
        power_kw, phases = rng.choices(((3.68, 1), (7.36, 1), (11.04, 3)), (0.2, 0.2, 0.6))[0]
        free = 0
        for day in range(DAYS):
            arrival = max(day * STEPS_DAY + round(rng.gauss(16.5, 3.0) / STEP_H), free + 1)
            steps = max(2, round(rng.lognormvariate(1.62, 0.6) / STEP_H))
            departure = min(arrival + steps, STEPS)
            if departure - arrival < 2 or arrival >= (day + 1) * STEPS_DAY:
                continue
            most_kwh = 0.8 * power_kw * (departure - arrival) * STEP_H
            energy_kwh = round(min(rng.gammavariate(2.2, 9.6), most_kwh), 3)
            name = f"{charger}-{day}"
            row = charger % TRANSFORMERS
            stays.append(Stay(name, charger, row, arrival, departure, energy_kwh, power_kw, phases))
            free = departure
    stays.sort(key=lambda stay: (stay.transformer, stay.arrival, stay.departure, stay.session))
    return Workload(tuple(stays), tuple(_limit(stays, row) for row in range(TRANSFORMERS)))


def _limit(stays: list[Stay], row: int) -> float:
    load_kw = [0.0] * STEPS
    for stay in stays:
        if stay.transformer != row:
            continue
        left, step = stay.energy_kwh, stay.arrival
        while left > 0:
            given = min(left, stay.power_kw * STEP_H)
            load_kw[step] += given / STEP_H
            left, step = left - given, step + 1
    return round(LIMIT_SHARE * max(load_kw), 1)


def save(workload: Workload, path: Path) -> None:
    """Write the week to a file."""
    path.write_text(json.dumps(asdict(workload)), encoding="utf-8")


def load(path: Path) -> Workload:
    """Read the week from a file."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return Workload(tuple(Stay(**each) for each in told["stays"]), tuple(told["limit_kw"]))
