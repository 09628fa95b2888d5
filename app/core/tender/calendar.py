# ruff: noqa: A005  # the name the design gives it
"""From the room on a transformer to a traffic-light calendar that a contract can hold.

Room is what the limit leaves above a high quantile of the load without charging, by month, kind
of day and quarter-hour; shared among the points that charge at once, it gives the colour.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from app.core.engine.contract import COLOURS, DAY_TYPES, PHASE_KW_PER_A, Contract, Terms, Window
from app.core.errors import InputError
from app.core.tender.calendar_tidy import (
    AMBER,
    GREEN,
    RED,
    SLOT_MIN,
    SLOTS,
    Colours,
    Floats,
    cap_red,
    runs,
    tidy,
)

Wall: TypeAlias = npt.NDArray[Any]
MONTHS, KINDS, QUARTERS = 12, len(DAY_TYPES), 96
QUARTER_MIN, HOUR_SLOTS = 15, 2
STEPS_A = (32, 25, 20, 16, 13, 10, 8, 6)  # what calendars ask for: currents a person can check
LEAST_A = 6  # IEC 61851: below, there is only a pause
EXACT = 1e-9
EXCESS_KW = 5e-4  # less is rounding


@dataclass(frozen=True, slots=True)
class CalendarOptions:
    """How a calendar is drawn up.

    ``confidence`` is the percentile of the load that must fit: 100 for a firm contract.
    """

    confidence: float = 95.0
    full_kw: float = 11.04
    phases: int = 3
    pause_allowed: bool = True
    min_window_min: int = 60
    max_windows: int = 6
    max_red_h: float = 3.0

    def __post_init__(self) -> None:
        """Refuse what gives no calendar."""
        if not 0 <= self.confidence <= 100:  # noqa: PLR2004  # percent
            raise InputError(f"confidence {self.confidence:g} is outside 0 to 100")
        if self.phases not in {1, 2, 3}:
            raise InputError(f"phases: {self.phases} is not 1, 2 or 3")
        if self.full_kw < self.step_kw(LEAST_A) - EXACT:
            least = self.step_kw(LEAST_A)
            raise InputError(
                f"a point of {self.full_kw:g} kW is below the lowest step, {least:g} kW"
            )
        if self.max_windows < 1 or self.min_window_min < 0 or self.max_red_h < 0:
            raise InputError("a calendar needs one window or more, and no negative length")

    def step_kw(self, amps: float) -> float:
        """Turn a current into power [kW]."""
        return round(self.phases * PHASE_KW_PER_A * amps, 6)

    def amps(self, power_kw: float) -> int:
        """Return the whole current a power allows."""
        return int(power_kw / (self.phases * PHASE_KW_PER_A) + EXACT)


@dataclass(frozen=True, slots=True)
class NotKept:
    """A window in which the points may draw more than there is room for."""

    months: tuple[int, ...]
    day_type: str
    start_min: int
    end_min: int
    colour: str
    excess_kw: float


@dataclass(frozen=True, slots=True)
class Calendar:
    """A contract, and what it does not keep.

    ``amber_kw`` is None where no window is amber; ``red_hours`` is the most of any day.
    """

    contract: Contract
    not_kept: tuple[NotKept, ...]
    amber_kw: float | None
    red_hours: float


def load_bins(base_kw: Floats, wall: Sequence[Wall], confidence: float) -> Floats:
    """Return the percentile of the load by month, kind of day and quarter-hour.

    Parameters
    ----------
    base_kw : (row, step)
        Load without public charging [kW].
    wall : four of (step,)
        Day, kind of day, month and minute on the wall clock; an hour the clock skips repeats the
        quarter before it.

    Returns
    -------
    (row, month, kind of day, quarter-hour)
        A month without such a day has what all months share; NaN where no such day was seen.
    """
    day, day_type, month, minute = wall
    days, first, place = np.unique(day, return_index=True, return_inverse=True)
    laid = np.full((len(base_kw), len(days), QUARTERS), -np.inf)
    slot = place * QUARTERS + np.asarray(minute) // QUARTER_MIN
    flat = laid.reshape(len(base_kw), -1)
    for at in np.split(np.arange(slot.size), _repeats(slot)):
        flat[:, slot[at]] = np.maximum(flat[:, slot[at]], base_kw[:, at])
    laid = _filled(laid)
    kinds, months = np.asarray(day_type)[first], np.asarray(month)[first]
    found = np.full((len(base_kw), MONTHS, KINDS, QUARTERS), np.nan)
    for kind in range(KINDS):
        alike = kinds == kind
        if not alike.any():
            continue
        found[:, :, kind] = _percentile(laid[:, alike], confidence)[:, None]
        for each in np.unique(months[alike]):
            found[:, each - 1, kind] = _percentile(laid[:, alike & (months == each)], confidence)
    return found


def _repeats(slot: Wall) -> list[int]:
    """Cut the steps where the wall clock is set back, so that no part holds a quarter twice."""
    return (np.flatnonzero(np.diff(slot) <= 0) + 1).tolist()


def _percentile(laid: Floats, confidence: float) -> Floats:
    return np.asarray(np.percentile(laid, confidence, axis=1), np.float64)


def _filled(laid: Floats) -> Floats:
    seen = np.asarray(np.isfinite(laid).any(axis=0))
    if not seen[:, 0].all():
        raise InputError("a day of the load does not begin at midnight")
    last = np.maximum.accumulate(np.where(seen, np.arange(QUARTERS), 0), axis=1)
    return np.take_along_axis(laid, np.broadcast_to(last, laid.shape), axis=2)


def calendar(  # noqa: PLR0913  # what a calendar is made of
    bins_kw: Floats,
    limit_kw: float,
    points: int,
    active_share: Floats,
    *,
    name: str,
    options: CalendarOptions,
    facts: Mapping[str, Any] | None = None,
) -> Calendar | None:
    """Draw up the calendar of one transformer; None where its limit is unknown.

    Parameters
    ----------
    bins_kw : (month, kind of day, quarter-hour)
        From ``load_bins``.
    active_share : (quarter-hour,)
        Share of the points that charge at once.
    facts
        Further fields of the contract.
    """
    if not np.isfinite(limit_kw):
        return None
    active = np.maximum(np.ceil(points * np.asarray(active_share) - EXACT), 1.0)
    room = limit_kw - bins_kw
    each = room / active
    seen = np.flatnonzero(np.isfinite(bins_kw).all(axis=(0, 2)))
    wanted = _colours(each, options)
    amber_kw = _amber_kw(each[wanted == AMBER], options)
    steps_kw = np.array([options.full_kw, amber_kw, _red_kw(options)])
    days: dict[tuple[int, int], Colours] = {}
    for kind in seen.tolist():
        for month in range(MONTHS):
            days[month, kind] = _day(
                wanted[month, kind], room[month, kind], active, steps_kw, options
            )
    windows: list[Window] = []
    not_kept: list[NotKept] = []
    for kind, months, day in _seasons(days, seen.tolist()):
        inside = [month - 1 for month in months]
        excess = active * np.repeat(steps_kw[day], 2) - room[inside, kind].min(axis=0)
        some = list(_windows(day, months, kind, steps_kw))
        windows += some
        not_kept += _above(some, excess, options)
    reds = [int(np.count_nonzero(day == RED)) for day in days.values()]
    has_amber = any((day == AMBER).any() for day in days.values())
    return Calendar(
        _contract(name, tuple(windows), options, dict(facts or {})),
        tuple(not_kept),
        amber_kw if has_amber else None,
        max(reds, default=0) / HOUR_SLOTS,
    )


def _above(windows: list[Window], excess_kw: Floats, options: CalendarOptions) -> Iterator[NotKept]:
    """List the windows in which the points may draw more than there is room for."""
    for each in windows:
        at = slice(each.start_min // QUARTER_MIN, each.end_min // QUARTER_MIN)
        most = float(excess_kw[at].max())
        limit_kw = options.full_kw if each.limit_kw is None else each.limit_kw
        if most > EXCESS_KW and limit_kw > 0:
            told = (each.start_min, each.end_min, each.colour, most)
            yield NotKept(each.months, each.day_types[0], *told)


def _colours(each: Floats, options: CalendarOptions) -> Colours:
    """Colour what there is for every active point."""
    least = options.step_kw(LEAST_A)
    found = np.where(each >= options.full_kw - EXACT, GREEN, AMBER)
    return np.where(each < least - EXACT, RED, found).astype(np.int8)


def _amber_kw(each: Floats, options: CalendarOptions) -> float:
    """Find the one amber limit: the largest step that fits in every amber quarter."""
    least = float(each.min()) if each.size else 0.0
    fitting = [options.step_kw(amps) for amps in STEPS_A if options.step_kw(amps) <= least + EXACT]
    return max(fitting, default=options.step_kw(LEAST_A))


def _red_kw(options: CalendarOptions) -> float:
    return 0.0 if options.pause_allowed else options.step_kw(LEAST_A)


def _day(
    wanted: Colours, room: Floats, active: Floats, steps_kw: Floats, options: CalendarOptions
) -> Colours:
    """Bring one day onto half-hours, tidy it, and cap its red hours."""
    half = wanted.reshape(SLOTS, 2).max(axis=1)
    allowed = active.reshape(SLOTS, 2).max(axis=1)[:, None] * steps_kw
    limits = {
        "min_slots": -(-options.min_window_min // SLOT_MIN),
        "max_windows": options.max_windows,
    }
    neat = tidy(half, allowed, **limits)
    most = int(options.max_red_h * HOUR_SLOTS + EXACT)
    return cap_red(neat, room.reshape(SLOTS, 2).min(axis=1), most, **limits)


def _seasons(
    days: Mapping[tuple[int, int], Colours], kinds: list[int]
) -> Iterator[tuple[int, tuple[int, ...], Colours]]:
    """Put months with the same day together."""
    for kind in kinds:
        alike: dict[bytes, list[int]] = {}
        for month in range(MONTHS):
            alike.setdefault(days[month, kind].tobytes(), []).append(month + 1)
        for months in alike.values():
            yield kind, tuple(months), days[months[0] - 1, kind]


def _windows(
    day: Colours, months: tuple[int, ...], kind: int, steps_kw: Floats
) -> Iterator[Window]:
    for first, last, colour in runs(day):
        yield Window(
            first * SLOT_MIN,
            last * SLOT_MIN,
            COLOURS[colour],
            limit_kw=None if colour == GREEN else float(steps_kw[colour]),
            day_types=(DAY_TYPES[kind],),
            months=months,
        )


def _contract(
    name: str, windows: tuple[Window, ...], options: CalendarOptions, facts: dict[str, Any]
) -> Contract:
    terms = replace(
        facts.pop("terms", Terms()),
        full_kw=options.full_kw,
        phases=options.phases,
        max_hours_day=options.max_red_h,
    )
    given = {"title": name, "source": "kerbwatt", "confidence": "C", **facts}
    pauses = options.pause_allowed
    return Contract(name, windows=windows, pause_allowed=pauses, terms=terms, **given)
