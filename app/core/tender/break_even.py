"""How much a point must sell for whoever bears the risk to lose nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.core.tender.cashflow import DAYS, HOURS, Floats, Values, flows, npv, parties
from app.core.tender.deals import DEALS, annuity

NARROW = 1e-9  # kWh a day
PARTS = 64  # of the bracket, looked at together: six halvings at once
NOT_POSITIVE, NONE_FOUND = "margin_not_positive", "no_break_even"


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The energy per point and day from which on the NPV is not negative, or why there is none."""

    kwh_point_day: float | None
    reason: str = ""


def break_even(key: str, values: Values) -> BreakEven:
    """Find the energy at which the risk bearer's NPV is 0, up to what the point can deliver."""
    if DEALS[key].margin(values) <= 0:
        return BreakEven(None, NOT_POSITIVE)
    found = _first(lambda u: risk_npv(key, {**values, "u": u}), HOURS * values["kw_point"])
    return BreakEven(found, "" if found is not None else NONE_FOUND)


def risk_npv(key: str, values: Mapping[str, float | Floats]) -> Floats:
    """Return the NPV of whoever bears the risk, ``(variant,)`` [EUR]."""
    moved = flows(values)
    return npv(parties(key, moved)[DEALS[key].measured], moved.of["r"])


def _first(value: Callable[[Floats], Floats], most: float) -> float | None:
    """Double from 1 until the value is not negative, then cut the bracket to nothing."""
    doubled = [2.0**power for power in range(1 + int(np.log2(max(most, 1.0))))]
    edges = np.array([0.0, *(edge for edge in doubled if edge < most), most])
    while True:
        good = np.flatnonzero(value(edges) >= 0)
        if not len(good):
            return None
        at = int(good[0])
        if at == 0 or edges[at] - edges[at - 1] <= NARROW:
            return float(edges[at])
        edges = np.linspace(edges[at - 1], edges[at], PARTS + 1)


def concession_by_formula(values: Values) -> float:
    """Return the concession's break-even where nothing grows: what the search must find."""
    of = values
    built = of["posts"] * (of["station"] + of["civil"] + of["grid"])
    built += of["points"] * (of["v2g_share"] * of["v2g_premium"] - of["state_grant_point"])
    spread = float(annuity(np.array(of["r"]), np.array(of["years"])))
    due = of["opex_point"] * of["points"] + of["standing_post"] * of["posts"]
    due += of["rent_bay"] * of["bays"] - of["flex_point"] * of["v2g_share"] * of["points"]
    gone = of["removal_post"] * of["posts"] * (1 + of["r"]) ** -of["years"]
    margin = DEALS["concession"].margin(of)
    found: float = (due + (built + gone) * spread) / (margin * DAYS * of["points"])
    return found
