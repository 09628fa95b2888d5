"""What a strategy does to drivers, batteries and the hours after a window."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.core.engine.arrays import STEP_H, UNCONTROLLED, Floats, Sessions
from app.core.engine.clock import STEP_MIN
from app.core.engine.kernels_flex import count_pauses
from app.core.engine.result import EngineResult
from app.core.parameters import Parameter

Figures: TypeAlias = dict[str, float | None]
Mask: TypeAlias = npt.NDArray[np.bool_]

WORSE = 0.98  # a driver is worse off with less of the energy than this
SHORT = 0.95
AFTER_STEPS = 16  # four hours
YEAR_STEPS = 35_040
DAY_H = 24
KW_MW = 1000


def user_figures(sessions: Sessions, result: EngineResult) -> Figures:
    """Say what drivers notice, against charging at once. O(session-step).

    Returns
    -------
    ``worse_off`` counts sessions that leave with less; ``below_95`` is a share of sessions,
    ``late_kwh_share`` the energy that comes over half an hour later, ``added_min_*`` the minutes
    until full; pauses are None where no profiles were kept.
    """
    if not len(sessions):
        return dict.fromkeys(
            ("worse_off", "late_kwh_share", "below_95", "added_min_p50", "added_min_p90",
             "pauses_mean", "max_pause_h", "overrides")
        )  # fmt: skip
    power = sessions.power_kw.astype(np.float64)
    possible = result.possible_kwh.astype(np.float64)
    served = result.served_kwh.astype(np.float64)
    usual = sessions.arrival + np.ceil(possible / (power * STEP_H) - 1e-6)
    added = np.maximum(result.finished - usual, 0) * STEP_MIN
    late = float(result.late_kwh.astype(np.float64).sum())
    return {
        "worse_off": float((served < WORSE * possible).sum()),
        "late_kwh_share": late / float(served.sum()) if served.sum() > 0 else 0.0,
        "below_95": float((served < SHORT * possible).mean()),
        "added_min_p50": float(np.median(added)),
        "added_min_p90": float(np.quantile(added, 0.9)),
        **_pauses(sessions, result),
        "overrides": overrides(result),
    }


def overrides(result: EngineResult) -> float:
    """Count the drivers who charge at once whatever is asked; none where nothing is."""
    kind = result.session_class
    return float((kind == UNCONTROLLED).sum()) if kind.any() else 0.0


def cycle_figures(
    sessions: Sessions, result: EngineResult, *, round_trip: float, v2g: int
) -> Figures:
    """Say how much batteries are used for the grid: full cycles, per car and year."""
    given = result.discharged_kwh.astype(np.float64)
    can = (result.session_class == v2g) & (sessions.battery_kwh > 0)
    battery = np.where(can, sessions.battery_kwh, 1).astype(np.float64)
    cycles = np.where(can, given / np.sqrt(round_trip) / battery, 0.0)
    used = float((given[can] > 0).mean()) if can.any() else None
    return {
        "discharged_kwh": float(given.sum()),
        "equivalent_full": float(cycles.sum()),
        "per_v2g_car_year": None,  # a file of sessions does not say which are the same car
        "share_of_v2g_sessions_used": used,
    }


def after_windows(held: Mask) -> Mask:
    """Mark the four hours after each window of a contract, as far as no other window covers them.

    Parameters
    ----------
    held : (step,)
        Steps inside a window.
    """
    after = np.zeros_like(held)
    for end in np.flatnonzero(held[:-1] & ~held[1:]) + 1:
        after[end : end + AFTER_STEPS] = True
    return after & ~held


def rebound_figures(
    ev_kw: Floats, over: Mask, held: Mask | None, uncontrolled_peak_kw: float
) -> dict[str, float | int | None]:
    """Say the charging peak in the contract's windows, outside, and in four hours after an end.

    Parameters
    ----------
    ev_kw : (step,)
        Charging alone [kW].
    over : (step,)
        Steps in which some limit is exceeded.
    held : (step,)
        Steps inside a window; None without a contract.

    Returns
    -------
    ``after_step`` is the step of the highest load after a window.
    """
    keys = ("in_kw", "out_kw", "after_kw", "after_step", "ratio", "breaks_limit")
    if held is None or not held.any():
        return dict.fromkeys(keys)
    after = after_windows(held)
    top = int(np.argmax(np.where(after, ev_kw, -np.inf))) if after.any() else None
    after_kw = None if top is None else float(ev_kw[top])
    ratio = None if after_kw is None or uncontrolled_peak_kw <= 0 else after_kw
    return {
        "in_kw": float(ev_kw[held].max()),
        "out_kw": float(ev_kw[~held].max()) if (~held).any() else None,
        "after_kw": after_kw,
        "after_step": top,
        "ratio": None if ratio is None else ratio / uncontrolled_peak_kw,
        "breaks_limit": bool((over & after).any()),
    }


def sanity_figures(ev_kw: Floats, points: int | None, points_kw: float | None) -> Figures:
    """Say the chain from energy to kW per point, so that nobody has to trust a curve.

    Parameters
    ----------
    points, points_kw
        Charge points and the sum of their power; None where nobody said which there are.
    """
    peak_kw = float(ev_kw.max(initial=0))
    mean_kw = float(ev_kw.mean()) if ev_kw.size else 0.0
    return {
        "vehicles": None,
        "mwh_year": mean_kw * YEAR_STEPS * STEP_H / KW_MW,
        "mean_mw": mean_kw / KW_MW,
        "peak_mw": peak_kw / KW_MW,
        "coincidence": peak_kw / points_kw if points_kw else None,
        "kw_per_point": peak_kw / points if points else None,
        "kwh_per_point_day": mean_kw * DAY_H / points if points else None,
    }


def sanity_doubts(
    sanity: Mapping[str, float | None], numbers: Mapping[str, Parameter]
) -> list[tuple[str, str]]:
    """Name what does not look like public charging: a code, and a sentence with what was found."""
    words = {
        "coincidence": "the charging peak is {:.3f} of the points' power",
        "kwh_per_point_day": "a charge point gives {:.1f} kWh a day on average",
    }
    doubts = []
    for key, text in words.items():
        value, low, high = sanity.get(key), numbers[f"{key}_least"], numbers[f"{key}_most"]
        if value is not None and not low.value <= value <= high.value:
            usual = f"; {low.value:g} to {high.value:g} is usual"
            doubts.append((key, text.format(value) + usual))
    return doubts


def against(found: Mapping[str, object], usual: Mapping[str, object]) -> dict[str, float | None]:
    """Subtract the indicators of charging at once; None where either is not a number."""
    return {key: _difference(value, usual.get(key)) for key, value in found.items()}


def _difference(value: object, usual: object) -> float | None:
    both = (value, usual)
    if any(isinstance(each, bool) or not isinstance(each, (int, float)) for each in both):
        return None
    return float(value) - float(usual)  # type: ignore[arg-type]  # both are numbers


def pause_counts(sessions: Sessions, result: EngineResult) -> tuple[Floats, Floats]:
    """Count stops between two stretches of charging, and the longest of them [step].

    Returns
    -------
    Two arrays (session,); NaN where no profiles were kept.
    """
    stay = (sessions.departure - sessions.arrival).astype(np.int64)
    profile = result.profile_kw
    if profile is None or not profile.size:
        unknown = np.full(stay.size, np.nan)
        return unknown, unknown
    pauses, longest = np.zeros(stay.size), np.zeros(stay.size)
    count_pauses(profile, stay, pauses, longest)
    return pauses, longest


def _pauses(sessions: Sessions, result: EngineResult) -> Figures:
    pauses, longest = pause_counts(sessions, result)
    if np.isnan(pauses).any():
        return {"pauses_mean": None, "max_pause_h": None}
    return {"pauses_mean": float(pauses.mean()), "max_pause_h": float(longest.max()) * STEP_H}
