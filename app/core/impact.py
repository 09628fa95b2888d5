"""What a strategy does to the grid of a city: one row per transformer, and the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.bill import Bill, summed_bills
from app.core.engine.arrays import STEP_H, Floats, Sessions
from app.core.engine.clock import Clock
from app.core.engine.drivers import DriverSums, add_up
from app.core.engine.figures import WORSE, Figures
from app.core.engine.flexibility import Flexibility, summed_flexibility
from app.core.engine.result import EngineResult

ROOM, TIGHT, OVER, UNKNOWN = "room", "tight", "over", "unknown"
SUMMED = (
    "hours_over", "kwh_over", "export_hours_over", "unserved_kwh", "served_kwh",
    "discharged_kwh", "sessions", "worse_off",
)  # fmt: skip
EVENING_MIN = 18 * 60
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """The answer of one strategy over one horizon.

    Attributes
    ----------
    strategy, horizon
        Key of the strategy; "peak_week", "design_weeks" or "year".
    rows : (row,)
        Per transformer ``asset_id, name, district_id, points, sessions, limit_kw, base_peak_kw,
        peak_kw, peak_time, ev_peak_kw, ev_at_peak_kw, lowest_kw, hours_over, kwh_over,
        export_hours_over, unserved_kwh, served_kwh, discharged_kwh, worse_off, state``. Unknown
        limits stay NaN, and the state says unknown.
    city
        Indicators of the whole; None where they cannot be said.
    times : (step,)
        Local time of every step that is drawn.
    base_kw, load_kw : (step,)
        The city's load then: without charging, and with it.
    row_base_kw, row_load_kw : (row, step) or None
        The same per transformer, where it was kept.
    groups
        What drivers notice: of ``all`` and of each user group that charges, by its key.
    base_parts : name to (step,)
        What the base load consists of, where anything adds to today's: ``homes,
        heat_pumps, panels``, and ``depots`` where there are any.
    """

    strategy: str
    horizon: str
    rows: pd.DataFrame
    city: Mapping[str, float | None]
    times: pd.DatetimeIndex
    base_kw: Floats
    load_kw: Floats
    row_base_kw: npt.NDArray[np.float32] | None = None
    row_load_kw: npt.NDArray[np.float32] | None = None
    groups: Mapping[str, Figures] = field(default_factory=dict)
    base_parts: Mapping[str, Floats] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """Count the transformers in a state."""
        return int((self.rows["state"] == state).sum())

    @property
    def known(self) -> int:
        """Count the transformers whose limit is known."""
        return len(self.rows) - self.count(UNKNOWN)


def whole_part(counted: Mask) -> Mask | slice:
    """Return the steps that count as one stretch where they are one: that copies nothing."""
    ends = np.flatnonzero(np.diff(counted.astype(np.int8), prepend=0, append=0))
    return slice(int(ends[0]), int(ends[1])) if ends.size == 2 else counted  # noqa: PLR2004  # one


def measure(  # noqa: PLR0913  # a run, and the limits to hold it against
    result: EngineResult,
    base_kw: Floats,
    sessions: Sessions,
    limit_kw: Floats,
    counted: Mask,
    *,
    export_kw: Floats | None = None,
) -> pd.DataFrame:
    """Measure each transformer of one run, on the steps that count. O(row x step + sessions).

    ``hours_over`` and ``kwh_over`` are NaN where the limit is unknown, ``export_hours_over`` where
    nobody said how far below zero the row may go: nobody can say.
    """
    back_kw = np.full(len(limit_kw), np.nan) if export_kw is None else export_kw
    steps = whole_part(counted)
    load, ev, base = (each[:, steps] for each in (result.load_kw, result.ev_kw, base_kw))
    over = np.maximum(load - limit_kw[:, None], 0.0)
    rows = len(limit_kw)
    wanted = result.possible_kwh.astype(np.float64)
    missing = np.maximum(wanted - result.served_kwh, 0.0)
    here = counted[sessions.arrival]
    worse = here & (result.served_kwh < WORSE * wanted)

    def per_row(values: npt.ArrayLike) -> Floats:
        return np.bincount(sessions.row[here], np.asarray(values)[here], rows).astype(np.float64)

    return pd.DataFrame(
        {
            "peak_kw": load.max(axis=1),
            "peak_step": np.flatnonzero(counted)[load.argmax(axis=1)],
            "base_peak_kw": base.max(axis=1),
            "ev_peak_kw": ev.max(axis=1),
            "hours_over": np.where(np.isnan(limit_kw), np.nan, (over > 0).sum(axis=1) * STEP_H),
            "kwh_over": over.sum(axis=1) * STEP_H,
            "export_hours_over": np.where(
                np.isnan(back_kw), np.nan, (load < -back_kw[:, None]).sum(axis=1) * STEP_H
            ),
            "lowest_kw": load.min(axis=1),
            "served_kwh": per_row(result.served_kwh),
            "unserved_kwh": per_row(np.where(missing > 1e-3 * np.maximum(wanted, 1), missing, 0.0)),
            "discharged_kwh": per_row(result.discharged_kwh),
            "sessions": per_row(np.ones(len(sessions))),
            "worse_off": per_row(worse),
        }
    )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One strategy on some rows over some days: what parts of an answer are put together from.

    Attributes
    ----------
    frame : (row,)
        What ``measure`` found, with ``peak_time`` for ``peak_step``.
    base_kw, ev_kw : (step,)
        Sum over the rows, without charging and charging alone.
    counted, held : (step,)
        Steps that count; steps in a window of the capacity contract.
    day_weight
        Days each counted day stands for.
    drivers
        What drivers notice, by user group.
    bill
        What the energy costs and emits; None where nothing is known of prices.
    flexible
        What could be shed and taken, over all rows; None where no profiles were kept.
    parent_kwh_over
        What feeders and substations carry above their limits; None where none binds.
    """

    frame: pd.DataFrame
    base_kw: Floats
    ev_kw: Floats
    clock: Clock
    counted: Mask
    held: Mask
    day_weight: float
    drivers: DriverSums | None = None
    bill: Bill | None = None
    flexible: Flexibility | None = None
    parent_kwh_over: float | None = None


