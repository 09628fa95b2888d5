"""What drivers notice, by user group, in sums that can be added over rows, weeks and pieces."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from app.core.engine.arrays import STEP_H, Floats, Ints, Sessions
from app.core.engine.clock import STEP_MIN
from app.core.engine.figures import SHORT, WORSE, Figures, Mask, pause_counts
from app.core.engine.kernels_drivers import Noticed, sum_drivers
from app.core.engine.result import EngineResult

LONGEST = 4 * 96  # steps of delay that are told apart: four days
SUMS = (  # in the order of the kernel
    "sessions", "worse_off", "below_95", "overrides", "v2g", "v2g_used", "wanted_kwh",
    "possible_kwh", "served_kwh", "late_kwh", "discharged_kwh", "cycles", "pauses",
    "longest_pause",
)  # fmt: skip
RANKS = {"added_min_p50": 0.5, "added_min_p90": 0.9}


@dataclass(frozen=True, slots=True, eq=False)
class DriverSums:
    """Sums per user group; every field is (group,) but ``added``.

    Attributes
    ----------
    sessions, worse_off, below_95, overrides, v2g, v2g_used
        Counts of sessions: all, with over 2 % less energy, with less than 95 %, of drivers who
        charge at once whatever the strategy asks, of cars that can give back, that did.
    wanted_kwh, possible_kwh, served_kwh, late_kwh, discharged_kwh
        Energy asked for, possible during the stay, delivered, delivered over half an hour later
        than when charging at once, and given back.
    cycles
        Full battery cycles that giving back amounts to.
    pauses, longest_pause
        Stops in between, and steps of the longest; NaN where no profiles were kept.
    added : (group, step)
        Sessions by steps until full beyond charging at once.
    """

    sessions: Floats
    worse_off: Floats
    below_95: Floats
    overrides: Floats
    v2g: Floats
    v2g_used: Floats
    wanted_kwh: Floats
    possible_kwh: Floats
    served_kwh: Floats
    late_kwh: Floats
    discharged_kwh: Floats
    cycles: Floats
    pauses: Floats
    longest_pause: Floats
    added: Floats

    def figures(self, group: int | None = None) -> Figures:
        """Sum up one group, or all of them."""
        some = slice(None) if group is None else slice(group, group + 1)
        total = {
            each.name: getattr(self, each.name)[some].sum(axis=0)
            for each in fields(self)
            if each.name != "longest_pause"
        }
        count = float(total["sessions"])
        if not count:
            return dict.fromkeys(KEYS)
        served, longest = float(total["served_kwh"]), float(self.longest_pause[some].max())
        found: Figures = {
            "sessions": count,
            "wanted_kwh": float(total["wanted_kwh"]),
            "served_kwh": served,
            "served_share": served / max(float(total["possible_kwh"]), 1e-9),
            "worse_off": float(total["worse_off"]),
            "worse_off_share": float(total["worse_off"]) / count,
            "below_95": float(total["below_95"]) / count,
            "late_kwh_share": float(total["late_kwh"]) / served if served > 0 else 0.0,
            **{name: _quantile(total["added"], rank) for name, rank in RANKS.items()},
            "pauses_mean": _known(float(total["pauses"]) / count),
            "max_pause_h": _known(longest * STEP_H),
            "overrides": float(total["overrides"]),
            "discharged_kwh": float(total["discharged_kwh"]),
            "equivalent_full": float(total["cycles"]),
            "v2g_sessions": float(total["v2g"]),
        }
        used = float(total["v2g_used"]) / float(total["v2g"]) if total["v2g"] else None
        return {**found, "share_of_v2g_sessions_used": used}


KEYS = (
    "sessions", "wanted_kwh", "served_kwh", "served_share", "worse_off", "worse_off_share",
    "below_95", "late_kwh_share", "added_min_p50", "added_min_p90", "pauses_mean", "max_pause_h",
    "overrides", "discharged_kwh", "equivalent_full", "v2g_sessions",
    "share_of_v2g_sessions_used",
)  # fmt: skip


def driver_sums(  # noqa: PLR0913  # a run, and what to hold it against
    sessions: Sessions,
    result: EngineResult,
    groups: int,
    *,
    round_trip: float,
    counted: Mask | None = None,
    usual: Ints | None = None,
) -> DriverSums:
    """Sum up what drivers notice, against charging at once. O(session), with profiles O(step).

    Parameters
    ----------
    groups
        Number of user groups; sessions of no known group belong to the first.
    counted : (step,)
        Steps that count: sessions that arrive in others are left out. None: all.
    usual : (session,)
        Step at which each is full when charging at once; None to work it out at full power.
    """
    power = sessions.power_kw.astype(np.float64)
    possible = result.possible_kwh.astype(np.float64)
    if usual is None:
        usual = (sessions.arrival + np.ceil(possible / (power * STEP_H) - 1e-6)).astype(np.int32)
    pauses, longest = pause_counts(sessions, result)
    sums, added = np.zeros((groups, len(SUMS))), np.zeros((groups, LONGEST))
    sum_drivers(
        np.ones(1, np.bool_) if counted is None else counted,
        Noticed(
            sessions.arrival,
            np.clip(sessions.group, 0, groups - 1),
            sessions.energy_kwh,
            sessions.battery_kwh,
            result.session_class,
            result.possible_kwh,
            result.served_kwh,
            result.late_kwh,
            result.discharged_kwh,
            result.finished,
            usual,
            pauses,
            longest,
        ),
        float(np.sqrt(round_trip)),
        WORSE,
        SHORT,
        sums,
        added,
    )
    if not result.session_class.any():
        sums[:, SUMS.index("overrides")] = 0.0  # nobody overrides what asks for nothing
    return DriverSums(**{name: sums[:, nth] for nth, name in enumerate(SUMS)}, added=added)


def add_up(parts: Sequence[tuple[DriverSums, float]]) -> DriverSums:
    """Add sums of several pieces, each times what it stands for; the longest stays the longest."""
    found = {}
    for each in fields(DriverSums):
        if each.name == "longest_pause":
            found[each.name] = np.max([part.longest_pause for part, _ in parts], axis=0)
        else:
            found[each.name] = np.sum([getattr(part, each.name) * w for part, w in parts], axis=0)
    return DriverSums(**found)


def _quantile(bins: Floats, share: float) -> float:
    """Find the delay [min] that a share of the sessions does not exceed."""
    upto = np.cumsum(bins)
    return float(np.searchsorted(upto, share * upto[-1] - 1e-9)) * STEP_MIN


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
