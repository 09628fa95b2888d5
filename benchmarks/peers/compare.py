"""Run Kerbwatt and its peers on the same week in turn; write the table into docs/benchmarks.md."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from workload import STEPS, STEPS_DAY, TRANSFORMERS, Workload, draw, save

from app.core.engine.arrays import Keys, Longs, Sessions
from app.core.engine.clock import Clock
from app.core.engine.keys import text_keys
from app.core.engine.result import Options
from app.core.engine.run import run, warm_up

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PEER_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
ROUNDS, CALLS = 3, 200
COPIES_ACROSS, WEEKS = 29, 50
THREADS = 2
SAME_KWH = 0.005
GOAL = 1_000
Column: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Contestant:
    """A program and a strategy: ``ours`` holds the strategy to compare with."""

    key: str
    title: str
    ours: str
    more: str


CONTESTANTS = (
    Contestant("acnportal:uncontrolled", "acnportal 0.3.3, uncontrolled", "uncontrolled", "a b c"),
    Contestant("plain:greedy", "plain Python, greedy", "uncontrolled", "b"),
    Contestant("acnportal:edf", "acnportal 0.3.3, earliest deadline first", "pause", "a b c"),
    Contestant("acnportal:llf", "acnportal 0.3.3, least laxity first", "pause", "a b c"),
    Contestant("acnportal:round_robin", "acnportal 0.3.3, round robin", "pause", "a b c d"),
    Contestant("plain:balanced", "plain Python, spread to departure", "pause", "b e"),
)
OURS = ("uncontrolled", "throttle", "pause")
REMARKS = """What differs, by letter.

* a: its network model takes a voltage, a phase angle and current limits in ampere at every step
  (here 230 V, one limit per transformer at 70 % of the uncontrolled peak for its three sorted
  strategies, none for its uncontrolled one). It could take three-phase currents and a two-stage
  battery, which are switched off here.
* b: control step by step, as a live controller works, without knowledge of later arrivals;
  `pause` plans with foresight.
* c: it keeps the power of every charger in every step and every event; ours answers the load of
  each transformer and the energy of each session, and keeps no profiles unless asked.
* d: in steps of 1 A.
* e: no limits, no lowest current.

