"""Use-case: try calendars in the engine: what they ask of drivers, and what comes back after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from app.core.demand.groups import GROUPS
from app.core.engine.arrays import Floats, Longs, Sessions
from app.core.engine.clock import Clock
from app.core.engine.contract import AMBER, DAY_TYPES, GREEN, Contract, Window
from app.core.engine.direct import held_steps
from app.core.engine.drivers import driver_sums
from app.core.engine.figures import Mask
from app.core.engine.holidays import wall_day_type
from app.core.engine.result import EngineResult
from app.core.engine.run import run
from app.core.scenario import Scenario
from app.core.tender.calendar import Calendar
from app.core.tender.calendar_tidy import SLOT_MIN
from app.services.jobs import Report, silent
from app.services.parameters import load_parameters
from app.services.setting import Setting, Stretch
from app.services.simulate import options

STRATEGY, SHARED, REFERENCE = "staggered", "traffic_light", "uncontrolled"
ROUNDS, AFTER_STEPS, NOTICED_KW = 4, 16, 0.1
PER_SESSION = (
    "served_kwh", "discharged_kwh", "possible_kwh", "session_class", "late_kwh", "finished",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What the peak week says of calendars.

    Attributes
    ----------
    groups
        A row per user group and one for all: ``group, sessions, late_kwh_percent,
        affected_percent, below_guarantee_percent, added_min_p50``.
    figures
        ``in_kw, in_time, out_kw, out_time, rebound_kw, rebound_time, uncontrolled_kw,
        uncontrolled_time, relieved_kw, points, override_share``: charging of all transformers with
        a calendar. Rebound is the highest within four hours after a window.
    remaining
        Transformers that charging still brings over their limit outside the windows:
        ``asset_id, calendar, excess_kw, time``.
    extended
        Names of the calendars whose amber was lengthened.
    """

    groups: pd.DataFrame
    figures: Mapping[str, float | str]
    remaining: pd.DataFrame
    extended: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """The rows on trial, cut out of a stretch."""

    days: Stretch
    sessions: Sessions
    base_kw: Floats
    limit_kw: Floats
    scenario: Scenario

    def alone(self, nth: int, contract: Contract | None, strategy: str) -> EngineResult:
        """Run one of them."""
        row = np.array([nth])
        cars, kw = self.sessions.pick(row), self.base_kw[row]
        chosen = options(self.scenario)
        limit = self.limit_kw[row]
        return run(strategy, cars, kw, limit, self.days.clock, chosen, contract=contract)


def tried(  # noqa: PLR0913, PLR0917  # a stage, what is tried, and who is told
    setting: Setting,
    days: Stretch,
    rows: Longs,
    made: tuple[Calendar, ...],
    scenario: Scenario,
    report: Report = silent,
    *,
    rounds: int = ROUNDS,
) -> tuple[Trial, tuple[Calendar, ...]]:
    """Run every calendar on its transformer; lengthen amber where cars come back too soon.

    ``rounds`` 0 runs them as they are.
    """
    cut = (days.sessions.pick(rows), days.base_kw[rows], setting.limit_kw[rows])
    stage = _Stage(days, *cut, scenario)
    contracts, results = [each.contract for each in made], []
    extended = []
    for nth in range(len(rows)):
        report(0.4 + 0.6 * nth / len(rows), f"Trying calendar {nth + 1} of {len(rows)}")
        contract, result = _guarded(stage, nth, contracts[nth], rounds)
        if contract != contracts[nth]:
            extended.append(contract.key)
        contracts[nth] = contract
        results.append(result)
    ids = setting.facts["asset_id"].iloc[rows].astype(str).tolist()
    trial = Trial(
        *_told(stage, contracts, results),
        _remaining(stage, contracts, results, ids),
        tuple(extended),
    )
    neat = tuple(replace(c, contract=k) for c, k in zip(made, contracts, strict=True))
    return trial, neat