def part(  # noqa: PLR0913, PLR0917  # the ingredients of a run
    result: EngineResult,
    base_kw: Floats,
    sessions: Sessions,
    limit_kw: Floats,
    clock: Clock,
    counted: Mask,
    held: Mask,
    day_weight: float = 1.0,
    *,
    export_kw: Floats | None = None,
    drivers: DriverSums | None = None,
    bill: Bill | None = None,
    flexible: Flexibility | None = None,
    parent_kwh_over: float | None = None,
) -> Part:
    """Boil one run down to what is kept of it."""
    frame = measure(result, base_kw, sessions, limit_kw, counted, export_kw=export_kw)
    frame["peak_time"] = clock.index()[frame.pop("peak_step").to_numpy()]
    total = (base_kw.sum(axis=0), result.ev_kw.sum(axis=0))
    return Part(
        frame,
        *total,
        clock,
        counted,
        held,
        day_weight,
        drivers=drivers,
        bill=bill,
        flexible=flexible,
        parent_kwh_over=parent_kwh_over,
    )


def beside(parts: list[Part]) -> Part:
    """Put rows beside each other that ran over the same days."""
    first = parts[0]
    frame = pd.concat([each.frame for each in parts], ignore_index=True)
    base_kw, ev_kw = (
        np.sum([getattr(p, name) for p in parts], axis=0) for name in ("base_kw", "ev_kw")
    )
    return replace(
        first,
        frame=frame,
        base_kw=base_kw,
        ev_kw=ev_kw,
        drivers=summed_drivers(parts, weighted=False),
        bill=summed_bills([each.bill for each in parts]),
        flexible=summed_flexibility([each.flexible for each in parts]),
        parent_kwh_over=None,  # the rows of a feeder may lie in several parts
    )


def rows_over(parts: list[Part]) -> pd.DataFrame:
    """Sum and top the same rows over several stretches of days, weighted to what they stand for."""
    best = parts[0].frame.copy()
    best[list(SUMMED)] *= parts[0].day_weight
    for each in parts[1:]:
        best[list(SUMMED)] += each.frame[list(SUMMED)] * each.day_weight
        higher = (each.frame["peak_kw"] > best["peak_kw"]).to_numpy()
        best["peak_time"] = best["peak_time"].where(~higher, each.frame["peak_time"])
        for name in ("peak_kw", "base_peak_kw", "ev_peak_kw"):
            best[name] = np.maximum(best[name], each.frame[name])
        best["lowest_kw"] = np.minimum(best["lowest_kw"], each.frame["lowest_kw"])
    best["ev_at_peak_kw"] = best["peak_kw"] - best["base_peak_kw"]
    return best


def judge(
    peak_kw: Floats,
    limit_kw: Floats,
    *,
    tight_share: float,
    export_hours: Floats | None = None,
) -> npt.NDArray[np.object_]:
    """Say in one word whether a peak fits; never that there is room where either is unknown.

    A transformer through which too much flows back is over its limit as well.
    """
    states = np.full(len(peak_kw), ROOM, dtype=object)
    states[peak_kw > tight_share * limit_kw] = TIGHT
    states[peak_kw > limit_kw + 1e-9] = OVER
    if export_hours is not None:
        states[export_hours > 0] = OVER
    states[np.isnan(limit_kw) | np.isnan(peak_kw)] = UNKNOWN
    return states


def summed_drivers(parts: list[Part], *, weighted: bool) -> DriverSums | None:
    """Add what drivers notice; None where it was not kept."""
    kept = [(each.drivers, each.day_weight if weighted else 1.0) for each in parts]
    told = [(drivers, weight) for drivers, weight in kept if drivers is not None]
    return add_up(told) if told and len(told) == len(kept) else None
