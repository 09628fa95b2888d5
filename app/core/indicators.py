"""Sum the parts of an answer up to what is said of a city."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from app.core.demand.groups import GROUPS
from app.core.engine.arrays import STEP_H
from app.core.engine.figures import DAY_H, KW_MW, YEAR_STEPS, Figures, after_windows
from app.core.impact import OVER, Impact, Part, summed_drivers
from app.core.parameters import Parameter

EVENING_MIN = 18 * 60


def starves(city: Mapping[str, float | None], numbers: Mapping[str, Parameter]) -> bool:
    """Say whether a strategy leaves cars short: then its peak is not to be compared with others.

    The same conditions as for points that fit: energy withheld, and sessions with less than 95 %.
    """
    served, short = city.get("served_share"), city.get("below_95_share")
    little = served is not None and served < 1 - numbers["hosting_unserved"].value
    many = short is not None and short > numbers["hosting_below_95"].value
    return little or many


def least_harm(answers: Mapping[str, Impact], numbers: Mapping[str, Parameter]) -> Impact | None:
    """Find the strategy that overloads fewest transformers, then peaks lowest, of all that deliver.

    None where every one of them leaves cars short.
    """
    fair = [each for each in answers.values() if not starves(each.city, numbers)]
    return min(fair, key=lambda a: (a.count(OVER), a.city.get("peak_kw") or 0.0), default=None)


def city_indicators(
    parts: list[Part], frame: pd.DataFrame, *, points: int, vehicles: float, point_kw: float
) -> dict[str, float | None]:
    """Sum up the whole, and say the chain from cars to kW per point."""
    counted_h = sum(each.counted.sum() * STEP_H * each.day_weight for each in parts)
    energy_kwh = sum(
        float(each.ev_kw[each.counted].sum()) * STEP_H * each.day_weight for each in parts
    )
    ev_peak = max(float(each.ev_kw[each.counted].max()) for each in parts)
    load = [(each.base_kw + each.ev_kw)[each.counted] for each in parts]
    known = frame["hours_over"].notna().any()
    sessions = float(frame["sessions"].sum())
    found: dict[str, float | None] = {
        "peak_kw": max(float(each.max()) for each in load),
        "base_peak_kw": max(float(each.base_kw[each.counted].max()) for each in parts),
        "lowest_kw": min(float(each.min()) for each in load),
        "ev_peak_kw": ev_peak,
        "hours_over": float(frame["hours_over"].sum()) if known else None,
        "kwh_over": float(frame["kwh_over"].sum()) if known else None,
        "export_hours_over": _sum_of_known(frame["export_hours_over"]),
        "unserved_kwh": float(frame["unserved_kwh"].sum()),
        "discharged_kwh": float(frame["discharged_kwh"].sum()),
        "sessions": sessions,
        "worse_off_share": float(frame["worse_off"].sum()) / sessions if sessions else 0.0,
        "vehicles": vehicles,
        "mwh_year": energy_kwh / counted_h * YEAR_STEPS * STEP_H / KW_MW if counted_h else 0.0,
        "mean_mw": energy_kwh / counted_h / KW_MW if counted_h else 0.0,
        "peak_mw": ev_peak / KW_MW,
        "coincidence": ev_peak / (points * point_kw) if points else None,
        "kw_per_point": ev_peak / points if points else None,
        "kwh_per_point_day": energy_kwh / counted_h * DAY_H / points
        if points and counted_h
        else None,
    }
    found["ev_at_peak_kw"] = (found["peak_kw"] or 0.0) - (found["base_peak_kw"] or 0.0)
    found |= window_peaks(parts) | rebound(parts)
    return found | bill_figures(parts) | flexible_figures(parts)


def _sum_of_known(values: "pd.Series[float]") -> float | None:
    return float(values.sum()) if values.notna().any() else None


def groups_of(parts: list[Part], vehicles: float) -> dict[str, Figures]:
    """Say what drivers notice: all of them, and each user group that charges, by its key."""
    sums = summed_drivers(parts, weighted=True)
    if sums is None:
        return {}
    year_h = sum(each.counted.sum() * STEP_H * each.day_weight for each in parts)
    found = {"all": sums.figures()}
    for place, group in enumerate(GROUPS):
        if sums.sessions[place]:
            found[group.key] = sums.figures(place)
    cycles, share = found["all"]["equivalent_full"], 0.0
    if found["all"]["sessions"]:
        share = (found["all"]["v2g_sessions"] or 0.0) / found["all"]["sessions"]
    a_year = YEAR_STEPS * STEP_H / year_h if year_h else 0.0
    cars = share * vehicles
    found["all"]["per_v2g_car_year"] = (cycles or 0.0) * a_year / cars if cars else None
    return found


def bill_figures(parts: list[Part]) -> dict[str, float | None]:
    """Say what the energy of the steps that count costs and emits, by kWh delivered."""
    told = [(each.bill, each.day_weight) for each in parts if each.bill is not None]
    if len(told) != len(parts):
        return {}
    eur, kg, kwh = (
        sum(getattr(bill, name) * weight for bill, weight in told)
        for name in ("cost_eur", "co2_kg", "delivered_kwh")
    )
    return {"cost_eur": eur, "cost_eur_per_kwh": eur / kwh if kwh > 0 else None, "co2_kg": kg}


def flexible_figures(parts: list[Part]) -> dict[str, float | None]:
    """Say what could be shed and taken for a quarter of an hour, on average and at 18:00 [kW]."""
    told = [(each, each.flexible) for each in parts]
    found: dict[str, float | None] = {}
    for name in ("flex_down_kw", "flex_up_kw"):
        for suffix, minute in (("", None), ("_18", EVENING_MIN)):
            total = steps = 0.0
            for each, flexible in told:
                if flexible is None:
                    return {}
                there = (
                    each.counted if minute is None else each.counted & (each.clock.minute == minute)
                )
                kw = getattr(flexible, name.removeprefix("flex_"))[there]
                total += float(kw.sum()) * each.day_weight
                steps += kw.size * each.day_weight
            found[name.replace("_kw", f"{suffix}_kw")] = total / steps if steps else None
    return found


def window_peaks(parts: list[Part]) -> dict[str, float | None]:
    """Say the highest load inside the contract's windows and outside; None where there is none."""
    tops = []
    for inside in (True, False):
        there = [each.counted & (each.held == inside) for each in parts]
        tops += [
            max(
                float((each.base_kw + each.ev_kw)[steps].max(initial=-np.inf))
                for each, steps in zip(parts, there, strict=True)
            )
        ]
    keys = ("window_peak_kw", "outside_peak_kw")
    return {key: top if np.isfinite(top) else None for key, top in zip(keys, tops, strict=True)}


def rebound(parts: list[Part]) -> dict[str, float | None]:
    """Say the charging peak inside the contract's windows, and in the four hours after each."""
    inside, after = [], []
    for each in parts:
        late = after_windows(each.held) & each.counted
        inside += [float(each.ev_kw[each.held & each.counted].max(initial=-np.inf))]
        after += [float(each.ev_kw[late].max(initial=-np.inf))]
    tops = (max(inside), max(after))
    keys = ("rebound_in_kw", "rebound_after_kw")
    return {key: top if np.isfinite(top) else None for key, top in zip(keys, tops, strict=True)}