def _guarded(
    stage: _Stage, nth: int, contract: Contract, rounds: int
) -> tuple[Contract, EngineResult]:
    strategy = STRATEGY if contract.per_point else SHARED
    result = stage.alone(nth, contract, strategy)
    for _ in range(rounds):
        steps = _too_soon(stage, nth, contract, result)
        longer = _extended(contract, stage.days.clock, steps) if steps.any() else contract
        if longer == contract:
            break
        contract = longer
        result = stage.alone(nth, contract, strategy)
    return contract, result


def _too_soon(stage: _Stage, nth: int, contract: Contract, result: EngineResult) -> Mask:
    """Mark the ends of windows after which charging breaks a limit that the base load keeps."""
    over = _over_kw(stage, nth, contract, result) > NOTICED_KW
    held = held_steps(contract, stage.days.clock)
    ends = np.flatnonzero(held[:-1] & ~held[1:]) + 1
    found = np.zeros(held.size, dtype=bool)
    for end in ends.tolist():
        found[end] = over[end : end + AFTER_STEPS].any()
    return found


def _over_kw(stage: _Stage, nth: int, contract: Contract, result: EngineResult) -> Floats:
    """Return how far charging goes over the limit outside the windows [kW], by step."""
    limit, base_kw = stage.limit_kw[nth], stage.base_kw[nth]
    over = np.where(base_kw <= limit, result.load_kw[0] - limit, 0.0)
    over[held_steps(contract, stage.days.clock) | ~stage.days.counted] = 0.0
    return np.maximum(over, 0.0)


def _extended(contract: Contract, clock: Clock, steps: Mask) -> Contract:
    """Let amber last half an hour longer at the ends that ``steps`` marks."""
    kinds = wall_day_type(clock, contract.terms.holidays)
    marks = {
        (int(clock.month[at]), DAY_TYPES[kinds[at]], int(clock.minute[at]))
        for at in np.flatnonzero(steps).tolist()
    }
    limits = [w.limit_kw for w in contract.windows if w.colour == AMBER]
    least = contract.terms.fallback_kw or 0.0
    amber_kw = limits[0] if limits else least
    for month, kind, minute in marks:
        contract = _longer(contract, month, kind, minute, amber_kw)
    return contract


def _longer(
    contract: Contract, month: int, kind: str, minute: int, amber_kw: float | None
) -> Contract:
    """Turn the beginning of a green window amber; leave it where a day would get too many."""
    numbers = load_parameters()
    least = int(numbers["calendar_min_window_min"].value)
    today = [w for w in contract.windows if month in w.months and kind in w.day_types]
    full = len(today) >= numbers["calendar_max_windows"].value
    windows: list[Window] = []
    for window in contract.windows:
        if window not in today or window.colour != GREEN or window.start_min != minute:
            windows.append(window)
            continue
        before = windows[-1] if windows else window
        grows = before.colour == AMBER and before.end_min == minute
        until = minute + (SLOT_MIN if grows else max(SLOT_MIN, least))
        until = window.end_min if window.end_min - until < least else until
        if full and not grows and until < window.end_min:
            return contract
        if grows:
            windows[-1] = replace(before, end_min=until)
        else:
            windows.append(replace(window, end_min=until, colour=AMBER, limit_kw=amber_kw))
        if until < window.end_min:
            windows.append(replace(window, start_min=until))
    return replace(contract, windows=tuple(_joined_windows(windows)))


def _joined_windows(windows: Sequence[Window]) -> list[Window]:
    """Join neighbours that ask for the same."""
    found: list[Window] = []
    for window in windows:
        last = found[-1] if found else None
        if last is not None and last.end_min == window.start_min:
            both = replace(last, end_min=window.end_min)
            if both == replace(window, start_min=last.start_min):
                found[-1] = both
                continue
        found.append(window)
    return found