Ours in turn minds the lowest current of 6 A, lets two thirds of the cars resume after a pause and
seeks the lowest peak; phases count only for that current, and there is no voltage. Nobody models
ageing here. The two baselines in plain Python are ours, one object per vehicle and one loop per
step, and lean: no network, no battery model, no records. They show how much of a ratio is a
simulator's own bookkeeping. The first answers the same as `uncontrolled`; the second seeks no
lowest peak, which is most of the work of `pause`.
"""


@dataclass
class Best:
    """The shortest of several runs, and what it delivered."""

    seconds: float = float("inf")
    kwh: float = 0.0
    peak_kw: float = 0.0

    def take(self, seconds: float, kwh: float, peak_kw: float) -> None:
        """Keep the shorter run."""
        if seconds < self.seconds:
            self.seconds, self.kwh, self.peak_kw = seconds, kwh, peak_kw


@dataclass(frozen=True)
class Ours:
    """The week, or many copies of it, as the engine reads it."""

    sessions: Sessions
    clock: Clock
    steps: int

    def time(self, strategy: str, calls: int, threads: int) -> tuple[float, float, float]:
        """Run ``calls`` times; return the shortest time, kWh served and the peak of the sum."""
        rows = self.sessions.rows
        nothing, unknown = np.zeros((rows, self.clock.steps)), np.full(rows, np.nan)
        least = float("inf")
        for _ in range(calls):
            begun = time.perf_counter()
            told = run(
                strategy,
                self.sessions,
                nothing,
                unknown,
                self.clock,
                Options(),
                threads=threads,
            )
            least = min(least, time.perf_counter() - begun)
        kwh = float(told.served_kwh.astype(np.float64).sum())
        return least, kwh, float(told.ev_kw.sum(axis=0).max())


def to_ours(workload: Workload, across: int = 1, weeks: int = 1) -> Ours:
    """Lay copies of the week on further transformers and further weeks."""
    count = len(workload.stays)
    copy = np.repeat(np.arange(across * weeks), count)

    def column(name: str) -> Column:
        return np.tile([getattr(stay, name) for stay in workload.stays], across * weeks)

    row = column("transformer") + copy // weeks * TRANSFORMERS
    arrival = column("arrival") + copy % weeks * STEPS
    departure = column("departure") + copy % weeks * STEPS
    order = np.lexsort((departure, arrival, row))
    names = text_keys(map(str, range(copy.size)))
    sessions = _sessions(column, row, arrival, departure, order, names)
    clock = Clock.days(datetime(2030, 1, 7, tzinfo=UTC), weeks * STEPS // STEPS_DAY, "Etc/UTC")
    return Ours(sessions, clock, workload.session_steps * across * weeks)


def _sessions(  # noqa: PLR0913, PLR0917  # the columns and their order
    column: Callable[[str], Column],
    row: Longs,
    arrival: Longs,
    departure: Longs,
    order: Longs,
    names: Keys,
) -> Sessions:
    count = row.size
    empty, unsaid = np.zeros(count, np.float32), np.full(count, -1, np.int8)
    return Sessions(
        row=row[order].astype(np.int32),
        arrival=arrival[order].astype(np.int32),
        departure=departure[order].astype(np.int32),
        energy_kwh=column("energy_kwh")[order].astype(np.float32),
        power_kw=column("power_kw")[order].astype(np.float32),
        phases=column("phases")[order].astype(np.int8),
        key=names[order],
        soc0_kwh=empty,
        battery_kwh=empty.copy(),
        discharge_kw=empty.copy(),
        group=np.zeros(count, np.int8),
        can_resume=unsaid,
        can_v2g=unsaid.copy(),
        opted_out=unsaid.copy(),
        station=np.full(count, -1, np.int32),
        index=np.searchsorted(row[order], np.arange(row.max() + 2)).astype(np.int64),
    )


def measure(workload: Workload, path: Path) -> tuple[dict[str, Best], int]:
    """Let everybody run in turn, several rounds; keep the best of each."""
    small, big = to_ours(workload), to_ours(workload, COPIES_ACROSS, WEEKS)
    keys = [each.key for each in CONTESTANTS]
    keys += [f"{size}:{name}" for size in ("small", "big") for name in OURS]
    best = {key: Best() for key in keys}
    for nth in range(ROUNDS):
        for name in OURS:
            best[f"small:{name}"].take(*small.time(name, CALLS, 1))
            best[f"big:{name}"].take(*big.time(name, 1, THREADS))
        for each in CONTESTANTS:
            best[each.key].take(*_peer(each.key, path))
        print(f"round {nth + 1} of {ROUNDS} done")
    return best, big.steps


def _peer(key: str, path: Path) -> tuple[float, float, float]:
    command = [str(PEER_PYTHON), "-W", "ignore", str(HERE / "peer.py"), str(path), key]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE)  # noqa: S603
    found = json.loads(told.stdout.splitlines()[-1])
    return found["seconds"], found["kwh"], found["peak_kw"]


def report(workload: Workload, best: dict[str, Best], big_steps: int) -> Iterator[str]:
    """Write the section as Markdown."""
    today, load = datetime.now(UTC).date(), os.getloadavg()[0]
    wanted_mwh = sum(stay.energy_kwh for stay in workload.stays) / 1000
    yield "## Side by side (`make bench-peers`)\n"
    yield (
        f"{today}, two shared cores, load {load:.1f}, numpy {version('numpy')}, numba "
        f"{version('numba')}. One seeded week, the same file for all: {len(workload.stays)} "
        f"sessions on 100 chargers and {TRANSFORMERS} transformers, {workload.session_steps:,} "
        f"session-steps of 15 min, {wanted_mwh:.1f} MWh. Only the simulate call is timed; "
        f"everybody in turn, the shortest of {ROUNDS} rounds ({ROUNDS * CALLS} calls of ours on "
        f"the small week, one thread). Big: the same week {COPIES_ACROSS * WEEKS:,} times over, "
        f"{big_steps / 1e6:.1f} million session-steps on {COPIES_ACROSS * TRANSFORMERS} "
        f"transformers, {THREADS} threads.\n"
    )
    yield "| Kerbwatt | small: session-steps/s | big: session-steps/s | kWh | peak kW |"
    yield "|---|---|---|---|---|"
    for name in OURS:
        small, big = best[f"small:{name}"], best[f"big:{name}"]
        speeds = f"{_round(workload.session_steps / small.seconds)} | "
        speeds += _round(big_steps / big.seconds)
        yield f"| `{name}` | {speeds} | {small.kwh:,.0f} | {small.peak_kw:.0f} |"
    yield (
        "\n| peer | session-steps/s | kWh | peak kW | against | ratio, small | ratio, big "
        "| models more |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for each in CONTESTANTS:
        yield _line(each, workload, best, big_steps)
    yield "\n" + REMARKS
    yield _verdict(workload, best, big_steps)


def _ratios(
    each: Contestant, workload: Workload, best: dict[str, Best], big_steps: int
) -> tuple[float, float] | None:
    """Divide the speeds; None where the energy delivered differs by more than 0.5 %."""
    theirs, small, big = best[each.key], best[f"small:{each.ours}"], best[f"big:{each.ours}"]
    if abs(theirs.kwh / small.kwh - 1) > SAME_KWH:
        return None
    speed = workload.session_steps / theirs.seconds
    return theirs.seconds / small.seconds, big_steps / big.seconds / speed


def _line(each: Contestant, workload: Workload, best: dict[str, Best], big_steps: int) -> str:
    theirs, found = best[each.key], _ratios(each, workload, best, big_steps)
    told = "not comparable: other energy | " if found is None else " | ".join(map(_round, found))
    speed = _round(workload.session_steps / theirs.seconds)
    return (
        f"| {each.title} | {speed} | {theirs.kwh:,.0f} | {theirs.peak_kw:.0f} "
        f"| `{each.ours}` | {told} | {each.more} |"
    )


def _verdict(workload: Workload, best: dict[str, Best], big_steps: int) -> str:
    """Say what the ratios are good for, the goal of 1,000 included."""
    met, below = [], []
    for each in CONTESTANTS:
        found = _ratios(each, workload, best, big_steps)
        if found is not None:
            (met if min(found) >= GOAL else below).append(f"{each.title} ({_round(min(found))})")
    return (
        f"Goal: {GOAL:,} times as fast, by the lower of the two ratios. Met against "
        f"{', '.join(met) or 'nobody'}; not met against {', '.join(below) or 'nobody'}."
    )


def _round(value: float) -> str:
    """Write two significant digits: single runs on a shared machine deserve no more."""
    return f"{float(f'{value:.2g}'):,.0f}"


def write(section: str, mark: str = "peers") -> None:
    """Replace the marked block of the document, or add it at the end."""
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    text = DOCUMENT.read_text(encoding="utf-8")
    block = f"{begin}\n{section}{end}\n"
    if begin in text:
        head, _, rest = text.partition(begin)
        text = head + block + rest.partition(f"{end}\n")[2]
    else:
        text = f"{text.rstrip()}\n\n{block}"
    DOCUMENT.write_text(text, encoding="utf-8")


def main() -> None:
    """Draw the week, let everybody run it, write what came out."""
    workload = draw()
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "week.json"
        save(workload, path)
        best, big_steps = measure(workload, path)
    section = "\n".join(report(workload, best, big_steps)) + "\n"
    write(section)
    print(section)


if __name__ == "__main__":
    main()