def _told(
    stage: _Stage, contracts: Sequence[Contract], results: Sequence[EngineResult]
) -> tuple[pd.DataFrame, Mapping[str, float | str]]:
    free = [stage.alone(nth, None, REFERENCE) for nth in range(len(results))]
    whole, usual = _joined(results), _joined(free)
    clock, counted = stage.days.clock, stage.days.counted
    held = np.stack([held_steps(each, clock) for each in contracts]) & counted
    figures = _peaks(whole.ev_kw, usual.ev_kw, held, counted, clock.index())
    figures["override_share"] = contracts[0].override_share
    return _groups(stage, whole, usual), figures


def _groups(stage: _Stage, whole: EngineResult, usual: EngineResult) -> pd.DataFrame:
    numbers, each = load_parameters(), stage.sessions
    sums = driver_sums(
        each,
        whole,
        len(GROUPS),
        round_trip=numbers["round_trip"].value,
        counted=stage.days.counted,
        usual=usual.finished,
    )
    later = (whole.finished > usual.finished) | (whole.served_kwh < usual.served_kwh - 1e-3)
    here = stage.days.counted[each.arrival]
    rows = []
    for nth, name in enumerate([*(group.title for group in GROUPS), "All drivers"]):
        some = here & (each.group == nth) if nth < len(GROUPS) else here
        told = sums.figures(nth if nth < len(GROUPS) else None)
        if not some.any():
            continue
        rows.append(
            {
                "group": name,
                "sessions": int(some.sum()),
                "late_kwh_percent": 100 * float(told["late_kwh_share"] or 0.0),
                "affected_percent": 100 * float(later[some].mean()),
                "below_guarantee_percent": 100 * float(told["below_95"] or 0.0),
                "added_min_p50": told["added_min_p50"],
            }
        )
    return pd.DataFrame(rows)


def _peaks(
    ev_kw: Floats, free_kw: Floats, held: Mask, counted: Mask, wall: pd.DatetimeIndex
) -> dict[str, float | str]:
    """Find the highest sums inside and outside the windows, with their time."""
    out = ~held & counted
    ends = np.zeros(held.shape, dtype=bool)
    for back in range(1, AFTER_STEPS + 1):
        ends[:, back:] |= held[:, :-back]
    series = {
        "in": (ev_kw * held).sum(axis=0),
        "out": (ev_kw * out).sum(axis=0),
        "rebound": (ev_kw * (out & ends)).sum(axis=0),
        "uncontrolled": (free_kw * counted).sum(axis=0),
        "uncontrolled_in": (free_kw * held).sum(axis=0),
    }
    found: dict[str, float | str] = {}
    for name, kw in series.items():
        at = int(kw.argmax())
        found[f"{name}_kw"] = float(kw[at])
        found[f"{name}_time"] = _clock(wall[at]) if kw[at] > 0 else ""
    found["relieved_kw"] = float(series["uncontrolled_in"].max() - series["in"].max())
    return found


def _clock(moment: datetime) -> str:
    return f"{moment:%a %H:%M}"


def _remaining(
    stage: _Stage,
    contracts: Sequence[Contract],
    results: Sequence[EngineResult],
    ids: Sequence[str],
) -> pd.DataFrame:
    wall, rows = stage.days.clock.index(), []
    for nth, (contract, result) in enumerate(zip(contracts, results, strict=True)):
        over = _over_kw(stage, nth, contract, result)
        at = int(over.argmax())
        if over[at] > NOTICED_KW:
            rows.append((ids[nth], contract.key, float(over[at]), _clock(wall[at])))
    return pd.DataFrame(rows, columns=["asset_id", "calendar", "excess_kw", "time"])


def _joined(results: Sequence[EngineResult]) -> EngineResult:
    """Put the answers of single rows below each other."""
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(each, name) for each in results]) for name in PER_SESSION
    }
    ev_kw = np.concatenate([each.ev_kw for each in results])
    load_kw = np.concatenate([each.load_kw for each in results])
    return EngineResult(load_kw=load_kw, ev_kw=ev_kw, **joined)
